"""A reader of layers: what reads layers by name, whether or not it is a network of PyTorch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage, StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription, reader_of
from pytest_brainscore.models.activations.neuroid_coordinates import LayerShapes
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from tests.support.networks import make_model, make_tiny_network, network_reader

ONE_BIN = [(70, 170)]


class Statistics(LayerReader):
    """No network: mean and deviation of each colour, and a histogram."""

    LAYERS: ClassVar[dict[str, tuple[int, ...]]] = {"moments": (2, 3), "histogram": (8,)}

    def __init__(self, store: ActivationStore) -> None:
        super().__init__("statistics", store)
        self.seen = 0

    def names(self) -> list[str]:
        return list(self.LAYERS)

    def candidates(self) -> dict[str, tuple[int, ...]]:
        return dict(self.LAYERS)

    def shapes(self, layers: tuple[str, ...]) -> LayerShapes:
        unknown = [layer for layer in layers if layer not in self.LAYERS]
        if unknown:
            raise ModelError(f"There is no layer {unknown[0]}.")
        return {layer: self.LAYERS[layer] for layer in layers}

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        for image in images:
            self.seen += 1
            parts = {"moments": moments(image), "histogram": histogram(image)}
            yield np.concatenate([parts[layer].ravel() for layer in layers])[np.newaxis].astype(np.float32)

    def ingredients(self, layers: tuple[str, ...]) -> dict[str, object]:
        return {"rule": 1}

    def description(self) -> ReaderDescription:
        return ReaderDescription(weights_sha256="none", preprocessing={"kind": "none"}, device="cpu")


def moments(image: StimulusImage) -> NDArray[np.float64]:
    pixels = image.pixels().reshape(-1, 3)
    return np.stack([pixels.mean(axis=0), pixels.std(axis=0)])


def histogram(image: StimulusImage) -> NDArray[np.float64]:
    return np.histogram(image.pixels(), bins=8, range=(0, 256))[0].astype(float)


@pytest.fixture
def statistics(tmp_path: Path) -> Statistics:
    return Statistics(ActivationStore(folder=tmp_path))


def test_layers_are_joined_in_the_order_asked_for(statistics: Statistics, noise_stimuli: StimulusSet) -> None:
    expected = [np.concatenate([histogram(image), moments(image).ravel()]) for image in noise_stimuli.images]
    read = statistics.read(("histogram", "moments"), noise_stimuli)
    np.testing.assert_array_equal(read, np.asarray(expected, np.float32))
    chosen = statistics.read(("histogram", "moments"), noise_stimuli, neuroids=np.array([9, 0]), maximum_over=3)
    np.testing.assert_array_equal(chosen, read[:, [9, 0]].reshape(2, 3, 2).max(axis=1))


def test_what_was_read_is_not_computed_again(statistics: Statistics, noise_stimuli: StimulusSet) -> None:
    first = statistics.read(("moments",), noise_stimuli)
    other = Statistics(statistics.store)
    np.testing.assert_array_equal(other.read(("moments",), noise_stimuli), first)
    assert (statistics.seen, other.seen) == (len(noise_stimuli), 0)


def test_a_model_of_layers_needs_no_network(statistics: Statistics, noise_stimuli: StimulusSet) -> None:
    model = LayerMappedModel("statistics", statistics, layers={"V1": ("moments",)}, visual_degrees=8.0)
    assert isinstance(model, BrainModel)
    model.start_recording("V1", ONE_BIN)
    recorded = model.look_at(noise_stimuli)
    np.testing.assert_array_equal(recorded.values, statistics.read(("moments",), noise_stimuli))
    assert recorded["token"].values.tolist() == [0, 0, 0, 1, 1, 1]
    assert recorded["channel"].values.tolist() == [0, 1, 2, 0, 1, 2]
    with pytest.raises(NotCapable, match="statistics has no outputs; label tasks need the 1000"):
        model.start_task("label", "imagenet")
    with pytest.raises(ModelError, match=r'committed to IT; give layers=\{"IT": "moments"\} to load_model\.'):
        model.start_recording("IT", ONE_BIN)
    assert model.description().layers == {"V1": "moments"}


def test_its_layers_can_be_chosen_among(statistics: Statistics, noise_stimuli: StimulusSet) -> None:
    model = LayerMappedModel("statistics", statistics, layers={}, visual_degrees=8.0)
    candidates = CandidateLayers(model, matching_layers(model, ["*"]))
    for layer in ("moments", "histogram"):
        candidates.choose(layer)
        candidates.start_recording("IT", ONE_BIN)
        expected = Statistics(ActivationStore("off")).read((layer,), noise_stimuli)
        np.testing.assert_array_equal(candidates.record(noise_stimuli), expected)
    assert statistics.seen == len(noise_stimuli), "one pass for both"


def test_a_network_is_read_at_layers_that_are_committed_to_nothing(noise_stimuli: StimulusSet) -> None:
    network = make_tiny_network()
    reader = network_reader(make_model(network, layers={}))
    assert reader.names() == ["first", "first.conv", "first.relu", "second", "flatten", "readout"]
    assert reader.candidates()["second"] == (4, 8, 8)
    shown = np.zeros((len(noise_stimuli), 32, 32, 3), np.float32)
    for image, out in zip(noise_stimuli.images, shown, strict=True):
        reader.preprocessing(image.pixels(), out)
    with torch.inference_mode():
        expected = network(torch.from_numpy(shown).permute(0, 3, 1, 2)).numpy()
    for layer in ("readout", reader.output):
        assert layer is not None
        np.testing.assert_allclose(reader.read((layer,), noise_stimuli), expected, rtol=1e-4, atol=1e-5)


def test_who_has_a_reader(statistics: Statistics) -> None:
    model = LayerMappedModel("statistics", statistics, layers={}, visual_degrees=8.0)
    assert reader_of(model) is statistics
    assert reader_of(object()) is None

    class Bookshop:
        reader = "Ada"

    assert reader_of(Bookshop()) is None
