"""What a record is of. Light to import: tests are collected by it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Scored(Protocol):
    """The benchmark of a record."""

    @property
    def identifier(self) -> str:
        """Identifier of the benchmark."""

    @property
    def version(self) -> int:
        """Version of the benchmark."""

    @property
    def parent(self) -> str:
        """Direct parent in the score tree."""

    @property
    def parents(self) -> Sequence[str]:
        """Path through the score tree."""

    @property
    def region(self) -> str:
        """Region recorded from, or the task."""

    @property
    def citation(self) -> str:
        """What to cite."""


def identity_of(model: str, benchmark: Scored) -> dict[str, Any]:
    """Return the fields of a record that say what was scored, as plain values."""
    return {
        "model": model,
        "identifier": benchmark.identifier,
        "version": benchmark.version,
        "parent": benchmark.parent,
        "parents": list(benchmark.parents),
        "region": benchmark.region,
        "citation": benchmark.citation,
    }
