"""The keys of a TOML file of benchmarks, each with what it means. Light to import."""

from __future__ import annotations

import ast
import inspect
from typing import Any

import msgspec

from pytest_brainscore.benchmarks.benchmark import OWN_PARENT
from pytest_brainscore.benchmarks.own.own_recording import WHERE_THERE_ARE
from pytest_brainscore.benchmarks.own.recording_benchmark import TIME_BIN


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a recording, with what ``load_recording`` is told about it."""

    file: str
    """csv, npz, nc, or npy."""
    ids: str | list[str | int] | None = None
    """Of the stimuli, for arrays: a csv file, the ids themselves, or ``"stimuli"``: the order of the images, which are
    sorted by name (9 before 10) where no table has another order."""
    neuroids: str | list[str] | None = None
    """Of a table, the columns that are neuroids (patterns allowed); of an array, their names or a csv file of them."""
    axes: list[str] | None = None
    """What each axis of an array is: stimulus, neuroid, repetition, subject."""
    variable: str | None = None
    """Name of the array in an archive or netCDF file."""
    stimulus: str | None = None
    """What the column or array of stimulus ids is called, where it is not understood (image, stimulus_id ...)."""
    neuroid: str | None = None
    """The same for names of neuroids (unit, neuron, voxel ...)."""
    repetition: str | None = None
    """The same for repetitions (repetition, trial ...)."""
    subject: str | None = None
    """The same for subjects (subject, monkey ...)."""
    response: str | None = None
    """The same for the responses (rate, response ...), in a table with a row for each."""
    ignore: list[str] = []
    """Columns of a table that are left out (patterns allowed)."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One benchmark in a TOML file."""

    identifier: str
    """Name, of letters, digits, ``_``, ``.`` and ``-``."""
    recording: str | Recording
    """File of the recording, or a table that says more about it."""
    stimuli: str
    """Folder or archive of the images, or a csv file of their names."""
    stimulus_table: str = ""
    """Csv file that says which of the images in a folder count, and what there is to stratify by."""
    region: str = ""
    """What is recorded from in the model: V1, V2, V4 or IT."""
    task: str = ""
    """Instead of a region; behavior is not scored from files yet."""
    version: int = 1
    """Raise it with every change that moves scores."""
    parent: str | list[str] = OWN_PARENT
    """Place in the score tree; a list, or names with ``/`` between them, is a path from the top."""
    metric: str = "pls"
    """Of ``score``: pls, ridge, rdm, cka ..."""
    ceiling: float | list[float] | str = WHERE_THERE_ARE
    """A number, one for each neuroid, a file of repetitions or reliabilities, or ``repetitions`` (of the recording,
    which is so where there are any), ``subjects``, ``none``."""
    time_bin: tuple[float, float] = TIME_BIN
    """Start and end of what is recorded in the model, in milliseconds."""
    visual_degrees: float | None = None
    """Side of the images in the visual field; without it they fill the model's input."""
    number_of_trials: int = 0
    """Repetitions in the experiment, compared with the recording by ``brainscore benchmark check``; 0: not told."""
    stratify: str | None = None
    """Column of the recording or of the stimuli in whose proportion splits are drawn."""
    normalisation: str | None = None
    """How the score follows from r and its ceiling: r^2/c, (r/c)^2 or r/c."""
    components: int | None = None
    """Of pls."""
    alpha: float | None = None
    """Of ridge."""
    splits: int | None = None
    """Random splits of the stimuli."""
    test_size: float | int | None = None
    """Fraction or number of stimuli to test on."""
    seed: int | None = None
    """Of the splits."""
    options: dict[str, Any] = {}
    """Further parameters of ``score``."""
    cost: float = 30.0
    """Rough seconds for a small model."""
    citation: str = ""
    """DOI, address or BibTeX of the publication."""
    licence: str = ""
    """Of the data."""


def described(kind: type[msgspec.Struct]) -> dict[str, str]:
    """Return the keys of a table with what they mean, from the text below each."""
    (table,) = ast.parse(inspect.getsource(kind)).body
    statements = table.body if isinstance(table, ast.ClassDef) else []
    keys: dict[str, str] = {}
    for statement, after in zip(statements, [*statements[1:], None], strict=True):
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            told = after.value if isinstance(after, ast.Expr) else None
            text = told.value if isinstance(told, ast.Constant) and isinstance(told.value, str) else ""
            keys[statement.target.id] = " ".join(text.replace("``", "").split())
    return keys
