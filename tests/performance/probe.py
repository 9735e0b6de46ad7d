"""Time that asking a network with the probe adds to a run in which everything is stored.

    python -m tests.performance.probe --weights FILE

Limit asked for: .3 s for squeezenet1_1. Before there was a probe, two grey images went through the network.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import torch

from pytest_brainscore import load_model
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.probing.attributes import attributes_digest
from pytest_brainscore.models.networks.probing.images import probe_images
from tests.support.networks import network_reader

ROUNDS = 5
LIMIT = 0.3


def main() -> None:
    """Print the processor time of each part and what is added, the best of five models."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--region", default="V1")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    parts: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        model = load_model("squeezenet1_1", weights=Path(arguments.weights), store=ActivationStore("off"))
        assert isinstance(model, LayerMappedModel)
        reader, layers = network_reader(model), model.layers[arguments.region]
        network, images = reader.network, torch.zeros(2, 3, 224, 224)
        work: dict[str, Callable[[], object]] = {
            "images": probe_images.__wrapped__,
            "attributes": partial(attributes_digest, network),
            "survey": partial(reader.shapes, layers),
            "answers": partial(reader.ingredients, layers),
            "before": partial(network, images),
        }
        for name, run in work.items():
            start = time.process_time()
            with torch.inference_mode():
                run()
            parts.setdefault(name, []).append(time.process_time() - start)
    best = {name: min(seconds) for name, seconds in parts.items()}
    for name, seconds in best.items():
        print(f"{name:12s} {seconds * 1e3:6.1f} ms")
    added = sum(best.values()) - 2 * best["before"]
    print(f"added {added * 1e3:.0f} ms of processor time, limit {LIMIT * 1e3:.0f} ms, {arguments.threads} thread(s)")


if __name__ == "__main__":
    main()
