"""``--model``, short for ``--brainscore-model`` wherever no project and no other plugin has an option of that name."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

SHORT_FLAG = "--model"
LONG_FLAG = "--brainscore-model"


def taken(parser: pytest.Parser) -> bool:
    """Tell whether the project or another plugin has an option of the short name."""
    groups = [parser._anonymous, *parser._groups]
    return any(SHORT_FLAG in option.names() for group in groups for option in group.options)


def spell_out(args: list[str]) -> None:
    """Replace ``--model`` by ``--brainscore-model`` in a command line that is still to be parsed.

    The short name is nobody's while plugins and conftest files add their options, so theirs never meets ours.
    """
    if any(_is_short(word) for word in _words(args)):
        args[:] = [LONG_FLAG + word.removeprefix(SHORT_FLAG) if _is_short(word) else word for word in _words(args)]


def ignore_model_words(config: pytest.Config, args: Sequence[str]) -> None:
    """Have pytest not look for conftest files at the word behind ``--model``, as if the option were known already.

    Where there is a file or folder of that name, it is looked at: the option may turn out to be a switch of another
    plugin, and the word a path of tests.
    """
    words = list(_words(args))
    named = {word for flag, word in pairwise(words) if flag == SHORT_FLAG}
    known = config.known_args_namespace
    here = config.invocation_params.dir
    # os.path, which says False of a name that is too long: the words of a hundred models are one.
    known.file_or_dir = [
        word
        for word in known.file_or_dir
        if word not in named or os.path.exists(here / word.partition("::")[0])  # noqa: PTH110
    ]


def _is_short(word: str) -> bool:
    return word == SHORT_FLAG or word.startswith(f"{SHORT_FLAG}=")


def _words(args: Iterable[str]) -> Iterator[str]:
    """Yield the words of a command line up to ``--``, those in an ``@FILE`` in its place, as argparse reads them."""
    for position, word in enumerate(arguments := list(args)):
        if word == "--":
            yield from arguments[position:]
            return
        if word.startswith("@"):
            try:
                lines = Path(word[1:]).read_text().splitlines()
            except (OSError, ValueError):
                lines = None  # argparse says what is wrong
            if lines is not None and any(map(_is_short, _words(lines))):
                yield from _words(lines)
                continue
        yield word
