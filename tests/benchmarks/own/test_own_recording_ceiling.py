"""The ceiling of ``score()``: repetitions of exactly the recording, or reliabilities; every axis is checked."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.recording import RecordingWarning
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency

STIMULI, UNITS, NEURONS, REPETITIONS = 60, 8, 5, 4
IDS = [f"s{number}" for number in range(STIMULI)]
NEUROIDS = [f"n{number}" for number in range(NEURONS)]

_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, UNITS))
REPEATED = FEATURES[:, :4] @ _generator.standard_normal((4, NEURONS)) + 3 * _generator.standard_normal(
    (REPETITIONS, STIMULI, NEURONS)
)
RECORDING = REPEATED.mean(axis=0)
NOISE = np.random.default_rng(10).standard_normal((STIMULI, UNITS))  # predicts worse than the mean does
TOP = internal_consistency(REPEATED).value
SUBSET = internal_consistency(REPEATED[:, :40, :3]).value
ORDER = np.random.default_rng(1).permutation(STIMULI)

FEATURE_TABLE = pd.DataFrame(FEATURES, IDS)
TABLE = pd.DataFrame(RECORDING, IDS, NEUROIDS)
TABLES = [pd.DataFrame(each, IDS, NEUROIDS) for each in REPEATED]
ARRAY = xarray.DataArray(
    REPEATED,
    {"stimulus_id": ("presentation", IDS), "neuroid_id": ("neuroid", NEUROIDS)},
    ("repetition", "presentation", "neuroid"),
)
ROWS = xarray.concat(
    [ARRAY.isel(repetition=n).assign_coords(repetition=("presentation", [n] * STIMULI)) for n in range(REPETITIONS)],
    "presentation",
)


def ridge(features: Any, recording: Any, ceiling: Any, **settings: Any) -> Any:
    return score(features, recording, "ridge", ceiling=ceiling, **settings)


# In another order of stimuli and neuroids, wherever there are names.
NAMED: dict[str, Any] = {
    "DataArray of three dimensions": ARRAY.isel(presentation=ORDER, neuroid=[3, 1, 0, 2, 4]).transpose(
        "neuroid", "repetition", "presentation"
    ),
    "DataArray of presentations": ROWS[np.random.default_rng(2).permutation(len(ROWS))].isel(neuroid=[3, 1, 0, 2, 4]),
    "DataArray of presentations with a MultiIndex": ROWS.set_index(presentation=["stimulus_id", "repetition"]),
    "list of tables": [each.iloc[ORDER, ::-1] for each in TABLES],
    "table with a column": pd.concat([each.assign(repetition=number) for number, each in enumerate(TABLES)])[::-1],
    "table with levels": pd.concat(dict(enumerate(TABLES)), names=["repetition", "stimulus_id"]),
}


@pytest.mark.parametrize("form", NAMED)
def test_repetitions_are_joined_by_name(form: str) -> None:
    assert ridge(FEATURE_TABLE, TABLE, NAMED[form]).ceiling == pytest.approx(TOP, rel=1e-12)


@pytest.mark.filterwarnings("ignore:The score is")
@pytest.mark.parametrize("form", NAMED)
def test_other_stimuli_and_neuroids_of_a_named_ceiling_are_left_out(form: str) -> None:
    some = ridge(FEATURE_TABLE, TABLE.iloc[:40, :3], NAMED[form])
    assert some.ceiling == pytest.approx(SUBSET, rel=1e-12)


def test_an_array_fits_axis_by_axis_beside_any_recording() -> None:
    for features, recording in ((FEATURES, RECORDING), (FEATURE_TABLE, TABLE)):
        assert ridge(features, recording, REPEATED).ceiling == pytest.approx(TOP, rel=1e-12)


@pytest.mark.parametrize("form", ["array", "DataArray without names"])
def test_a_ceiling_without_names_is_in_the_order_of_the_recording_whatever_its_names(form: str) -> None:
    shuffled = REPEATED[:, ORDER]
    ceiling = shuffled if form == "array" else xarray.DataArray(shuffled, dims=ARRAY.dims)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = ridge(FEATURE_TABLE, TABLE.iloc[ORDER], ceiling)
    assert found.ceiling == ridge(FEATURE_TABLE, TABLE, ARRAY).ceiling
    with pytest.warns(RecordingWarning, match="correlates"):
        ridge(FEATURE_TABLE, TABLE.iloc[ORDER], REPEATED)


def test_dimensions_name_the_axes_of_a_ceiling_without_other_names() -> None:
    unnamed = ARRAY.drop_vars(["stimulus_id", "neuroid_id"]).transpose("neuroid", "presentation", "repetition")
    assert ridge(FEATURE_TABLE, TABLE, unnamed).ceiling == pytest.approx(TOP, rel=1e-12)


@pytest.mark.filterwarnings("ignore:The score is")
def test_neuroids_of_a_ceiling_are_joined_by_name_where_its_stimuli_have_none() -> None:
    partly = ARRAY.drop_vars("stimulus_id")
    wanted = ridge(FEATURE_TABLE, TABLE.iloc[:, :3], ARRAY)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ridge(FEATURE_TABLE, TABLE.iloc[:, :3], partly[:, :, ::-1]) == wanted
    with pytest.raises(RecordingError, match="neuroids of the recording have no ceiling, the first is n0"):
        ridge(FEATURE_TABLE, TABLE, partly.assign_coords(neuroid_id=("neuroid", list("abcde"))))


def test_a_mean_that_is_repeated_is_no_repetition() -> None:
    with pytest.warns(RecordingWarning, match="all the same"):
        assert ridge(FEATURES, RECORDING, [RECORDING] * 3).ceiling == 1


def test_masked_and_missing_responses_are_the_same() -> None:
    missing = np.random.default_rng(3).random(REPEATED.shape) < 0.1
    expected = internal_consistency(np.where(missing, np.nan, REPEATED)).value
    assert expected != TOP
    for ceiling in (np.where(missing, np.nan, REPEATED), np.ma.array(REPEATED, mask=missing)):
        assert ridge(FEATURES, RECORDING, ceiling).ceiling == expected


@pytest.mark.parametrize("order", [(1, 2, 0), (0, 2, 1), (2, 1, 0)])
def test_axes_in_another_order_are_refused_with_the_order_to_give(order: tuple[int, int, int]) -> None:
    turned = REPEATED.transpose(order)
    with pytest.raises(RecordingError, match=r"\(repetition, presentation, neuroid\)") as raised:
        ridge(FEATURES, RECORDING, turned)
    back = next(each for each in [(0, 1, 2), *np.ndindex(3, 3, 3)] if f"transpose{each}" in str(raised.value))
    assert turned.transpose(back).shape == REPEATED.shape
    assert (turned.transpose(back) == REPEATED).all()


@pytest.mark.filterwarnings("ignore:The score is")
@pytest.mark.parametrize("order", [(0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_a_cube_must_have_the_recording_as_its_mean_over_repetitions(order: tuple[int, int, int]) -> None:
    generator = np.random.default_rng(4)
    features = generator.standard_normal((20, 5))
    cube = features @ generator.standard_normal((5, 20)) + generator.standard_normal((20, 20, 20))
    assert ridge(features, cube.mean(axis=0), cube).ceiling > 0.5
    with pytest.raises(RecordingError, match="another order of its axes"):
        ridge(features, cube.mean(axis=0), cube.transpose(order))


def test_repetitions_of_something_else_are_warned_of() -> None:
    other = REPEATED[:, ::-1]
    with pytest.warns(RecordingWarning, match="check that it has the same stimuli"):
        ridge(FEATURES, RECORDING, other)


def test_a_scaled_recording_needs_no_warning() -> None:
    scaled = (RECORDING - RECORDING.mean(axis=0)) / RECORDING.std(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert ridge(FEATURES, scaled, REPEATED).ceiling == TOP


class TestReliabilities:
    """A ceiling that is known already: one number, or one for each neuroid, of which the median counts."""

    @pytest.mark.parametrize("form", [float, np.float32, np.array, xarray.DataArray])
    def test_one_number(self, form: Callable[[float], Any]) -> None:
        assert ridge(FEATURES, RECORDING, form(0.75)).ceiling == 0.75

    def test_one_for_each_neuroid(self) -> None:
        each = np.array([0.5, 0.6, 0.9, 0.8, 0.7])
        assert ridge(FEATURES, RECORDING, each).ceiling == pytest.approx(0.7)
        assert ridge(FEATURES, RECORDING, each.tolist()).ceiling == pytest.approx(0.7)

    def test_names_join_them(self) -> None:
        each = [0.5, 0.6, 0.9, 0.8, 0.7]
        for ceiling in (
            pd.Series(each, NEUROIDS)[::-1],
            xarray.DataArray(each, {"neuroid_id": ("neuroid", NEUROIDS)}, ("neuroid",))[::-1],
        ):
            assert ridge(FEATURE_TABLE, TABLE[["n1", "n0", "n2"]], ceiling).ceiling == pytest.approx(0.6)
            with pytest.raises(RecordingError, match="1 neuroids of the recording have no ceiling, the first is n4"):
                ridge(FEATURE_TABLE, TABLE, ceiling[1:])

    def test_one_for_each_split_and_neuroid(self) -> None:
        found = internal_consistency(REPEATED)
        ceiling = xarray.DataArray(found.values, dims=("split", "neuroid"))
        assert ridge(FEATURES, RECORDING, ceiling).ceiling == pytest.approx(TOP)

    @pytest.mark.parametrize("wrong", [0, -0.5, 1.5, np.nan, np.inf, [0.5, 0.6, 0.9, np.nan, 0.7], [2.0] * NEURONS])
    def test_out_of_range(self, wrong: Any) -> None:
        with pytest.raises(RecordingError, match="a reliability is above 0 and at most 1"):
            ridge(FEATURES, RECORDING, wrong)

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ([0.5] * 3, "3 reliabilities and the recording 5 neuroids"),
            (True, "truth value"),
            ("ceiling.npy", "type str"),
            (RECORDING, r"shape \(60, 5\); give the repetitions as \(repetition, presentation, neuroid\)"),
        ],
    )
    def test_no_reliabilities(self, wrong: Any, sentence: str) -> None:
        with pytest.raises(RecordingError, match=sentence):
            ridge(FEATURES, RECORDING, wrong)


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "other stimuli in an array": (
        lambda: ridge(FEATURES, RECORDING, REPEATED[:, :40]),
        r"shape \(4, 40, 5\), and .*\(repetitions, 60, 5\), is expected",
    ),
    "other neuroids in an array": (lambda: ridge(FEATURES, RECORDING, REPEATED[:, :, :3]), r"shape \(4, 60, 3\)"),
    "missing stimuli": (
        lambda: ridge(FEATURE_TABLE, TABLE, ROWS[ROWS["stimulus_id"].isin(IDS[:40]).values]),
        "20 stimuli of the recording have no ceiling, the first is s40",
    ),
    "missing neuroids": (
        lambda: ridge(FEATURE_TABLE, TABLE, ROWS[:, :3]),
        "2 neuroids of the recording have no ceiling, the first is n3",
    ),
    "names of another type": (
        lambda: ridge(FEATURE_TABLE, TABLE, [each.set_axis(range(1, 61)) for each in TABLES]),
        r"\(text\), and those of the ceiling 1, 2 \.\.\. \(numbers\)",
    ),
    "no repetitions": (
        lambda: ridge(FEATURE_TABLE, TABLE, pd.concat(TABLES)),
        "no coordinate 'repetition'.*column, or a level of the index",
    ),
    "a repetition twice": (
        lambda: ridge(FEATURE_TABLE, TABLE, pd.concat([each.assign(repetition=1) for each in TABLES])),
        "twice in one repetition; number the presentations",
    ),
    "one table": (lambda: ridge(FEATURE_TABLE, TABLE, TABLES[:1]), "one repetition has no ceiling"),
    "a DataArray of nothing": (lambda: ridge(FEATURE_TABLE, TABLE, ARRAY[:0]), "no responses .0 repetition x 60"),
    "nothing, without names": (
        lambda: ridge(FEATURE_TABLE, TABLE, ARRAY[:0].drop_vars("stimulus_id")),
        "no responses .0 repetition x 60",
    ),
    "repetitions of two types": (
        lambda: ridge(FEATURE_TABLE, TABLE, pd.concat([TABLES[0].assign(repetition=1), TABLE.assign(repetition="b")])),
        "repetitions of the ceiling are of several types",
    ),
    "a Dataset": (lambda: ridge(FEATURE_TABLE, TABLE, ARRAY.to_dataset(name="rates")), "Dataset of rates"),
    "dimensions of other names": (
        lambda: ridge(FEATURES, RECORDING, xarray.DataArray(REPEATED, dims=("trial", "image", "unit"))),
        "dimensions trial, image, unit; give repetition x presentation x neuroid",
    ),
    "time bins": (lambda: ridge(FEATURE_TABLE, TABLE, ARRAY.expand_dims(time_bin=2)), "time_bin"),
    "infinite responses": (
        lambda: ridge(FEATURES, RECORDING, np.where(REPEATED[0, 0, 0] == REPEATED, np.inf, REPEATED)),
        "ceiling has 1 infinite responses",
    ),
    "names that the recording lacks": (
        lambda: ridge(FEATURES[::-1], RECORDING[::-1], ROWS),
        "stimuli of the ceiling have names and those of the recording have none",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_one_sentence(case: str) -> None:
    call, sentence = REFUSED[case]
    with pytest.raises(RecordingError, match=sentence):
        call()


def test_a_score_above_one_is_warned_of() -> None:
    with pytest.warns(RecordingWarning, match=r"above 1: .* check that the ceiling belongs to this recording"):
        assert ridge(FEATURES, RECORDING, 0.1).value > 1


@pytest.mark.parametrize("normalisation", ["r^2/c", "(r/c)^2"])
def test_a_square_that_loses_a_sign_keeps_it_as_unclipped(normalisation: Any) -> None:
    found = ridge(NOISE, RECORDING, 0.8, normalisation=normalisation)
    assert found.raw < 0 < found.value
    assert found.unclipped == -found.value
    assert ridge(FEATURES, RECORDING, 0.8, normalisation=normalisation).unclipped is None


def test_a_ratio_keeps_its_sign_and_needs_no_record_of_it() -> None:
    noise = ridge(NOISE, RECORDING, 0.8, normalisation="r/c")
    assert noise.value < 0
    assert noise.unclipped is None


def test_a_recording_that_contradicts_itself_has_no_number() -> None:
    with pytest.raises(NoNumber, match="internal consistency"):
        ridge(FEATURES, RECORDING, np.stack([RECORDING, -RECORDING]))
