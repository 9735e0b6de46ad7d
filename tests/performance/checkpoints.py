"""What images cost when several checkpoints of a network are scored in one run.

    python -m tests.performance.checkpoints --weights squeezenet1_1.safetensors --checkpoints 8 --workers 0

Perturbs the weights, scores one checkpoint and then all of them, each run with a store of its own, and prints what
making the network's input took (decoding, placement, pre-processing, and keeping and mapping what is shared, page
faults included), how many images were prepared and how many went through networks. With --apart a third run, without
sharing. With --images FOLDER no network is run: the gratings of the V1 benchmarks, and the images in the folder, are
made into input for one checkpoint, and for all. Asked for: at most 1.3 times the one checkpoint's input for eight.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from typing import Any

LEAVES = ("V1", "Geirhos2021edge-*", "Geirhos2021silhouette-*")
COUNTS = "BRAINSCORE_TEST_COUNTS"
"""Folder that the plugin in this file writes what it has counted to."""
APART = "BRAINSCORE_TEST_APART"
_counted: Counter[str] = Counter()


def pytest_configure() -> None:
    """Count, when this file is a plugin of a measured run."""
    if COUNTS not in os.environ:
        return
    from pytest_brainscore.models.networks import extraction, reading_ahead, shared_inputs
    from pytest_brainscore.models.networks.preprocessing import Preprocessing
    from pytest_brainscore.models.networks.probing.execution import Execution

    plain, shared = reading_ahead.input_batches, shared_inputs.SharedInputs.batches
    shrunk, forward = Preprocessing.shrunk, Execution.forward

    def timed(batches: Generator[tuple[Any, int]]) -> Generator[tuple[Any, int]]:
        while True:
            start = time.process_time()
            batch = next(batches, None)
            if batch is not None:
                batch[0].reshape(-1)[::1024].sum()  # a number of each page, which is there after that
            _counted["input seconds"] += time.process_time() - start  # type: ignore[assignment]
            if batch is None:
                return
            yield batch

    def counting_shrunk(self: Preprocessing, pixels: Any) -> Any:
        _counted["prepared"] += 1
        return shrunk(self, pixels)

    def counting_forward(self: Execution, pixels: Any) -> Any:
        _counted["forward"] += len(pixels)
        return forward(self, pixels)

    def without(_: object, __: object, *given: Any) -> Generator[tuple[Any, int]]:
        return timed(plain(*given))

    def together(*given: Any) -> Generator[tuple[Any, int]]:
        return timed(shared(*given))

    for holder, name, counting in (
        (extraction, "input_batches", lambda *given: timed(plain(*given))),
        (shared_inputs.SharedInputs, "batches", without if APART in os.environ else together),
        (Preprocessing, "shrunk", counting_shrunk),
        (Execution, "forward", counting_forward),
    ):
        setattr(holder, name, counting)


def pytest_unconfigure() -> None:
    """Write what was counted in this process."""
    if COUNTS in os.environ:
        _counted["cpu seconds"] = int(time.process_time())
        Path(os.environ[COUNTS], f"{os.getpid()}.json").write_text(json.dumps(_counted))


def main() -> None:
    """Score one checkpoint, then all, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights")
    parser.add_argument("--images", help="only the input, of V1's gratings and of the images in this folder")
    parser.add_argument("--network", default="squeezenet1_1")
    parser.add_argument("--checkpoints", type=int, default=8)
    parser.add_argument("--workers", default="0")
    parser.add_argument("--leaves", nargs="*", default=LEAVES)
    parser.add_argument("--apart", action="store_true", help="also without sharing")
    parser.add_argument("--keep", help="copy reports and plots to this folder")
    arguments = parser.parse_args()
    if arguments.images:
        inputs_only(Path(arguments.images), arguments.checkpoints)
        return
    with tempfile.TemporaryDirectory(dir=os.environ.get("BRAINSCORE_HOME")) as folder:
        runs = Path(folder, "runs")
        perturbed(Path(arguments.weights), runs, arguments.checkpoints)
        print(f"{'checkpoints':24s}{'input CPU s':>12s}{'prepared':>10s}{'forward':>10s}{'CPU s':>9s}{'peak MB':>9s}")
        one = measured(folder, "one", f"{arguments.network}@{runs}/epoch1.safetensors", arguments)
        every = f"{arguments.network}@{runs}/epoch*.safetensors"
        several = measured(folder, "together", every, arguments)
        print(f"input of {arguments.checkpoints} by that of one: {several / one:.2f}")
        if arguments.apart:
            print(f"without sharing: {measured(folder, 'apart', every, arguments, apart=True) / one:.2f}")
            told = [
                json.loads(Path(folder, f"{each}.json").read_text())["benchmarks"] for each in ("together", "apart")
            ]
            same = [[(each["model"], each["identifier"], each["score"]) for each in records] for records in told]
            print(f"scores bitwise the same: {same[0] == same[1]}")
        if arguments.keep:
            subprocess.run(["cp", "-r", *map(str, Path(folder).glob("together*")), arguments.keep], check=True)


def inputs_only(folder: Path, count: int) -> None:
    """Make input of stimuli for one checkpoint and for several, block by block, and print what it takes."""
    import numpy as np

    from pytest_brainscore.benchmarks.marques2020 import stimuli
    from pytest_brainscore.data.stimuli.screen import place_on_screen
    from pytest_brainscore.data.stimuli.stimulus_set import stimuli_from_files
    from pytest_brainscore.models.activations.stored_responses import BLOCK_STIMULI
    from pytest_brainscore.models.networks.preprocessing import Preprocessing
    from pytest_brainscore.models.networks.reading_ahead import input_batches
    from pytest_brainscore.models.networks.shared_inputs import SharedInputs

    gratings = ("receptive_field", "orientation", "spatial_frequency", "size")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
    sets = [getattr(stimuli, f"{name}_gratings")() for name in gratings]
    sets += [stimuli_from_files(files, 8)] if files else []
    preprocessing = Preprocessing()
    rooms = [np.empty((32, 224, 224, 3), np.float32)]
    print(f"{'stimuli':34s}{'images':>7s}{'one':>8s}{'kept':>8s}{'again':>8s}{f'{count} by 1':>9s}   (CPU ms an image)")
    totals = np.zeros(3)

    def seconds(batches: Generator[tuple[Any, int]]) -> float:
        start = time.process_time()
        for batch, _ in batches:
            batch.reshape(-1)[::1024].sum()
        return time.process_time() - start

    for one in sets:
        images = place_on_screen(one, 8).images
        blocks = [images[start : start + BLOCK_STIMULI] for start in range(0, len(images), BLOCK_STIMULI)]
        with tempfile.TemporaryDirectory(dir=os.environ.get("BRAINSCORE_HOME")) as kept:
            shared = SharedInputs(kept, 10**10)

            def prepare(image: Any, room: Any) -> None:
                preprocessing(image.pixels(), room)

            def through_folder(shared: SharedInputs = shared, blocks: Any = blocks) -> float:
                return sum(seconds(shared.batches(preprocessing, block, rooms, prepare)) for block in blocks)

            alone = sum(seconds(input_batches(block, rooms, prepare)) for block in blocks)
            first, again = through_folder(), float(np.median([through_folder() for _ in range(3)]))
        together = first + (count - 1) * again
        totals += alone, together, count * alone
        told = "".join(f"{1e3 * value / len(images):8.3f}" for value in (alone, first, again))
        print(f"{one.identifier[:33]:34s}{len(images):7d}{told}{together / alone:9.2f}", flush=True)
    print(f"all: one {totals[0]:.2f} s, {count} together {totals[1]:.2f} s ({totals[1] / totals[0]:.2f}), apart "
          f"{totals[2]:.2f} s")  # fmt: skip


def perturbed(weights: Path, folder: Path, count: int) -> None:
    """Write checkpoints that differ a little, as those of a training do."""
    import numpy as np
    from safetensors.numpy import load_file, save_file

    state = load_file(weights)
    folder.mkdir()
    for epoch in range(1, count + 1):
        random = np.random.default_rng(epoch)
        noisy = {
            name: value + (0.02 * epoch * value.std() * random.standard_normal(value.shape)).astype(value.dtype)
            for name, value in state.items()
        }
        save_file(noisy, folder / f"epoch{epoch}.safetensors")


def measured(folder: str, name: str, model: str, arguments: argparse.Namespace, *, apart: bool = False) -> float:
    """Run the suites, print a row of the table, and return the CPU seconds of the input."""
    counts = Path(folder, f"{name}-counts")
    counts.mkdir()
    environment = os.environ | {COUNTS: str(counts), "BRAINSCORE_HOME": f"{folder}/{name}-home"}
    command = [sys.executable, "-m", "pytest", "--model", model, "-n", arguments.workers, "-q"]
    command += ["-p", "tests.performance.checkpoints", "-p", "no:cacheprovider"]
    command += [f"--brainscore-benchmark={leaf}" for leaf in arguments.leaves]
    command += [f"--brainscore-report=json:{folder}/{name}.json", f"--brainscore-report=html:{folder}/{name}.html"]
    command += [f"--brainscore-report=plots:{folder}/{name}-plots", f"--brainscore-baseline={folder}"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(
        command, env=environment | ({APART: "1"} if apart else {}), capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    total: Counter[str] = Counter()
    for file in counts.glob("*.json"):
        total.update(json.loads(file.read_text()))
    report = Path(folder, f"{name}.json")
    if result.returncode or not report.is_file():
        sys.exit(f"{result.stdout[-3000:]}\n{result.stderr[-3000:]}")
    records = json.loads(report.read_text())["benchmarks"]
    peak = max(record["peak_rss_mb"] or 0 for record in records)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    scored = sum(record["status"] == "scored" for record in records)
    left = [path.name for path in Path(folder, f"{name}-home").glob("inputs/*")]
    print(
        f"{f'{name} ({scored} scores)':24s}{total['input seconds']:12.2f}{total['prepared']:10d}{total['forward']:10d}"
        f"{cpu:9.0f}{peak:9.0f}{f'  left: {left}' if left else ''}",
        flush=True,
    )
    return float(total["input seconds"])


if __name__ == "__main__":
    main()
