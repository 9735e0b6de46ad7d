"""``score()`` joins what has names, whatever the order, and refuses what does not fit: tables, DataArrays, arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pytest_brainscore import score
from pytest_brainscore.errors import RecordingError

STIMULI, UNITS, NEURONS, REPETITIONS = 60, 8, 5, 4
IDS = [f"s{number}" for number in range(STIMULI)]
NEUROIDS = [f"n{number}" for number in range(NEURONS)]

_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, UNITS))
REPEATED = FEATURES[:, :4] @ _generator.standard_normal((4, NEURONS)) + _generator.standard_normal(
    (REPETITIONS, STIMULI, NEURONS)
)
RECORDING = REPEATED.mean(axis=0)


def table(values: NDArray[Any], index: Any = None, columns: Any = None) -> pd.DataFrame:
    return pd.DataFrame(values, index=IDS if index is None else index, columns=columns)


def array(values: NDArray[Any], ids: Any = None, **coordinates: Any) -> xarray.DataArray:
    return xarray.DataArray(
        values,
        {"stimulus_id": ("presentation", list(IDS if ids is None else ids)), **coordinates},
        ("presentation", "neuroid"),
    )


def ridge(features: Any, recording: Any, **settings: Any) -> Any:
    return score(features, recording, "ridge", **settings)


PLAIN = ridge(FEATURES, RECORDING)
ORDER = np.random.default_rng(1).permutation(STIMULI)
STIMULUS_LEVEL = pd.MultiIndex.from_arrays([IDS, ["object"] * STIMULI], names=["stimulus_id", "object_name"])

# The same stimuli in another order, in every form that has names.
NAMED_FEATURES: dict[str, Any] = {
    "frame": table(FEATURES).iloc[ORDER],
    "frame with a column of ids": table(FEATURES).iloc[ORDER].rename_axis("stimulus_id").reset_index(),
    "frame with levels": table(FEATURES, STIMULUS_LEVEL).iloc[ORDER],
    "frame of nullable numbers": table(FEATURES).iloc[ORDER].astype("Float64"),
    "DataArray": array(FEATURES)[ORDER],
    "DataArray, transposed": array(FEATURES)[ORDER].T,
    "DataArray with a MultiIndex": xarray.DataArray(
        FEATURES, {"presentation": STIMULUS_LEVEL}, ("presentation", "neuroid")
    )[ORDER],
    "DataArray with an index": xarray.DataArray(FEATURES, {"presentation": IDS}, ("presentation", "neuroid"))[ORDER],
}
NAMED_RECORDINGS: dict[str, Any] = {
    "frame": table(RECORDING, columns=NEUROIDS),
    "DataArray": array(RECORDING, neuroid_id=("neuroid", NEUROIDS)),
}


@pytest.mark.parametrize("features", NAMED_FEATURES)
@pytest.mark.parametrize("recording", NAMED_RECORDINGS)
def test_names_join_whatever_the_form_and_order(features: str, recording: str) -> None:
    assert ridge(NAMED_FEATURES[features], NAMED_RECORDINGS[recording]).value == PLAIN.value


def test_row_numbers_that_were_permuted_are_names() -> None:
    assert ridge(pd.DataFrame(FEATURES).iloc[ORDER], pd.DataFrame(RECORDING)).value == PLAIN.value


def test_tables_without_an_index_and_arrays_go_row_by_row() -> None:
    for features in (FEATURES, pd.DataFrame(FEATURES)):
        for recording in (RECORDING, pd.DataFrame(RECORDING)):
            assert ridge(features, recording).value == PLAIN.value


def test_levels_of_an_index_join_by_their_names() -> None:
    one = pd.MultiIndex.from_arrays([IDS, range(STIMULI)], names=["image", "day"])
    other = pd.MultiIndex.from_arrays([range(STIMULI), IDS], names=["day", "image"])
    joined = ridge(table(FEATURES, one).iloc[ORDER], table(RECORDING, other)).value
    assert joined == pytest.approx(PLAIN.value, abs=0.1)
    assert joined == ridge(table(FEATURES, one), table(RECORDING, one)).value


def test_a_series_is_one_neuroid() -> None:
    frame = table(RECORDING, columns=NEUROIDS)
    expected = ridge(FEATURES, RECORDING[:, 1:2]).value
    assert ridge(table(FEATURES).iloc[ORDER], frame["n1"]).value == pytest.approx(expected, rel=1e-12)


def test_a_numeric_column_of_ids_is_no_feature() -> None:
    features, recording = (
        pd.DataFrame(each).assign(stimulus_id=range(STIMULI)).iloc[::-1] for each in (FEATURES, RECORDING)
    )
    assert ridge(features, recording).value == PLAIN.value


def test_values_keep_the_neuroids_in_the_order_of_the_recording() -> None:
    backwards = ridge(array(FEATURES), NAMED_RECORDINGS["DataArray"][:, ::-1]).values
    assert backwards["neuroid_id"].values.tolist() == NEUROIDS[::-1]
    np.testing.assert_allclose(backwards.values[:, ::-1], PLAIN.values.values, rtol=0, atol=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(STIMULI)), st.permutations(range(STIMULI)), st.permutations(range(NEURONS)))
def test_no_order_of_rows_or_neuroids_changes_a_score(one: list[int], other: list[int], neuroids: list[int]) -> None:
    ceiling = pd.concat([table(each, columns=NEUROIDS).assign(repetition=n) for n, each in enumerate(REPEATED)])
    frame = table(RECORDING, columns=NEUROIDS)
    labels = pd.Series(np.arange(STIMULI) % 3, IDS)
    expected = score(table(FEATURES), frame, components=3, ceiling=ceiling, stratify=labels)
    permuted = score(
        table(FEATURES).iloc[one],
        frame.iloc[other, neuroids],
        components=3,
        ceiling=ceiling.sample(frac=1, random_state=one[0]),
        stratify=labels.iloc[one],
    )
    assert (permuted.value, permuted.error, permuted.ceiling) == (expected.value, expected.error, expected.ceiling)


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(NEURONS)))
def test_arrays_may_have_their_neuroids_in_any_order_together_with_the_ceiling(neuroids: list[int]) -> None:
    expected = ridge(FEATURES, RECORDING, ceiling=REPEATED)
    permuted = ridge(FEATURES, RECORDING[:, neuroids], ceiling=REPEATED[:, :, neuroids])
    assert permuted.value == pytest.approx(expected.value, rel=1e-9)


# Both sides are named in the sentence, and the mend.
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "other stimuli": (
        lambda: ridge(table(FEATURES, [f"x{number}" for number in range(STIMULI)]), table(RECORDING)),
        r"60 stimuli of the recording have no features, the first is s0: .*'s0'.*'x0'.*give both the same names",
    ),
    "some other stimuli": (
        lambda: ridge(table(FEATURES).iloc[:50], table(RECORDING)),
        r"10 stimuli of the recording have no features, the first is s50.*leave these stimuli out",
    ),
    "a doubled index": (
        lambda: ridge(pd.concat([table(FEATURES), table(FEATURES)[:1]]), table(RECORDING)),
        "The features have the stimulus s0 twice",
    ),
    "repetitions in the recording": (
        lambda: ridge(table(FEATURES), pd.concat([table(RECORDING)] * 2)),
        "The recording has the stimulus s0 twice; average its repetitions, and give them as the ceiling",
    ),
    "bytes and text": (
        lambda: ridge(array(FEATURES, [each.encode() for each in IDS]), array(RECORDING)),
        r"'s0', 's1' \.\.\. \(text\), and those of the features b's0', b's1' \.\.\. \(bytes\); .*of the same type",
    ),
    "numbers and text": (
        lambda: ridge(table(FEATURES, list(map(str, range(STIMULI)))), table(RECORDING, list(range(1, STIMULI + 1)))),
        r"\(numbers\).*\(text\).*of the same type",
    ),
    "no index beside one": (
        lambda: ridge(pd.DataFrame(FEATURES), table(RECORDING)),
        r"those of the features 0, 1 \.\.\. \(row numbers\); give both the same names",
    ),
    "an array beside a table": (
        lambda: ridge(FEATURES, table(RECORDING)),
        r"features are a plain array without names .* recording a DataFrame that names them 's0'.*; give both",
    ),
    "a table beside an array": (
        lambda: ridge(table(FEATURES), RECORDING),
        "recording is a plain array without names .* features a DataFrame",
    ),
    "row numbers of other lengths": (
        lambda: ridge(pd.DataFrame(FEATURES), pd.DataFrame(RECORDING[:50])),
        "features of 60 stimuli and responses to 50; give the same stimuli",
    ),
    "missing names": (
        lambda: ridge(table(FEATURES, [None, *IDS[1:]]), table(RECORDING)),
        "1 stimuli of the features have no name, the first is number 0",
    ),
    "DataArrays without ids": (
        lambda: ridge(array(FEATURES).drop_vars("stimulus_id"), array(RECORDING).drop_vars("stimulus_id")),
        "no coordinate 'stimulus_id'.* add it along presentation",
    ),
    "a transposed array": (lambda: ridge(FEATURES.T, RECORDING), r"features .* give their transpose, \.T"),
    "a transposed recording": (lambda: ridge(FEATURES, RECORDING.T), r"recording .* give its transpose, \.T"),
    "a transposed table": (lambda: ridge(table(FEATURES).T, table(RECORDING)), r"transpose, \.T"),
    "a Dataset": (
        lambda: ridge(array(FEATURES).to_dataset(name="rates"), array(RECORDING)),
        r"Dataset of rates; give one of its variables, such as dataset\['rates'\]",
    ),
    "time bins": (
        lambda: ridge(array(FEATURES).expand_dims(time_bin=2), array(RECORDING)),
        r"dimensions time_bin, presentation, neuroid.*\.isel\(time_bin=0\), or \.mean\('time_bin'\)",
    ),
    "one time bin": (
        lambda: ridge(array(FEATURES).expand_dims(time_bin=1), array(RECORDING)),
        r"\.squeeze\('time_bin'\)",
    ),
    "other dimensions": (
        lambda: ridge(array(FEATURES).rename(presentation="image", neuroid="unit"), array(RECORDING)),
        r"\.rename\(\{'image': 'presentation', 'unit': 'neuroid'\}\)",
    ),
    "a column of text": (
        lambda: ridge(table(FEATURES).assign(animal="cat"), table(RECORDING)),
        r"columns that are no numbers: animal; .*set_index\('animal'\)",
    ),
    "a list of tables": (lambda: ridge([table(FEATURES)], table(RECORDING)), "list of DataFrame.*join it first"),
    "a mapping": (lambda: ridge({"V1": FEATURES}, RECORDING), "of type dict; read it first"),
    "a path": (lambda: ridge("features.npy", RECORDING), "of type str; read it first"),
    "nothing": (lambda: ridge(None, RECORDING), "of type NoneType"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_in_one_sentence(case: str) -> None:
    call, sentence = REFUSED[case]
    with pytest.raises(RecordingError, match=sentence):
        call()


class TestStratifying:
    """By a coordinate, a column, a level of the index, or labels; always joined with the stimuli of the recording."""

    LABELS = np.array(["bear", "car", "face"])[np.arange(STIMULI) % 3]

    def test_every_form_draws_the_same_splits(self) -> None:
        expected = ridge(FEATURES, RECORDING, stratify=self.LABELS)
        assert expected.value != PLAIN.value
        frame = table(RECORDING).assign(label=self.LABELS)
        for recording in (
            frame,
            frame.iloc[ORDER],
            frame.set_index("label", append=True).rename_axis(["stimulus_id", "label"]),
            array(RECORDING, label=("presentation", self.LABELS)),
        ):
            assert ridge(table(FEATURES), recording, stratify="label").value == expected.value
        series = pd.Series(self.LABELS, IDS).iloc[ORDER]
        assert ridge(table(FEATURES), table(RECORDING), stratify=series).value == expected.value

    @pytest.mark.parametrize(
        ("labels", "sentence"),
        [
            ("label", "no coordinate 'label'"),
            (["bear"] * 3, "shape .3,., and the recording has 60 stimuli"),
            ([None] * STIMULI, "60 stimuli of the labels to stratify by have no name"),
            ([1, *["bear"] * (STIMULI - 1)], "Label 1 has one row"),
        ],
    )
    def test_labels_that_do_not_fit_are_refused(self, labels: Any, sentence: str) -> None:
        with pytest.raises(RecordingError, match=sentence):
            ridge(FEATURES, RECORDING, stratify=labels)


def test_neuroids_that_carry_a_score_have_the_names_of_the_recording() -> None:
    """Other names change no number, where they sort alike."""
    named = ridge(table(FEATURES), table(RECORDING, columns=NEUROIDS))
    _, neuroids = named.attribution.parts
    assert neuroids.names.tolist() == NEUROIDS
    unnamed = ridge(table(FEATURES), table(RECORDING))
    assert unnamed.attribution.parts[1].names.tolist() == [f"{place:09d}" for place in range(NEURONS)]
    assert named.value == unnamed.value
    np.testing.assert_array_equal(named.replicates.values, unnamed.replicates.values)
