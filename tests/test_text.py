"""Text of others as one printable line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.errors import ModelError
from pytest_brainscore.text import printable


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("as it is: 12 % of Zürich, 脳, ± 0.5", "as it is: 12 % of Zürich, 脳, ± 0.5"),
        ("two\nlines\r\nand\tmore", "two lines and more"),
        ("why\n::error::it is mine", "why ::error::it is mine"),
        ("::set-output name=score::1", ": :set-output name=score::1"),
        ("  ::error::x", ": :error::x"),
        ("a ##[error]b", "a # #[error]b"),
        ("##vso[task.setvariable]x", "# #vso[task.setvariable]x"),
        ("# heading ## two", "# heading ## two"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b2Jgone", "gone"),
        ("\x1b(0x\x1bc", "x"),
        ("a\x00b\x08c\x7f", "a\ufffdb\ufffdc\ufffd"),
        ("abc\u202edef", "abc\ufffddef"),
        ("l\u2028s\u0085n", "l s n"),
        ("\ud800", "\ufffd"),
        ("", ""),
    ],
)
def test_nothing_in_it_acts(text: str, line: str) -> None:
    assert printable(text) == line


@given(st.text() | st.text("\x1b[]m:#\n\r ;0123a\x07\x9b"))
def test_it_is_one_line_without_controls_or_commands(text: str) -> None:
    line = printable(text)
    assert line.splitlines() in ([], [line])
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in line)
    assert not line.lstrip().startswith("::")
    assert "##[" not in line


@given(st.text("\x1b[]m:#\n ;0a"))
def test_once_is_enough(text: str) -> None:
    assert printable(printable(text)) == printable(text)


def test_every_error_that_a_user_can_mend_is_one_line() -> None:
    assert str(ModelError("no layer 'x'\n::error::y\x1b[2J; choose another.")) == (
        "no layer 'x' ::error::y; choose another."
    )
