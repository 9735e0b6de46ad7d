"""``load_recording``: one form, whatever file a laboratory keeps its recording in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.io
import xarray
from numpy.typing import NDArray

from pytest_brainscore import load_recording
from pytest_brainscore.errors import DataUnavailable, RecordingError

STIMULI, NEURONS, REPETITIONS = 6, 3, 4
IDS = [f"im{place}" for place in range(STIMULI)]


def responses() -> NDArray[np.float64]:
    """Return responses as MATLAB users keep them: stimuli x neurons x repetitions."""
    values: NDArray[np.float64] = np.random.default_rng(0).normal(size=(STIMULI, NEURONS, REPETITIONS))
    return values


def tidy() -> pd.DataFrame:
    """Return one row for each presentation and neuron."""
    rows = [
        (IDS[stimulus], f"n{neuron}", repetition, responses()[stimulus, neuron, repetition])
        for stimulus in range(STIMULI)
        for repetition in range(REPETITIONS)
        for neuron in range(NEURONS)
    ]
    return pd.DataFrame(rows, columns=["image", "unit", "trial", "rate"])


def wide() -> pd.DataFrame:
    """Return one row for each presentation, a column for each neuron."""
    return tidy().pivot_table(index=["image", "trial"], columns="unit", values="rate").reset_index()


def by_stimulus(recording: xarray.DataArray) -> NDArray[np.float64]:
    """Return stimuli x neurons x repetitions again."""
    assert recording.dims == ("presentation", "neuroid")
    order = np.lexsort((recording["repetition"].values, recording["stimulus_id"].values))
    values: NDArray[np.float64] = recording.values[order].reshape(STIMULI, REPETITIONS, NEURONS).transpose(0, 2, 1)
    return values


def save(path: Path, table: pd.DataFrame, **settings: Any) -> Path:
    """Write a table."""
    table.to_csv(path, index=False, **settings)
    return path


def test_a_table_with_a_row_for_each_presentation(tmp_path: Path) -> None:
    recording = load_recording(save(tmp_path / "a.csv", wide()))
    assert np.array_equal(by_stimulus(recording), responses())
    assert recording["neuroid_id"].values.tolist() == ["n0", "n1", "n2"]


def test_a_tidy_table_with_a_row_for_each_response(tmp_path: Path) -> None:
    recording = load_recording(save(tmp_path / "a.csv", tidy()))
    assert np.array_equal(by_stimulus(recording), responses())


def test_rows_are_repetitions_where_nobody_numbered_them(tmp_path: Path) -> None:
    recording = load_recording(save(tmp_path / "a.csv", wide().drop(columns="trial")))
    assert np.array_equal(by_stimulus(recording), responses())


def test_trials_of_a_whole_session_are_numbered_within_each_stimulus(tmp_path: Path) -> None:
    table = wide()
    table["trial"] = np.random.default_rng(1).permutation(len(table)) + 1000
    recording = load_recording(save(tmp_path / "a.csv", table))
    order = table.sort_values("trial").groupby("image").cumcount()
    assert recording["repetition"].values.tolist() == order.sort_index().tolist()


def test_averages_have_no_repetitions(tmp_path: Path) -> None:
    table = wide().drop(columns="trial").groupby("image", as_index=False).mean()
    recording = load_recording(save(tmp_path / "a.csv", table))
    assert "repetition" not in recording.coords
    assert recording.values == pytest.approx(responses().mean(axis=2))


@pytest.mark.parametrize(
    "form",
    [{"sep": ";"}, {"sep": ";", "decimal": ","}, {"sep": "\t"}, {"encoding": "utf-16"}, {"encoding": "utf-8-sig"}],
)
def test_spreadsheets_of_any_country(tmp_path: Path, form: dict[str, str]) -> None:
    recording = load_recording(save(tmp_path / "a.csv", wide(), **form))
    assert np.array_equal(by_stimulus(recording), responses())


def test_an_index_that_was_saved_without_a_name_is_no_neuron(tmp_path: Path) -> None:
    wide().to_csv(tmp_path / "a.csv")
    assert load_recording(tmp_path / "a.csv").sizes["neuroid"] == NEURONS


def test_ids_stay_as_they_are_written(tmp_path: Path) -> None:
    save(tmp_path / "a.csv", pd.DataFrame({"image": ["007", "NA", "1e3"], "n0": [1, 2, 3]}))
    assert load_recording(tmp_path / "a.csv")["stimulus_id"].values.tolist() == ["007", "NA", "1e3"]


def test_text_says_something_about_a_stimulus_and_missing_responses_are_nan(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("image,object,n0,n1\na,dog,1,NaN\nb,cat,,\nc,cat,3,4\n")
    recording = load_recording(tmp_path / "a.csv")
    assert recording["object"].values.tolist() == ["dog", "cat"]
    assert np.array_equal(recording.values, np.array([[1, np.nan], [3, 4]]), equal_nan=True)


def test_neuroids_can_be_named_and_columns_left_out(tmp_path: Path) -> None:
    path = save(tmp_path / "a.csv", wide().assign(depth=1.0, n9=2.0))
    assert load_recording(path, neuroids=["n[0-2]"]).sizes["neuroid"] == NEURONS
    assert load_recording(path, ignore=["depth", "n9"]).sizes["neuroid"] == NEURONS
    with pytest.raises(RecordingError, match="no column 'x"):
        load_recording(path, neuroids=["x*"])


def test_the_neuroids_of_each_subject_are_columns_of_their_own(tmp_path: Path) -> None:
    table = pd.concat([tidy().assign(monkey="A"), tidy().assign(monkey="B", rate=tidy()["rate"] + 1)])
    recording = load_recording(save(tmp_path / "a.csv", table))
    assert recording["subject"].values.tolist() == ["A"] * 3 + ["B"] * 3
    assert len(set(recording["neuroid_id"].values.tolist())) == 6
    assert recording.values[:, 3:] == pytest.approx(recording.values[:, :3] + 1)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 0, 2), (2, 1, 0)])
def test_an_archive_tells_its_axes_by_their_lengths(tmp_path: Path, order: tuple[int, ...]) -> None:
    images, neurons = np.array(IDS)[None], np.array([1.0, 2.0, 3.0])[:, None]
    np.savez(tmp_path / "a.npz", resp=responses().transpose(order), image_ids=images, neurons=neurons)
    recording = load_recording(tmp_path / "a.npz")
    assert np.array_equal(by_stimulus(recording), responses())
    assert recording["neuroid_id"].values.tolist() == [1, 2, 3]


def test_axes_that_lengths_do_not_tell_apart_are_asked_for(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", resp=responses(), image_ids=IDS)
    with pytest.raises(RecordingError, match=r'say axes = \["stimulus", "neuroid", "repetition"\]'):
        load_recording(tmp_path / "a.npz")
    recording = load_recording(tmp_path / "a.npz", axes=["image", "neuron", "trial"])
    assert np.array_equal(by_stimulus(recording), responses())


def test_an_array_has_its_ids_beside(tmp_path: Path) -> None:
    np.save(tmp_path / "v4.npy", responses().mean(axis=2).T)
    save(tmp_path / "v4.csv", pd.DataFrame({"image": IDS, "object": list("aabbcc")}))
    recording = load_recording(tmp_path / "v4.npy")
    assert np.array_equal(recording.values, responses().mean(axis=2))
    assert recording["object"].values.tolist() == list("aabbcc")
    (tmp_path / "v4.csv").rename(tmp_path / "names.csv")
    with pytest.raises(RecordingError, match="no names of stimuli"):
        load_recording(tmp_path / "v4.npy")
    assert load_recording(tmp_path / "v4.npy", ids=tmp_path / "names.csv").identical(recording)
    assert load_recording(tmp_path / "v4.npy", ids=IDS)["stimulus_id"].values.tolist() == IDS


def test_a_netcdf_file_gives_back_what_was_read(tmp_path: Path) -> None:
    recording = load_recording(save(tmp_path / "a.csv", wide()))
    recording.rename("rates").to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    again = load_recording(tmp_path / "a.nc")
    assert np.array_equal(by_stimulus(again), responses())
    turned = xarray.DataArray(responses().mean(axis=2).T, {"image": IDS}, ("unit", "image"), name="data")
    turned.to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    assert np.array_equal(load_recording(tmp_path / "b.nc").values, responses().mean(axis=2))


def distances() -> NDArray[np.float64]:
    """Return dissimilarities of the stimuli."""
    half = np.triu(np.random.default_rng(2).random((STIMULI, STIMULI)), 1)
    return np.asarray(half + half.T)


def test_dissimilarities_are_square(tmp_path: Path) -> None:
    pd.DataFrame(distances(), IDS, IDS).to_csv(tmp_path / "a.csv")
    np.savez(tmp_path / "a.npz", rdms=distances(), stimuli=IDS)
    for name in ("a.csv", "a.npz"):
        recording = load_recording(tmp_path / name)
        assert recording.dims == ("presentation", "presentation_other")
        assert np.array_equal(recording.values, distances())
    np.savez(tmp_path / "b.npz", rdms=np.stack([distances(), 2 * distances()], axis=2), stimuli=IDS, subject=["A", "B"])
    people = load_recording(tmp_path / "b.npz")
    assert people.dims == ("subject", "presentation", "presentation_other")
    assert np.array_equal(people.sel(subject="B").values, 2 * distances())
    people.to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    assert np.array_equal(load_recording(tmp_path / "b.nc").values, people.values)


@pytest.mark.parametrize("suffix", [".csv", ".npz", ".npy", ".nc"])
def test_damage_is_one_sentence(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"\x93NUMPY\x01\x00\xff\xfe\x00broken")
    with pytest.raises(DataUnavailable, match="cannot be read"):
        load_recording(path, ids=IDS if suffix == ".npy" else None)
    with pytest.raises(DataUnavailable, match="is not there"):
        load_recording(tmp_path / f"none{suffix}")


def test_python_objects_are_never_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", responses=np.ones((3, 2)), image_ids=np.array(["a", "b", "c"], dtype=object))
    with pytest.raises(DataUnavailable, match="save text as text"):
        load_recording(tmp_path / "a.npz")
    with pytest.raises(RecordingError, match=r"scipy\.io\.loadmat"):
        load_recording(tmp_path / "a.mat")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n0,n1\n1,2\n", "no column of stimulus ids"),
        ("image,n0,n0\na,1,2\n", "column 'n0' twice"),
        ("image,n0\n", "has no rows"),
        ("image,n0\na,1,2\n", "2 columns, and the row"),
        ("image,n0\n,1\n", "without a stimulus"),
        ("image,name\na,b\n", "no columns of numbers"),
        ("image,rep,n0\na,1,2\na,1,3\nb,1,2\nb,2,2", "twice in repetition 1"),
        ("image,unit,a,b\nx,n,1,2\n", "say which: response = NAME"),
        ("image,n0\na,\nb,\n", "no responses"),
        ("image,n0,n1\na,1,2\nb,3,4\nc,5,#DIV/0!\n", r"text in 1 of its rows, first 3: '#DIV/0!'.*ignore"),
        ("stimulus_id,Stimulus_ID,n0\na,a,1\n", "say stimulus = NAME"),
    ],
)
def test_what_is_wrong_with_a_table_is_one_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises((RecordingError, DataUnavailable), match=sentence):
        load_recording(tmp_path / "a.csv")


def test_one_neuroid_needs_no_second_axis(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", rates=np.arange(6.0), image=IDS)
    assert load_recording(tmp_path / "a.npz").shape == (6, 1)


def test_many_axes_have_to_be_named(tmp_path: Path) -> None:
    both = np.stack([responses(), responses() + 1])
    np.savez(tmp_path / "a.npz", rates=both, image=IDS, monkey=["A", "B"])
    with pytest.raises(RecordingError, match="say what each axis is"):
        load_recording(tmp_path / "a.npz")
    recording = load_recording(tmp_path / "a.npz", axes=["subject", "stimulus", "neuroid", "repetition"])
    assert recording["subject"].values.tolist() == ["A"] * NEURONS + ["B"] * NEURONS
    assert np.array_equal(by_stimulus(recording[:, :NEURONS]), responses())
    assert np.array_equal(by_stimulus(recording[:, NEURONS:]), responses() + 1)


@pytest.mark.parametrize("column", [False, True])
def test_a_matlab_file_is_read_by_the_recipe_that_is_told(tmp_path: Path, column: bool) -> None:
    names = np.array([f"im{place}" for place in range(6)], dtype=object)
    responses = np.random.default_rng(0).normal(size=(3, 6))
    cells = names.reshape(-1, 1) if column else names
    scipy.io.savemat(tmp_path / "m.mat", {"rates": responses, "shown": cells, "notes": {"by": "me"}})
    with pytest.raises(RecordingError, match="loadmat"):
        load_recording(tmp_path / "m.mat")
    m = scipy.io.loadmat(tmp_path / "m.mat", simplify_cells=True)
    np.savez(tmp_path / "m.npz", responses=m["rates"], stimulus_id=m["shown"].astype(str))
    found = load_recording(tmp_path / "m.npz")
    assert found["stimulus_id"].values.tolist() == names.tolist()
    np.testing.assert_array_equal(found.values, responses.T)


def test_objects_in_an_archive_are_overlooked_unless_they_are_needed(tmp_path: Path) -> None:
    names = [f"im{place}" for place in range(6)]
    notes = np.array([{"by": "me"}], dtype=object)
    np.savez(tmp_path / "a.npz", rates=np.ones((6, 2)) * [1, 2], image=names, notes=notes)
    assert load_recording(tmp_path / "a.npz").shape == (6, 2)
    np.savez(tmp_path / "b.npz", rates=np.ones((6, 2)), image=np.array(names, dtype=object), notes=notes)
    with pytest.raises(DataUnavailable, match=r"Python objects in image, which are never loaded.*\(names\.astype"):
        load_recording(tmp_path / "b.npz")
    with pytest.raises(DataUnavailable, match="Python objects in notes"):
        load_recording(tmp_path / "a.npz", variable="notes")
