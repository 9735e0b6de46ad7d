"""Warnings about a score, shown at the line that asked for it."""

from __future__ import annotations

import sys
import warnings


class RecordingWarning(UserWarning):
    """A score of one's own recording that its reader should look at twice."""


def warn(sentence: str) -> None:
    """Warn at the first line outside this package that led here."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("pytest_brainscore."):
        level, frame = level + 1, frame.f_back
    warnings.warn(sentence, RecordingWarning, stacklevel=level)
