"""The words that name what is read of a network: a layer, a part of what it returns, and what of that.

A name is ``LAYER``, then ``#`` and a word, any number of times, from left to right::

    blocks.6                    all that the layer returns
    blocks.6#cls                the class token
    blocks.6#patch#mean         the mean of the other tokens
    encoder#0                   the first of several things that it returns
    #last_hidden_state#cls      of what the whole network returns, one thing by its name

Words that are no reductions name parts: the position in a tuple, or the key in a dictionary. They come first. A part
that is called like a reduction is ``key:NAME``.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pytest_brainscore.errors import ModelError

MARK: Final = "#"
"""Comes before each word."""
STEP: Final = "@"
"""Joins the name of a module and the number of one of its uses in a forward pass: ``decoder@0`` is the output of the
first use. Without it the last use counts."""
KEY: Final = "key"
"""Before the name of a part that is called like a reduction."""

NUMBERS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "cls": (),
    "patch": (("tokens to leave out", 1),),
    "token": (("token", 0),),
    "mean": (),
    "maxpool": (),
    "channels": (),
    "frame": (("frame", 0),),
    "srp": (("projections", 1), ("seed", 0)),
}
"""Reductions: what the numbers after the colon are, and the smallest they can be."""
NEEDED: Final = {"token": 1, "frame": 1, "srp": 1}
"""Numbers that a reduction cannot do without."""
FORMS: Final = "#cls, #patch, #token:N, #mean, #maxpool, #channels, #frame:N and #srp:N"
"""The reductions as they are written."""


@dataclass(frozen=True)
class Word:
    """A reduction as it was written."""

    name: str
    numbers: tuple[int, ...] = ()

    def __str__(self) -> str:
        return ":".join([self.name, *map(str, self.numbers)])


@dataclass(frozen=True)
class LayerName:
    """The name of a layer, taken apart."""

    text: str
    """As it was written."""
    layer: str
    """The layer, with its step; empty for the whole network."""
    keys: tuple[str, ...]
    """Which part of what it returns, from outside in."""
    reductions: tuple[Word, ...]
    """What of that, in their order."""

    def read(self, output: str | None) -> str:
        """Return what is to be read before anything is reduced: the name without reductions.

        Parameters
        ----------
        output
            What the whole network is called among the layers.

        """
        layer = self.layer or output or ""
        return MARK.join([layer, *(f"{KEY}:{key}" if _may_be_taken_for_a_word(key) else key for key in self.keys)])


@lru_cache(maxsize=1024)
def parse_layer(text: str) -> LayerName:
    """Take the name of a layer apart; whether there is such a layer is not looked up.

    Parameters
    ----------
    text
        See the module.

    Raises
    ------
    ModelError
        A word is empty, a number is missing, too many, or too small, or a part is named after a reduction.

    """
    layer, *words = text.split(MARK)
    keys: list[str] = []
    reductions: list[Word] = []
    for word in words:
        name, colon, rest = word.partition(":")
        if not word or (not layer and not words[0]):
            raise ModelError(f"{text!r} names nothing after {MARK}; write LAYER{MARK}WORD, with one of {FORMS}.")
        if name in NUMBERS:
            reductions.append(Word(name, _numbers(text, name, rest if colon else None)))
            continue
        if reductions:
            near = difflib.get_close_matches(name, NUMBERS, n=1)
            advice = f"did you mean {near[0]}?" if near else f"reductions are {FORMS}; a part is named before them."
            raise ModelError(f"There is no reduction {word!r} in {text!r}; {advice}")
        keys.append(rest if name == KEY and colon else word)
    return LayerName(text, layer, tuple(keys), tuple(reductions))


def split_keys(read: str) -> tuple[str, tuple[str, ...]]:
    """Return the layer, and the keys of the part of it, of a name without reductions."""
    layer, *words = read.split(MARK)
    return layer, tuple(word.removeprefix(f"{KEY}:") for word in words)


def with_step(text: str, step: int) -> str:
    """Return the name of a layer in one of its uses."""
    layer, mark, rest = text.partition(MARK)
    return f"{layer}{STEP}{step}{mark}{rest}"


def unknown_word(word: str, layer: str, there: Sequence[str]) -> ModelError:
    """Return the error for a word that is neither a reduction nor a part.

    Parameters
    ----------
    word
        As it was written.
    layer
        Names the layer and the model, to begin a sentence.
    there
        Parts that the layer returns; none where it returns one array.

    """
    known = [*there, *NUMBERS]
    near = difflib.get_close_matches(word.partition(":")[0], known, n=2)
    parts = f"its parts are {', '.join(there)}" if there else "it returns one array"
    mending = f"did you mean {' or '.join(MARK + each for each in near)}?" if near else f"reductions are {FORMS}."
    return ModelError(f"{layer} has no part {word!r}, which is no reduction either: {parts}; {mending}")


def _numbers(text: str, name: str, given: str | None) -> tuple[int, ...]:
    words = [] if given is None else given.split(":")
    numbers = NUMBERS[name]
    if not all(word.isascii() and word.isdecimal() for word in words):
        raise ModelError(f"{given!r} in {text!r} is not a whole number from 0 on; write for example {_example(name)}.")
    if len(words) > len(numbers) or len(words) < NEEDED.get(name, 0):
        takes = " and ".join(what for what, _ in numbers) or "nothing"
        raise ModelError(
            f"{MARK}{name} in {text!r} has {len(words)} numbers and takes {takes}; write {_example(name)}."
        )
    for word, (what, smallest) in zip(words, numbers, strict=False):
        if int(word) < smallest:
            raise ModelError(f"{MARK}{name} in {text!r} has {word} as {what}; give {smallest} or more.")
    return tuple(map(int, words))


def _example(name: str) -> str:
    return MARK + {"srp": "srp:5000", "token": "token:0", "frame": "frame:0", "patch": "patch or #patch:5"}.get(
        name, name
    )


def _may_be_taken_for_a_word(key: str) -> bool:
    return key.partition(":")[0] in (*NUMBERS, KEY)
