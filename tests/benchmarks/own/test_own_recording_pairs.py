"""``score()`` compares matrices of all pairs of stimuli: from responses, as they are, of one or several subjects."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.distance import pdist, squareform
from scipy.stats import pearsonr, spearmanr

from pytest_brainscore import score
from pytest_brainscore.errors import NoNumber, RecordingError
from tests.support.table_models import TableModel

STIMULI, UNITS, NEURONS, SUBJECTS = 16, 30, 8, 3
IDS = [f"s{number:02d}" for number in range(STIMULI)]
ABOVE = np.triu_indices(STIMULI, 1)
_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, UNITS)) + 1.5 * (np.arange(UNITS) < 3)
RESPONSES = FEATURES[:, :NEURONS] + _generator.standard_normal((SUBJECTS, STIMULI, NEURONS))
MATRICES = np.stack([squareform(pdist(each, "correlation")) for each in RESPONSES])
FEW: dict[str, Any] = {"bootstraps": 20}


def similarity(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    return float(spearmanr(first[ABOVE], second[ABOVE])[0])


OWN = squareform(pdist(FEATURES, "correlation"))
LOWER = [similarity(each, np.delete(MATRICES, place, 0).mean(axis=0)) for place, each in enumerate(MATRICES)]


def test_responses_and_their_dissimilarities_have_one_score() -> None:
    by_responses = score(FEATURES, RESPONSES[0], "rdm")
    assert by_responses.raw == pytest.approx(similarity(OWN, MATRICES[0]), abs=1e-12)
    by_matrix = score(FEATURES, MATRICES[0], "rdm")
    assert (by_matrix.value, by_matrix.error) == pytest.approx((by_responses.value, by_responses.error), abs=1e-12)
    assert (by_responses.n["neurons"], "neurons" in by_matrix.n) == (NEURONS, False)
    assert 0 < by_matrix.error < 0.3


FORMS: dict[str, Any] = {
    "table": pd.DataFrame(MATRICES[0], IDS, IDS)
    .iloc[::-1, ::2]
    .join(pd.DataFrame(MATRICES[0], IDS, IDS).iloc[:, 1::2]),
    "table with a column": pd.DataFrame(MATRICES[0], columns=IDS).assign(stimulus_id=IDS),
    "DataArray": xarray.DataArray(
        MATRICES[0][:, ::-1], {"stimulus_id": ("presentation", IDS), "other": IDS[::-1]}, ("presentation", "other")
    ),
}


@pytest.mark.parametrize("form", FORMS)
def test_matrices_are_joined_by_name_along_both_axes(form: str) -> None:
    features = pd.DataFrame(FEATURES, IDS).sample(frac=1, random_state=0)
    assert score(features, FORMS[form], "rdm", **FEW) == score(FEATURES, MATRICES[0], "rdm", **FEW)


@given(order=st.permutations(range(STIMULI)), subjects=st.permutations(range(SUBJECTS)))
@settings(max_examples=5, deadline=None)
def test_no_order_of_stimuli_or_subjects_has_an_influence(order: list[int], subjects: list[int]) -> None:
    def shuffled(rows: list[int], places: list[int]) -> dict[str, Any]:
        names = [IDS[row] for row in rows]
        return {f"person {place}": pd.DataFrame(MATRICES[place][np.ix_(rows, rows)], names, names) for place in places}

    features = pd.DataFrame(FEATURES, IDS)
    expected = score(features, shuffled(list(range(STIMULI)), [0, 1, 2]), "rdm", ceiling="subjects", **FEW)
    assert score(features, shuffled(order, subjects), "rdm", ceiling="subjects", **FEW) == expected


def test_subjects_are_scored_one_by_one() -> None:
    raws = [similarity(OWN, each) for each in MATRICES]
    found = score(FEATURES, MATRICES, "rdm", ceiling="subjects", **FEW)
    ratios = np.array(raws) / LOWER
    assert found.value == pytest.approx(ratios.mean(), abs=1e-12)
    assert found.error == pytest.approx(ratios.std(ddof=1) / np.sqrt(SUBJECTS), abs=1e-12)
    assert (found.raw, found.ceiling) == pytest.approx((np.mean(raws), np.mean(LOWER)), abs=1e-12)
    assert (found.normalisation, found.n["subjects"]) == ("r/c", SUBJECTS)
    assert found.values is not None
    np.testing.assert_allclose(found.values, raws, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.values.attrs["subject_ceilings"], LOWER, rtol=0, atol=1e-12)


def test_a_ceiling_of_other_subjects_is_their_mean_lower_bound() -> None:
    found = score(FEATURES, MATRICES.mean(axis=0), "rdm", ceiling=MATRICES, **FEW)
    assert found.ceiling == pytest.approx(np.mean(LOWER), abs=1e-12)
    assert found.value == pytest.approx(similarity(OWN, MATRICES.mean(axis=0)) / np.mean(LOWER), abs=1e-12)


def test_without_subjects_matrices_are_averaged() -> None:
    pooled = score(FEATURES, MATRICES, "rdm", subject=None, **FEW)
    assert pooled.raw == pytest.approx(similarity(OWN, MATRICES.mean(axis=0)), abs=1e-12)


def test_matrices_of_one_subject_are_averaged_before_they_are_scored() -> None:
    sessions = np.concatenate([MATRICES + 0.1 * (1 - np.eye(STIMULI)), MATRICES - 0.1 * (1 - np.eye(STIMULI))])
    by_subject = score(FEATURES, sessions, "rdm", subject=list("abcabc"), ceiling="subjects", **FEW)
    assert by_subject.value == pytest.approx(
        score(FEATURES, MATRICES, "rdm", ceiling="subjects", **FEW).value, abs=1e-9
    )


def test_responses_of_subjects_are_told_by_their_neuroids() -> None:
    together = np.hstack(list(RESPONSES))
    found = score(FEATURES, together, "rdm", subject=np.repeat(list("abc"), NEURONS), ceiling="subjects", **FEW)
    assert found.value == pytest.approx(score(FEATURES, MATRICES, "rdm", ceiling="subjects", **FEW).value, abs=1e-12)


def test_repetitions_are_halved_and_compared() -> None:
    repeated = FEATURES[:, :NEURONS] + 0.2 * _generator.standard_normal((2, STIMULI, NEURONS))
    found = score(FEATURES, repeated.mean(axis=0), "rdm", ceiling=repeated, **FEW)
    halves = [squareform(pdist(each, "correlation")) for each in repeated]
    assert found.ceiling == pytest.approx(similarity(*halves), abs=1e-12)


def test_similarities_over_the_most_responsive_units() -> None:
    features = np.random.default_rng(2).standard_normal((STIMULI, 400))
    features[:, :5] += 8  # alone beyond 3.1 standard deviations of the mean responses
    scaled = (RESPONSES - RESPONSES.mean(axis=1, keepdims=True)) / RESPONSES.std(axis=1, keepdims=True)
    similarities = np.stack([np.corrcoef(each) for each in scaled])
    own = features[:, :5]
    own = np.corrcoef((own - own.mean(axis=0)) / own.std(axis=0))
    apart = ~np.eye(STIMULI, dtype=bool)
    expected = [pearsonr(own[apart], each[apart])[0] for each in similarities]
    found = score(features, similarities, "rsm", **FEW)
    assert found.n["responsive_units"] == 5
    np.testing.assert_allclose(np.asarray(found.values), expected, rtol=0, atol=1e-12)
    assert score(features, RESPONSES[0], "rsm", **FEW).raw == pytest.approx(expected[0], abs=1e-12)
    with pytest.raises(NoNumber, match="0 of 400 units have an extreme mean response"):
        score(np.sign(features - 4) * features.std(), similarities, "rsm")


REFUSED: dict[str, tuple[Any, str]] = {
    "not symmetric": (MATRICES[0] + np.triu(np.ones((STIMULI, STIMULI)), 1), "not symmetric"),
    "missing": (np.where(MATRICES[0] == MATRICES[0][2, 1], np.nan, MATRICES[0]), "missing or infinite for 2 pairs"),
    "similarities": (1 - MATRICES[0], "1 on the diagonal, as matrices of similarities, for the metric rsm"),
    "two stimuli": (MATRICES[0][:2, :2], "three or more"),
    "another diagonal": (pd.DataFrame(1 - MATRICES[0], IDS, IDS), "must have 0 on the diagonal"),
    "other stimuli": (
        {"a": pd.DataFrame(MATRICES[0], IDS, IDS), "b": pd.DataFrame(MATRICES[1], IDS, IDS).iloc[1:, 1:]},
        "different stimuli",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_matrix_of_pairs_is_refused(case: str) -> None:
    recording, sentence = REFUSED[case]
    with pytest.raises(RecordingError, match=sentence):
        score(pd.DataFrame(FEATURES, IDS) if case[0] in "ao" else FEATURES, recording, "rdm", ceiling="subjects", **FEW)


def test_dissimilarities_are_no_responses() -> None:
    with pytest.raises(RecordingError, match="dissimilarities, for the metric rdm"):
        score(FEATURES, MATRICES[0], "ridge")


@pytest.mark.parametrize(
    ("recording", "ceiling", "sentence"),
    [
        (MATRICES[0], "subjects", "two or more subjects"),
        (MATRICES[0], MATRICES[:1], "one subject is no ceiling"),
        (MATRICES[0], [0.5] * STIMULI, "is a number, or the matrices of several subjects"),
        (RESPONSES[0], [0.5] * NEURONS, "compares populations, of which a ceiling for each neuroid says nothing"),
        (MATRICES, "subject", 'the only such one is "subjects"'),
    ],
)
def test_ceilings_that_say_nothing_of_matrices_are_refused(recording: Any, ceiling: Any, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        score(FEATURES, recording, "rdm", ceiling=ceiling, **FEW)


def test_subjects_who_have_nothing_in_common_are_no_ceiling() -> None:
    opposite = np.stack([MATRICES[0], 2 * (1 - np.eye(STIMULI)) - MATRICES[0]])
    with pytest.raises(NoNumber, match="similarity of subject 0 to the others is -1"):
        score(FEATURES, opposite, "rdm", ceiling="subjects", **FEW)


def test_the_raw_score_is_that_of_the_shipped_benchmark() -> None:
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder")) / "rdm_92images"
    if not folder.is_dir():
        pytest.skip("set BRAINSCORE_DATA to the folder with rdm_92images")
    from pytest_brainscore.benchmarks import load_benchmark
    from pytest_brainscore.data.loading import load_assembly

    ids = load_assembly("Kriegeskorte2008.IT").stimulus_id.values
    features = np.random.default_rng(0).standard_normal((len(ids), 40))
    model = TableModel(dict(zip(ids, features, strict=True)), degrees=8.0)
    matrices = np.load(folder / "rdms.npz")
    monkey = load_benchmark("Kriegeskorte2008.IT-rdm")(model)
    found = score(features.astype(np.float32), matrices["monkey_IT"], "rdm", seed=0)
    assert (found.raw, found.error) == (monkey.raw, monkey.error)
    human = load_benchmark("Kriegeskorte2008.humanIT-rdm")(model)
    people = matrices["human_IT_subject_session"].astype(np.float64).mean(axis=1)
    found = score(features.astype(np.float32), matrices["human_IT"], "rdm", ceiling=people, seed=0)
    assert (found.raw, found.ceiling, found.value) == (human.raw, human.ceiling, human.value)
    assert found.error == human.error
