"""Peak memory of extracting few and many images, with the store and without.

    python -m tests.performance.extraction_memory [--images 1000 50000 --units 512]

A cheap network (two small convolutions on 32 x 32 pixels) answers to noise, or to image files (``--files``: many paths
of few files, as only their number matters here); each case in a process of its own, with the highest resident memory
that it ever had. Asked for: the same within 10 %, whatever the number of images. Exits 1 when it is not so.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas
from PIL import Image
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet, stimuli_from_files
from pytest_brainscore.models.activations.activation_store import ActivationStore, CacheMode
from pytest_brainscore.models.freed_memory import keep_freed_memory
from pytest_brainscore.models.networks.device import resolve_device
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.running.recorder import peak_memory
from tests.support.stimuli import NoiseImage

ALLOWED = 1.10
FILES = 64


def images(count: int, folder: Path | None) -> StimulusSet:
    """Return stimuli: noise, or files in a folder."""
    if folder is None:
        table = pandas.DataFrame({"stimulus_id": [f"image{number}" for number in range(count)]})
        return StimulusSet("noise", table, [NoiseImage(number, side=32, colour=True) for number in range(count)], 8.0)
    files = [folder / f"{number}.png" for number in range(FILES)]
    for number, file in enumerate(files):
        Image.fromarray(NoiseImage(number, side=32, colour=True).pixels()).save(file)
    return stimuli_from_files([files[number % FILES] for number in range(count)], 8.0)


def extract(count: int, units: int, mode: CacheMode, *, files: bool) -> float:
    """Extract, and return the peak of this process's memory in MB."""
    keep_freed_memory()
    network = nn.Sequential(nn.Conv2d(3, 8, 5, 4), nn.ReLU(), nn.Conv2d(8, units // 16, 4), nn.ReLU())
    with tempfile.TemporaryDirectory() as folder:
        reader = NetworkReader(
            "tiny",
            network,
            preprocessing=Preprocessing(image_size=32, resize=32),
            device=resolve_device("cpu"),
            store=ActivationStore(mode, folder=Path(folder) / "store"),
        )
        answers = reader.read(("3",), images(count, Path(folder) if files else None))
        assert answers.shape == (count, units), answers.shape
        assert np.isfinite(answers[-1]).all()
    peak = peak_memory()
    assert peak is not None
    return peak


def main() -> None:
    """Print the peaks, each of a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[1000, 50000])
    parser.add_argument("--units", type=int, default=512, help="of the layer that is read, a multiple of 16")
    parser.add_argument("--modes", nargs="+", default=["use", "off"])
    parser.add_argument("--files", action="store_true")
    parser.add_argument("--here", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        print(extract(arguments.images[0], arguments.units, arguments.here, files=arguments.files))
        return
    worst = 0.0
    for mode in arguments.modes:
        peaks = []
        for count in arguments.images:
            words = ["--images", str(count), "--units", str(arguments.units), "--here", mode]
            words += ["--files"] if arguments.files else []
            run = [sys.executable, "-m", "tests.performance.extraction_memory", *words]
            told = subprocess.run(run, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=True, capture_output=True)
            peaks.append(float(told.stdout))
            kind = "files" if arguments.files else "noise"
            array = count * arguments.units * 4 / 1e6
            told_ratio = f"{peaks[-1] / peaks[0]:.3f} x the first"
            print(
                f"store {mode:4s} {count:6d} images ({kind}), array {array:6.1f} MB: {peaks[-1]:6.1f} MB, {told_ratio}"
            )
            sys.stdout.flush()
        worst = max(worst, max(peaks) / min(peaks))
    sys.exit(1 if worst > ALLOWED else 0)


if __name__ == "__main__":
    main()
