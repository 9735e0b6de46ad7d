"""The boundary around readers: one sentence for damage, and a traceback for mistakes of a program."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import DataUnavailable, ModelError


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (OSError(2, "No such file or directory"), "No such file or directory"),
        (ValueError("line one\n  line two"), "line one line two"),
        (MemoryError(), "does not fit into memory"),
        (RecursionError("maximum recursion depth exceeded"), "nested too deep"),
        (EOFError(), "EOFError"),
        (KeyError("name"), "'name'"),
        (ValueError("x" * 1000), "x…"),
    ],
)
def test_damage_is_one_sentence(problem: Exception, words: str) -> None:
    with pytest.raises(DataUnavailable) as caught, reading("The file", "a.x"):
        raise problem
    sentence = str(caught.value)
    assert sentence.startswith("The file a.x cannot be read (")
    assert words in sentence
    assert sentence.endswith("; copy it again.")
    assert len(sentence) < 400
    assert caught.value.__cause__ is problem


def test_mistakes_of_a_program_and_sentences_go_through() -> None:
    for problem in (NameError("x"), AssertionError(), ModelError("A sentence.")):
        with pytest.raises(type(problem)), reading("The file", "a.x"):
            raise problem


def test_nothing_unprintable_reaches_a_terminal() -> None:
    with pytest.raises(DataUnavailable) as caught, reading("The file", "a\x1b[31m\n::error::b\udcff"):
        raise ValueError("\x1b]0;title\x07")
    assert str(caught.value).isprintable()
    assert "The file a ::error::b\N{REPLACEMENT CHARACTER} cannot be read" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_a_mark_says_how_text_is_encoded(encoding: str, tmp_path: Path) -> None:
    text = "a,ü,日本\nb\n"
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    (tmp_path / "a.csv").write_bytes(mark + text.replace("\n", "\r\n").encode(encoding))
    assert read_text(tmp_path / "a.csv", "The table") == text


@pytest.mark.parametrize("content", [b"\xe4", b"\xff\xfea", b"\xef\xbb\xbf\xff"])
def test_text_that_is_none_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"The table .*a\.csv cannot be read"):
        read_text(tmp_path / "a.csv", "The table")
