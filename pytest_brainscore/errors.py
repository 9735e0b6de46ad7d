"""Errors that a user can mend: one sentence that says what, where, and how to mend it.

Everything raised on purpose by this package derives from :class:`BrainScoreError`. The plugin shows such an error
as its sentence, without a traceback; any other exception is a defect and keeps its traceback.
"""

from __future__ import annotations


class BrainScoreError(Exception):
    """Base of all errors that a user can mend; the message is one complete sentence.

    Sentences quote names and values from files. Whatever no terminal can show (control characters, line ends, the bytes
    of names that are not text) is escaped.
    """

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in sentence)
        )


class ModelError(BrainScoreError):
    """A model cannot be found, built or run as asked (unknown name, missing layer, unreadable weights)."""


class DataUnavailable(BrainScoreError):
    """Stimuli or recordings that a benchmark needs are not on this machine; the benchmark is ``unavailable``."""


class NotCapable(BrainScoreError):
    """A model lacks what a benchmark asks of it, such as 1000 ImageNet outputs; the benchmark is ``unavailable``."""


class NoNumber(BrainScoreError):
    """A benchmark ran and has no number, for a reason that lies in the model (status ``nan``, shown ``X``)."""


class BaselineError(BrainScoreError):
    """A baseline file cannot be read, written or compared with."""


class ReportError(BrainScoreError):
    """A report cannot be written, or a value does not belong into a record."""
