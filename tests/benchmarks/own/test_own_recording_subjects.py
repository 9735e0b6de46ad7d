"""``score()`` of a recording of several subjects: each on its own, then their mean and spread."""

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
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge
from sklearn.model_selection import ShuffleSplit

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.recording import RecordingWarning
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency

STIMULI, UNITS, NEURONS = 50, 6, 7
IDS = [f"s{number:02d}" for number in range(STIMULI)]
MONKEYS = np.array(["Tito", "Chabo", "Tito", "Chabo", "Nano", "Tito", "Nano"])
NAMES = ["Nano", "Tito", "Chabo"]  # as everything is ordered: shorter names first
_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, UNITS))
SIGNAL = FEATURES @ _generator.standard_normal((UNITS, NEURONS)) / 2 + _generator.standard_normal((STIMULI, NEURONS))
REPEATED = SIGNAL + _generator.standard_normal((6, STIMULI, NEURONS))
RECORDING = REPEATED.mean(axis=0)


def labelled(values: Any = RECORDING, **more: Any) -> xarray.DataArray:
    coordinates = {"stimulus_id": ("presentation", IDS), "neuroid_id": ("neuroid", [f"n{n}" for n in range(NEURONS)])}
    return xarray.DataArray(
        values, {**coordinates, "subject": ("neuroid", MONKEYS), **more}, ("presentation", "neuroid")
    )


NAMED = labelled()
TABLE = pd.DataFrame(FEATURES, IDS)


def alone(name: str, **more: Any) -> Any:
    return score(FEATURES, RECORDING[:, name == MONKEYS], "ridge", **more)


def test_the_mean_over_subjects_with_its_standard_error() -> None:
    found = score(TABLE, NAMED, "ridge")
    values = [alone(name).value for name in NAMES]
    assert found.value == found.raw == pytest.approx(np.mean(values), abs=1e-12)
    assert found.error == pytest.approx(np.std(values, ddof=1) / np.sqrt(3), abs=1e-12)
    assert found.n["subjects"] == 3
    assert (found.n["stimuli"], found.n["neurons"], found.n["splits"]) == (STIMULI, NEURONS, 10)


def test_the_neuroids_of_all_subjects_are_kept_in_their_order() -> None:
    found = score(TABLE, NAMED, "ridge").values
    pooled = score(TABLE, NAMED, "ridge", subject=None).values
    assert found is not None
    assert pooled is not None
    np.testing.assert_allclose(found, pooled, rtol=0, atol=1e-10)  # ridge fits neuron by neuron
    assert found.subject.values.tolist() == MONKEYS.tolist()
    assert found.neuroid_id.values.tolist() == NAMED.neuroid_id.values.tolist()
    assert found.attrs["subjects"] == NAMES
    assert found.attrs["spread"] == pytest.approx(np.std(found.attrs["subject_values"], ddof=1))


FORMS: dict[str, Any] = {
    "another coordinate": (NAMED.rename(subject="animal"), {"subject": "animal"}),
    "labels of neuroids": (NAMED.drop_vars("subject"), {"subject": MONKEYS}),
    "levels of columns": (
        pd.DataFrame(
            RECORDING, IDS, pd.MultiIndex.from_arrays([MONKEYS, range(NEURONS)], names=["subject", "neuroid"])
        ),
        {},
    ),
    "a mapping": ({name: pd.DataFrame(RECORDING[:, name == MONKEYS], IDS) for name in reversed(NAMES)}, {}),
}


@pytest.mark.parametrize("form", FORMS)
def test_subjects_are_told_in_any_form(form: str) -> None:
    recording, told = FORMS[form]
    assert score(TABLE, recording, "ridge", **told) == score(TABLE, NAMED, "ridge")


def test_subjects_who_saw_each_stimulus_are_told_by_presentations_or_a_dimension() -> None:
    areas = np.stack([RECORDING[:, :3], RECORDING[:, 3:6]])
    cube = xarray.DataArray(areas, {"stimulus_id": ("presentation", IDS)}, ("subject", "presentation", "neuroid"))
    rows = pd.concat([pd.DataFrame(each, IDS).assign(subject=name) for name, each in enumerate(areas)])
    expected = np.mean([score(FEATURES, each, "ridge").value for each in areas])
    for recording in (cube, rows):
        found = score(TABLE, recording, "ridge")
        assert found.value == pytest.approx(expected, abs=1e-12)
        assert found.values is not None
        assert found.values.subject.values.tolist() == [0, 0, 0, 1, 1, 1]
    halves = score(TABLE, rows, "ridge", ceiling={0: 0.5, 1: 1.0}, normalisation="r/c")
    assert halves.values is not None
    assert halves.values.attrs["subject_ceilings"] == [0.5, 1.0]


@given(stimuli=st.permutations(range(STIMULI)), neuroids=st.permutations(range(NEURONS)))
@settings(max_examples=5, deadline=None)
def test_no_order_has_an_influence(stimuli: list[int], neuroids: list[int]) -> None:
    shuffled = NAMED[stimuli][:, neuroids]
    assert score(TABLE, shuffled, "ridge", ceiling="subjects") == score(TABLE, NAMED, "ridge", ceiling="subjects")


CEILINGS: dict[str, Any] = {
    "a number": (0.7, lambda name: 0.7),
    "one for each neuroid": (np.linspace(0.5, 0.9, NEURONS), lambda n: np.linspace(0.5, 0.9, NEURONS)[n == MONKEYS]),
    "repetitions": (REPEATED, lambda name: REPEATED[:, :, name == MONKEYS]),
    "by subject": ({name: 0.5 + place / 10 for place, name in enumerate(NAMES)}, lambda n: 0.5 + NAMES.index(n) / 10),
}


@pytest.mark.parametrize("form", CEILINGS)
def test_every_subject_has_a_ceiling_of_its_own(form: str) -> None:
    ceiling, part = CEILINGS[form]
    found = score(FEATURES, RECORDING, "ridge", ceiling=ceiling, subject=MONKEYS)
    expected = [alone(name, ceiling=part(name)) for name in NAMES]
    assert found.value == pytest.approx(np.mean([each.value for each in expected]), abs=1e-12)
    assert found.ceiling == pytest.approx(np.mean([each.ceiling for each in expected]), abs=1e-12)


def test_the_others_are_the_ceiling() -> None:
    found = score(FEATURES, RECORDING, "ridge", subject=MONKEYS, ceiling="subjects")
    tops = []
    for name in NAMES:
        others, own = RECORDING[:, name != MONKEYS], RECORDING[:, name == MONKEYS]
        correlations = []
        for train, test in ShuffleSplit(10, train_size=0.9, random_state=1).split(others):
            predicted = Ridge(1).fit(others[train], own[train]).predict(others[test])
            predicted = predicted.reshape(len(test), -1)
            correlations.append([pearsonr(predicted[:, n], own[test, n])[0] for n in range(own.shape[1])])
        tops.append(np.median(correlations, axis=1).mean())
    assert found.values is not None
    np.testing.assert_allclose(found.values.attrs["subject_ceilings"], tops, rtol=0, atol=1e-9)
    assert found.normalisation == "r/c"  # both are correlations
    raws = np.array(found.values.attrs["subject_raws"])
    assert found.value == pytest.approx((raws / tops).mean(), abs=1e-9)


def test_a_subject_without_a_number_is_left_out_and_counted() -> None:
    silent = RECORDING.copy()
    silent[:, MONKEYS == "Nano"] = 1
    with pytest.warns(RecordingWarning, match="1 of 3 subjects have no score"):
        found = score(FEATURES, silent, "ridge", subject=MONKEYS)
    assert found.value == pytest.approx(np.mean([alone(name).value for name in ("Chabo", "Tito")]), abs=1e-12)
    assert (found.n["subjects"], found.n["undefined_subjects"]) == (2, 1)
    with pytest.raises(NoNumber):
        score(FEATURES, np.ones_like(RECORDING), "ridge", subject=MONKEYS)


def test_one_subject_is_a_recording_as_any() -> None:
    one = NAMED.assign_coords(subject=("neuroid", ["Tito"] * NEURONS))
    assert "subjects" not in score(TABLE, one, "ridge").n


def test_unreliable_neuroids_are_left_out() -> None:
    noisy = REPEATED.copy()
    noisy[:, :, [1, 4]] = _generator.standard_normal((6, STIMULI, 2))
    recording = noisy.mean(axis=0)
    kept = [0, 2, 3, 5, 6]
    assert (internal_consistency(noisy).values.mean(axis=0) > 0.7).nonzero()[0].tolist() == kept
    found = score(FEATURES, recording, "ridge", ceiling=noisy, least_reliability=0.7)
    expected = score(FEATURES, recording[:, kept], "ridge", ceiling=noisy[:, :, kept])
    assert (found.value, found.ceiling) == pytest.approx((expected.value, expected.ceiling), abs=1e-12)
    assert (found.n["neurons"], found.n["unreliable_neuroids"]) == (5, 2)
    assert found.values is not None
    assert np.isnan(found.values[:, [1, 4]]).all()


def test_explained_variance_neuroid_by_neuroid() -> None:
    found = score(FEATURES, RECORDING, "ridge", ceiling=REPEATED, normalisation="mean(r^2/c)")
    assert found.values is not None
    r = np.asarray(found.values).mean(axis=0)
    c = internal_consistency(REPEATED).values.mean(axis=0)
    assert found.value == pytest.approx((r**2 / c).mean(), abs=1e-12)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no such coordinate": ({"recording": NAMED, "subject": "animal"}, "no coordinate 'animal' .*subject"),
    "another number of labels": ({"subject": ["a", "b"]}, "2 labels of subjects, and the recording has 7 neuroids"),
    "no name": ({"subject": [None, *MONKEYS[1:]]}, "subjects of the recording have no name"),
    "no subject": ({"recording": {}}, "There is no subject"),
    "one subject": ({"ceiling": "subjects", "subject": None}, "two or more subjects"),
    "other stimuli": (
        {
            "recording": {"a": pd.DataFrame(RECORDING[:40], IDS[:40]), "b": pd.DataFrame(RECORDING[10:], IDS[10:])},
            "features": TABLE,
            "ceiling": "subjects",
        },
        "Subjects were shown different stimuli",
    ),
    "too few neuroids of the others": (
        {"metric": "pls", "components": 5, "subject": MONKEYS, "ceiling": "subjects"},
        "The others give no ceiling for subject (Nano|Tito|Chabo): .*5 PLS components need",
    ),
    "a subject without ceiling": (
        {"recording": {n: RECORDING[:, n == MONKEYS] for n in NAMES}, "ceiling": {"Tito": 0.5}},
        "The ceiling has no subject 'Nano'",
    ),
    "reliability without repetitions": (
        {"least_reliability": 0.7, "ceiling": 0.9},
        "chooses neuroids by the repetitions",
    ),
    "nothing reliable": ({"least_reliability": 0.999, "ceiling": REPEATED}, "No neuroid of the recording has"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_one_sentence(case: str) -> None:
    told, sentence = REFUSED[case]
    arguments = {"features": TABLE if told.get("recording") is NAMED else FEATURES, "recording": RECORDING} | told
    with pytest.raises((RecordingError, NoNumber), match=sentence):
        score(**{"metric": "ridge", **arguments})


def test_two_sessions_of_real_recordings_with_stimuli_and_neurons_of_their_own() -> None:
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder")) / "v4_cowley2023"
    if not folder.is_dir():
        pytest.skip("set BRAINSCORE_DATA to the folder with v4_cowley2023")
    sessions = {}
    for name in ("210305", "210325"):
        responses = np.load(folder / "responses_averaged" / f"responses_{name}.npy").T
        sessions[name] = pd.DataFrame(responses, [f"{name}-{image}" for image in range(len(responses))])
    ids = [each for session in sessions.values() for each in session.index]
    features = pd.DataFrame(np.random.default_rng(0).standard_normal((len(ids), 10)), ids)
    repeated = np.load(folder / "responses_raw" / "responses_210325.npy").transpose(2, 1, 0)
    found = score(features, sessions, "ridge", ceiling={"210305": 0.8, "210325": repeated})
    assert found.values is not None
    assert found.values.attrs["subject_ceilings"] == pytest.approx([0.8, 0.7594612410], abs=1e-9)
    alone = [score(features, each, "ridge").value for each in sessions.values()]
    assert found.values.attrs["subject_raws"] == pytest.approx(alone, abs=1e-12)
    assert found.n["neurons"] == sum(each.shape[1] for each in sessions.values())
