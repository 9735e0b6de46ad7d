"""Malania2007: thresholds of a model with known ones, elevations and ceilings recomputed, from files and given ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.malania2007 import CEILINGS, further_benchmarks
from pytest_brainscore.benchmarks.malania2007.protocol import ThresholdData, acuity_score, elevation_score
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.metrics.behavior import psychometric_function
from pytest_brainscore.scoring.score import Score
from tests.support.published_files import PublishedFiles
from tests.support.table_subjects import NeverAsked, TableSubject, made_up_stimuli

ELEVATION = load_benchmark("Malania2007.short2-threshold_elevation")
ACUITY = load_benchmark("Malania2007.vernieracuity-threshold")
SHARES = [0.325, 0.675, 0.45, 0.675, 0.85, 0.925, 0.85, 0.925, 0.95, 0.925]
"""Of right answers at offsets of 10 to 100: the golden threshold at 75 % is 44.0460366."""
GOLDEN = 44.0460366
WITH = {"a": 100.0, "b": np.nan, "c": 90.0, "d": 70.0, "e": 130.0, "f": 80.0}
WITHOUT = {"a": 50.0, "b": 60.0, "c": 40.0, "d": 45.0, "e": 45.0, "f": 50.0}


@pytest.fixture(autouse=True)
def few_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start the fits at one of 50 slopes: they find the same minimum here, in a fraction of the time."""
    monkeypatch.setattr(psychometric_function, "_FIRST_SLOPES", np.array([0.1]))


def images(name: str, scale: float = 1.0) -> pd.DataFrame:
    """Return 40 images at each of ten offsets, to the left and to the right."""
    rows = [
        (f"{name}{step}-{copy:02d}", "left" if copy % 2 else "right", scale * 10 * (step + 1))
        for step in range(10)
        for copy in range(40)
    ]
    return pd.DataFrame(rows, columns=["stimulus_id", "image_label", "vernier_offset"])


def fitting(name: str = "fit") -> pd.DataFrame:
    return pd.DataFrame({"stimulus_id": [f"{name}{row}" for row in range(10)], "image_label": ["right", "left"] * 5})


def answers(*tables: pd.DataFrame) -> dict[object, object]:
    """Return probabilities of right and left: as many right ones at each offset as the shares say."""
    given: dict[object, object] = {}
    for table in tables:
        for number, (name, label, _) in enumerate(table.itertuples(index=False)):
            step, copy = divmod(number, 40)
            right = copy < round(40 * SHARES[step])
            given[name] = [0.9, 0.1] if (label == "right") == right else [0.1, 0.9]
    return given


def thresholds(values: dict[str, float]) -> xr.DataArray:
    """Return thresholds as PropertyAssemblies have them."""
    return xr.DataArray(
        np.array(list(values.values()))[:, np.newaxis],
        {"subject": ("neuroid", list(values))},
        ("neuroid", "neuronal_property"),
    )


BASE, TEST = images("alone"), images("short", scale=2)


def given(**changes: Any) -> ThresholdData:
    """Return the data of short2, with some of them changed."""
    stimuli = {"vernier_only": BASE, "short2": TEST, "short2_fit": fitting()}
    people = {"vernier_only": thresholds(WITHOUT), "short2": thresholds(WITH)}
    shown = {name: changes.get(name, table) for name, table in stimuli.items()}
    return ThresholdData(
        ELEVATION,
        {
            f"Malania2007.{name}": made_up_stimuli(table, ELEVATION.visual_degrees, name)
            for name, table in shown.items()
        },
        {f"Malania2007.{name}": changes.get(f"{name}_people", each) for name, each in people.items()},
    )


def similarity(value: float, targets: list[float]) -> float:
    return float(np.mean([max(1 - abs(target - value) / target, 0) for target in targets]))


def ceiling_of(targets: list[float]) -> float:
    """Draw a subject, score it against the others, and put it last; as often as there are subjects."""
    remaining, scores = list(targets), []
    for seed in range(len(targets)):
        drawn = np.random.RandomState(seed).choice(remaining, replace=False)
        remaining.remove(drawn)
        scores.append(similarity(drawn, remaining))
        remaining.append(drawn)
    return float(np.mean(scores))


def check_elevation(score: Score) -> None:
    both = [name for name, value in WITH.items() if not np.isnan(value)]
    elevations = [WITH[name] / WITHOUT[name] for name in both]
    raw, ceiling = similarity(2.0, elevations), ceiling_of(elevations)
    assert score.raw == pytest.approx(raw, abs=1e-6)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == pytest.approx(raw / ceiling, abs=1e-6)
    told = score.details["thresholds"]
    assert told["baseline"] == {"threshold": pytest.approx(GOLDEN, abs=1e-4), "failure": None}
    assert told["short2"] == {"threshold": pytest.approx(2 * GOLDEN, abs=2e-4), "failure": None}
    assert score.n == {"stimuli": 800, "fitting_stimuli": 10, "trials": 8000, "subjects": 5}
    assert np.isnan(score.error)  # five subjects say nothing about an error


def test_an_elevation_is_that_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    for name, table in (("vernier_only", BASE), ("short2", TEST), ("short2_fit", fitting())):
        published_files.stimuli(made_up_stimuli(table, 8.0), f"Malania2007.{name}")
    published_files.assembly(thresholds(WITHOUT), "Malania2007.vernier_only")
    published_files.assembly(thresholds(WITH), "Malania2007.short2")
    assert ELEVATION.unavailable() is None
    model = TableSubject(answers(BASE, TEST))
    check_elevation(ELEVATION(model))
    assert model.trials == [10, 10]
    # Every trial is an image of its own, in the order of the stimuli; the first is not shifted.
    assert model.shown[0].table["stimulus_id"].tolist() == BASE["stimulus_id"].repeat(10).tolist()
    taught = model.asked[1]
    assert isinstance(taught, StimulusSet)
    assert len(taught) == 20
    assert taught.degrees == 8.0


def test_the_order_of_rows_does_not_matter() -> None:
    mixed = TEST.sample(frac=1, random_state=1)
    check_elevation(elevation_score(ELEVATION, TableSubject(answers(BASE, TEST)), given(short2=mixed)))


def test_labels_that_are_numbers_are_what_the_threshold_is_measured_over() -> None:
    """As published: the label is the offset itself, and a model is right where it names it exactly."""
    base, test = (table.assign(image_label=table["vernier_offset"], vernier_offset=np.nan) for table in (BASE, TEST))
    levels = sorted({*base["image_label"], *test["image_label"]})
    learnt = pd.DataFrame({"stimulus_id": [f"fit{row}" for row in range(len(levels))], "image_label": levels})
    given_answers: dict[object, object] = {}
    for table in (base, test):
        for number, (name, label, _) in enumerate(table.itertuples(index=False)):
            step, copy = divmod(number, 40)
            right = levels.index(label)
            given_answers[name] = np.eye(len(levels))[right if copy < round(40 * SHARES[step]) else right - 1]
    score = elevation_score(
        ELEVATION, TableSubject(given_answers), given(vernier_only=base, short2=test, short2_fit=learnt)
    )
    assert score.details["thresholds"]["elevation"] == pytest.approx(2.0, abs=1e-5)
    assert score.details["thresholds"]["baseline"]["threshold"] == pytest.approx(GOLDEN, abs=1e-4)


def test_the_column_of_offsets_may_have_a_unit_in_its_name() -> None:
    renamed = BASE.rename(columns={"vernier_offset": "vernier_offset_arcsec"})
    check_elevation(elevation_score(ELEVATION, TableSubject(answers(BASE, TEST)), given(vernier_only=renamed)))


def test_subjects_without_names_are_joined_by_their_order() -> None:
    people = {"short2_people": thresholds(WITH), "vernier_only_people": thresholds(WITHOUT)}
    bare = {name: each.drop_vars("subject") for name, each in people.items()}
    check_elevation(elevation_score(ELEVATION, TableSubject(answers(BASE, TEST)), given(**bare)))


def test_subjects_who_are_not_in_the_condition_are_left_out() -> None:
    fewer = {name: value for name, value in WITH.items() if not np.isnan(value)}
    score = elevation_score(ELEVATION, TableSubject(answers(BASE, TEST)), given(short2_people=thresholds(fewer)))
    check_elevation(score)


def test_a_model_that_guesses_scores_0_and_is_told_why() -> None:
    guesses: dict[object, object] = {name: [0.9, 0.1] for name in (*BASE["stimulus_id"], *TEST["stimulus_id"])}
    score = elevation_score(ELEVATION, TableSubject(guesses), given())
    assert (score.value, score.raw) == (0.0, 0.0)
    assert score.details["thresholds"]["baseline"]["failure"] == "accuracy of 0.500 is below 0.6"
    assert score.details["thresholds"]["elevation"] is None


def acuity_data(missing: str = "") -> ThresholdData:
    """Return data of all conditions; in each, other subjects have a threshold."""
    stimuli = {"vernier_only": BASE} | {f"{name}_fit": fitting(name) for name in CEILINGS}
    people = {"vernier_only": thresholds(WITHOUT)}
    for place, name in enumerate(CEILINGS):
        people[name] = thresholds(
            {each: np.nan if number == place % 6 else 99.0 for number, each in enumerate(WITHOUT)}
        )
    return ThresholdData(
        ACUITY,
        {f"Malania2007.{name}": made_up_stimuli(table, 2.986667, name) for name, table in stimuli.items()},
        {f"Malania2007.{name}": each for name, each in people.items() if name != missing},
    )


def test_acuity_is_the_mean_over_conditions_each_cut_at_1() -> None:
    score = acuity_score(ACUITY, TableSubject(answers(BASE)), acuity_data())
    raws, ceilings = [], []
    for place in range(9):
        subjects = [value for number, value in enumerate(WITHOUT.values()) if number != place % 6]
        raws.append(similarity(GOLDEN, subjects))
        ceilings.append(ceiling_of(subjects))
    relative = np.array(raws) / np.mean(ceilings)
    assert score.value == pytest.approx(np.minimum(relative, 1).mean(), abs=1e-6)
    assert score.unclipped == pytest.approx(relative.mean(), abs=1e-6)
    assert score.clipped == bool((relative > 1).any())
    assert score.raw == pytest.approx(np.mean(raws), abs=1e-6)
    assert score.ceiling == pytest.approx(np.mean(ceilings), abs=1e-12)
    assert set(score.details["thresholds"]) == set(CEILINGS)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no offsets": ({"short2": TEST.drop(columns="vernier_offset")}, "has 0 columns of offsets"),
    "an offset missing": (
        {"short2": TEST.assign(vernier_offset=[np.nan, *TEST["vernier_offset"][1:]])},
        "lacks 1 offsets",
    ),
    "offsets as words": ({"short2": TEST.assign(vernier_offset="far")}, "is no number throughout"),
    "other labels": ({"short2_fit": fitting().replace("left", "up")}, "have the labels left, while"),
    "no labels": ({"short2_fit": fitting().drop(columns="image_label")}, "no column 'image_label'"),
    "no fitting images": ({"short2_fit": fitting().iloc[:0]}, "no images to learn from"),
    "one subject": ({"short2_people": thresholds({"a": 100.0, "b": np.nan})}, "1 subjects with a threshold"),
    "a stranger": ({"short2_people": thresholds({"a": 100.0, "z": 90.0})}, "no threshold in .*first z"),
    "a threshold of 0": ({"short2_people": thresholds({**WITH, "a": 0.0})}, "not above 0"),
    "NaN in the baseline": ({"vernier_only_people": thresholds({**WITHOUT, "a": np.nan})}, "first a"),
    "two of a subject": (
        {"short2_people": xr.concat([thresholds(WITH)] * 2, "neuroid")},
        "12 thresholds of 6 subjects",
    ),
    "more than one each": ({"short2_people": xr.concat([thresholds(WITH)] * 2, "neuronal_property")}, "the shape"),
}


@pytest.mark.parametrize(("changes", "words"), BAD.values(), ids=BAD.keys())
def test_bad_data_are_a_sentence_before_the_model_is_asked(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(DataUnavailable, match=words) as refused:
        elevation_score(ELEVATION, NeverAsked(), given(**changes))
    assert str(refused.value).endswith(".")


def test_missing_sets_are_named(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(TEST, 8.0), "Malania2007.short2")
    published_files.assembly(thresholds(WITH), "Malania2007.short2")
    published_files.assembly(thresholds(WITHOUT), "Malania2007.vernier_only")
    published_files.stimuli(made_up_stimuli(BASE, 8.0), "Malania2007.vernier_only")
    assert "Malania2007.short2_fit" in str(ELEVATION.unavailable())
    with pytest.raises(DataUnavailable, match="short-2_fit"):
        ELEVATION(TableSubject(answers(BASE, TEST)))


def test_ten_keys_say_what_they_read() -> None:
    everything = {each.identifier: each for each in further_benchmarks()}
    assert len(everything) == 10
    assert everything["Malania2007.equal16-threshold_elevation"].ceiling == 0.44087153
    assert set(ELEVATION.needs) == {
        ("stimulus_set", "Malania2007.short2"),
        ("stimulus_set", "Malania2007.short2_fit"),
        ("stimulus_set", "Malania2007.vernier_only"),
        ("assembly", "Malania2007.short2"),
        ("assembly", "Malania2007.vernier_only"),
    }
    assert len(ACUITY.needs) == 20
    assert {each.parents for each in everything.values()} == {("Malania2007",)}
