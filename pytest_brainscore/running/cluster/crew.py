"""What the stores of a process know of others that may help it. Light to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass
class Crew:
    """What the stores of a process know of others."""

    call: Callable[[dict[str, Any]], None]
    """Called with ``{"filling": name, "blocks": number}`` when the first block of an array is computed here, and with
    ``{"filled": name}`` when the array is complete."""
    helping: str | None = None
    """Name of the array that this process is to help with, and nothing else; None where it scores."""
