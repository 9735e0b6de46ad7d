"""The ingredients of a score by name: those that ``--brainscore-across`` may leave out of a comparison."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping
from typing import Final

from pytest_brainscore.errors import BaselineError

COMMON: Final = (
    "weights", "layer", "visual_degrees", "version", "protocol", "data_sha256", "stimuli", "seed",
)  # fmt: skip
"""Ingredients of nearly every score; a benchmark may have more."""

_OF_SOME_MODELS: Final = ("preprocessing.amp", "preprocessing.run", "preprocessing.decoder")
"""How a model ran, where that is not the usual way: stored scores of the usual way do not have them."""
_OF_THE_MODEL: Final = ("weights", "layer", "visual_degrees")


def is_of_the_model(name: str) -> bool:
    """Tell whether an ingredient says which model was scored, rather than what it was scored on."""
    return name in _OF_THE_MODEL or name.startswith("preprocessing.")


def check_spelling(words: Iterable[str], stored: Iterable[Mapping[str, object]]) -> None:
    """Refuse a word that looks like a mistyped ingredient, before anything is scored.

    Only after the scoring is it known what all ingredients are (:func:`check_known`): a benchmark may have some that no
    stored score has yet.

    Raises
    ------
    BaselineError
        When a word is no ingredient of the stored scores, but close to one.

    """
    known = sorted({*COMMON, *_OF_SOME_MODELS, *(name for fingerprint in stored for name in fingerprint)})
    for word in words:
        near = [] if word in known else difflib.get_close_matches(word, known, n=1, cutoff=0.75)
        if near:
            raise _unknown(word, known, f"did you mean {near[0]}? Otherwise ")


def check_known(words: Iterable[str], fingerprints: Collection[Mapping[str, object]]) -> None:
    """Refuse a word that is an ingredient of none of these scores, new and stored.

    Raises
    ------
    BaselineError
        When there are scores, and none has such an ingredient.

    """
    known = sorted({name for fingerprint in fingerprints for name in fingerprint})
    for word in words:
        if known and word not in known:
            raise _unknown(word, known)


def _unknown(word: str, known: Iterable[str], advice: str = "") -> BaselineError:
    return BaselineError(
        f"--brainscore-across {word!r} is no ingredient of a score; {advice}there are {', '.join(known)}."
    )
