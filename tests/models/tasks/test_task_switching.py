"""Whatever was started last counts, in any order; and what a model cannot do is known beforehand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.asking import is_temporal, why_not
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from tests.support.networks import make_model, network_reader

STARTS = ("recording", "label", "imagenet", "probabilities", "odd_one_out", "passive")


@pytest.fixture(scope="module")
def model() -> LayerMappedModel:
    torch.manual_seed(0)
    network = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(48, 1000))
    return make_model(network, layers={"V1": ("0",), "IT": ("1",)})


def start(model: LayerMappedModel, what: str, stimuli: StimulusSet) -> None:
    if what == "recording":
        model.start_recording("V1", [(70, 170)])
    elif what == "label":
        model.start_task("label", ["cat", "dog"])
    elif what == "imagenet":
        model.start_task("label", "imagenet")
    elif what == "probabilities":
        model.start_task("probabilities", replace(stimuli, table=stimuli.table.assign(image_label=["a", "b", "c"] * 2)))
    elif what == "odd_one_out":
        model.start_task("odd_one_out")
    else:
        model.start_task("passive")


SHAPES = {"recording": (6, 48), "label": (6, 1), "imagenet": (6, 1), "probabilities": (6, 3), "odd_one_out": (2, 1)}


@pytest.mark.parametrize(("first", "second"), list(itertools.permutations(STARTS, 2)))
def test_the_last_start_counts(model: LayerMappedModel, noise_stimuli: StimulusSet, first: str, second: str) -> None:
    start(model, first, noise_stimuli)
    if first != "passive":
        assert model.look_at(noise_stimuli).shape == SHAPES[first]
    start(model, second, noise_stimuli)
    if second == "passive":
        with pytest.raises(ModelError, match="was asked for nothing"):
            model.look_at(noise_stimuli)
        return
    answers = model.look_at(noise_stimuli)
    assert answers.shape == SHAPES[second]
    assert (answers.dims[1] == "neuroid") == (second == "recording")
    fresh = make_model(network_reader(model).network, layers={"V1": ("0",), "IT": ("1",)})
    start(fresh, second, noise_stimuli)
    assert answers.identical(fresh.look_at(noise_stimuli))


def test_a_start_that_fails_changes_nothing(model: LayerMappedModel, noise_stimuli: StimulusSet) -> None:
    start(model, "recording", noise_stimuli)
    with pytest.raises(ModelError):
        model.start_task("label", ["spaceship"])
    assert model.look_at(noise_stimuli).dims == ("presentation", "neuroid")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ("V1", None),
        ("V4", "No layer of tiny is committed to V4"),
        ("label", "has 10 outputs; label tasks need the 1000"),
        ("probabilities", "No layer of tiny is committed to behavior"),
        ("odd_one_out", "No layer of tiny is committed to behavior"),
        ("passive", None),
        ("engineering", None),
    ],
)
def test_what_a_model_lacks(asked: str, reason: str | None) -> None:
    said = why_not(make_model(layers={"V1": ("second",)}), asked)
    assert said is None if reason is None else reason in str(said)


def test_a_network_that_returns_no_tensor_has_no_outputs_to_label_with() -> None:
    class Pair(nn.Module):
        def forward(self, images: torch.Tensor) -> dict[str, torch.Tensor]:
            return {"one": images, "other": images}

    reason = why_not(make_model(Pair(), layers={}), "label")
    assert reason is not None
    assert "returns a dict with 2 tensors" in reason
    with pytest.raises(NotCapable, match="returns a dict"):
        make_model(Pair(), layers={}).start_task("label", ["cat"])


def test_a_broken_network_is_an_error_and_no_lack() -> None:
    class Broken(nn.Module):
        def forward(self, images: torch.Tensor) -> torch.Tensor:
            raise ZeroDivisionError("the network's own mistake")

    model = make_model(Broken(), layers={"IT": ("output",)})
    reason = r"cannot process an image .*the network's own mistake"
    with pytest.raises(ModelError, match=reason):
        why_not(model, "label")
    with pytest.raises(ModelError, match=reason) as caught:
        model.start_task("label", ["cat"])
    assert not isinstance(caught.value, NotCapable)


def test_a_feedforward_network_does_not_change_over_time(model: LayerMappedModel) -> None:
    assert is_temporal(model) is False
