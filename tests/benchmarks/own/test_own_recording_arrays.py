"""What ``score()`` reads as a matrix: the arrays of the libraries that people use, and what they leave undefined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import torch
import xarray

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.recording import RecordingWarning
from pytest_brainscore.errors import NoNumber, RecordingError

STIMULI, UNITS, NEURONS = 60, 8, 5
_generator = np.random.default_rng(0)
# Representable in every type below.
FEATURES = np.round(4 * _generator.standard_normal((STIMULI, UNITS)))
RECORDING = FEATURES[:, :4] @ _generator.standard_normal((4, NEURONS)) + _generator.standard_normal((STIMULI, NEURONS))


def ridge(features: Any, recording: Any = RECORDING) -> Any:
    return score(features, recording, "ridge")


EXPECTED = ridge(FEATURES).value


class Lazy:
    """An array that is read when it is asked for, as those of dask, zarr or h5py are."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return FEATURES


FORMS: dict[str, Callable[[], Any]] = {
    "lists": FEATURES.tolist,
    "objects": lambda: FEATURES.astype(object),
    "integers": lambda: FEATURES.astype(np.int8),
    "float16": lambda: FEATURES.astype(np.float16),
    "long double": lambda: FEATURES.astype(np.longdouble),
    "Fortran order": lambda: np.asfortranarray(FEATURES),
    "nothing masked": lambda: np.ma.array(FEATURES),
    "sparse matrix": lambda: scipy.sparse.csr_matrix(FEATURES),
    "sparse array": lambda: scipy.sparse.coo_array(FEATURES),
    "lazy array": Lazy,
    "lazy DataArray": lambda: xarray.DataArray(FEATURES).data,
    "tensor": lambda: torch.tensor(FEATURES),
    "tensor with gradients": lambda: torch.tensor(FEATURES, requires_grad=True),
    "tensor after an operation": lambda: torch.tensor(FEATURES, requires_grad=True) * 1,
    "parameter": lambda: torch.nn.Parameter(torch.tensor(FEATURES)),
    "bfloat16 tensor": lambda: torch.tensor(FEATURES).bfloat16(),
    "half tensor": lambda: torch.tensor(FEATURES).half(),
    "integer tensor": lambda: torch.tensor(FEATURES).int(),
    "sparse tensor": lambda: torch.tensor(FEATURES).to_sparse(),
    "list of tensors": lambda: list(torch.tensor(FEATURES, requires_grad=True)),
    "table of objects": lambda: pd.DataFrame(FEATURES.astype(object)),
    "table of integers": lambda: pd.DataFrame(FEATURES.astype(int)),
    "table of two types": lambda: pd.DataFrame(FEATURES).astype({0: np.int64, 1: "Int64"}),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_numbers_has_the_same_score(form: str) -> None:
    assert ridge(FORMS[form]()).value == EXPECTED


@pytest.mark.parametrize("form", ["tensor with gradients", "sparse matrix", "lists"])
def test_on_either_side(form: str) -> None:
    as_recording = {"tensor with gradients": torch.tensor(RECORDING, requires_grad=True)}.get(form, RECORDING.tolist())
    assert ridge(FORMS[form](), as_recording).value == EXPECTED


def test_memory_mapped_features_are_not_changed(tmp_path: Any) -> None:
    np.save(tmp_path / "features.npy", FEATURES)
    assert ridge(np.load(tmp_path / "features.npy", mmap_mode="r")).value == EXPECTED


def test_a_vector_is_one_neuroid() -> None:
    assert ridge(FEATURES, RECORDING[:, 0]).value == ridge(FEATURES, RECORDING[:, :1]).value


def broken(value: float, rows: Any = 3) -> Any:
    recording = RECORDING.copy()
    recording[rows, 2] = value
    return recording


MISSING: Any = None
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "text": (lambda: ridge(FEATURES.astype(str)), "type <U.*matrix of numbers"),
    "text that looks like numbers": (lambda: ridge(FEATURES.astype(str).astype(object)), "values of type str"),
    "bytes": (lambda: ridge(FEATURES.astype(bytes)), r"type \|S"),
    "dates": (lambda: ridge(FEATURES.astype("timedelta64[s]")), "type timedelta64"),
    "complex numbers": (lambda: ridge(FEATURES * 1j), "type complex128; .*real numbers, for example the absolute"),
    "complex tensor": (lambda: ridge(torch.tensor(FEATURES * 1j).conj()), "type complex128"),
    "complex table": (lambda: ridge(pd.DataFrame(FEATURES * 1j)), "no numbers: 0, 1, 2"),
    "records": (lambda: ridge(np.zeros(5, dtype=[("a", float)])), "structured_to_unstructured"),
    "ragged lists": (lambda: ridge([[1.0, 2.0], [3.0]]), "cannot be made an array"),
    "tensor without values": (lambda: ridge(torch.empty(STIMULI, 3, device="meta")), "cannot be made an array"),
    "a number": (lambda: ridge(FEATURES, 3.0), r"shape \(\)"),
    "three axes": (lambda: ridge(FEATURES[:, :, None]), r"shape \(60, 8, 1\) .*presentation x neuroid"),
    "no stimuli": (lambda: ridge(FEATURES[:0], RECORDING[:0]), "no rows"),
    "no features": (lambda: ridge(FEATURES[:, :0]), "no columns"),
    "no neuroids": (lambda: ridge(FEATURES, RECORDING[:, :0]), "no columns"),
    "masked features": (lambda: ridge(np.ma.masked_greater(FEATURES, 8)), "NaN or infinite"),
    "masked responses": (
        lambda: ridge(FEATURES, np.ma.array(RECORDING, mask=broken(np.nan) != RECORDING)),
        "NaN or infinite for 1 of 60 stimuli and 1 of 5 neuroids, first for stimulus number 3 and neuroid number 2",
    ),
    "masked integers": (
        lambda: ridge(FEATURES, np.ma.masked_equal(np.arange(60)[:, None], 7)),
        "NaN or infinite for 1",
    ),
    "missing responses": (lambda: ridge(FEATURES, broken(np.nan)), "drop these stimuli or these neuroids"),
    "None": (
        lambda: ridge(FEATURES, np.where(np.isnan(broken(np.nan)), MISSING, RECORDING)),
        "NaN or infinite for 1",
    ),
    "infinite responses": (lambda: ridge(FEATURES, broken(np.inf)), "NaN or infinite for 1"),
    "a neuroid that was never recorded": (
        lambda: ridge(FEATURES, broken(np.nan, slice(None))),
        "1 of 5 neuroids of the recording, first number 2, are NaN for all stimuli; drop these neuroids .* nothing is",
    ),
    "a named one": (
        lambda: ridge(pd.DataFrame(FEATURES), pd.DataFrame(broken(np.nan, slice(None)), columns=list("abcde"))),
        "first c, are NaN for all",
    ),
    "responses beyond floating point": (lambda: ridge(FEATURES, RECORDING * 1e200), "scale the recording"),
    "two stimuli": (lambda: ridge(FEATURES[:2], RECORDING[:2]), "2 stimuli cannot be split"),
    "ten stimuli": (lambda: ridge(FEATURES[:10], RECORDING[:10]), "test 1 each, and a correlation needs two"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_matrix_of_numbers_is_refused_in_one_sentence(case: str) -> None:
    call, sentence = REFUSED[case]
    with pytest.raises(RecordingError, match=sentence):
        call()


def test_a_neuroid_that_does_not_vary_is_left_out_and_told() -> None:
    with pytest.warns(RecordingWarning, match="1 of 5 neuroids have no correlation"):
        found = ridge(FEATURES, broken(1.0, slice(None)))
    others = np.delete(RECORDING, 2, axis=1)
    assert found.value == pytest.approx(ridge(FEATURES, others).value, rel=1e-12)
    assert found.n["undefined_neuroids"] == 1


def test_features_beyond_floating_point_have_no_number_for_that_reason() -> None:
    with np.errstate(all="ignore"), pytest.raises((NoNumber, RecordingError), match="scale the features"):
        ridge(FEATURES * 1e200)
