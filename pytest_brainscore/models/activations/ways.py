"""How responses were come by, for the details of a score: noted where they are read, asked for outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

STORED: Final = "from the store"
WHOLE: Final = "whole images"

_NOTES: ContextVar[dict[str, str] | None] = ContextVar("ways", default=None)


@contextmanager
def noting_ways() -> Iterator[dict[str, str]]:
    """Return what is filled, within the block, with the way in which each stimulus set was read, by its name."""
    notes: dict[str, str] = {}
    token = _NOTES.set(notes)
    try:
        yield notes
    finally:
        _NOTES.reset(token)


def note_way(stimuli: str, way: str) -> None:
    """Note how a stimulus set was read, for whoever asked; of several ways the last one that was no store counts."""
    notes = _NOTES.get()
    if notes is not None and (way != STORED or stimuli not in notes):
        notes[stimuli] = way
