"""Time recording from a layer against bare torch loops over the same images.

    python -m tests.performance.extraction --weights FILE --images 320

Asked for: within 10 % of the best bare loop (channels last, batches of 16, stop after the layer), decoding included.
The plain loop is how it is usually done: batches of 64, default memory format, the whole network.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from pytest_brainscore import load_model
from pytest_brainscore.benchmarks.marques2020.stimuli import size_gratings
from pytest_brainscore.data.stimuli.screen import place_on_screen
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.asking import record_responses

LAYER = "features.6.expand3x3_activation"
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
ROUNDS = 3


class Stop(Exception):
    """Ends a forward pass."""


def main() -> None:
    """Interleave the loops, and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--images", type=int, default=320)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    model = load_model("squeezenet1_1", weights=Path(arguments.weights), store=ActivationStore(mode="off"))
    model.start_recording("V1", [(70, 170)])
    stimuli = place_on_screen(size_gratings().rows(slice(0, arguments.images)), model.visual_degrees())

    from torchvision.models import squeezenet1_1

    from pytest_brainscore.models.sources.weights import load_checkpoint

    network = squeezenet1_1().eval()
    load_checkpoint(network, arguments.weights)
    kept: dict[str, torch.Tensor] = {}

    def loop(batch: int, *, best: bool) -> Callable[[], None]:
        memory_format = torch.channels_last if best else torch.contiguous_format

        def hook(_module: torch.nn.Module, _inputs: object, output: torch.Tensor) -> None:
            kept["output"] = output.flatten(1).clone()
            if best:
                raise Stop

        def run() -> None:
            network.to(memory_format=memory_format)
            handle = network.get_submodule(LAYER).register_forward_hook(hook)
            for start in range(0, len(stimuli), batch):
                pixels = [
                    np.asarray(
                        Image.fromarray(image.pixels()).convert("RGB").resize((224, 224), Image.Resampling.BILINEAR)
                    )
                    for image in stimuli.images[start : start + batch]
                ]
                values = (np.stack(pixels).astype(np.float32) / 255 - MEAN) / STD
                tensor = torch.from_numpy(values).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
                try:
                    with torch.inference_mode():
                        network(tensor)
                except Stop:
                    continue
            handle.remove()

        return run

    loops: dict[str, Callable[[], object]] = {
        "ours": lambda: record_responses(model, stimuli, neuroids=np.arange(100)),
        "best bare loop": loop(16, best=True),
        "plain loop": loop(64, best=False),
    }
    times: dict[str, list[float]] = {name: [] for name in loops}
    for round_number in range(ROUNDS + 1):
        for name, run in loops.items():
            start = time.perf_counter()
            run()
            if round_number:  # the first round warms up
                times[name].append(time.perf_counter() - start)
    for name, seconds in times.items():
        ratio = statistics.median(a / b for a, b in zip(seconds, times["best bare loop"], strict=True))
        per_image = statistics.median(seconds) / len(stimuli) * 1e3
        print(f"{name:15s} {per_image:6.2f} ms an image, {ratio:.2f} x the best bare loop")


if __name__ == "__main__":
    main()
