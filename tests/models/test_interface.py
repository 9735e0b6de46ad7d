"""The abilities that a model may have besides those of every brain model, and what is done without them."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models import interface
from pytest_brainscore.models.asking import is_temporal, record_responses, why_not
from pytest_brainscore.models.layer_mapped.candidate_layers import require_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from tests.support.networks import make_model

ABILITIES = [
    interface.CanDescribe,
    interface.CanRecord,
    interface.CanTellWhyNot,
    interface.CanTellTemporal,
    interface.CanTrainDecoder,
    interface.CanReadLayers,
]


class Plain:
    """Looks at stimuli, and can do nothing besides."""

    def __init__(self, model: LayerMappedModel) -> None:
        self.identifier = "plain"
        self.visual_degrees = model.visual_degrees
        self.start_task = model.start_task
        self.start_recording = model.start_recording
        self.look_at = model.look_at


class Wrapper:
    """Has nothing itself, and passes on everything that it is asked for."""

    def __init__(self, model: object) -> None:
        self._model = model

    def __getattr__(self, name: str) -> object:
        return getattr(self._model, name)


@pytest.mark.parametrize("ability", ABILITIES)
def test_models_that_are_loaded_have_them_all(ability: type, brainscore_home: object) -> None:
    assert isinstance(make_model(), ability)
    assert isinstance(load_model("pixels"), ability)
    assert not isinstance(Plain(make_model()), ability)


@pytest.mark.parametrize("ability", ABILITIES)
def test_each_says_who_asks_and_what_happens_without(ability: type) -> None:
    assert "Asked for " in str(ability.__doc__)
    assert "Without" in str(ability.__doc__)


def test_without_any_a_model_is_scored_all_the_same(noise_stimuli: StimulusSet) -> None:
    able, plain = make_model(), Plain(make_model())
    for model in (able, plain):
        model.start_recording("V1", [(70, 170)])
    np.testing.assert_array_equal(record_responses(plain, noise_stimuli), record_responses(able, noise_stimuli))
    assert why_not(plain, "V9") is None
    assert is_temporal(plain) is None
    with pytest.raises(ModelError, match="plain is no network with layers to choose from; name a network"):
        require_layers(plain)


def test_a_wrapper_that_passes_everything_on_keeps_them(noise_stimuli: StimulusSet) -> None:
    model = make_model(layers={"V1": ("second",)})
    wrapped: interface.BrainModel = Wrapper(model)  # type: ignore[assignment]
    wrapped.start_recording("V1", [(70, 170)])
    few = np.array([3])
    np.testing.assert_array_equal(
        record_responses(wrapped, noise_stimuli, neuroids=few), model.record(noise_stimuli, neuroids=few)
    )
    assert "No layer of tiny is committed to IT" in str(why_not(wrapped, "IT"))
    assert is_temporal(wrapped) is False
    assert require_layers(wrapped) is model.reader
