"""Errors that a user can mend: one sentence that says what, where, and how to mend it.

Everything raised on purpose by this package derives from :class:`BrainScoreError`. The plugin shows such an error
as its sentence, without a traceback; any other exception is a defect and keeps its traceback.

A sentence speaks the language of whoever called: what is an option for one who typed a command is a parameter for one
who called a function. :func:`mend` chooses, and is the only way in which a room below ``running`` names an option.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_brainscore.text import printable

_speaks_options = False
"""Whether a command line is being served in this process: pytest with a model, or the command ``brainscore``."""


@contextmanager
def options_spoken() -> Iterator[None]:
    """Serve a command line: what :func:`mend` says is its options, until the end of the context."""
    global _speaks_options
    before, _speaks_options = _speaks_options, True
    try:
        yield
    finally:
        _speaks_options = before


def mend(*, option: str, python: str) -> str:
    """Return the part of a sentence that says how to mend something, in the words of the caller.

    Parameters
    ----------
    option
        For a command line, for example ``give --brainscore-layer V1=LAYER``.
    python
        For a call from Python, for example ``give layers={"V1": LAYER}``.

    """
    return option if _speaks_options else python


class BrainScoreError(Exception):
    """Base of all errors that a user can mend; the message is one complete sentence.

    It is printed in terminals and logs, and may quote files and other people's errors: as text it is one line without
    control characters.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


class ModelError(BrainScoreError):
    """A model cannot be found, built or run as asked (unknown name, missing layer, unreadable weights)."""


class BenchmarkError(BrainScoreError):
    """A benchmark does not exist, not in that version, is defined twice, or its definition cannot be read."""


class DataUnavailable(BrainScoreError):
    """Stimuli or recordings that a benchmark needs are not on this machine; the benchmark is ``unavailable``."""


class NotCapable(BrainScoreError):
    """A model lacks what a benchmark asks of it, such as 1000 ImageNet outputs; the benchmark is ``unavailable``."""


class NoNumber(BrainScoreError):
    """A benchmark ran and has no number, for a reason that lies in the model (status ``nan``, shown ``X``)."""


class RecordingError(BrainScoreError):
    """Features, recordings and ceilings of one's own do not fit together, or cannot be scored."""


class BaselineError(BrainScoreError):
    """A baseline file cannot be read, written or compared with."""


class ReportError(BrainScoreError):
    """A report cannot be written, or a value does not belong into a record."""
