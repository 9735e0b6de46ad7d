"""Numbers out of whatever holds them: lists, NumPy, masked, sparse and lazy arrays, tensors of any library."""

from __future__ import annotations

import numbers
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.names import is_missing
from pytest_brainscore.errors import RecordingError

_REAL_KINDS = "fiub"


def as_numbers(values: Any, what: str) -> NDArray[np.generic]:
    """Return values as a real array in their own precision; what is masked or missing becomes NaN.

    Tensors are detached and brought to the CPU, 8- and 16-bit floating-point numbers of machine learning become
    float32, sparse matrices become dense, lazy arrays are computed. Memory-mapped arrays stay in their file.

    Parameters
    ----------
    values
        Anything that NumPy can make an array of, a tensor, or a sparse matrix.
    what
        For messages: features, recording, ceiling.

    Raises
    ------
    RecordingError
        When it is no array of real numbers: text, complex numbers, ragged lists, a path ...

    """
    if isinstance(values, list | tuple) and any(hasattr(each, "detach") for each in values):
        return _stack([as_numbers(each, what) for each in values], what)
    if isinstance(values, list | tuple) and any(isinstance(each, np.ma.MaskedArray) for each in values):
        return _stack([as_numbers(each, what) for each in values], what)
    try:
        array = _as_array(values)
    except (TypeError, ValueError, RuntimeError, OverflowError, AttributeError) as error:
        reason = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise RecordingError(
            f"The {what} of type {type(values).__name__} cannot be made an array ({reason}); give a matrix of numbers."
        ) from error
    if array.dtype.kind == "O" and array.ndim:
        array = _from_objects(array, what)
    if array.dtype.kind == "V" and array.dtype.names is None and not array.dtype.name.startswith("void"):
        array = array.astype(np.float32)  # bfloat16 and its like, from the package ml_dtypes
    if array.dtype.kind not in _REAL_KINDS:
        raise RecordingError(
            f"The {what} {'have' if what.endswith('s') else 'has'} the type {_type_of(values, array)}; give a matrix "
            f"of {'real ' if array.dtype.kind == 'c' else ''}numbers{_mend(array)}."
        )
    return array


def _as_array(values: Any) -> NDArray[np.generic]:
    if isinstance(values, np.ma.MaskedArray):
        if not np.ma.is_masked(values):
            return np.asarray(values.data)
        present = np.asarray(values.data, dtype=values.dtype if values.dtype.kind in "fc" else np.float64)
        return np.where(np.ma.getmaskarray(values), np.nan, present)
    if hasattr(values, "detach") and hasattr(values, "cpu"):
        return _from_tensor(values.detach())
    if hasattr(values, "toarray") and hasattr(values, "nnz"):
        return np.asarray(values.toarray())
    return np.asarray(values)


def _from_tensor(tensor: Any) -> NDArray[np.generic]:
    """Return a detached PyTorch tensor; PyTorch is not imported."""
    if getattr(tensor, "is_quantized", False):
        tensor = tensor.dequantize()
    if "strided" not in str(tensor.layout):
        tensor = tensor.to_dense()
    tensor = tensor.cpu().resolve_conj().resolve_neg()
    if tensor.is_floating_point() and str(tensor.dtype) not in ("torch.float16", "torch.float32", "torch.float64"):
        tensor = tensor.float()  # NumPy has no bfloat16
    return np.asarray(tensor.numpy())


def _from_objects(array: NDArray[np.generic], what: str) -> NDArray[np.float64]:
    """Return Python numbers as float64; None becomes NaN, and text does not become a number."""
    for each in array.ravel():
        number = isinstance(each, numbers.Real | Decimal | np.bool_) or is_missing(each)
        if not number:
            raise RecordingError(
                f"The {what} {'have' if what.endswith('s') else 'has'} values of type {type(each).__name__}, the first "
                f"is {str(each)[:40]!r}; give a matrix of numbers, and names as index or coordinates."
            )
    flat = [float("nan") if is_missing(each) else float(each) for each in array.ravel()]
    return np.array(flat, dtype=np.float64).reshape(array.shape)


def _stack(parts: list[NDArray[np.generic]], what: str) -> NDArray[np.generic]:
    shapes = {each.shape for each in parts}
    if len(shapes) > 1:
        raise RecordingError(
            f"The {what} {'are' if what.endswith('s') else 'is'} a list of arrays of the shapes "
            f"{' and '.join(map(str, sorted(shapes)))}; give arrays of one shape."
        )
    return np.stack(parts)


def _type_of(values: Any, array: NDArray[np.generic]) -> str:
    return type(values).__name__ if array.dtype.kind == "O" or array.ndim == 0 else str(array.dtype)


def _mend(array: NDArray[np.generic]) -> str:
    if array.dtype.kind == "c":
        return ", for example the absolute values, or real and imaginary parts side by side"
    if array.dtype.names:
        return ", for example numpy.lib.recfunctions.structured_to_unstructured"
    return ", not of names or dates" if array.ndim else ", not a file or a collection of them"
