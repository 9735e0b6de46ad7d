"""What checkpoints are called, and which epoch, step or seed they are of, as their paths tell. Light."""

from __future__ import annotations

import glob
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Final

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.checkpoints.containers import SUFFIXES

Value = int | float | str
"""Of an axis."""

UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]")
"""What does not stand in the name of a model, which is the name of files too."""
AXES: Final = {
    "epoch": ("epoch", "epochs", "ep"),
    "step": ("step", "steps", "global_step", "iter", "iters", "iteration", "iterations"),
    "seed": ("seed",),
}
"""Words for epoch, step and seed in the names of files and folders."""
_LONGEST_LABEL: Final = 80
"""Characters: names of files have 255 at most, and a model's name is a part of such."""
_SHOWN: Final = 3
_DIGEST: Final = 8
_THOUSANDS: Final = {"": 1, "k": 1000, "m": 1_000_000}
_ENDINGS: Final = re.compile(rf"({'|'.join(map(re.escape, SUFFIXES))})+$", re.IGNORECASE)
_WILD: Final = re.compile(r"\*\*/|\*+|\?|\[!?\]?[^\]]*\]")


def natural_key(text: str) -> list[str | int]:
    """Return what texts are sorted by, so that ``epoch2`` comes before ``epoch10``."""
    parts = re.split(r"([0-9]+)", text)
    return [int(part) if place % 2 else part.casefold() for place, part in enumerate(parts)]


def found(pattern: str) -> list[str]:
    """Return the files that a path with wildcards stands for, sorted naturally; a path without stands for itself.

    Parameters
    ----------
    pattern
        Path with ``*``, ``?``, ``[...]``, or ``**`` for any folders. Where there is a file of exactly this name, it is
        that one. Folders are passed over.

    Raises
    ------
    ModelError
        No file matches.

    """
    path = Path(pattern).expanduser()
    if not glob.has_magic(pattern) or path.exists():
        return [pattern]
    matches = sorted(map(str, glob.iglob(str(path), recursive=True)), key=natural_key)  # noqa: PTH207 - keeps ../ and ~
    files = [match for match in matches if Path(match).is_file()]
    if files:
        return files
    folders = [match for match in matches if Path(match).is_dir()]
    what = f"only folders match ({', '.join(folders[:_SHOWN])})" if folders else f"nothing matches in {Path.cwd()}"
    raise ModelError(
        f"There are no checkpoints {pattern}: {what}; correct the path, and put it in quotes, so that it is not the "
        "shell that looks for files."
    )


def label(pattern: str, file: str) -> str:
    """Return what tells a checkpoint from others of the network, in its name.

    It depends on the word and the file only, never on which other files there are: baselines are stored under it.

    Parameters
    ----------
    pattern
        Path as given, mostly with wildcards.
    file
        One that it stands for.

    Returns
    -------
    str
        The file's name without its ending; of a path with wildcards, the folders and the name that these are in
        (all folders from ``**`` on), joined by an underscore. Letters, digits, dots, dashes, underscores.

    """
    parts = [_ENDINGS.sub("", part) if last else part for last, part in _told(pattern, file)]
    text = UNSAFE.sub("_", "_".join(parts)) or "checkpoint"
    if len(text) <= _LONGEST_LABEL:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST]
    return f"{digest}_{text[-(_LONGEST_LABEL - _DIGEST - 1) :]}"


def axes_of(pattern: str, file: str) -> dict[str, Value]:
    """Return epoch, step and seed as the path of a checkpoint tells them.

    Known are the words of :data:`AXES` with a number behind them (``epoch10``, ``epoch_10``, ``ep-010``, ``seed=3``,
    ``step=1000``, ``iter_20k``), in the file's name and, where that says nothing, in the folder it lies in; of a path
    with wildcards, in all folders from the first of these on, the last one first.

    Parameters
    ----------
    pattern, file
        As for :func:`label`.

    """
    names = [part for _, part in _told(pattern, file, every=True)]
    if not glob.has_magic(pattern):
        names = [*PurePath(_slashes(file)).parts[-2:]]
    told: dict[str, Value] = {}
    for axis, words in AXES.items():
        number = rf"(?<![A-Za-z])(?:{'|'.join(words)})[ =_.-]?(\d+)([km]?)(?![A-Za-z])"
        for name in reversed(names):
            matches = re.findall(number, _ENDINGS.sub("", name), re.IGNORECASE)
            if matches:
                digits, thousands = matches[-1]
                told[axis] = int(digits) * _THOUSANDS[thousands.lower()]
                break
    return told


def given_axes(words: str, pattern: str, file: str) -> dict[str, Value]:
    """Return axes as they were given: ``#epoch=10#width=0.5``.

    Parameters
    ----------
    words
        With a number sign before each; a value of ``*`` is what the next ``*`` of `pattern` stands for in `file`.
    pattern, file
        As for :func:`label`; empty where there is no checkpoint.

    Raises
    ------
    ModelError
        A value is empty, or ``*`` without one in `pattern`; or an axis is given twice.

    """
    starred = iter(_starred(pattern, file))
    told: dict[str, Value] = {}
    for word in filter(None, words.split("#")):
        axis, _, text = word.partition("=")
        if text == "*":
            text = next(starred, "")
            if not text:
                raise ModelError(f"#{word} takes its value from a * in the path of the checkpoint, and {pattern!r} has "
                                 "none for it; write the value, or the *.")  # fmt: skip
        if not text or axis in told:
            raise ModelError(f"#{word} {'is given twice' if text else 'has no value'}; write for example #{axis}=10.")
        told[axis] = _value(text)
    return told


def _value(text: str) -> Value:
    """Return a number where there is one, without its leading zeros."""
    if re.fullmatch(r"[+-]?\d+", text):
        return int(text)
    if re.fullmatch(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?", text):
        return float(text)
    return text


def _told(pattern: str, file: str, *, every: bool = False) -> Iterator[tuple[bool, str]]:
    """Yield the parts of a path that say which checkpoint it is, and of each whether it is the file's name."""
    parts = PurePath(_slashes(file)).parts
    wild = [glob.has_magic(part) for part in PurePath(_slashes(pattern)).parts]
    if not any(wild) or len(wild) > len(parts):
        yield True, parts[-1]
        return
    first, any_folders = wild.index(True), "**" in pattern
    for place in range(first, len(parts)):
        if every or any_folders or wild[place]:
            yield place == len(parts) - 1, parts[place]


def _starred(pattern: str, file: str) -> list[str]:
    """Return what each ``*`` of a pattern stands for in a path."""
    pattern, expression, end = _slashes(pattern), "", 0
    for each in _WILD.finditer(pattern):
        sign = each.group()
        expression += re.escape(pattern[end : each.start()])
        if sign.startswith("["):
            inside = re.escape(sign[1:-1].removeprefix("!")).replace(r"\-", "-")
            expression += f"[{'^' if sign.startswith('[!') else ''}{inside}]"
        else:
            expression += {"?": "[^/]", "**/": "(?:.*/)?"}.get(sign, "([^/]*)")
        end = each.end()
    match = re.fullmatch(expression + re.escape(pattern[end:]), _slashes(file))
    return list(match.groups()) if match else []


def _slashes(path: str) -> str:
    """Return a path with slashes, also where a person of another system wrote it."""
    return path.replace("\\", "/")
