"""Stored scores of a model: one small JSON file a model, made to be committed and reviewed.

A file holds the scores by benchmark identifier (``IDENTIFIER@VERSION`` for another version than that of the published
tree), each with the fingerprint of what it depends on. So one file serves all score trees; and as nothing in it names a
machine or a test, a laptop, a cluster and continuous integration.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
from filelock import FileLock, Timeout

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring.replicate_files import SUFFIX, NotReplicates, name_of, packed, unpacked
from pytest_brainscore.scoring.tree import published_tree
from pytest_brainscore.strict_json import NotJson, parse

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates

SCHEMA = 1
"""Version of the file format that this package writes, and the newest it reads."""
STORED_DIGITS = 6
"""Significant digits of a stored number: far finer than any score is reproducible between library versions (about
5e-4), and coarse enough that the last bits of a float64 do not show up in a diff."""
LOCK_NAME = ".lock"
"""File in the baseline folder that is locked during an update; it stays, since a lock cannot be removed safely."""
# Seconds to wait for another run. An update takes milliseconds, so a lock held this long is held by something stuck.
LOCK_TIMEOUT = 60.0
_MEND = "restore it from version control, or delete it and store the baseline again with --brainscore-update new"

Structure = TypeVar("Structure", bound=msgspec.Struct)


class BaselineScore(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stored score of one benchmark."""

    score: float
    """Ceiling-normalised score."""
    error: Annotated[float, msgspec.Meta(ge=0)] | None
    """Error of `score` on its scale; None when the benchmark has none."""
    raw: float | None
    """The metric before division by the ceiling; None when the benchmark has none."""
    ceiling: float | None
    """What a perfect model would reach on `raw`; None when the benchmark has none."""
    fingerprint: dict[str, str | int | float]
    """What the score depends on; scores with different fingerprints are not compared."""


class Baseline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The stored scores of one model."""

    schema: Annotated[int, msgspec.Meta(ge=1)] = SCHEMA
    """Version of the file format."""
    model: str
    """Identifier of the model, which also names the file."""
    checkpoint: str | None = None
    """Name of the file of its weights, and the place in it, when scores were last stored; None, and not in the file,
    where none was asked for. What scores are of is told by their fingerprints."""
    scores: dict[str, BaselineScore] = {}
    """Scores by what :func:`stored_name` calls their benchmarks."""

    def score_of(self, identifier: str, version: int) -> BaselineScore | None:
        """Return the stored score of a benchmark in a version; None where there is none.

        A version that the published tree has not is also found under the identifier alone, where that says so: there it
        was stored before there were several trees.
        """
        name = stored_name(identifier, version)
        found = self.scores.get(name)
        if found is not None or name == identifier:
            return found
        plain = self.scores.get(identifier)
        return plain if plain is not None and plain.fingerprint.get("version") == version else None


def stored_name(identifier: str, version: int) -> str:
    """Return what a benchmark is called in baselines: ``IDENTIFIER@VERSION`` where the published tree has another one.

    Scores of both versions, which different score trees have, can so be stored side by side.
    """
    leaf = published_tree().leaves.get(identifier)
    return identifier if leaf is None or leaf.version == version else f"{identifier}@{version}"


class _BaselineFile(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A baseline whose scores are still unchecked, so that an error can name the benchmark it is in."""

    schema: Annotated[int, msgspec.Meta(ge=1)] = SCHEMA
    model: str
    checkpoint: str | None = None
    scores: dict[str, Any] = {}


def read_baseline(folder: str | os.PathLike[str], model: str) -> Baseline:
    """Read the baseline of a model.

    Parameters
    ----------
    folder
        Folder of the baselines.
    model
        Identifier of the model; its file is ``<model>.json``.

    Returns
    -------
    Baseline
        Without scores when there is no such file.

    Raises
    ------
    BaselineError
        When the file cannot be read, is not JSON, has missing, unknown or wrong fields, holds NaN or an infinity,
        belongs to another model, or was written by a newer version of this package.

    """
    path = _baseline_path(Path(folder), model)
    try:
        plain = parse(path.read_bytes())
    except FileNotFoundError:
        return Baseline(model=model)
    except OSError as error:
        raise BaselineError(
            f"The baseline {path} cannot be read ({error.strerror}); make it a readable file or choose another folder."
        ) from error
    except NotJson as error:
        raise BaselineError(f"The baseline {path} is not valid JSON at $ ({error}); {_MEND}.") from error
    schema = plain.get("schema") if isinstance(plain, dict) else None
    if isinstance(schema, int) and schema > SCHEMA:
        raise BaselineError(
            f"The baseline {path} was written by a newer pytest-brainscore ($.schema is {schema}, this version reads "
            f"{SCHEMA}); upgrade pytest-brainscore."
        )
    file = _checked(plain, _BaselineFile, path, "$")
    if file.model != model:
        raise BaselineError(
            f"The baseline {path} belongs to the model '{file.model}' according to $.model, not to '{model}'; "
            "rename the file or correct the name in it."
        )
    scores = {
        identifier: _checked(score, BaselineScore, path, f"$.scores[{json.dumps(identifier)}]")
        for identifier, score in file.scores.items()
    }
    return Baseline(schema=file.schema, model=model, checkpoint=file.checkpoint, scores=scores)


def baseline_replicates(folder: str | os.PathLike[str], model: str) -> dict[tuple[str, int], Replicates]:
    """Return the bootstrap values that are stored beside the baseline of a model, ``<model>.replicates.npz``.

    Returns
    -------
    dict
        By identifier and version of the benchmark, of the scores that the baseline has; empty where there is no such
        file, as it is optional.

    Raises
    ------
    BaselineError
        When the file cannot be read, or is something else.

    """
    path = _replicates_path(Path(folder), model)
    mend = "restore it from version control, or delete it: the baseline holds without"
    try:
        stored = unpacked(path.read_bytes())
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BaselineError(f"The bootstrap values {path} cannot be read ({error.strerror}); {mend}.") from error
    except NotReplicates as error:
        raise BaselineError(f"The file {path} holds no bootstrap values ({error}); {mend}.") from error
    baseline = read_baseline(folder, model)
    found = {}
    for name, each in stored.items():
        identifier, _, version = name.removeprefix(f"{model}/").rpartition("@")
        ours = name == name_of(model, identifier, int(version) if version.isdecimal() else 0)
        score = baseline.score_of(identifier, int(version)) if ours else None
        # The baseline itself may have been changed, or merged, without this file.
        if score is not None and _rounded_number(each.score) == score.score:
            found[identifier, int(version)] = each
    return found


def _replicates_path(folder: Path, model: str) -> Path:
    return _baseline_path(folder, model).with_name(model + SUFFIX)


def update_baseline(
    folder: str | os.PathLike[str],
    model: str,
    scores: Mapping[str, BaselineScore],
    replicates: Mapping[tuple[str, int], Replicates] | None = None,
    checkpoint: str | None = None,
) -> Path:
    """Store scores in the baseline of a model, and leave all others as they are.

    The file is read again under a lock, so runs that update the same baseline at once lose nothing. Numbers are
    rounded to 6 significant digits, NaN for an error, raw score or ceiling is stored as null, keys are sorted, and the
    file is left alone when nothing changed. A score that cannot be stored is named in the end; all others are stored.

    Parameters
    ----------
    folder
        Folder of the baselines; created when it does not exist.
    model
        Identifier of the model.
    scores
        Scores to store, by what :func:`stored_name` calls their benchmarks.
    replicates
        Bootstrap values of these scores, by identifier and version. A score that is stored without takes away those
        that were stored with another one.
    checkpoint
        Name of the file of the model's weights, and the place in it; what was stored stays where None.

    Returns
    -------
    Path
        The baseline file.

    Raises
    ------
    BaselineError
        When a score is NaN, an error is negative, an entry holds an infinity or a value of another type, the stored
        baseline cannot be read, the folder cannot be written, or another process holds the lock for more than a minute.

    """
    folder = Path(folder)
    path = _baseline_path(folder, model)
    rounded: dict[str, BaselineScore] = {}
    odd: list[BaselineError] = []
    for identifier, score in scores.items():
        try:
            rounded[identifier] = _rounded(score, path, identifier)
        except BaselineError as error:
            odd.append(error)
    lock = folder / LOCK_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(lock, timeout=LOCK_TIMEOUT):
            stored = read_baseline(folder, model)
            updated = Baseline(
                model=model, checkpoint=checkpoint or stored.checkpoint, scores=dict(stored.scores) | rounded
            )
            if rounded and updated != stored:
                write_atomically(path, _encoded(updated))
            if rounded and replicates is not None:
                _update_replicates(folder, model, set(rounded), replicates)
    except Timeout as error:
        raise BaselineError(
            f"The baseline {path} cannot be updated because another process has held {lock} for {LOCK_TIMEOUT:g} s; "
            "wait for that run or end it, then update again."
        ) from error
    except OSError as error:
        raise BaselineError(
            f"The baseline {path} cannot be written ({error.strerror or error}); "
            "make the folder writable or choose another one."
        ) from error
    if odd:
        others = f" The {len(rounded)} other scores are stored." if rounded else ""
        raise BaselineError(" ".join(map(str, odd)) + others)
    return path


def _update_replicates(
    folder: Path, model: str, stored: set[str], replicates: Mapping[tuple[str, int], Replicates]
) -> None:
    try:
        before = baseline_replicates(folder, model)
    except BaselineError:  # nothing that could be kept
        before = {}
    kept = {key: each for key, each in before.items() if stored_name(*key) not in stored}
    kept |= {key: each for key, each in replicates.items() if stored_name(*key) in stored}
    path = _replicates_path(folder, model)
    if kept:
        content = packed({name_of(model, *key): each for key, each in kept.items()})
        if not path.is_file() or path.read_bytes() != content:
            write_atomically(path, content)
    else:
        path.unlink(missing_ok=True)


def _baseline_path(folder: Path, model: str) -> Path:
    if not model or Path(model).name != model or not model.isprintable():
        raise BaselineError(
            f"The model identifier {model!r} cannot name a baseline file; give the model one without path separators "
            "and control characters."
        )
    return folder / f"{model}.json"


def _checked(plain: object, structure: type[Structure], path: Path, place: str, mend: str = _MEND) -> Structure:
    try:
        checked = msgspec.convert(plain, structure)
    except (ValueError, OverflowError, RecursionError) as error:  # half characters; beyond float64; nested too deeply
        problem, _, inside = str(error).partition(" - at `$")
        raise BaselineError(
            f"The baseline {path} is not valid at {place}{inside.removesuffix('`')} ({problem}); {mend}."
        ) from error
    if isinstance(checked, BaselineScore):
        _check_finite(checked, path, place, mend)
    return checked


def _check_finite(score: BaselineScore, path: Path, place: str, mend: str) -> None:
    numbers: dict[str, object] = {f".{name}": number for name, number in msgspec.structs.asdict(score).items()}
    numbers |= {f".fingerprint[{json.dumps(name)}]": value for name, value in score.fingerprint.items()}
    for name, number in numbers.items():
        if isinstance(number, float) and not math.isfinite(number):
            raise BaselineError(
                f"The baseline {path} has {number} at {place}{name} but can only hold finite numbers; {mend}."
            )


def _rounded(score: BaselineScore, path: Path, identifier: str) -> BaselineScore:
    plain = {
        "score": _rounded_number(score.score),
        "error": _rounded_number(score.error),
        "raw": _rounded_number(score.raw),
        "ceiling": _rounded_number(score.ceiling),
        "fingerprint": dict(score.fingerprint),
    }
    place = f"$.scores[{json.dumps(identifier)}]"
    return _checked(plain, BaselineScore, path, place, "store plain values, and only benchmarks that have a number")


def _rounded_number(number: float | None) -> float | None:
    """Return a number as it is stored: with 6 significant digits, and None in place of NaN."""
    return None if number is None or math.isnan(number) else float(f"{number:.{STORED_DIGITS}g}")


def _encoded(baseline: Baseline) -> bytes:
    plain = msgspec.to_builtins(baseline)
    if baseline.checkpoint is None:
        del plain["checkpoint"]
    text = json.dumps(plain, indent=2, sort_keys=True, allow_nan=False)
    return f"{text}\n".encode()
