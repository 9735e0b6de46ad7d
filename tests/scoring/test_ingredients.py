"""The words of ``--brainscore-across``."""

from __future__ import annotations

import pytest

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring.ingredients import COMMON, check_known, check_spelling

STORED = [{"weights": "0a1b", "preprocessing.kind": "imagenet", "corrupted_by": "scipy 1"}]


@pytest.mark.parametrize("word", [*COMMON, "preprocessing.kind", "corrupted_by", "an_ingredient_of_a_new_benchmark"])
def test_an_ingredient_or_what_may_become_one_is_accepted(word: str) -> None:
    check_spelling([word], STORED)


@pytest.mark.parametrize(
    ("word", "meant"),
    [("weight", "weights"), ("Weights", "weights"), ("layers", "layer"), ("preprocesing.kind", "preprocessing.kind"),
     ("seed ", "seed")],
)  # fmt: skip
def test_what_looks_mistyped_is_refused_with_the_known_ones(word: str, meant: str) -> None:
    with pytest.raises(BaselineError, match=rf"did you mean {meant}\? Otherwise there are corrupted_by, .*weights\."):
        check_spelling([word], STORED)


def test_after_the_scoring_every_word_has_to_be_an_ingredient() -> None:
    check_known(["weights"], STORED)
    with pytest.raises(BaselineError, match="'seed' is no ingredient of a score; there are corrupted_by, "):
        check_known(["seed"], STORED)


def test_without_any_score_nothing_is_known() -> None:
    check_known(["seed"], [])
