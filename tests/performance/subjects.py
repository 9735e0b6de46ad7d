"""Processor time and memory of the eight leaves of Allen2022_fmri_surface on a synthetic set of their size.

    OMP_NUM_THREADS=1 python -m tests.performance.subjects [--folder /tmp/nsd] [--peer PYTHON]

8 subjects with 10,000 vertices each in V1, V2, V4 and IT, 515 training images and 485 test images shown three times,
93,312 features on disk as the activation store has them. Recordings are files in the published layout. What is measured
begins after the extraction: the model returns stored responses.

With ``--peer``, an interpreter that has brainscore-vision 2.4.2, the metric of that package is timed on one subject in
the same run, and correlations are compared.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
from pytest_brainscore.data.assembly_files import open_assembly
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.metrics.predictivity.fixed_split import fixed_split_score
from tests.support.table_models import TableModel, stimuli_named

REGIONS = ("V1", "V2", "V4", "IT")
HIDDEN = 60
PEER = """
import sys, time, warnings
warnings.filterwarnings("ignore")
import numpy as np
from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
from brainscore_vision import load_metric
folder = sys.argv[1]
values = np.load(folder + "/subject.npz")
def assembly(array, start, name):
    ids = [f"nsd_{start + row:05d}" for row in range(len(array))]
    return NeuroidAssembly(array, coords={
        "stimulus_id": ("presentation", ids), "object_name": ("presentation", ids),
        "neuroid_id": ("neuroid", [f"{name}{unit:06d}" for unit in range(array.shape[1])]),
        "region": ("neuroid", ["V1"] * array.shape[1])}, dims=["presentation", "neuroid"])
seen = len(values["train"])
features = np.load(folder + "/features.npy")
given = [assembly(features[:seen], 0, "m"), assembly(features[seen:], seen, "m"),
         assembly(values["train"], 0, "v"), assembly(values["test"], seen, "v")]
metric = load_metric(sys.argv[2])
start = time.process_time()
score = metric(*given)
seconds = time.process_time() - start
np.save(folder + "/peer.npy", np.asarray(score.raw.values))
print(seconds)
"""


class StoredModel(TableModel):
    """A model whose responses lie on disk, in the order of the stimuli."""

    def __init__(self, features: NDArray[np.float32], train: int) -> None:
        super().__init__({}, 8.4, "stored")
        self._features, self._train = features, train

    def record(
        self, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
    ) -> NDArray[np.float32]:
        """Return rows of the file without reading them."""
        numbers = np.array([int(str(each)[4:]) for each in stimuli.table["stimulus_id"]])
        if np.array_equal(numbers, np.arange(numbers[0], numbers[0] + len(numbers))):
            return np.asanyarray(self._features[numbers[0] : numbers[0] + len(numbers)])
        return np.asanyarray(self._features[numbers])


def write(folder: Path, subjects: int, vertices: int, train: int, test: int, features: int) -> None:
    """Write features and recordings in pieces, regions slowest and then subjects, as the published files have them."""
    generator = np.random.default_rng(0)
    hidden = generator.standard_normal((train + test, HIDDEN)).astype(np.float32)
    stored = np.lib.format.open_memmap(folder / "features.npy", "w+", np.float32, (train + test, features))
    for start in range(0, features, 8192):
        part = slice(start, min(start + 8192, features))
        width = part.stop - part.start
        stored[:, part] = hidden @ generator.standard_normal((HIDDEN, width), dtype=np.float32)
        stored[:, part] += 3 * generator.standard_normal((train + test, width), dtype=np.float32)
    stored.flush()
    units = subjects * vertices
    per_region = vertices // len(REGIONS)
    signal = hidden @ generator.standard_normal((HIDDEN, units), dtype=np.float32)
    names = [f"subj{number + 1:02d}" for number in range(subjects)]
    neuroid: dict[str, Any] = {
        "region": np.repeat(REGIONS, subjects * per_region),
        "subject": np.tile(np.repeat(names, per_region), len(REGIONS)),
        "neuroid_id": [f"vertex{unit:06d}" for unit in range(units)],
        "nc_testset": generator.uniform(20, 90, units),
    }
    for name, first, count, repetitions in (("train", 0, train, 1), ("test", train, test, 3)):
        rows = np.repeat(np.arange(first, first + count), repetitions)
        values = signal[rows] + 8 * generator.standard_normal((len(rows), units), dtype=np.float32)
        presentation: dict[str, Any] = {"stimulus_id": [f"nsd_{row:05d}" for row in rows], "nsd_id": rows}
        if repetitions > 1:
            presentation["repetition"] = np.tile(np.arange(repetitions), count)
        xr.DataArray(
            values[:, :, np.newaxis],
            {
                **{key: ("presentation", each) for key, each in presentation.items()},
                **{key: ("neuroid", each) for key, each in neuroid.items()},
                "time_bin_start": ("time_bin", [70]),
                "time_bin_end": ("time_bin", [170]),
            },
            ("presentation", "neuroid", "time_bin"),
            name="data",
        ).to_netcdf(folder / f"{name}.nc", engine="h5netcdf")


def leaf(folder: Path, identifier: str) -> tuple[float, float]:
    """Score one leaf, and return its processor time and value."""
    benchmark = load_benchmark(identifier)
    train, test = open_assembly(folder / "train.nc"), open_assembly(folder / "test.nc")
    stimuli = [stimuli_named(list(dict.fromkeys(each["stimulus_id"].values.tolist())), 8.4) for each in (train, test)]
    model = StoredModel(np.load(folder / "features.npy", mmap_mode="r"), len(stimuli[0]))
    data = TrainTestData(benchmark, train_stimuli=stimuli[0], test_stimuli=stimuli[1], train=train, test=test)
    module, _, name = str(benchmark.protocol).partition(":")
    start = time.process_time()
    score = getattr(import_module(module), name)(benchmark, model, data)
    return time.process_time() - start, score.value


def against_the_peer(folder: Path, peer: str, metric: str, vertices: int) -> None:
    """Time one subject with both."""
    train, test = (open_assembly(folder / f"{name}.nc") for name in ("train", "test"))
    chosen = np.flatnonzero(test["subject"] == "subj01")[:vertices]
    seen, unseen = train.values[:, chosen, 0], test.values[:, chosen, 0]
    unseen = unseen.reshape(-1, 3, chosen.size).mean(axis=1)
    np.savez(folder / "subject.npz", train=seen, test=unseen)
    features = np.load(folder / "features.npy", mmap_mode="r")
    start = time.process_time()
    own = fixed_split_score(features[: len(seen)], features[len(seen) :], seen, unseen, metric=metric)
    seconds = time.process_time() - start
    output = subprocess.run(
        [peer, "-c", PEER, str(folder), metric], check=True, capture_output=True, text=True
    ).stdout.split()
    difference = np.abs(np.load(folder / "peer.npy") - own.correlations).max()
    print(
        f"{metric}, one subject, {chosen.size} vertices: {seconds:.2f} s here, {float(output[-1]):.2f} s in the "
        f"published package ({float(output[-1]) / seconds:.1f}x); largest difference of correlations {difference:.1e}",
        flush=True,
    )


def main() -> None:
    """Print processor time of every leaf, their sum, and the peak of memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--peer", help="a Python that has brainscore-vision")
    parser.add_argument("--metrics", nargs="*", default=["dual_ridge_split"])
    parser.add_argument("--vertices", type=int, default=10_000, help="of the subject for the comparison")
    parser.add_argument("--size", type=int, nargs=5, default=[8, 10_000, 515, 485, 93_312])
    parser.add_argument("--leaves", nargs="*", default=[f"{r}-{m}" for m in ("ridge", "rdm") for r in REGIONS])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(tempfile.mkdtemp())
    if not (folder / "test.nc").exists():
        folder.mkdir(exist_ok=True)
        write(folder, *arguments.size)
    if not arguments.here:  # memory of a process that wrote nothing
        again = [sys.executable, "-m", "tests.performance.subjects", *sys.argv[1:], "--folder", str(folder), "--here"]
        subprocess.run(again, check=True)
        return
    total = 0.0
    for name in arguments.leaves:
        seconds, value = leaf(folder, f"Allen2022_fmri_surface.{name}")
        total += seconds
        print(f"{name}: {seconds:.1f} s, score {value:.6f}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"all: {total:.1f} s of processor time, peak {peak:.2f} GB", flush=True)
    for metric in arguments.metrics if arguments.peer else ():
        against_the_peer(folder, arguments.peer, metric, arguments.vertices)


if __name__ == "__main__":
    main()
