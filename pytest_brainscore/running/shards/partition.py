"""How work is divided among shards that know nothing of each other: each computes the same division.

What has the same stimuli belongs together, as features are extracted once for all of it; but no shard is to wait for
another. So the dearest first, each to the shard that has least: what shares stimuli as a whole where that stays within
a fair share, else one by one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Piece(NamedTuple):
    """What is done by one shard."""

    key: tuple[str, ...]
    """Name, by which it is told from all others."""
    group: tuple[str, ...]
    """Name of what it shares work with."""
    cost: int
    """Milliseconds that it may take, 0 or more: whole numbers, as sums of others depend on their order."""


def partition(pieces: Iterable[Piece], count: int) -> dict[tuple[str, ...], int]:
    """Divide pieces among shards.

    Parameters
    ----------
    pieces
        In any order; each key once.
    count
        How many shards there are; 1 or more.

    Returns
    -------
    dict
        By key, the index of the shard, from 1. The costs of two shards differ by no more than the dearest piece.

    """
    pieces = sorted(pieces)
    groups: dict[tuple[str, ...], list[Piece]] = {}
    for piece in pieces:
        groups.setdefault(piece.group, []).append(piece)
    total = sum(piece.cost for piece in pieces)
    dearest = max((piece.cost for piece in pieces), default=0)
    loads = [(0, 0)] * count
    """Cost and number of pieces of each shard."""
    found: dict[tuple[str, ...], int] = {}

    def place(together: list[Piece]) -> None:
        index = loads.index(min(loads))
        cost, number = loads[index]
        loads[index] = cost + _cost(together), number + len(together)
        found.update((piece.key, index + 1) for piece in together)

    for group in sorted(groups.values(), key=lambda group: (-_cost(group), group[0].group)):
        fits = (min(loads)[0] + _cost(group)) * count <= total
        if fits or _cost(group) <= dearest:
            place(group)
        else:
            for piece in sorted(group, key=lambda piece: (-piece.cost, piece.key)):
                place([piece])
    return found


def _cost(pieces: Iterable[Piece]) -> int:
    return sum(piece.cost for piece in pieces)
