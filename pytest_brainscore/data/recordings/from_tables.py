"""Recordings in tables (csv): one row per presentation, or one row per presentation and neuroid."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
import xarray
from numpy.typing import NDArray

from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.data.recordings.labelling import is_dissimilarity, label_dissimilarities, label_presentations
from pytest_brainscore.data.recordings.vocabulary import ROLES, Role, find, role_of, shown
from pytest_brainscore.errors import RecordingError

_MISSING: Final = frozenset({"", "nan", "na", "n/a", "null", "none", "-nan"})
"""Words for a missing number, whatever their letter case."""
_DECIMAL_COMMA: Final = re.compile(r"-?\d+,\d+(e[+-]?\d+)?", re.IGNORECASE)


class Columns(NamedTuple):
    """What the columns of a table are for; None where the table has none such."""

    stimulus: str
    neuroid: str | None
    repetition: str | None
    subject: str | None
    response: str | None


def read_table(path: Path) -> pd.DataFrame:
    """Return a table as text, without a guess at what it means.

    Values are separated by commas, semicolons or tabs, whatever the first line has most of. In the tables of
    spreadsheets of some languages, with semicolons, a decimal comma is a point.

    Raises
    ------
    DataUnavailable
        When the file cannot be read, or is no table.
    RecordingError
        When a column is there twice, or there are no rows.

    """
    text = read_text(path, "The table", "save it as csv in UTF-8")
    first = text.lstrip("\n").partition("\n")[0]
    separator = max(",;\t", key=first.count)
    with reading("The table", path, "save it as csv, with the same number of columns in each row"):
        header, *rows = [row for row in csv.reader(io.StringIO(text), delimiter=separator) if any(row)] or [[]]
        ragged = next((row for row in rows if len(row) != len(header)), None)
        if ragged is not None:
            raise ValueError(
                f"its header has {len(header)} columns, and the row that begins {ragged[0]!r} {len(ragged)}"
            )
        table = pd.DataFrame(rows, columns=[name.strip() for name in header], dtype=object)
    twice = table.columns[table.columns.duplicated()]
    if len(twice) or table.empty:
        problem = f"has the column {twice[0]!r} twice; name each once" if len(twice) else "has no rows; give some"
        raise RecordingError(f"The table {path} {problem}.")
    if separator == ";":
        table = table.map(lambda value: value.replace(",", ".") if _DECIMAL_COMMA.fullmatch(value.strip()) else value)
    return table


def columns_of(path: Path, table: pd.DataFrame, given: dict[Role, str | None]) -> Columns:
    """Return which column of a recording is for what.

    Raises
    ------
    RecordingError
        When no column has the ids of stimuli, or it is not clear which one has.

    """
    found = {role: find(role, table.columns, given.get(role), path) for role in ROLES}
    if found["stimulus"] is None:
        first = str(table.columns[0])
        # The first column without a name is what an index is saved as.
        if first.lower() not in ("", "id", "unnamed: 0", "name"):
            raise RecordingError(
                f"{path} has no column of stimulus ids: its columns are {shown(table.columns)}; call it stimulus_id, "
                f'or say which one it is: stimulus = "{first}".'
            )
        found["stimulus"] = first
    return Columns(**{role: found[role] for role in ROLES})  # type: ignore[arg-type]  # a stimulus is there


def read_recording_table(
    path: Path, given: dict[Role, str | None], neuroids: Sequence[str] | None, ignore: Sequence[str]
) -> xarray.DataArray:
    """Return the recording in a table; see ``load_recording``."""
    table = read_table(path)
    names = columns_of(path, table, given)
    for name in ignore:
        if not any(fnmatchcase(str(column), name) for column in table.columns):
            raise RecordingError(f"{path} has no column {name!r} to ignore; there are {shown(table.columns)}.")
    table = table.drop(columns=[name for name in table if any(fnmatchcase(str(name), each) for each in ignore)])
    if names.neuroid is not None:
        return _long(path, table, names)
    return _wide(path, table, names, neuroids)


def _wide(path: Path, table: pd.DataFrame, names: Columns, neuroids: Sequence[str] | None) -> xarray.DataArray:
    described = [name for name in (names.stimulus, names.repetition, names.subject) if name is not None]
    others = table.drop(columns=described)
    # An index that was saved without a name.
    others = others.drop(columns=[name for name in others if str(name).lower() in ("", "unnamed: 0")])
    numbers = {str(name): _numbers(column) for name, column in others.items()}
    if neuroids is None:
        _refuse_spoilt_numbers(path, others)
        chosen = [
            name for name, values in numbers.items() if values is not None and role_of(name) in (None, "response")
        ]
    else:
        chosen = [name for name in numbers if any(fnmatchcase(name, each) for each in neuroids)]
        unmatched = [each for each in neuroids if not any(fnmatchcase(name, each) for name in numbers)]
        text = [name for name in chosen if numbers[name] is None]
        if unmatched or text:
            problem = (
                f"has no column {unmatched[0]!r} for a neuroid"
                if unmatched
                else f"has text in the column {text[0]!r}, the first is {_first_text(others[text[0]])!r}"
            )
            raise RecordingError(
                f"{path} {problem}; name columns of numbers by neuroids = [...]; patterns are allowed."
            )
    if not chosen:
        texts = ", ".join(f"{name} ({_first_text(others[name])!r} ...)" for name in list(numbers)[:3])
        raise RecordingError(
            f"{path} has no columns of numbers besides {shown(described)}{f', but text: {texts}' if texts else ''}; "
            "give one column of responses for each neuroid."
        )
    values = np.column_stack([numbers[name] for name in chosen])  # type: ignore[misc]  # numbers, all of them
    ids = _ids(table[names.stimulus])
    if names.repetition is None and names.subject is None and ids == chosen and is_dissimilarity(values):
        return label_dissimilarities(path, values, ids)
    return label_presentations(
        path,
        values,
        ids,
        chosen,
        repetitions=None if names.repetition is None else _labels(table[names.repetition]).tolist(),
        subjects=None if names.subject is None else _ids(table[names.subject]),
        labels={name: _labels(others[name]) for name in numbers if name not in chosen},
    )


def _long(path: Path, table: pd.DataFrame, names: Columns) -> xarray.DataArray:
    """Bring the responses of one presentation into one row."""
    assert names.neuroid is not None
    described = [name for name in (names.stimulus, names.neuroid, names.repetition, names.subject) if name is not None]
    response = names.response
    if response is None:
        numbers = [str(name) for name in table.columns if name not in described and _numbers(table[name]) is not None]
        if len(numbers) != 1:
            raise RecordingError(
                f"{path} names neuroids in the column {names.neuroid}, and its responses may be in "
                f"{shown(numbers) or 'no column'}; say which: response = NAME."
            )
        response = numbers[0]
    values = _numbers(table[response])
    if values is None:
        raise RecordingError(
            f"{path} has text in the column {response}: {_first_text(table[response])!r}; give numbers."
        )
    rows = pd.DataFrame({"stimulus": _ids(table[names.stimulus]), "neuroid": _ids(table[names.neuroid])}, dtype=object)
    rows["subject"] = "" if names.subject is None else _ids(table[names.subject])
    each_time = ["subject", "stimulus", "neuroid"]
    if names.repetition is not None:
        rows["repetition"] = _labels(table[names.repetition])
    else:
        rows["repetition"] = rows.groupby(each_time, sort=False).cumcount()
    doubled = rows[rows.duplicated([*each_time, "repetition"])]
    if len(doubled):
        first = doubled.iloc[0]
        raise RecordingError(
            f"{path} has the neuroid {first['neuroid']} twice for the stimulus {first['stimulus']} in repetition "
            f"{first['repetition']}; number the repetitions of each stimulus, or leave their column out."
        )
    presentation, shown_rows = pd.MultiIndex.from_frame(rows[["subject", "stimulus", "repetition"]]).factorize()
    column, neuroids = pd.factorize(rows["neuroid"])
    matrix = np.full((len(shown_rows), len(neuroids)), np.nan)
    matrix[presentation, column] = values
    first_rows = pd.Series(presentation).drop_duplicates().index
    kept = rows.loc[first_rows]
    others = [str(name) for name in table.columns if name not in (*described, response)]
    # What differs within one presentation says something about a neuroid, and is left out.
    same = [name for name in others if (table.groupby(presentation)[name].nunique(dropna=False) == 1).all()]
    single = names.repetition is None and rows["repetition"].nunique() == 1
    return label_presentations(
        path,
        matrix,
        kept["stimulus"].tolist(),
        list(neuroids),
        repetitions=None if single else kept["repetition"].tolist(),
        subjects=None if names.subject is None else kept["subject"].tolist(),
        labels={name: _labels(table[name].loc[first_rows]) for name in same},
    )


def numbers_in(column: pd.Series) -> bool:
    """Tell whether a column of text holds numbers, or nothing, throughout."""
    return _numbers(column) is not None


def id_columns(path: Path) -> dict[str, NDArray[Any]]:
    """Return the columns of a table of ids, called as in `Columns` where they are understood."""
    table = read_table(path)
    known = {find(role, table.columns, None, path): role for role in ROLES}
    found = {known.get(str(name)) or str(name): column for name, column in table.items()}
    if len(found) == 1:  # the only column has the ids, whatever it is called
        return {"": np.array(_ids(next(iter(found.values()))))}
    return {name: np.array(_ids(column)) if role_of(name) else _labels(column) for name, column in found.items()}


def _ids(column: pd.Series) -> list[str]:
    """Return ids as they are written: 007 is not 7."""
    return [str(value).strip() for value in column]


def _labels(column: pd.Series) -> NDArray[Any]:
    """Return whole numbers as such, other numbers as numbers, and else text."""
    numbers = _numbers(column)
    if numbers is None or np.isnan(numbers).all():
        return np.array(_ids(column))
    whole = not np.isnan(numbers).any() and (numbers == np.floor(numbers)).all() and np.abs(numbers).max() < 2**53
    return numbers.astype(np.int64) if whole else numbers


def _numbers(column: pd.Series) -> NDArray[np.float64] | None:
    """Return a column of text as numbers, missing ones as NaN; None where any is text."""
    words = [str(value).strip() for value in column]
    try:
        return np.array([np.nan if word.lower() in _MISSING else float(word) for word in words], dtype=np.float64)
    except ValueError:
        return None


def _refuse_spoilt_numbers(path: Path, table: pd.DataFrame) -> None:
    """Refuse columns of numbers with some text among them, which would not be neuroids without a word."""
    for name, column in table.items():
        words = [str(each).strip() for each in column]
        given = [word for word in words if word.lower() not in _MISSING]
        text = [word for word in given if not numbers_in(pd.Series([word]))]
        if text and 2 * len(text) < len(given):
            raise RecordingError(
                f"{path} has numbers in the column {name}, and text in {len(text)} of its rows, first "
                f'{words.index(text[0]) + 1}: {text[0]!r}; correct these, or leave the column out: ignore = ["{name}"].'
            )


def _first_text(column: pd.Series) -> str:
    return next((str(each) for each in column if _numbers(pd.Series([each])) is None), "")
