"""Recordings in arrays: archives of named arrays (npz), and one array (npy) with its ids beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import numpy as np
import xarray
from numpy.typing import NDArray

from pytest_brainscore.data.joining.matrices import NEUROID
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.reading import reading
from pytest_brainscore.data.recordings.from_tables import id_columns
from pytest_brainscore.data.recordings.labelling import is_dissimilarity, label_dissimilarities, label_presentations
from pytest_brainscore.data.recordings.vocabulary import Axis, Role, axes_of, find, role_of, shown
from pytest_brainscore.errors import DataUnavailable, RecordingError

Ids = Mapping[str, NDArray[Any]]
"""Names along axes, by role (``stimulus``, ``neuroid`` ...), and further labels by their own name."""


class UnnamedStimuli(RecordingError):
    """An array has no names of stimuli, in it or beside it."""


_NO_PICKLES = "copy it again, and where it has objects, save text as text (names.astype(str)) and numbers as numbers"


def read_archive(
    path: Path, given: dict[Role, str | None], variable: str | None
) -> tuple[NDArray[np.generic], dict[str, NDArray[Any]]]:
    """Return the responses of an archive, and its other arrays by role.

    Raises
    ------
    DataUnavailable
        When it cannot be read, or holds Python objects, which are never loaded.
    RecordingError
        When it is not clear which array has the responses.

    """
    arrays: dict[str, NDArray[Any]] = {}
    objects: list[str] = []
    with reading("The archive", path, "copy it again"), np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            try:
                arrays[name] = np.asarray(archive[name])
            except ValueError as error:
                if "allow_pickle" not in str(error):
                    raise
                objects.append(name)
    needed = [name for name in objects if name in (variable, *given.values()) or role_of(name) is not None]
    if needed or not arrays:
        raise DataUnavailable(
            f"The archive {path} has Python objects in {shown(needed or objects)}, which are never loaded, as they can "
            "run programs; save text as text (names.astype(str)) and numbers as numbers."
        )
    matrices = [name for name, each in arrays.items() if each.dtype.kind in "fiub" and each.size and not _is_flat(each)]
    chosen = variable or given.get("response")
    if chosen is None and len(matrices) > 1:
        chosen = find("response", matrices, None, path)
    if chosen is None and len(matrices) == 1:
        chosen = matrices[0]
    if chosen is None and not matrices:  # one neuroid
        chosen = find("response", [name for name, each in arrays.items() if each.dtype.kind in "fiub"], None, path)
    if chosen is None or chosen not in arrays:
        raise RecordingError(
            f"{path} has {f'no array {chosen!r}' if chosen else 'several arrays, or none, that may be the responses'}: "
            f"{_described(arrays)}; say which: variable = NAME."
        )
    others = {name: _flat(each) for name, each in arrays.items() if name != chosen and _is_flat(each)}
    return arrays[chosen], _by_role(path, others, given)


def read_array(path: Path) -> NDArray[np.generic]:
    """Return the array in an npy file.

    Raises
    ------
    DataUnavailable
        When it cannot be read, or holds Python objects.

    """
    with reading("The array", path, _NO_PICKLES):
        array = np.load(path, allow_pickle=False)
        if not isinstance(array, np.ndarray):
            raise TypeError("it is an archive of arrays; call it .npz")
        return array


def label_array(path: Path, array: NDArray[np.generic], known: Ids, axes: Sequence[str] | None) -> xarray.DataArray:
    """Return an array with its names, and ``axes``, what each axis is, among its attributes; see ``load_recording``.

    Raises
    ------
    UnnamedStimuli
        When stimuli have no names.
    RecordingError
        When it is not clear which axis is which, or names do not fit.

    """
    if array.dtype.kind not in "fiub":
        raise RecordingError(f"{path} has the type {array.dtype}; give real numbers.")
    if "stimulus" not in known:
        raise UnnamedStimuli(
            f"{path} has no names of stimuli; give them in an array stimulus_id, or in a table beside the file "
            f'({path.stem}.csv, or ids = "FILE.csv"), or say that its stimuli are in the order of the images: '
            'ids = "stimuli".'
        )
    if axes is None and array.ndim > 2:
        lone = tuple(place for place, size in enumerate(array.shape) if size == 1)
        array = array.squeeze(lone[: array.ndim - 2])
    found = axes_of(axes, path) if axes else _inferred(path, array, known)
    if len(found) != array.ndim:
        raise RecordingError(f"{path} has the shape {array.shape}, and {len(found)} axes are named; name each of them.")
    _check_lengths(path, array, known, found)
    stimuli = _names(known["stimulus"])
    if found.count("stimulus") == 2:
        matrices = np.moveaxis(array, [place for place, axis in enumerate(found) if axis == "stimulus"], [-2, -1])
        if set(found) - {"stimulus", "subject"}:
            raise RecordingError(
                f"{path} has the axes {shown(found)}; dissimilarities are [subject,] stimulus, stimulus."
            )
        subjects = known.get("subject")
        named = label_dissimilarities(path, matrices, stimuli, None if subjects is None else _names(subjects))
    else:
        named = _presentations(path, array, known, found, stimuli)
    return named.assign_attrs(axes=list(found))


def _presentations(
    path: Path, array: NDArray[np.generic], known: Ids, axes: tuple[Axis, ...], stimuli: list[Any]
) -> xarray.DataArray:
    """Return stimuli, each with its repetitions, in rows, and neuroids, subject by subject, in columns."""
    order: tuple[Axis, ...] = ("stimulus", "repetition", "subject", "neuroid")
    full = array.transpose([axes.index(axis) for axis in order if axis in axes])
    full = np.expand_dims(full, [place for place, axis in enumerate(order) if axis not in axes])
    count, repetitions, subjects, neuroids = full.shape
    names = _names(known["neuroid"]) if "neuroid" in known else [str(place) for place in range(neuroids)]
    of_neuroids: dict[str, NDArray[Any]] = {}
    labels = {name: values for name, values in known.items() if role_of(name) is None and len(values) == count}
    on_rows = "subject" in known and "subject" not in axes and len(known["subject"]) == count != neuroids
    if "subject" in axes:
        owners = _names(known["subject"]) if "subject" in known else [str(place) for place in range(subjects)]
        of_neuroids["subject"] = np.repeat(np.array(owners), neuroids)
        names = [f"{owner}-{name}" for owner in owners for name in names]
    elif "subject" in known and not on_rows:
        of_neuroids["subject"] = np.asarray(_names(known["subject"]))
    of_neuroids |= {
        name: np.tile(values, subjects)
        for name, values in known.items()
        if role_of(name) is None and name not in labels and len(values) == neuroids
    }
    times = None
    if repetitions > 1:
        numbered = _names(known["repetition"]) if "repetition" in known else list(range(repetitions))
        times = numbered * count
    elif "repetition" in known and "repetition" not in axes:
        times = _names(known["repetition"])
    return label_presentations(
        path,
        full.reshape(count * repetitions, subjects * neuroids),
        [stimulus for stimulus in stimuli for _ in range(repetitions)],
        names,
        repetitions=times,
        subjects=_names(known["subject"]) if on_rows else None,
        labels={name: np.repeat(values, repetitions) for name, values in labels.items()},
        of_neuroids=of_neuroids,
    )


def _inferred(path: Path, array: NDArray[np.generic], known: Ids) -> tuple[Axis, ...]:
    """Return which axis is which, where lengths leave one possibility."""
    lengths = {axis: len(known[axis]) for axis in ("stimulus", "neuroid", "repetition", "subject") if axis in known}
    fitting = [place for place, size in enumerate(array.shape) if size == lengths["stimulus"]]
    if len(fitting) == 2 and "neuroid" not in known and array.ndim == 2 and is_dissimilarity(array):
        return ("stimulus", "stimulus")
    if len(fitting) == 2 and "neuroid" not in known and array.ndim == 3:
        moved = np.moveaxis(array, fitting, [-2, -1])
        if is_dissimilarity(moved):
            return tuple("stimulus" if place in fitting else "subject" for place in range(3))
    options = [
        each
        for each in _arrangements(array.ndim, known)
        if all(lengths.get(axis, size) == size for axis, size in zip(each, array.shape, strict=True))
    ]
    if len(options) == 1:
        return options[0]
    if array.ndim > 3:
        raise RecordingError(
            f'{path} has the shape {array.shape}; say what each axis is: axes = ["subject", "stimulus", ...].'
        )
    if not options:
        told = ", ".join(f"{count} of {axis}" for axis, count in lengths.items())
        raise RecordingError(
            f"{path} has the shape {array.shape}, and names of other lengths ({told}), so that no order of stimulus, "
            "neuroid and repetition fits; give one name for each."
        )
    choices = " or ".join(str(list(each)).replace("'", '"') for each in options[:3])
    raise RecordingError(
        f"{path} has the shape {array.shape}, and it is not clear which axis is which; say axes = {choices}."
    )


def _arrangements(dimensions: int, known: Ids) -> list[tuple[Axis, ...]]:
    """Return the orders that so many axes may have."""
    third: tuple[Axis, ...] = ("repetition", "subject") if "subject" in known else ("repetition",)
    sets: dict[int, list[tuple[Axis, ...]]] = {
        1: [("stimulus",)],
        2: [("stimulus", "neuroid")],
        3: [("stimulus", "neuroid", each) for each in third],
    }
    return [order for axes in sets.get(dimensions, []) for order in permutations(axes)]


def _check_lengths(path: Path, array: NDArray[np.generic], known: Ids, axes: tuple[Axis, ...]) -> None:
    if "stimulus" not in axes:
        raise RecordingError(f"The axes of {path} name no stimulus; one of them has to.")
    for axis, size in zip(axes, array.shape, strict=True):
        if axis in known and len(known[axis]) != size:
            raise RecordingError(
                f"{path} has {size} along {axis} (shape {array.shape}), and {len(known[axis])} names of them; give one "
                "for each, or name the axes in another order: axes = [...]."
            )
    if "neuroid" not in axes and axes.count("stimulus") == 1 and len(axes) > 1:
        raise RecordingError(f"The axes of {path} name no neuroid; one of them has to.")


def _by_role(path: Path, arrays: Mapping[str, NDArray[Any]], given: dict[Role, str | None]) -> dict[str, NDArray[Any]]:
    roles: tuple[Role, ...] = ("stimulus", "neuroid", "repetition", "subject")
    named = {find(role, arrays, given.get(role), path): role for role in roles}
    return {named.get(name) or name: values for name, values in arrays.items()}


def _is_flat(array: NDArray[Any]) -> bool:
    """Tell a list of names or labels: one axis, or, as MATLAB has them, one row or column."""
    return array.ndim >= 1 and array.size == max(array.shape, default=0) and array.dtype.kind in "fiubUS"


def _flat(array: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(as_text(array.ravel())) if array.dtype.kind == "S" else array.ravel()


def _names(values: NDArray[Any]) -> list[Any]:
    """Return names as Python values; whole numbers, which MATLAB saves as floating-point ones, as such."""
    flat = np.asarray(values)
    if flat.dtype.kind == "f" and (flat == np.floor(flat)).all():
        flat = flat.astype(np.int64)
    return [each.strip() if isinstance(each, str) else each for each in flat.tolist()]


def _described(arrays: Mapping[str, NDArray[Any]]) -> str:
    return shown(f"{name} {each.shape}" for name, each in arrays.items())


def ids_beside(path: Path, ids: Path | Sequence[Any] | None) -> dict[str, NDArray[Any]]:
    """Return the names of an array's stimuli, and what else a table of them says.

    Parameters
    ----------
    path
        The file of the array.
    ids
        A table (csv); or the ids themselves. None: the table of the same name beside the file, where there is one.

    """
    if ids is None:
        ids = path.with_suffix(".csv")
        if not ids.is_file():
            return {}
    if not isinstance(ids, Path):
        return {"stimulus": np.asarray(list(ids))}
    columns = id_columns(ids)
    if "" in columns:
        return {"stimulus": columns[""]}
    if "stimulus" not in columns:
        raise RecordingError(
            f"The ids {ids} have no column of stimulus ids, but {shown(columns)}; call it stimulus_id."
        )
    return columns


def neuroids_beside(given: Path | Sequence[Any] | None) -> dict[str, NDArray[Any]]:
    """Return names of neuroids, and what else a table (csv) of them says; nothing where None is given."""
    if given is None:
        return {}
    if not isinstance(given, Path):
        return {"neuroid": np.asarray(list(given))}
    columns = id_columns(given)
    names = columns.get("neuroid", columns.get(""))
    if names is None:
        raise RecordingError(f"The neuroids {given} have no column of names, but {shown(columns)}; call it {NEUROID}.")
    return {"neuroid": names, **{name: each for name, each in columns.items() if name not in ("neuroid", "")}}
