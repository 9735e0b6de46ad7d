"""How work is divided among shards: every piece once, alike wherever it is computed, and evenly."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.running.command_line.shard_words import parse_shard
from pytest_brainscore.running.shards.partition import Piece, partition

PIECES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10_000)), max_size=40).map(
    lambda drawn: [Piece((str(place),), (str(group),), cost) for place, (group, cost) in enumerate(drawn)]
)
COUNTS = st.integers(1, 9)


@given(PIECES, COUNTS, st.randoms(use_true_random=False))
def test_every_piece_is_in_one_shard_whatever_the_order(pieces: list[Piece], count: int, random: object) -> None:
    found = partition(pieces, count)
    assert found.keys() == {piece.key for piece in pieces}
    assert set(found.values()) <= set(range(1, count + 1))
    shuffled = list(pieces)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert partition(shuffled, count) == found


@given(PIECES, COUNTS)
def test_no_two_shards_differ_by_more_than_the_dearest_piece(pieces: list[Piece], count: int) -> None:
    loads = dict.fromkeys(range(1, count + 1), 0)
    for piece, index in zip(pieces, map(partition(pieces, count).get, (piece.key for piece in pieces)), strict=True):
        assert index is not None
        loads[index] += piece.cost
    assert max(loads.values()) - min(loads.values()) <= max((piece.cost for piece in pieces), default=0)


@given(PIECES.filter(bool), COUNTS)
def test_the_first_shard_always_has_some(pieces: list[Piece], count: int) -> None:
    assert 1 in partition(pieces, count).values()


def test_what_shares_stimuli_stays_together_within_a_fair_share() -> None:
    pieces = [Piece((f"{group}{each}",), (group,), 10) for group in "abcdef" for each in range(3)]
    found = partition(pieces, 3)
    assert all(len({found[piece.key] for piece in pieces if piece.group == (group,)}) == 1 for group in "abcdef")
    alone = [piece for piece in pieces if piece.group == ("a",)]
    assert sorted(partition(alone, 3).values()) == [1, 2, 3]


def test_pieces_without_a_cost_are_dealt_out() -> None:
    found = partition([Piece((str(place),), (str(place),), 0) for place in range(6)], 3)
    assert sorted(found.values()) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(("word", "found"), [("1/1", (1, 1)), ("2/8", (2, 8)), (" 8/8 ", (8, 8))])
def test_words(word: str, found: tuple[int, int]) -> None:
    assert parse_shard(word) == found


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *((word, "is not i/N") for word in ("2", "/3", "-1/3", "1.0/3", "a/b")),
        ("0/3", "from 1/3 to 3/3"),
        ("4/3", "from 1/3 to 3/3"),
        ("1/0", "divides the run by 0"),
    ],
)
def test_nonsense(word: str, told: str) -> None:
    with pytest.raises(BrainScoreError, match=told):
        parse_shard(word)
