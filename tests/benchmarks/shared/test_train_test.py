"""Train and test with several subjects: who is scored, what is refused, and what is said of odd recordings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray as xr

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.hebart2023_fmri.protocol import ridge_score
from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection, occurrences, units_of_subjects
from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.table_models import TableModel
from tests.support.train_test_recipe import Experiment, Recipe, experiment, neuroids

PEOPLE = ("01", "02", "03")
LEAF = "Hebart2023_fmri.V1-ridgecv"
RDM = "Allen2022_fmri.V1-rdm"


def recorded(**changes: Any) -> Experiment:
    recipe = Recipe(1, 20, 40, 12, 4, 30)._replace(**changes)
    coordinates = neuroids(PEOPLE, ("V1", "IT"), 5, nc_testset=(30, 30.5, 10, 80, 55))
    return experiment(recipe, coordinates, 10.0)


def with_quality(found: Experiment, subject: str, quality: list[float]) -> Experiment:
    """Give the units of a subject in V1 other reliabilities."""
    values = found.test["nc_testset"].values.copy()
    values[((found.test["subject"] == subject) & (found.test["region"] == "V1")).values] = quality
    train, test = (each.assign_coords(nc_testset=("neuroid", values)) for each in (found.train, found.test))
    return found._replace(train=train, test=test)


def as_allen(found: Experiment) -> Experiment:
    stimuli = [StimulusSet(each.identifier, each.table, each.images, 8.4) for each in found[3:]]
    return found._replace(train_stimuli=stimuli[0], test_stimuli=stimuli[1])


def test_units_at_the_threshold_and_without_a_reliability_are_left_out() -> None:
    assembly = xr.DataArray(
        np.zeros((1, 4)),
        {"subject": ("neuroid", ["a"] * 4), "quality": ("neuroid", [0.3, 0.30000001, np.nan, 0.9])},
        ("presentation", "neuroid"),
    )
    chosen = units_of_subjects(assembly, UnitSelection("quality", 0.3, by_region=False), "IT")
    assert chosen["a"].tolist() == [1, 3]


def test_presentations_without_a_number_are_numbered() -> None:
    assert occurrences(["b", "a", "b", "b", "a"]).tolist() == [0, 0, 1, 2, 1]


def test_a_subject_without_reliable_units_is_left_out_and_named() -> None:
    found = with_quality(recorded(), "02", [1, 2, 3, 4, 30])
    score = found.score(LEAF)
    assert list(score.details["subjects"]) == ["01", "03"]
    assert score.n["subjects"] == 2
    assert score.details["notes"] == ["02 has no unit in V1 with nc_testset above 30 and is left out."]
    others = found.test["subject"].values != "02"
    without = found.score(LEAF, train=found.train[:, others], test=found.test[:, others])
    assert (score.value, score.raw, score.ceiling) == (without.value, without.raw, without.ceiling)


def test_nobody_with_reliable_units_is_refused() -> None:
    found = recorded()
    for subject in PEOPLE:
        found = with_quality(found, subject, [1, 2, 3, 4, 30])
    with pytest.raises(DataUnavailable, match="no unit in V1 with nc_testset above 30"):
        found.score(LEAF)


def test_ids_that_two_subjects_share_are_not_joined() -> None:
    found = recorded()
    named = [f"{person}-{unit}" for person in PEOPLE for unit in range(10)]
    unique = [each.assign_coords(neuroid_id=("neuroid", named)) for each in (found.train, found.test)]
    assert found.score(LEAF).value == found.score(LEAF, train=unique[0], test=unique[1]).value


def test_no_number_depends_on_the_order_of_units_presentations_or_images() -> None:
    found = recorded()
    draw = np.random.default_rng(0)
    train = found.train[draw.permutation(40)][:, draw.permutation(30)]
    test = found.test[draw.permutation(48)][:, draw.permutation(30)]
    order = draw.permutation(12)
    expected, score = found.score(LEAF), found.score(LEAF, train=train, test=test)
    turned = found.score(LEAF, test_stimuli=found.test_stimuli.rows(order))
    for each in (score, turned):
        assert (each.value, each.raw, each.ceiling) == pytest.approx(
            (expected.value, expected.raw, expected.ceiling), abs=1e-12
        )
        assert each.error == pytest.approx(expected.error, abs=1e-6)


def test_training_presentations_are_averaged() -> None:
    twice = recorded(train_repetitions=2)
    mean = twice.train.values.reshape(40, 2, 30, 1).mean(axis=1)
    once = twice.train[::2].copy(data=mean)
    assert twice.score(LEAF).value == pytest.approx(twice.score(LEAF, train=once).value, abs=1e-12)


def test_images_that_are_fitted_and_tested_are_refused() -> None:
    found = recorded()
    ids = found.test["stimulus_id"].values.copy()
    ids[ids == ids[0]] = found.train["stimulus_id"].values[3]
    test = found.test.assign_coords(stimulus_id=("presentation", ids))
    sentence = "1 of the 12 test images of test are training images of train, too, the first is im"
    with pytest.raises(DataUnavailable, match=sentence):
        found.score(LEAF, test=test)
    with pytest.raises(DataUnavailable, match=sentence):
        as_allen(found).score(RDM, test=test)


def test_one_test_image_or_none_is_a_sentence() -> None:
    found = recorded()
    ids = found.test_stimuli.table["stimulus_id"]
    for shown, sentence in ((found.test["stimulus_id"] == ids[0], "one test image"), ([], "no presentations")):
        rows = np.flatnonzero(shown)
        with pytest.raises(DataUnavailable, match=sentence):
            found.score("Allen2022_fmri.V1-ridge", test=found.test.isel(presentation=rows))


def test_one_repetition_has_no_ceiling_but_dissimilarities() -> None:
    found = recorded(repetitions=1)
    with pytest.raises(DataUnavailable, match="test have one repetition, so no ceiling"):
        found.score(LEAF)
    assert np.isfinite(as_allen(found).score(RDM).value)


@pytest.mark.parametrize("missing", ["train_stimuli", "test_stimuli"])
@pytest.mark.parametrize("leaf", [LEAF, RDM])
def test_missing_images_are_counted(missing: str, leaf: str) -> None:
    found = as_allen(recorded()) if leaf == RDM else recorded()
    fewer = getattr(found, missing).rows(slice(2, None))
    with pytest.raises(DataUnavailable, match=r"other stimuli than named has images.* 2 of the former are missing"):
        found.score(leaf, **{missing: fewer})


def test_a_unit_without_responses_leaves_no_score_and_is_named() -> None:
    found = recorded()
    found.test[:, 1] = np.nan
    found.train[:, 1] = np.nan
    score = found.score(LEAF)
    assert np.isnan(score.value)
    assert np.isfinite([score.raw, score.ceiling]).all()
    assert score.n["undefined_neuroids"] == 1
    assert "1 of the 3 units of 01 have no reliability (neuroid_id 1)" in score.details["notes"][0]


def test_a_response_that_one_half_lacks_leaves_no_reliability_as_in_the_published_system() -> None:
    """Of a single missing response the other ones are averaged; of all in a half nothing is left to correlate."""
    found = recorded()
    found.test[4, 1] = np.nan
    assert np.isfinite(found.score(LEAF).value)
    found.test[4:6, 1] = np.nan
    assert np.isnan(found.score(LEAF).value)


def test_a_missing_training_response_is_refused() -> None:
    found = recorded()
    found.train[7, 4] = np.nan
    with pytest.raises(
        DataUnavailable, match=r"1 of the 3 units of 01 in train lack responses to training images \(neuroid_id 4\)"
    ):
        found.score(LEAF)


def test_dissimilarities_of_a_unit_without_responses_or_of_a_single_unit_are_no_numbers_as_published() -> None:
    found = as_allen(recorded())
    single = with_quality(found, "02", [1, 2, 3, 90, 30]).score(RDM)
    assert np.isnan([single.value, single.raw, single.ceiling]).all()
    assert "02 has a single unit" in single.details["notes"][0]
    assert np.isfinite(single.details["subjects"]["01"]["raw"])
    found.test[0:4, 1] = np.nan
    missing = found.score(RDM)
    assert np.isnan(missing.value)
    assert "01 has 1 of 3 units without some responses (neuroid_id 1)" in missing.details["notes"][0]


def test_subjects_with_other_units_in_the_test_are_refused() -> None:
    found = recorded()
    with pytest.raises(DataUnavailable, match=r"do not have the same reliable units of 02 \(0 and 3\)"):
        found.score(LEAF, train=found.train[:, found.train["subject"].values != "02"])


def test_a_model_that_does_not_vary_has_no_number() -> None:
    found = recorded()
    constant = dict.fromkeys(found.recipe.ids, np.ones(20))
    benchmark = load_benchmark("Hebart2023_fmri.V1-ridge")
    data = TrainTestData(
        benchmark,
        train_stimuli=found.train_stimuli,
        test_stimuli=found.test_stimuli,
        train=found.train,
        test=found.test,
    )
    with pytest.raises(NoNumber, match="No unit of 01 in test has a correlation with table"):
        ridge_score(benchmark, TableModel(constant, 10.0), data)


def test_the_error_is_the_deviation_of_bootstrap_values_which_are_about_the_score() -> None:
    for leaf, found in ((LEAF, recorded()), (RDM, as_allen(recorded()))):
        score = found.score(leaf)
        assert score.replicates is not None
        assert score.replicates.score == score.value
        assert 0.01 < score.error < 0.2
        assert np.nanstd(score.replicates.values) == pytest.approx(score.error, rel=0.5)


def test_of_few_test_images_no_error_is_told() -> None:
    score = recorded(test=9).score(LEAF)
    assert np.isfinite(score.value)
    assert np.isnan(score.error)
    assert score.replicates is None


def test_a_negative_correlation_counts_as_a_positive_one_and_is_told() -> None:
    found = recorded()
    turned = found.score(LEAF, test=found.test.copy(data=-found.test.values))
    assert turned.raw < 0 < turned.value
    assert turned.unclipped == pytest.approx(-turned.value)
    assert found.score(LEAF).unclipped is None
