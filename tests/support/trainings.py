"""A small training of a real network on synthetic images of CIFAR's size, and benchmarks that take a moment."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from pytest_brainscore import Benchmark, Score
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.training import BrainScoreCallback
from tests.support.stimuli import NoiseImage

PREPROCESSING = {"image_size": 32, "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}
LAYER = "2"
"""Of :func:`make_network`, for V1."""
AfterStep = Callable[[nn.Module, int], object]


def make_network() -> nn.Sequential:
    """Return a network with statistics of batches and with random numbers of its own in training."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        layers = [nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.Dropout(0.25)]
        return nn.Sequential(*layers, nn.MaxPool2d(2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 10))


def first_layer(network: nn.Module) -> nn.Conv2d:
    """Return the first layer of :func:`make_network`."""
    layer = network.get_submodule("0")
    assert isinstance(layer, nn.Conv2d)
    return layer


def seed_everything() -> None:
    """Start the generators of a training."""
    torch.manual_seed(1)
    random.seed(1)
    np.random.seed(1)  # noqa: NPY002


def batches() -> DataLoader[Any]:
    """Return shuffled batches of images and labels."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(2)
        data = TensorDataset(torch.rand(64, 3, 32, 32), torch.randint(0, 10, (64,)))
    return DataLoader(data, batch_size=16, shuffle=True)


def train(network: nn.Module, after_step: AfterStep | None = None, *, epochs: int = 2) -> list[float]:
    """Train a network, and return its loss after each step, with random numbers as augmentations draw them."""
    seed_everything()
    momentum = [torch.zeros_like(each) for each in network.parameters()]
    curve = []
    step = 0
    network.train()
    for _ in range(epochs):
        for images, labels in batches():
            loss = nn.functional.cross_entropy(network(images + 0.01 * torch.randn_like(images)), labels)
            network.zero_grad()
            torch.autograd.backward(loss)
            with torch.no_grad():  # torch.optim takes seconds to import
                for weight, speed in zip(network.parameters(), momentum, strict=True):
                    assert weight.grad is not None
                    weight.sub_(0.1 * speed.mul_(0.9).add_(weight.grad))
            step += 1
            curve += [loss.item(), random.random(), float(np.random.rand())]  # noqa: NPY002
            if after_step is not None:
                after_step(network, step)
    return curve


def mean_response(benchmark: Benchmark, model: BrainModel, _data: None) -> Score:
    """Score the mean response of V1 to three images of noise, others for each benchmark; with bootstrap values."""
    images = [NoiseImage(sum(benchmark.identifier.encode()) + seed, side=32) for seed in range(3)]
    table = pd.DataFrame({"stimulus_id": ["a", "b", "c"]})
    model.start_recording("V1", [(70, 170)])
    mean = float(np.asarray(model.look_at(StimulusSet("noise", table, images, model.visual_degrees()))).mean())
    value = float(np.tanh(abs(mean)))
    drawn = Replicates(value, value + np.random.default_rng(0).standard_normal(1000) / 100, np.zeros((1, 250)))
    return Score(value=value, error=0.01, raw=value, ceiling=1.0, normalisation="r/c", n={"stimuli": 3},
                 provenance={"seed": 0}, replicates=drawn)  # fmt: skip


def leaf(name: str = "one", protocol: Callable[..., Score] = mean_response, **fields: Any) -> Benchmark:
    """Return a benchmark of a lab's own."""
    made: dict[str, Any] = {"parents": ("lab", "lab.V1"), "region": "V1", "metric": "mean", "cost": 1.0, "data": None}
    return Benchmark(identifier=f"lab-{name}", protocol=protocol, **(made | fields))


def fixed(value: float) -> Callable[..., Score]:
    """Return a protocol that gives the same to all."""

    def protocol(_benchmark: Benchmark, _model: BrainModel, _data: None) -> Score:
        return Score(value=value, error=0.01, raw=value, ceiling=1.0, normalisation="r/c", n={"stimuli": 1})

    return protocol


def raising(error: Exception) -> Callable[..., Score]:
    """Return a protocol that fails."""

    def protocol(_benchmark: Benchmark, _model: BrainModel, _data: None) -> Score:
        raise error

    return protocol


def callback(suite: Any = None, **settings: Any) -> BrainScoreCallback:
    """Return a callback for the network of this module, which raises errors and writes no report."""
    usual: dict[str, Any] = {"every": 3, "layers": {"V1": LAYER}, "preprocessing": PREPROCESSING}
    usual |= {"report": None, "name": "net", "on_error": "raise"}
    return BrainScoreCallback(leaf() if suite is None else suite, **(usual | settings))


def all_tensors(network: nn.Module) -> Iterator[torch.Tensor]:
    """Yield parameters, buffers and gradients."""
    for parameter in network.parameters():
        yield parameter.detach()
        if parameter.grad is not None:
            yield parameter.grad
    yield from network.buffers()
