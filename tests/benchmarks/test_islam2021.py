"""Islam2021: pairs of shapes and textures, and dimensions counted from files in the published layout."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.islam2021 import further_benchmarks
from pytest_brainscore.benchmarks.islam2021.protocol import draw_pairs
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel
from tests.support.table_subjects import NeverAsked, made_up_stimuli

SHAPE = load_benchmark("Islam2021-shape_v4_dimensionality")
TEXTURE = load_benchmark("Islam2021-texture_v4_dimensionality")
TABLE = pd.DataFrame(
    [
        (f"{shape}-{copy}-{texture}", texture, shape, f"{shape}-{copy}")
        for shape in ("cat", "car", "dog")
        for copy in range(5)
        for texture in range(5)
    ],
    columns=["stimulus_id", "texture", "shape", "original_image_id"],
)
UNITS = 400


def responses(shape_units: int, texture_units: int) -> dict[str, NDArray[np.float64]]:
    """Return responses of units that know the original image, units that know the texture, and others."""
    generator = np.random.RandomState(4)
    of_original = {name: generator.standard_normal(shape_units) for name in TABLE["original_image_id"].unique()}
    of_texture = {name: generator.standard_normal(texture_units) for name in range(5)}
    rest = UNITS - shape_units - texture_units
    return {
        str(name): np.concatenate([of_original[original], of_texture[texture], generator.standard_normal(rest)])
        for name, original, texture in TABLE[["stimulus_id", "original_image_id", "texture"]].to_numpy().tolist()
    }


def stimuli(table: pd.DataFrame = TABLE) -> StimulusSet:
    return made_up_stimuli(table, 8.0, "Islam2021")


def recomputed(values: dict[str, NDArray[np.float64]]) -> list[float]:
    """Draw pairs in plain Python and count dimensions, as the reference words both."""
    rows = TABLE.to_dict("records")
    generator = random.Random(1751)
    first: dict[str, list[NDArray[np.float64]]] = {"shape": [], "texture": []}
    second: dict[str, list[NDArray[np.float64]]] = {"shape": [], "texture": []}
    for row in rows:
        factor = generator.choice(["shape", "texture"])
        if factor == "shape":
            texture = generator.choice([each for each in range(5) if each != row["texture"]])
            same = [each for each in rows if each["original_image_id"] == row["original_image_id"]]
            (partner,) = [each for each in same if each["texture"] == texture]
        else:
            shape = generator.choice([each for each in ("car", "cat", "dog") if each != row["shape"]])
            alike = [each for each in rows if each["texture"] == row["texture"] and each["shape"] == shape]
            partner = generator.choice(alike)
        first[factor].append(values[row["stimulus_id"]].astype(np.float32))
        second[factor].append(values[partner["stimulus_id"]].astype(np.float32))
    both = np.array(first["shape"] + first["texture"] + second["shape"] + second["texture"], dtype=np.float64)
    variance = both.var(axis=0).sum()
    scores = []
    for factor in ("shape", "texture"):
        a, b = np.array(first[factor], dtype=np.float64), np.array(second[factor], dtype=np.float64)
        m = (a.mean(axis=0) + b.mean(axis=0)) / 2
        scores.append(((a - m) * (b - m)).mean(axis=0).sum() / variance)
    return [float(np.floor(share * UNITS) / UNITS) for share in softmax([*scores, 1.0])[:2]]


def test_both_scores_are_those_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(TABLE, 8.0), "Islam2021")
    values = responses(200, 50)
    shape, texture = SHAPE(model := TableModel(values)), TEXTURE(TableModel(values))
    assert [shape.value, texture.value] == pytest.approx(recomputed(values), abs=1e-12)
    assert shape.value > texture.value
    assert (shape.raw, shape.ceiling, shape.normalisation) == (shape.value, 1.0, "r")
    assert shape.n["stimuli"] == 75
    assert shape.n["units"] == UNITS
    assert shape.n["shape_pairs"] + shape.n["texture_pairs"] == 75
    assert 0 < shape.error < 0.1
    assert shape.replicates is not None
    assert model.recordings == [("V4", ((70, 170),))]
    assert shape.values is not None
    assert shape.values.sum() == pytest.approx(1)


def test_images_are_not_placed_on_a_screen() -> None:
    model = TableModel(responses(100, 100))
    score_on(SHAPE, model, stimuli=stimuli())
    assert model.seen[0].images[0].pixels().shape[0] == 16


def test_a_model_of_textures_has_more_dimensions_for_textures() -> None:
    values = responses(20, 300)
    shape, texture = (score_on(each, TableModel(values), stimuli=stimuli()) for each in (SHAPE, TEXTURE))
    assert texture.value > shape.value


def test_pairs_are_drawn_anew_for_each_score_and_share_one_factor_only() -> None:
    one, other = draw_pairs(stimuli()), draw_pairs(stimuli())
    np.testing.assert_array_equal(one.other, other.other)
    partners = TABLE.iloc[one.other].reset_index(drop=True)
    by_shape = one.factors == "shape"
    assert (partners["original_image_id"] == TABLE["original_image_id"])[by_shape].all()
    assert (partners["texture"] != TABLE["texture"])[by_shape].all()
    assert (partners["texture"] == TABLE["texture"])[~by_shape].all()
    assert (partners["shape"] != TABLE["shape"])[~by_shape].all()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (TABLE.drop(columns="texture"), "no column 'texture'"),
        (TABLE[TABLE["texture"] == 0], "has one texture only"),
        (TABLE[TABLE["shape"] == "cat"], "has one shape only"),
        (TABLE[(TABLE["texture"] != 0) | (TABLE["shape"] != "cat")], "has no other in the (texture 0|shape cat)"),
    ],
)
def test_bad_data_are_a_sentence_before_the_model_is_asked(table: pd.DataFrame, words: str) -> None:
    with pytest.raises(DataUnavailable, match=words):
        score_on(SHAPE, NeverAsked(), stimuli=stimuli(table))


def test_a_region_that_never_changes_has_no_number() -> None:
    with pytest.raises(NoNumber, match="No unit of table in V4 varies"):
        score_on(SHAPE, TableModel(dict.fromkeys(TABLE["stimulus_id"], np.ones(3))), stimuli=stimuli())


def test_missing_images_are_named(published_files: PublishedFiles) -> None:
    assert published_files.folder.is_dir()
    assert "Islam2021" in str(SHAPE.unavailable())
    with pytest.raises(DataUnavailable, match="Islam2021"):
        SHAPE(NeverAsked())


def test_eight_keys_name_factor_and_region() -> None:
    everything = {each.identifier: each.region for each in further_benchmarks()}
    assert len(everything) == 8
    assert everything["Islam2021-texture_it_dimensionality"] == "IT"
