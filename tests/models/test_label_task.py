"""The label task: naming one of a few categories by way of 1000 ImageNet classes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from fixtures.networks import make_model
from pytest_brainscore.data.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.label_decisions import GEIRHOS_CATEGORIES
from pytest_brainscore.models.label_task import label_task


class Classifier(nn.Module):
    """Answers a bright image with class 404 (airplane), a dark one with 294 (bear)."""

    def __init__(self, outputs: int = 1000) -> None:
        super().__init__()
        self.outputs = outputs
        self.identity = nn.Identity()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return logits."""
        brightness = self.identity(images).mean(dim=(1, 2, 3))
        logits = torch.zeros(len(images), self.outputs)
        if self.outputs > 404:
            logits[:, 404] = 50 * brightness
            logits[:, 294] = -50 * brightness
        return logits


def test_names_are_matched_whatever_their_case_and_blanks() -> None:
    assert label_task([" Airplane", "BEAR "]).labels == ("airplane", "bear")


@pytest.mark.parametrize("fitting", [None, "imagenet", [], ["airplane", "spaceship"]])
def test_anything_else_is_one_sentence_that_names_the_categories(fitting: object) -> None:
    with pytest.raises(ModelError, match="airplane"):
        label_task(fitting)


def test_the_published_example() -> None:
    logits = np.float32(np.random.RandomState(3).standard_normal((4, 1000))) * 3
    sixteen = sorted(GEIRHOS_CATEGORIES)
    assert label_task(sixteen).choices(logits) == ["cat", "car", "bird", "truck"]


def test_a_model_answers_with_one_label_a_stimulus(noise_stimuli: StimulusSet) -> None:
    model = make_model(Classifier(), layers={"V1": ("identity",)})
    model.start_task("label", ["airplane", "bear"])
    answers = model.look_at(noise_stimuli)
    assert answers.dims == ("presentation", "choice")
    assert answers.shape == (len(noise_stimuli), 1)
    assert set(answers.values.ravel()) <= {"airplane", "bear"}
    assert answers["stimulus_id"].values.tolist() == noise_stimuli.table["stimulus_id"].tolist()


def test_recording_after_a_task_gives_recordings(noise_stimuli: StimulusSet) -> None:
    """The published system goes on with the behaviour until the passive task is started."""
    model = make_model(Classifier(), layers={"V1": ("identity",)})
    model.start_task("label", ["airplane", "bear"])
    model.start_recording("V1", [(70, 170)])
    assert model.look_at(noise_stimuli).dims == ("presentation", "neuroid")


def test_a_model_with_other_outputs_is_not_capable_and_says_so_before_any_work() -> None:
    model = make_model(Classifier(outputs=128), layers={"V1": ("identity",)})
    with pytest.raises(NotCapable, match="has 128 outputs; label tasks need the 1000"):
        model.start_task("label", ["airplane", "bear"])
