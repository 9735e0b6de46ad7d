"""Hebart2023_fmri: golden values of the published protocol."""

from __future__ import annotations

import pytest

from pytest_brainscore.benchmarks import load_benchmark
from tests.support.published_files import PublishedFiles
from tests.support.train_test_recipe import Experiment, Recipe, experiment, neuroids, standardised

PEOPLE = ("01", "02", "03")


def recorded(features: int = 20) -> Experiment:
    coordinates = neuroids(PEOPLE, ("V1", "V2", "V4", "IT"), 5, nc_testset=(30, 30.5, 10, 80, 55))
    return experiment(Recipe(1, features, 40, 12, 12, 60), coordinates, 10.0, rescale=standardised)


@pytest.mark.parametrize(
    ("leaf", "features", "value", "raw", "ceiling", "ceiling_error", "scores", "alphas"),
    [
        ("V1-ridgecv", 20, .890050740600, .931066327959, .975243854581, .002228622280,
         (.929207518306, .892987460909, .847957242584), (32.5, 10, 32.5)),
        ("V2-ridgecv", 20, .914888233522, .944755159502, .976349563561, .002118803807,
         (.914407884342, .872769935183, .957486881042), (32.5, 10, 32.5)),
        ("V4-ridgecv", 20, .904925097005, .938412898833, .975660919812, .001116284239,
         (.953995925908, .875932074347, .884847290758), (32.5, 32.5, 32.5)),
        ("IT-ridgecv", 20, .935611638280, .957352646260, .980151651233, .001409191268,
         (.966566215217, .884218093182, .956050606442), (10, 10, 10)),
        ("IT-ridge", 20, .903512404409, .940704067468, .980151651233, .001409191268,
         (.916414450200, .845176145220, .948946617807), (None, None, None)),
        ("V1-ridgecv", 60, .923775129020, .948508155839, .975243854581, .002228622280,
         (.969658773803, .925032216767, .876634396490), (100, 150, 250)),
    ],
)  # fmt: skip
def test_golden_values(
    leaf: str,
    features: int,
    value: float,
    raw: float,
    ceiling: float,
    ceiling_error: float,
    scores: tuple[float, ...],
    alphas: tuple[float | None, ...],
) -> None:
    score = recorded(features).score(f"Hebart2023_fmri.{leaf}")
    assert (score.value, score.raw, score.ceiling) == pytest.approx((value, raw, ceiling), abs=1e-6)
    assert score.values is not None
    assert score.values.attrs["ceiling_error"] == pytest.approx(ceiling_error, abs=1e-8)
    assert list(score.details["subjects"]) == list(PEOPLE)
    found = score.details["subjects"].values()
    assert [each["score"] for each in found] == pytest.approx(scores, abs=1e-6)
    assert tuple(each.get("alpha") for each in found) == alphas
    assert [each["neuroids"] for each in found] == [3, 3, 3]


def test_golden_values_of_people() -> None:
    found = recorded().score("Hebart2023_fmri.V1-ridgecv").details["subjects"].values()
    raw = (0.952454594367, 0.933015494771, 0.907728894741)
    ceilings = (0.976283269839, 0.974837779464, 0.971713790469)
    assert [each["raw"] for each in found] == pytest.approx(raw, abs=1e-6)
    assert [each["ceiling"] for each in found] == pytest.approx(ceilings, abs=1e-6)


def test_from_files_people_have_names_that_are_text(published_files: PublishedFiles) -> None:
    found = recorded()
    published_files.stimuli(found.train_stimuli, "Hebart2023_fmri_stim_train")
    published_files.stimuli(found.test_stimuli, "Hebart2023_fmri_stim_test")
    published_files.assembly(found.train, "Hebart2023_fmri_train")
    published_files.assembly(found.test, "Hebart2023_fmri_test")
    score = load_benchmark("Hebart2023_fmri.IT-ridge")(found.model(10.0))
    assert score.value == pytest.approx(0.903512404409, abs=1e-6)
    assert list(score.details["subjects"]) == list(PEOPLE)
