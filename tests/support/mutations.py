"""Damaged versions of a file, the same ones every time: what readers are tried with."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Final

from pytest_brainscore.errors import BrainScoreError

EXTREMES: Final = (b"\x00" * 4, b"\xff" * 4, b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00\x00\x00\x01", b"\x80" * 4)
"""Sizes and offsets that a header may claim."""
TOKENS: Final = (
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b'"',
    b",",
    b";",
    b"\n",
    b"[" * 3000,
    b"{" * 200,
    b"9" * 5000,
)
LONGEST_RUN: Final = 40
"""Bytes that one step of damage touches, at most."""


def mutations(content: bytes, count: int, seed: int = 0) -> Iterator[bytes]:
    """Yield damaged versions of a file, each by one to three steps.

    Parameters
    ----------
    content
        A sound file.
    count
        How many.
    seed
        Equal seeds give equal files.

    """
    chance = random.Random(seed)
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 3)):
            _damage(damaged, chance)
        yield bytes(damaged)


def _damage(content: bytearray, chance: random.Random) -> None:
    # Half of the damage hits the first bytes, where headers are.
    reach = max(1, len(content) if chance.random() < 0.5 else min(len(content), 256))
    place = chance.randrange(reach)
    run = slice(place, place + chance.randint(1, LONGEST_RUN))
    match chance.choice(("bit", "byte", "cut", "delete", "repeat", "random", "zero", "extreme", "token", "tail")):
        case "bit" if content:
            content[min(place, len(content) - 1)] ^= 1 << chance.randrange(8)
        case "byte" if content:
            content[min(place, len(content) - 1)] = chance.randrange(256)
        case "cut":
            del content[place:]
        case "delete":
            del content[run]
        case "repeat":
            content[place:place] = content[run] * chance.randint(1, 5)
        case "random":
            content[run] = chance.randbytes(len(content[run]))
        case "zero":
            content[run] = bytes(len(content[run]))
        case "extreme":
            content[place : place + 4] = chance.choice(EXTREMES)
        case "token":
            content[place:place] = chance.choice(TOKENS)
        case _:
            content.extend(chance.randbytes(LONGEST_RUN))


def reads(read: Callable[[], object]) -> bool:
    """Tell whether a reader reads; when it refuses, check that it does so in one sentence.

    Anything but a :class:`~pytest_brainscore.errors.BrainScoreError` goes through: that is what the tests look for.
    """
    try:
        read()
    except BrainScoreError as error:
        sentence = str(error)
        assert sentence.endswith("."), sentence
        assert sentence.isprintable(), sentence
        return False
    return True
