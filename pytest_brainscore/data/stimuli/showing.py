"""How stimuli are placed on a screen for one score: said once, outside, heard wherever a stimulus is placed. Light."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal, get_args

Screen = Literal["published", "lossless"]
"""Whether placed images are written to files of their own format, as the published system does, or stay as they are."""
SCREENS: Final[tuple[Screen, ...]] = get_args(Screen)


@dataclass
class Showing:
    """How stimuli are placed for one score, and whether that made a difference."""

    screen: Screen = "published"
    written: bool = False
    """Whether any placed image is of a format whose pixels depend on `screen`."""


_CURRENT: ContextVar[Showing | None] = ContextVar("showing", default=None)


def current() -> Showing:
    """Return how stimuli are to be placed here: ``published`` where nothing else was said."""
    return _CURRENT.get() or Showing()


@contextmanager
def showing(screen: Screen) -> Iterator[Showing]:
    """Have everything that is placed within the block be placed so; tells afterwards whether that made a difference."""
    shown = Showing(screen)
    token = _CURRENT.set(shown)
    try:
        yield shown
    finally:
        _CURRENT.reset(token)
