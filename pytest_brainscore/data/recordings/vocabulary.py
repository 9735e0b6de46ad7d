"""What laboratories call the columns of a table, the arrays of an archive and the axes of an array. Light to import."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from pytest_brainscore.errors import RecordingError

Role = Literal["stimulus", "neuroid", "repetition", "subject", "response"]
"""What a column, an array or an axis holds: ids of what was shown, of what was recorded from, which time the stimulus
was shown, whose recording it is, and the numbers themselves."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)
Axis = Literal["stimulus", "neuroid", "repetition", "subject"]
AXES: Final[tuple[Axis, ...]] = get_args(Axis)

WORDS: Final[Mapping[Role, tuple[str, ...]]] = {
    "stimulus": (
        "stimulus_id", "stimulus", "stim_id", "stim", "image_id", "image", "img", "stimulus_name", "image_name",
        "imagename", "filename", "file_name", "image_file", "presentation", "picture", "stimuli",
    ),
    "neuroid": (
        "neuroid_id", "neuroid", "neuron_id", "neuron", "unit_id", "unit", "cell_id", "cell", "channel_id", "channel",
        "electrode", "site", "voxel_id", "voxel",
    ),
    "repetition": ("repetition", "repeat", "rep", "trial", "trial_id", "run"),
    "subject": ("subject", "subject_id", "subj", "animal", "monkey", "participant", "observer"),
    "response": (
        "response", "resp", "recording", "data", "value", "rate", "firing_rate", "spike_count", "spike_rate", "count",
        "beta", "amplitude", "activity", "rdm", "dissimilarity", "dissimilarities",
    ),
}  # fmt: skip
"""Names that are understood for each role, whatever their letter case and number; the first one present counts."""


def role_of(name: object) -> Role | None:
    """Return what a name is for, or None for a name that says nothing."""
    word = _plain(name)
    return next((role for role, words in WORDS.items() if word in words or word.removesuffix("s") in words), None)


def find(role: Role, names: Iterable[object], given: str | None, where: object) -> str | None:
    """Return which of some names has a role: the one that is given, or the one that is understood; None if none is.

    Parameters
    ----------
    role
        What is looked for.
    names
        What there is.
    given
        What the user says it is called; None: a name of `WORDS`.
    where
        For messages: the file.

    Raises
    ------
    RecordingError
        When there is no such name as given, or two are understood equally well.

    """
    there = [str(name) for name in names]
    if given is not None:
        if given not in there:
            near = difflib.get_close_matches(given, there, n=1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise RecordingError(f"{where} has no {given!r} for {role}; {meant}There are {shown(there)}.")
        return given
    by_word = {word: [name for name in there if _plain(name).removesuffix("s") == word.removesuffix("s")]
               for word in WORDS[role]}  # fmt: skip
    best = next((found for found in by_word.values() if found), [])
    if len(best) > 1:
        raise RecordingError(f"{where} has {shown(best)}, and each may be for {role}; say {role} = NAME.")
    return best[0] if best else None


def axes_of(words: Iterable[object], where: object) -> tuple[Axis, ...]:
    """Return what axes are for.

    Raises
    ------
    RecordingError
        When a word is none that is understood, or says what is no axis.

    """
    axes: list[Axis] = []
    for word in words:
        role = role_of(word)
        if role is None or role == "response":
            raise RecordingError(f"The axes of {where} name {word!r}; use {', '.join(AXES)}.")
        axes.append(role)
    return tuple(axes)


def shown(names: Iterable[object], most: int = 8) -> str:
    """Return some names for a sentence."""
    texts = [str(name) for name in names]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def _plain(name: object) -> str:
    return re.sub(r"[\s.-]+", "_", str(name).strip().lower())
