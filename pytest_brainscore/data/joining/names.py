"""Names of stimuli and neuroids, and the join of two sides by them."""

from __future__ import annotations

import math
import numbers
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from pytest_brainscore.errors import RecordingError

_EXAMPLES = 2
"""Names shown of each side."""


class Names(NamedTuple):
    """The names of the rows or the columns of one side of a join."""

    of: str
    """What has the names, for messages: features, recording, ceiling."""
    things: str
    """What is named, for messages: stimuli, neuroids."""
    values: list[Any]
    """One name each, in order."""
    numbered: bool = False
    """Whether these are mere row numbers 0, 1 ..., which a table has where nobody gave it an index."""

    def examples(self) -> str:
        """Return the first names with their type, for messages."""
        shown = ", ".join(map(repr, self.values[:_EXAMPLES]))
        more = " ..." if len(self.values) > _EXAMPLES else ""
        kind = "row numbers" if self.numbered else " and ".join(sorted({_kind(each) for each in self.values}))
        return f"{shown}{more} ({kind})"


def names_of(of: str, things: str, values: ArrayLike, *, numbered: bool = False) -> Names:
    """Return names as plain Python values, so that 1 and 1.0, or texts of two libraries, are equal.

    Raises
    ------
    RecordingError
        When there are missing names (None, NaN, NaT).

    """
    plain = np.asarray(values).tolist() if not isinstance(values, list) else values
    missing = [place for place, each in enumerate(plain) if is_missing(each)]
    if missing:
        raise RecordingError(
            f"{len(missing)} {things} of the {of} have no name, the first is number {missing[0]}; name or drop them."
        )
    return Names(of, things, plain, numbered)


def join(wanted: Names, given: Names, *, lacking: str | None = None, mend: str | None = None) -> NDArray[np.intp]:
    """Return for every wanted name its place among the given ones; those that nobody wants are left out.

    Parameters
    ----------
    wanted, given
        The two sides.
    lacking, mend
        Words for the sentence about missing names, instead of "have no ..." and of what is usually to be done.

    Raises
    ------
    RecordingError
        When a name is twice on either side, or a wanted one is not given. The sentence names both sides, and their
        types where these differ.

    """
    for side in (wanted, given):
        twice = _first_twice(side.values)
        if twice is not None:
            mend = mend or (
                "average its repetitions, and give them as the ceiling"
                if side.of == "recording" and side.things == "stimuli"
                else f"name each of the {side.things} once"
            )
            raise RecordingError(f"The {side.of} {_has(side.of)} the {_one(side.things)} {twice} twice; {mend}.")
    places = {name: place for place, name in enumerate(given.values)}
    missing = [name for name in wanted.values if name not in places]
    if missing:
        without = lacking or f"have no {given.of}"
        what = f"{len(missing)} {wanted.things} of the {wanted.of} {without}, the first is {missing[0]}"
        if mend:
            pass
        elif {_kind(each) for each in wanted.values} != {_kind(each) for each in given.values} or given.numbered:
            mend = "give both the same names, of the same type"
        elif len(missing) == len(wanted.values):
            mend = "give both the same names"
        else:
            mend = f"add them, or leave these {wanted.things} out of the {wanted.of}"
        raise RecordingError(
            f"{what}: the names there are {wanted.examples()}, and those of the {given.of} {given.examples()}; {mend}."
        )
    return np.array([places[name] for name in wanted.values], dtype=np.intp)


def sorted_places(names: Names) -> NDArray[np.intp]:
    """Return the order in which results do not depend on that of the rows: by name.

    Numbers by size; all else by text, shorter ones first, so that s9 comes before s10. Where all texts have one length,
    as published ids do, that is the alphabetical order in which the published system sorts.
    """
    values = names.values
    if all(isinstance(each, numbers.Real) for each in values):
        return np.array(sorted(range(len(values)), key=lambda place: values[place]), dtype=np.intp)
    texts = [str(each) for each in values]
    keys = [(len(text), text, _kind(value)) for text, value in zip(texts, values, strict=True)]
    return np.array(sorted(range(len(values)), key=lambda place: keys[place]), dtype=np.intp)


def is_missing(value: Any) -> bool:
    """Tell None, NaN, and what pandas has for them, without importing pandas."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return isinstance(value, numbers.Real) and math.isnan(value)


def as_text(values: ArrayLike) -> list[str]:
    """Return ids as text: files store the same id as text, bytes, integer or floating-point number."""
    array = np.asarray(values)
    if np.issubdtype(array.dtype, np.floating) and (array == np.floor(array)).all():
        array = array.astype(np.int64)
    return [each.decode("utf-8", "replace") if isinstance(each, bytes) else str(each) for each in array.tolist()]


def _first_twice(values: Sequence[Any]) -> Any | None:
    return next((name for name, count in Counter(values).items() if count > 1), None)


def _kind(value: Any) -> str:
    if isinstance(value, tuple):
        return "tuples"
    kinds: Iterable[tuple[type | tuple[type, ...], str]] = (
        (bool, "truth values"),
        (str, "text"),
        (bytes, "bytes"),
        (numbers.Real, "numbers"),
    )
    return next((name for kind, name in kinds if isinstance(value, kind)), type(value).__name__)


def _one(things: str) -> str:
    return {"stimuli": "stimulus", "neuroids": "neuroid"}.get(things, things)


def _has(of: str) -> str:
    return "have" if of.endswith("s") else "has"
