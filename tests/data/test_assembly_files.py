"""Assemblies in the published netCDF layout: labelled, lazy, and joined with the metadata of their stimuli.

The files in ``tests/data/published_layout`` were written by the published system.
"""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pytest
import xarray as xr
from xarray.core import indexing

from pytest_brainscore.data.assembly_files import join_stimulus_columns, open_assembly
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

PUBLISHED = resource_folder("tests/data/published_layout")
RECORDING = PUBLISHED / "assy_dicarlo_Tiny_recording.nc"
BINS = PUBLISHED / "assy_dicarlo_Tiny_bins.nc"
SEED = 1


def written_values() -> dict[str, np.ndarray]:
    """Return the values that went into the files, drawn again."""
    generator = np.random.default_rng(SEED)
    for _ in range(4):
        generator.integers(0, 255, (8, 8, 3), dtype=np.uint8)
    recording = generator.normal(size=(8, 3, 1)).astype(np.float32)
    bins = generator.normal(size=(4, 2, 7))
    generator.normal(size=5)
    properties = generator.normal(size=(5, 2))
    return {"recording": recording, "bins": bins, "properties": properties, "rdm": generator.normal(size=(3, 3, 2))}


def is_lazy(assembly: xr.DataArray) -> bool:
    return not assembly.variable._in_memory


def test_values_dimensions_and_type_are_those_that_were_written() -> None:
    assembly = open_assembly(RECORDING)
    assert assembly.dims == ("presentation", "neuroid", "time_bin")
    assert assembly.dtype == np.float32
    np.testing.assert_array_equal(assembly.values, written_values()["recording"])


def test_coordinates_are_plain_and_text_is_text() -> None:
    assembly = open_assembly(RECORDING)
    assert not assembly.indexes
    assert assembly["neuroid_id"].values.tolist() == ["Chabo_L_M_5_9", "Chabo_L_M_6_9", "Tito_L_P_8_5"]
    assert assembly["region"].dims == ("neuroid",)
    assert assembly["repetition"].values.tolist() == [0] * 4 + [1] * 4
    assert assembly["time_bin_start"].item() == 70
    assert assembly["time_bin_end"].item() == 170


def test_legacy_image_ids_become_stimulus_ids() -> None:
    assembly = open_assembly(RECORDING)
    assert assembly["stimulus_id"].dims == ("presentation",)
    assert assembly["stimulus_id"].values.tolist() == ["b12", "a3", "c7", "d1"] * 2
    assert assembly["image_id"].values.tolist() == assembly["stimulus_id"].values.tolist()


def test_time_bins_that_stop_also_end() -> None:
    assembly = open_assembly(BINS)
    assert assembly["time_bin_end"].values.tolist() == [170, 270, 100, 150, 200, 250, 270]
    assert assembly["time_bin_stop"].values.tolist() == assembly["time_bin_end"].values.tolist()
    np.testing.assert_array_equal(assembly.values, written_values()["bins"])


def test_numeric_ids_stay_numbers() -> None:
    assembly = open_assembly(BINS)
    assert assembly["stimulus_id"].values.tolist() == [4, 2, 7, 1]
    assert assembly["neuroid_id"].dtype.kind == "i"


def test_attributes_are_kept_numbers_and_arrays() -> None:
    attributes = open_assembly(BINS).attrs
    assert attributes["image_size_degree"] == 8
    assert attributes["stim_on_time_ms"] == 100
    np.testing.assert_array_equal(attributes["window"], [1.0, 2.0, 3.0])


def test_groups_beside_the_values_are_not_read() -> None:
    with h5py.File(BINS) as file:
        assert "spikes" in file
    assembly = open_assembly(BINS)
    assert set(assembly.dims) == {"presentation", "neuroid", "time_bin"}
    assert "spikes" not in assembly.coords


def test_properties_have_names_and_edges_of_their_histograms() -> None:
    assembly = open_assembly(PUBLISHED / "assy_devalois_Tiny_properties.nc")
    assert assembly.dims == ("neuroid", "neuronal_property")
    assert assembly["neuronal_property"].values.tolist() == ["pref_or", "bandwidth"]
    assert "neuronal_property_" not in assembly.coords
    np.testing.assert_array_equal(assembly.attrs["pref_or_bins"], [-22.5, 22.5, 67.5, 112.5, 157.5])
    bandwidths = assembly.sel(neuronal_property="bandwidth").values
    np.testing.assert_array_equal(bandwidths, written_values()["properties"][:, 1])


def test_trials_are_text_with_numbers_beside() -> None:
    assembly = open_assembly(PUBLISHED / "assy_brendel_Tiny_trials.nc")
    assert assembly.dims == ("presentation",)
    assert assembly.values.tolist() == ["dog", "cat", "na"]
    assert assembly["condition"].values.tolist() == ["0.10", "0.20", "0.10"]
    np.testing.assert_array_equal(assembly["response_time"].values, [0.3, np.nan, 0.5])


def test_a_dimension_that_occurs_twice_gets_a_second_name() -> None:
    assembly = open_assembly(PUBLISHED / "assy_tong_Tiny_rdm.nc")
    assert assembly.dims == ("presentation", "presentation_other", "neuroid")
    assert assembly["stimulus_id"].values.tolist() == ["u", "v", "w"]
    rdm = written_values()["rdm"]
    np.testing.assert_array_equal(assembly.values, rdm)
    np.testing.assert_array_equal(assembly.isel(presentation=0, presentation_other=2).values, rdm[0, 2])


def test_values_stay_in_the_file_until_used() -> None:
    assembly = open_assembly(RECORDING)
    assert is_lazy(assembly)
    assert is_lazy(assembly.isel(neuroid=[0, 2], time_bin=0))
    assert is_lazy(join_stimulus_columns(assembly, pd.DataFrame({"stimulus_id": ["b12", "a3"], "size": [1, 2]})))


def test_only_the_selected_part_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assembly = open_assembly(RECORDING)
    read: list[tuple[int, ...]] = []
    original = indexing.explicit_indexing_adapter

    def recording_adapter(key, shape, support, raw):  # type: ignore[no-untyped-def]
        values = original(key, shape, support, raw)
        read.append(values.shape)
        return values

    monkeypatch.setattr(indexing, "explicit_indexing_adapter", recording_adapter)
    part = assembly.isel(presentation=slice(2, 4), neuroid=[0, 2], time_bin=0)
    np.testing.assert_array_equal(part.values, written_values()["recording"][2:4][:, [0, 2], 0])
    assert read == [(2, 2)]


def test_old_files_with_character_arrays_are_text_too(tmp_path: Path) -> None:
    names = np.array([b"ab", b"cde"], dtype="S3")
    written = xr.DataArray([1.0, 2.0], {"stimulus_id": ("presentation", names)}, ("presentation",), name="data")
    written.to_dataset().to_netcdf(tmp_path / "old.nc", engine="h5netcdf")
    assert open_assembly(tmp_path / "old.nc")["stimulus_id"].values.tolist() == ["ab", "cde"]


def test_units_of_time_leave_numbers_numbers(tmp_path: Path) -> None:
    start = xr.Variable("time_bin", [70, 170], {"units": "milliseconds"})
    written = xr.DataArray([1.0, 2.0], {"time_bin_start": start}, ("time_bin",), name="data")
    written.to_dataset().to_netcdf(tmp_path / "units.nc", engine="h5netcdf")
    assert open_assembly(tmp_path / "units.nc")["time_bin_start"].values.tolist() == [70, 170]


def test_presentations_get_the_columns_of_their_stimuli() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["a3", "b12", "c7", "d1"], "size": [1.5, 2.5, 3.5, 4.5], "id": [1, 2, 3, 4]})
    joined = join_stimulus_columns(open_assembly(RECORDING), stimuli)
    assert joined["size"].values.tolist() == [2.5, 1.5, 3.5, 4.5] * 2
    assert joined["id"].values.tolist() == [2, 1, 3, 4] * 2
    assert joined["id"].dtype.kind == "i"


def test_coordinates_that_exist_are_kept() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["a3", "b12", "c7", "d1"], "object_name": ["other"] * 4})
    joined = join_stimulus_columns(open_assembly(RECORDING), stimuli)
    assert joined["object_name"].values.tolist() == ["car", "face", "face", "apple"] * 2


def test_a_stimulus_that_the_set_lacks_has_missing_values() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["a3", "b12", "c7"], "size": [1, 2, 3]})
    joined = join_stimulus_columns(open_assembly(RECORDING), stimuli)
    np.testing.assert_array_equal(joined["size"].values, [2, 1, 3, np.nan] * 2)


def test_ids_are_compared_as_text_where_one_side_has_numbers() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["1", "2", "4", "7"], "size": [10, 20, 40, 70]})
    assert join_stimulus_columns(open_assembly(BINS), stimuli)["size"].values.tolist() == [40, 20, 70, 10]


def test_a_stimulus_set_with_an_id_twice_is_refused() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["a3", "b12", "a3"], "size": [1, 2, 3]})
    with pytest.raises(DataUnavailable, match="the stimulus a3 twice"):
        join_stimulus_columns(open_assembly(RECORDING), stimuli)


def test_a_stimulus_set_of_another_experiment_is_refused() -> None:
    stimuli = pd.DataFrame({"stimulus_id": ["x", "y"], "size": [1, 2]})
    with pytest.raises(DataUnavailable, match=r"None of the stimuli .* 'b12'.* 'x'"):
        join_stimulus_columns(open_assembly(RECORDING), stimuli)


def test_an_assembly_without_ids_cannot_be_joined() -> None:
    assembly = open_assembly(RECORDING).drop_vars(["stimulus_id"])
    with pytest.raises(DataUnavailable, match="no coordinate 'stimulus_id'"):
        join_stimulus_columns(assembly, pd.DataFrame({"stimulus_id": ["a3"]}))


def one_sentence(error: pytest.ExceptionInfo[DataUnavailable]) -> str:
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


@pytest.mark.parametrize("content", [b"", b"not netCDF", b"CDF\x01" + bytes(100)], ids=["empty", "text", "netCDF-3"])
def test_what_is_no_netcdf_4_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "assy.nc"
    path.write_bytes(content)
    with pytest.raises(DataUnavailable, match="no netCDF-4 file") as error:
        open_assembly(path)
    assert str(path) in one_sentence(error)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    content = RECORDING.read_bytes()
    path = tmp_path / "assy.nc"
    path.write_bytes(content[: int(kept * len(content))])
    with pytest.raises(DataUnavailable, match="fetch or copy it again") as error:
        open_assembly(path)
    one_sentence(error)


def test_a_file_without_data_is_refused(tmp_path: Path) -> None:
    xr.Dataset({"values": ("presentation", [1.0])}).to_netcdf(tmp_path / "other.nc", engine="h5netcdf")
    with pytest.raises(DataUnavailable, match="no variable 'data'") as error:
        open_assembly(tmp_path / "other.nc")
    one_sentence(error)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match=r"absent\.nc"):
        open_assembly(tmp_path / "absent.nc")
