"""Time naming categories against bare torch loops over the same images, and the memory that it takes.

    python -m tests.performance.label_task --data DIR --images 320 1280

DIR has ``weights/squeezenet1_1.safetensors`` and ``geirhos2021/stimuli``: the 320 edge and silhouette images, which are
repeated up to the number of images asked for. Without a store, so that every image is looked at.

Asked for: within 10 % of the best bare loop (the same decoding and passes, channels last, batches of 16), and at least
2.5 times as fast as the plain loop (batches of 64, default memory format); memory that does not grow with the images.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
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
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.sources.weights import load_checkpoint
from pytest_brainscore.models.tasks.label_decisions import GEIRHOS_CATEGORIES, choose_category
from tests.performance.measuring import extra_megabytes

MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
FOLDERS = ("edges", "filled-silhouettes")
LABELS = sorted(GEIRHOS_CATEGORIES)
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


def main() -> None:
    """Interleave the loops, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", required=True, type=Path)
    parser.add_argument("--images", type=int, nargs="+", default=[320, 1280])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=16, help="of the best bare loop")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    weights = arguments.data / "weights" / "squeezenet1_1.safetensors"
    model = load_model("squeezenet1_1", weights=weights, store=ActivationStore(mode="off"))
    model.start_task("label", LABELS)
    network = squeezenet1_1().eval()
    load_checkpoint(network, weights)
    found = [
        file for name in FOLDERS for file in sorted((arguments.data / "geirhos2021/stimuli" / name).glob("*/*.png"))
    ]
    print(f"{arguments.threads} thread(s); load of the machine {os.getloadavg()[0]:.1f}")
    for count in arguments.images:
        files = list(itertools.islice(itertools.cycle(found), count))
        stimuli = stimuli_from_files(files, 8.0)
        loops: dict[str, Callable[[], list[str]]] = {
            "ours": partial(ours, model, stimuli),
            "best bare loop": partial(best_loop, network, files, arguments.batch),
            "plain loop": partial(plain_loop, network, files),
        }
        times: dict[str, list[float]] = {name: [] for name in loops}
        answers = {name: run() for name, run in loops.items()}  # warms up
        different = sum(a != b for a, b in zip(answers["ours"], answers["best bare loop"], strict=True))
        for _ in range(arguments.rounds):
            for name, run in loops.items():
                start = time.perf_counter()
                run()
                times[name].append(time.perf_counter() - start)
        megabytes, _ = extra_megabytes(loops["ours"])
        print(f"{count} images, {different} answers differ; ours takes {megabytes:.1f} MB more while it runs")
        for name, seconds in times.items():
            ratio = statistics.median(a / b for a, b in zip(seconds, times["best bare loop"], strict=True))
            per_image = statistics.median(seconds) / count * 1e3
            print(f"  {name:15s} {per_image:6.2f} ms an image, {ratio:.2f} x the best bare loop")


if __name__ == "__main__":
    main()
