"""The label task: naming one of a few categories by way of 1000 ImageNet classes."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import xarray
from torch import nn

from pytest_brainscore.data.imagenet_classes import IMAGENET_SYNSETS
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.tasks import behavior
from pytest_brainscore.models.tasks.label_decisions import (
    BAKER_CATEGORIES,
    GEIRHOS_CATEGORIES,
    SCIALOM_CATEGORIES,
    ZHU_CATEGORIES,
)
from pytest_brainscore.models.tasks.label_task import CATEGORIES, LabelTask, label_task
from tests.support.networks import make_model


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


def named(fitting: object) -> LabelTask:
    task = label_task(fitting)
    assert isinstance(task, LabelTask)
    return task


def test_names_are_matched_whatever_their_case_and_blanks() -> None:
    assert named([" Airplane", "BEAR "]).labels == ("airplane", "bear")


@pytest.mark.parametrize("fitting", [None, "imagenett", [], {}, ["airplane", "spaceship"]])
def test_anything_else_is_one_sentence_that_names_the_categories(fitting: object) -> None:
    with pytest.raises(ModelError, match="airplane"):
        label_task(fitting)


def test_the_published_example() -> None:
    logits = np.float32(np.random.RandomState(3).standard_normal((4, 1000))) * 3
    sixteen = sorted(GEIRHOS_CATEGORIES)
    assert named(sixteen).choices(logits) == ["cat", "car", "bird", "truck"]


def test_the_published_example_among_all_classes() -> None:
    logits = np.float32(np.random.RandomState(3).standard_normal((4, 1000))) * 3
    answers = label_task("imagenet").answers(logits, pd.DataFrame({"stimulus_id": list("abcd")}))
    assert answers.dims == ("presentation", "choice")
    assert answers.values.ravel().tolist() == ["n03793489", "n02950826", "n03492542", "n02963159"]
    assert answers["logit"].values.tolist() == [673, 471, 592, 474]


def test_the_synsets_are_the_standard_list() -> None:
    assert len(IMAGENET_SYNSETS) == 1000
    assert list(IMAGENET_SYNSETS) == sorted(IMAGENET_SYNSETS)
    digest = hashlib.sha256("\n".join(IMAGENET_SYNSETS).encode()).hexdigest()
    assert digest == "385e0240499426c022b773be1ae4da780f057b89c9694c7f47199f62746b6edd"


def test_a_column_of_true_synsets_stays_what_it_is(noise_stimuli: StimulusSet) -> None:
    model = make_model(Classifier(), layers={})
    model.start_task("label", "imagenet")
    truth = noise_stimuli.table.assign(synset="n01440764")
    answers = model.look_at(replace(noise_stimuli, table=truth))
    assert set(answers["synset"].values) == {"n01440764"}
    assert set(answers.values.ravel()) <= {IMAGENET_SYNSETS[404], IMAGENET_SYNSETS[294]}


def test_own_categories_by_their_classes() -> None:
    logits = np.zeros((1, 1000))
    logits[0, 7] = 5
    assert named({"one": [3, 4], "other": range(5, 8)}).choices(logits) == ["other"]
    for classes in ([], [1000], [-1], "12", 7):
        with pytest.raises(ModelError, match="The category bad has the classes"):
            label_task({"bad": classes})


def test_where_published_lists_share_a_category_they_agree() -> None:
    lists = [GEIRHOS_CATEGORIES, BAKER_CATEGORIES, ZHU_CATEGORIES, SCIALOM_CATEGORIES]
    assert all(CATEGORIES[name] == classes for categories in lists for name, classes in categories.items())


def test_a_model_answers_with_one_label_a_stimulus(noise_stimuli: StimulusSet) -> None:
    model = make_model(Classifier(), layers={"V1": ("identity",)})
    model.start_task("label", ["airplane", "bear"])
    answers = model.look_at(noise_stimuli)
    assert answers.dims == ("presentation", "choice")
    assert answers.shape == (len(noise_stimuli), 1)
    assert set(answers.values.ravel()) <= {"airplane", "bear"}
    assert answers["stimulus_id"].values.tolist() == noise_stimuli.table["stimulus_id"].tolist()


@pytest.mark.parametrize("fitting", ["imagenet", ["airplane", "bear"]])
def test_many_stimuli_are_decided_some_at_a_time(
    fitting: str | list[str], noise_stimuli: StimulusSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = make_model(Classifier(), layers={})
    model.start_task("label", fitting)
    at_once = model.look_at(noise_stimuli)
    monkeypatch.setattr(behavior, "DECIDED_TOGETHER", len(noise_stimuli) // 2)
    xarray.testing.assert_identical(model.look_at(noise_stimuli), at_once)


def test_recording_after_a_task_gives_recordings(noise_stimuli: StimulusSet) -> None:
    """The published system goes on with the behavior until the passive task is started."""
    model = make_model(Classifier(), layers={"V1": ("identity",)})
    model.start_task("label", ["airplane", "bear"])
    model.start_recording("V1", [(70, 170)])
    assert model.look_at(noise_stimuli).dims == ("presentation", "neuroid")


def test_a_model_with_other_outputs_is_not_capable_and_says_so_before_any_work() -> None:
    model = make_model(Classifier(outputs=128), layers={"V1": ("identity",)})
    with pytest.raises(NotCapable, match="has 128 outputs; label tasks need the 1000"):
        model.start_task("label", ["airplane", "bear"])


def test_the_aggregation_is_that_of_the_task_that_was_started_last() -> None:
    model = make_model(Classifier())
    for aggregation in ("max", "mean"):
        task = label_task(["kato2026_bear", "kato2026_others"], aggregation)
        assert isinstance(task, LabelTask)
        assert task.aggregation == aggregation
        model.start_task("label", ["kato2026_bear", "kato2026_others"], aggregation=aggregation)
    with pytest.raises(ModelError, match="no aggregation 'sum'; give one of mean, max"):
        model.start_task("label", ["airplane"], aggregation="sum")  # type: ignore[arg-type]


def test_a_category_may_win_by_one_class_or_by_its_mean() -> None:
    logits = np.full((1, 1000), -30.0)
    logits[0, 404], logits[0, 405] = 2.0, 3.0  # an airplane, and one of 668 others
    labels = ["kato2026_airplane", "kato2026_others"]
    assert named(labels).choices(logits) == ["kato2026_airplane"]
    by_class = label_task(labels, "max")
    assert isinstance(by_class, LabelTask)
    assert by_class.choices(logits) == ["kato2026_others"]


def test_blanks_within_a_name_do_not_matter() -> None:
    assert named(["Sewing Machine"]).labels == ("sewingmachine",)
