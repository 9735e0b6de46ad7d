"""Archives of arrays."""

from __future__ import annotations

import io

import numpy as np
import pytest

from pytest_brainscore.scoring.npz import npz, read_npz


def test_numpy_reads_what_is_written() -> None:
    members = {"net/a@1": np.arange(6, dtype="<f4").reshape(2, 3), "empty": np.zeros((0, 2)), "text": np.array(["ä"])}
    with np.load(io.BytesIO(npz(members)), allow_pickle=False) as archive:
        assert archive.files == list(members)
        for name, values in members.items():
            np.testing.assert_array_equal(archive[name], values)
            assert archive[name].dtype == values.dtype


def test_what_numpy_writes_is_read() -> None:
    content = io.BytesIO()
    np.savez_compressed(content, one=np.arange(3))
    assert read_npz(content.getvalue())["one"].tolist() == [0, 1, 2]


def test_the_same_arrays_give_the_same_bytes() -> None:
    assert npz({"a": np.arange(5)}) == npz({"a": np.arange(5)})


def test_objects_are_never_pickled() -> None:
    with pytest.raises(ValueError, match="Object arrays"):
        npz({"a": np.array([{}], dtype=object)})


@pytest.mark.parametrize("end", range(0, 400, 7))
@pytest.mark.parametrize("mend", ["cut", "change"])
def test_damaged_archives_are_refused_or_read(end: int, mend: str) -> None:
    content = bytearray(npz({"a": np.random.default_rng(0).standard_normal(40)}))
    damaged = bytes(content[:end]) if mend == "cut" else bytes(content[:end] + b"\xff\x00" + content[end + 2 :])
    try:
        read_npz(damaged)
    except ValueError:  # and nothing else is raised
        return
    assert mend == "change"
