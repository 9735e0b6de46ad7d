"""What a model answers must be repeatable, alone and in company: asked with the probe, refused in one sentence."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.probing.answers import answer, difference
from pytest_brainscore.models.networks.probing.images import COMPANY, COUNT, in_other_company, probe_images
from pytest_brainscore.models.networks.seeding import Generator
from tests.support.networks import make_model, make_tiny_network
from tests.support.stimuli import NoiseImage

STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": [f"n{index}" for index in range(20)]}),
    tuple(NoiseImage(seed, side=20, colour=True) for seed in range(20)),
    8.0,
)


class Around(nn.Module):
    """The first layers of the tiny network, in a forward pass that each test chooses."""

    def __init__(self, compute: Callable[[Around, torch.Tensor], object]) -> None:
        super().__init__()
        self.net = make_tiny_network()[:2]  # type: ignore[index]
        self.compute = compute
        self.passes = 0
        self.state = 0.0

    def forward(self, images: torch.Tensor) -> object:
        """Return what `compute` makes of the images."""
        self.passes += 1
        return self.compute(self, images)


def respond(network: nn.Module, layer: str = "output", stimuli: StimulusSet = STIMULI) -> NDArray[np.float32]:
    model = make_model(network, layers={"IT": (layer,)})
    model.start_recording("IT", [(70, 170)])
    return model.record(stimuli)


def running_mean(self: Around, x: torch.Tensor) -> torch.Tensor:
    self.state = 0.9 * self.state + 0.1 * float(x.mean())
    return self.net(x) - self.state  # type: ignore[no-any-return]


GENERATORS: dict[str, Generator] = {
    "NumPy": np.random.default_rng(0),
    "NumPy's older": np.random.RandomState(0),
    "PyTorch": torch.Generator().manual_seed(0),
    "Python": random.Random(0),
}


def rarely(generator: Generator) -> bool:
    if isinstance(generator, torch.Generator):
        return bool(torch.rand(1, generator=generator) < 1e-6)
    return generator.random() < 1e-6 if not isinstance(generator, np.random.RandomState) else generator.rand() < 1e-6


NOT_REPEATABLE: dict[str, Callable[[Around, torch.Tensor], object]] = {
    "dropout": lambda self, x: F.dropout(self.net(x), 0.5),
    "dropout of few": lambda self, x: F.dropout(self.net(x), 1e-3),
    "noise": lambda self, x: self.net(x) + 1e-3 * torch.randn(1),
    "NumPy's generator": lambda self, x: self.net(x) * np.random.rand(),  # noqa: NPY002
    "Python's generator": lambda self, x: self.net(x) * random.random(),
    "a rare event": lambda self, x: self.net(x) * (2 if random.random() < 1e-6 else 1),
    "a generator of its own": lambda self, x: self.net(x) * np.random.default_rng().random(),
    "a counter": lambda self, x: self.net(x) + 1e-3 * self.passes,
    "a counter, much later": lambda self, x: self.net(x) * (1 if self.passes < 8 else 2),
    "a counter, every seventh pass": lambda self, x: self.net(x) * (1 if self.passes % 7 else 2),
    "a running mean": running_mean,
    **{
        f"a rare event from a generator of {name}, held": partial(
            lambda self, x, generator: self.net(x) * (2 if rarely(generator) else 1), generator=generator
        )
        for name, generator in GENERATORS.items()
    },
    **{
        f"a rare event from a global generator of {name}": lambda self, x, name=name: (  # type: ignore[misc]
            self.net(x) * (2 if rarely(GENERATORS[name]) else 1)
        )
        for name in GENERATORS
    },
}


@pytest.mark.parametrize("compute", NOT_REPEATABLE.values(), ids=NOT_REPEATABLE.keys())
def test_answers_that_cannot_be_repeated_are_refused(compute: Callable[[Around, torch.Tensor], object]) -> None:
    with pytest.raises(ModelError, match=r"answers the same images differently|draws random numbers") as caught:
        respond(Around(compute))
    assert "\n" not in str(caught.value)


def test_a_count_that_does_not_matter_is_allowed() -> None:
    respond(Around(lambda self, x: self.net(x)))


def test_a_generator_that_is_not_drawn_from_is_allowed() -> None:
    network = Around(lambda self, x: self.net(x))
    network.generator = np.random.default_rng(0)  # type: ignore[assignment]
    respond(network)


IN_COMPANY: dict[str, Callable[[Around, torch.Tensor], object]] = {
    "statistics of the batch": lambda self, x: F.batch_norm(self.net(x), None, None, training=True),
    "the mean, a little": lambda self, x: self.net(x) - 0.01 * self.net(x).mean(0),
    "the largest value": lambda self, x: self.net(x / x.max()),
    "the smallest value": lambda self, x: self.net(x / x.min()),
    "the neighbour": lambda self, x: self.net(x).roll(1, 0),
    "the place in the batch": lambda self, x: self.net(x) * torch.arange(1.0, 1 + len(x)).view(-1, 1, 1, 1),
    "the order": lambda self, x: self.net(x).flatten(1).sort(0).values,
    "a branch by all": lambda self, x: self.net(x) if x.max() > 2 else 2 * self.net(x),
    "attention across images": lambda self, x: torch.softmax(x.flatten(1) @ x.flatten(1).T, 1) @ x.flatten(1),
}


@pytest.mark.parametrize("compute", IN_COMPANY.values(), ids=IN_COMPANY.keys())
def test_answers_that_depend_on_the_rest_of_the_batch_are_refused(
    compute: Callable[[Around, torch.Tensor], object],
) -> None:
    with pytest.raises(ModelError, match="answers an image differently beside other images") as caught:
        respond(Around(compute))
    assert "\n" not in str(caught.value)


def test_batch_statistics_of_a_module_are_refused() -> None:
    with pytest.raises(ModelError, match="track_running_stats=True"):
        respond(nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False), nn.ReLU()), "1")


def test_what_happens_behind_the_layer_does_not_matter() -> None:
    class Noisy(nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return F.dropout(x, 0.5)

    assert respond(nn.Sequential(make_tiny_network()[:2], Noisy()), "0").shape == (20, 256)  # type: ignore[index]


def test_the_generators_of_the_caller_stay_as_they_were() -> None:
    torch.manual_seed(7)
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002
    respond(make_tiny_network(), "second")
    drawn = float(torch.rand(())), random.random(), float(np.random.rand())  # noqa: NPY002
    torch.manual_seed(7)
    random.seed(7)
    np.random.seed(7)  # noqa: NPY002
    assert drawn == (float(torch.rand(())), random.random(), float(np.random.rand()))  # noqa: NPY002


@pytest.mark.parametrize("layer", ["first.relu", "second", "readout"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.float16])
def test_rounding_is_not_refused(layer: str, dtype: torch.dtype) -> None:
    assert len(respond(make_tiny_network().to(dtype), layer)) == 20


def test_every_readout_asks_first() -> None:
    """Labels, probabilities, odd one out: whatever takes the network's output."""
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 1000), Around(lambda _, x: F.dropout(x, 0.5)))
    labelled = StimulusSet(
        "noise",
        STIMULI.table.assign(image_label=["a", "b"] * 10, synset=["n01440764", "n01443537"] * 10),
        STIMULI.images,
        8.0,
    )
    network[2].net = nn.Identity()
    model = make_model(network, layers={"IT": ("2",)})
    with pytest.raises(ModelError, match="draws random numbers"):
        model.start_task("probabilities", labelled)
    with pytest.raises(ModelError, match="draws random numbers"):
        model.train_decoder(labelled)
    model.start_task("odd_one_out")
    with pytest.raises(ModelError, match="draws random numbers"):
        model.look_at(STIMULI.rows(slice(0, 18)))
    model.start_task("label", "imagenet")
    with pytest.raises(ModelError, match="draws random numbers"):
        model.look_at(STIMULI)


class TestImages:
    """Few, fixed and varied."""

    def test_they_span_what_eight_bits_hold(self) -> None:
        for images in probe_images().values():
            assert len(images) == COUNT
            assert {image.shape for image in images} == {(256, 256, 3)}
        mixed = np.stack(probe_images()["mixed"])
        assert len(np.unique(mixed)) == 256
        assert not np.array_equal(mixed[0, :, :, 0], mixed[0, :, :, 1]), "in colour"
        assert np.stack(probe_images()["bright"]).min() >= 200
        assert np.stack(probe_images()["dark"]).max() <= 40

    def test_all_differ(self) -> None:
        assert len({image.tobytes() for images in probe_images().values() for image in images}) > 2.5 * COUNT

    def test_textures_have_the_spectrum_of_natural_images(self) -> None:
        grey = probe_images()["mixed"][-1].mean(axis=2)
        power = np.abs(np.fft.fft2(grey - grey.mean())) ** 2
        radius = np.hypot(*np.meshgrid(*[np.fft.fftfreq(256) * 256] * 2))
        bands = [power[(radius >= low) & (radius < 2 * low)].mean() for low in (4, 8, 16, 32)]
        slope = np.polyfit(np.log2([4, 8, 16, 32]), np.log2(bands), 1)[0]
        assert -3.5 < slope < -1.2, "power falls about as frequency squared"

    def test_the_other_company_lacks_the_extremes(self) -> None:
        mixed = np.stack(probe_images()["mixed"]).astype(np.float32)
        other = in_other_company(mixed)
        assert other.shape == mixed.shape
        np.testing.assert_array_equal(other[:COMPANY][::-1], mixed[:COMPANY])
        assert other.max() < mixed.max()
        assert other.min() > mixed.min()


class TestDifference:
    """How far two answers are from each other."""

    def test_equal_bits_do_not_differ(self) -> None:
        values = np.array([[np.nan, np.inf, 0.0, 1.0]], np.float32)
        assert difference(values, values.copy()) == 0

    def test_what_is_not_finite_in_one_only_differs_without_bound(self) -> None:
        assert difference(np.array([[1.0, np.nan]], np.float32), np.array([[1.0, 2.0]], np.float32)) == np.inf

    def test_dead_layers_do_not_differ(self) -> None:
        assert difference(np.zeros((2, 3), np.float32), -np.zeros((2, 3), np.float32)) == 0

    @given(st.floats(-0.5, 0.5), st.floats(1e-3, 1e3))
    def test_it_is_relative_to_the_responses(self, change: float, scale: float) -> None:
        values = np.random.RandomState(0).uniform(1, 2, (16, 50)).astype(np.float32) * np.float32(scale)
        changed = values.copy()
        changed[3, 7] *= np.float32(1 + change)
        expected = abs(float(changed[3, 7]) - float(values[3, 7])) / max(
            max(values[:, 7].max(), changed[:, 7].max()), float(np.sqrt(np.mean(values.astype(float) ** 2)))
        )
        assert difference(values, changed) == pytest.approx(expected, rel=1e-4)

    def test_one_bit_changes_the_digest(self) -> None:
        values = np.random.RandomState(0).uniform(1, 2, (16, 10_000)).astype(np.float32)
        changed = values.copy()
        changed[5, 1234] = np.nextafter(changed[5, 1234], np.float32(9))
        assert answer(values).digest != answer(changed).digest
        assert answer(values).digest == answer(values.copy()).digest
