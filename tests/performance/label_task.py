"""Time naming categories against bare torch loops over the same images, and the memory that it takes.

    python -m tests.performance.label_task --data DIR --images 320 1280

DIR has ``weights/squeezenet1_1.safetensors`` and ``geirhos2021/stimuli``: the 320 edge and silhouette images, which are
repeated up to the number of images asked for; with ``--jpeg``, the ImageNet samples. Without a store, so that every
image is looked at. One thread.

Asked for: as fast as the best bare loop (the same decoding, passes and memory settings, channels last, batches of 16),
and at least 2.5 times as fast as the plain loop (batches of 64, default memory format and settings); memory that does
not grow with the images.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision.models import squeezenet1_1

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet, stimuli_from_files
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.freed_memory import keep_freed_memory
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.sources.weights import load_checkpoint
from pytest_brainscore.models.tasks.label_decisions import GEIRHOS_CATEGORIES, choose_category
from tests.performance.measuring import extra_megabytes

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
FOLDERS = ("edges", "filled-silhouettes")
LABELS = sorted(GEIRHOS_CATEGORIES)
BEST, PLAIN = "best bare loop", "plain loop"
LOOPS = {"ours": {}, "ours, memory as it comes": {"MALLOC_MMAP_MAX_": "65536"}, BEST: {}, PLAIN: {}}
"""What is timed, and the environment of its process."""
SIDE = 224


def decoded(file: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return an image as the network takes it in, in 8 bits."""
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def best_loop(network: torch.nn.Module, files: list[Path], batch: int) -> list[str]:
    """Name the category of every image: channels last, one buffer, no more than that."""
    network.to(memory_format=torch.channels_last)
    pixels = np.empty((batch, SIDE, SIDE, 3), np.float32)
    logits = []
    with torch.inference_mode():
        for start in range(0, len(files), batch):
            some = files[start : start + batch]
            for row, file in enumerate(some):
                np.divide(decoded(file), np.float32(255), out=pixels[row])
            pixels -= MEAN
            pixels /= STD
            logits.append(network(torch.from_numpy(pixels).permute(0, 3, 1, 2))[: len(some)].numpy())
    return [
        LABELS[index]
        for index in choose_category(np.concatenate(logits), [GEIRHOS_CATEGORIES[label] for label in LABELS])
    ]


def plain_loop(network: torch.nn.Module, files: list[Path], batch: int = 64) -> list[str]:
    """Name the category of every image, as it is usually done."""
    network.to(memory_format=torch.contiguous_format)
    logits = []
    with torch.inference_mode():
        for start in range(0, len(files), batch):
            values = (
                np.stack([decoded(file) for file in files[start : start + batch]]).astype(np.float32) / 255 - MEAN
            ) / STD
            logits.append(network(torch.from_numpy(values).permute(0, 3, 1, 2).contiguous()).numpy())
    return [
        LABELS[index]
        for index in choose_category(np.concatenate(logits), [GEIRHOS_CATEGORIES[label] for label in LABELS])
    ]


def ours(model: BrainModel, stimuli: StimulusSet) -> list[str]:
    """Name the category of every image, as a benchmark has it done."""
    return [str(answer) for answer in model.look_at(stimuli).values[:, 0]]


def run(name: str, data: Path, files: list[Path], batch: int) -> None:
    """Run one loop three times in this process, and print the median of its processor seconds and its answers."""
    torch.set_num_threads(1)
    weights = data / "weights" / "squeezenet1_1.safetensors"
    loop: Callable[[], list[str]]
    if name.startswith("ours"):
        model = load_model("squeezenet1_1", weights=weights, store=ActivationStore(mode="off"))
        model.start_task("label", LABELS)
        loop = partial(ours, model, stimuli_from_files(files, 8.0))
    else:
        if name == BEST:
            keep_freed_memory()
        network = squeezenet1_1().eval()
        load_checkpoint(network, weights)
        loop = partial(best_loop, network, files, batch) if name == BEST else partial(plain_loop, network, files)
    loop()  # warms up
    seconds = []
    for _ in range(3):
        start = time.process_time()
        loop()
        seconds.append(time.process_time() - start)
    megabytes, answers = extra_megabytes(loop)
    print(json.dumps([statistics.median(seconds), megabytes, answers]))


def main() -> None:
    """Interleave the loops, each in a process of its own, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--images", type=int, nargs="+", default=[320, 1280])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=16, help="of the best bare loop")
    parser.add_argument("--jpeg", action="store_true", help="ImageNet samples in place of the PNG files")
    parser.add_argument("--run", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    found = [
        file for name in FOLDERS for file in sorted((arguments.data / "geirhos2021/stimuli" / name).glob("*/*.png"))
    ]
    if arguments.jpeg:
        found = sorted((arguments.data / "imagenet_samples").rglob("*.JPEG"))
    print(f"load of the machine {os.getloadavg()[0]:.1f}") if not arguments.run else None
    for count in arguments.images:
        files = list(itertools.islice(itertools.cycle(found), count))
        if arguments.run:
            run(arguments.run, arguments.data, files, arguments.batch)
            return
        told: dict[str, list[tuple[float, float, list[str]]]] = {name: [] for name in LOOPS}
        for _, (name, variables) in itertools.product(range(arguments.rounds), LOOPS.items()):
            command = [sys.executable, "-m", "tests.performance.label_task", *sys.argv[1:], "--run", name]
            command += ["--images", str(count)]
            output = subprocess.check_output(command, env=os.environ | variables | {"OMP_NUM_THREADS": "1"})
            told[name].append(json.loads(output))
        different = sum(a != b for a, b in zip(told["ours"][0][2], told[BEST][0][2], strict=True))
        print(f"{count} images, {different} answers differ; ours takes {told['ours'][0][1]:.1f} MB more while it runs")
        for name, runs in told.items():
            ratio = statistics.median(one[0] / best[0] for one, best in zip(runs, told[BEST], strict=True))
            per_image = statistics.median(one[0] for one in runs) / count * 1e3
            print(f"  {name:28s} {per_image:6.2f} ms of a processor an image, {ratio:.2f} x the best bare loop")


if __name__ == "__main__":
    main()
