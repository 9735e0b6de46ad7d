"""ImageNet classes for a model without such outputs, from a decoder that is fitted to labelled images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from torch import nn

from pytest_brainscore.data.imagenet_classes import IMAGENET_SYNSETS
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.tasks.linear_decoder import stimuli_from_synset_folders
from tests.support.networks import make_model

AIRLINER, CLEAVER = IMAGENET_SYNSETS[404], IMAGENET_SYNSETS[499]


@pytest.fixture
def folders(tmp_path: Path) -> StimulusSet:
    """Return bright images of one class and dark ones of another."""
    for synset, level in ((AIRLINER, 230), (CLEAVER, 20)):
        (tmp_path / synset).mkdir()
        for number in range(3):
            Image.new("RGB", (32, 32), (level + number,) * 3).save(tmp_path / synset / f"{number}.PNG")
        (tmp_path / synset / "notes.txt").write_text("no image")
    return stimuli_from_synset_folders(tmp_path, 8.0)


@pytest.fixture
def model() -> LayerMappedModel:
    return make_model(nn.Sequential(nn.AvgPool2d(8), nn.Flatten()), layers={"IT": ("1",)})


def test_folders_are_a_stimulus_set(folders: StimulusSet, tmp_path: Path) -> None:
    assert folders.table["synset"].tolist() == [AIRLINER] * 3 + [CLEAVER] * 3
    assert folders.table["stimulus_id"][0] == f"{AIRLINER}/0.PNG"
    with pytest.raises(ModelError, match="holds no images in folders"):
        stimuli_from_synset_folders(tmp_path / CLEAVER, 8.0)


def test_label_tasks_are_answered_by_the_decoder(model: LayerMappedModel, folders: StimulusSet) -> None:
    assert model.why_not("label") is not None
    model.train_decoder(folders)
    assert model.why_not("label") is None
    model.start_task("label", "imagenet")
    assert model.look_at(folders).values.ravel().tolist() == folders.table["synset"].tolist()
    model.start_task("label", ["airplane", "knife", "cat"])
    assert model.look_at(folders).values.ravel().tolist() == ["airplane"] * 3 + ["knife"] * 3


def test_the_description_says_that_scores_are_not_comparable(model: LayerMappedModel, folders: StimulusSet) -> None:
    before = model.description().preprocessing
    model.train_decoder(folders)
    after = dict(model.description().preprocessing)
    decoder = after.pop("decoder")
    assert after == before
    assert "6 images of 2 classes" in str(decoder)
    assert "not comparable" in str(decoder)


def test_classes_without_images_are_never_chosen(model: LayerMappedModel, folders: StimulusSet) -> None:
    model.train_decoder(folders)
    assert model._decoder is not None
    logits = model._decoder.logits(model._features(folders))
    assert logits.shape == (6, 1000)
    assert np.isfinite(logits).all()
    assert set(logits.argmax(axis=1)) == {404, 499}


def test_unknown_synsets_are_one_sentence(model: LayerMappedModel, folders: StimulusSet) -> None:
    folders.table.loc[0, "synset"] = "n99999999"
    with pytest.raises(ModelError, match="1 synsets that are not of ImageNet's 1000, first n99999999"):
        model.train_decoder(folders)
