"""Errors that a user can mend: one sentence that says what, where, and how to mend it.

Everything raised on purpose by this package derives from :class:`BrainScoreError`. The plugin shows such an error
as its sentence, without a traceback; any other exception is a defect and keeps its traceback.
"""

from __future__ import annotations

from pytest_brainscore.text import printable


class BrainScoreError(Exception):
    """Base of all errors that a user can mend; the message is one complete sentence.

    It is printed in terminals and logs, and may quote files and other people's errors: as text it is one line without
    control characters.
    """

    def __str__(self) -> str:
        return printable(super().__str__())


class ModelError(BrainScoreError):
    """A model cannot be found, built or run as asked (unknown name, missing layer, unreadable weights)."""


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
