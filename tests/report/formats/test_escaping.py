"""Text of models, files and exceptions in every format: it is shown, and it never acts."""

from __future__ import annotations

import csv
import io
import json
from itertools import chain
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from pytest_brainscore.commands import main
from pytest_brainscore.report.formats.badge import badge
from pytest_brainscore.report.formats.ctrf import ctrf
from pytest_brainscore.report.formats.github import outputs, workflow_commands
from pytest_brainscore.report.formats.junit import junit
from pytest_brainscore.report.formats.markdown import escape, markdown
from pytest_brainscore.report.formats.table import table
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.plots.figures import benchmark_plot
from pytest_brainscore.report.record import ModelRecord, Report
from pytest_brainscore.running.terminal import live_lines, tables
from tests.support.records import make_record, make_report

HOSTILE = [
    "why\n::error::owned",
    "why\r\n::set-output name=score::1",
    "##[add-mask]a",
    "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "=cmd|' /C calc'!A0",
    "+1+1", "-1+1", "@SUM(1)", "\t=1", "\uff1d1",
    "thanks @octocat, see #12, GH-13 and https://evil.example, www.evil.example",
    "a | b `c` *d* _e_ ~~f~~ [g](http://evil) ![h](http://evil) $i$ \\| \\",
    "<script>alert(1)</script><img src=x onerror=alert(1)>&#64;octocat",
    "]]><x/>\x00\x0b\ufffe\ud800",
    "</script><script>alert(1)</script>",
    "\u202egnp.exe",
]  # fmt: skip

texts = pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))


def report_of(text: str) -> Report:
    """Return a report that has a text wherever one can come from elsewhere."""
    broken = {"status": "failed", "score": None, "error": None, "raw": None, "comparison": None}
    return make_report(
        models=[ModelRecord(identifier=text, specification=text, layers={text: text}, preprocessing={text: text})],
        benchmarks=[make_record(model=text, identifier=text, parents=[text], region=text, layer=text, reason=text,
                                fingerprint={text: text}, normalisation=text, **broken)],
    )  # fmt: skip


@texts
def test_the_terminal_gets_single_lines_that_are_no_commands(text: str) -> None:
    report = report_of(text)
    shown = [*tables(report.benchmarks, 200), *chain.from_iterable(live_lines(each, 200) for each in report.benchmarks)]
    lines = [line.text for line in shown]
    assert len(lines) >= 3
    for line in lines:
        harmless(line)


@texts
def test_commands_print_single_lines_that_are_no_commands(text: str, tmp_path: Path) -> None:
    write_json(report_of(text), tmp_path / "a.json")
    folder, path = str(tmp_path), str(tmp_path / "a.json")
    for words in (["show", path], ["compare", path, path], ["leaderboard", folder], ["show", path, "--model", "none"]):
        result = CliRunner().invoke(main, words)
        assert isinstance(result.exception, SystemExit | None)
        for line in result.output.split("\n"):
            harmless(line)


def harmless(line: str) -> None:
    assert without_controls(line)
    assert not line.lstrip().startswith("::")
    assert "##[" not in line


def without_controls(line: str) -> bool:
    """Tell whether no character does anything to a terminal or to the order of the others."""
    return not any(sign < " " or "\x7f" <= sign <= "\x9f" or sign in "\u2028\u202e" for sign in line)


@texts
def test_annotations_are_one_command_each(text: str) -> None:
    commands = workflow_commands(report_of(text))
    assert len(commands) == 1
    (command,) = commands
    assert command.startswith("::error title=")
    assert without_controls(command)
    assert all("\n" not in value for value in outputs(report_of(text)).values())


@texts
def test_no_cell_of_a_table_is_a_formula(text: str) -> None:
    header, row = csv.reader(io.StringIO(table(report_of(text))))
    for name, cell in zip(header, row, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d")), name
        harmless(cell)


def test_numbers_of_a_table_stay_numbers() -> None:
    header, row = csv.reader(io.StringIO(table(make_report(benchmarks=[make_record(score=-0.25)]))))
    assert row[header.index("score")] == "-0.25"


@texts
def test_xml_is_well_formed_and_says_what_it_was(text: str) -> None:
    root = ElementTree.fromstring(junit(report_of(text)).encode("utf-8", "backslashreplace"))
    (failure,) = root.iter("failure")
    kept = [word for word in text.split() if word.isascii() and word.isprintable()]
    assert all(word in (failure.text or "") for word in kept)


@texts
def test_json_formats_are_json(text: str) -> None:
    for content in (ctrf(report_of(text)), badge(report_of(text))):
        assert json.loads(json.dumps(content)) == content


@texts
def test_a_page_has_no_markup_but_its_own(text: str) -> None:
    page, plain = render_page([report_of(text)]), render_page([report_of("text")])
    for sign in ("<script", "<img", "<x/", "</script"):
        assert page.count(sign) == plain.count(sign)
    shown = page.partition('<script type="application/json"')[0]
    assert not any(character < " " and character not in "\n\r\t" for character in shown)
    json.loads(page.partition('id="reports">')[2].partition("</script>")[0])


@texts
def test_markdown_notifies_nobody_and_links_nothing(text: str) -> None:
    written = markdown(report_of(text))
    lines = written.splitlines()
    assert len(lines) == len(markdown(report_of("text")).splitlines())
    for sign in ("@octocat", "#12", "GH-13", "://", "www.", "<script", "<img", "\x1b"):
        assert sign not in written
    rows = [line for line in lines if line.startswith("|")]
    bars = {sum(sign == "|" and not escaped(row, at) for at, sign in enumerate(row)) for row in rows}
    assert bars <= {6, 7}  # of five columns, and of six


def escaped(line: str, at: int) -> bool:
    """Tell whether a sign stands behind an odd number of backslashes."""
    before = line[:at]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("plain words, 100 %: x-y.z", "plain words, 100 %: x-y.z"),
        ("a|b", r"a\|b"),
        ("\\|", r"\\\|"),
        ("@octocat", "@\u200boctocat"),
        ("#12", "\\#\u200b12"),
        ("a#b", r"a\#b"),
        ("https://x.y", "https:\u200b//x.y"),
        ("&lt;b>", "&amp;lt;b&gt;"),
    ],
)
def test_a_cell_of_markdown(text: str, cell: str) -> None:
    assert escape(text) == cell


@texts
def test_a_plot_is_well_formed(text: str) -> None:
    details = {"confusion": {text: text}}
    svg = benchmark_plot(make_record(identifier=text, model=text, details=details))
    assert svg is not None
    ElementTree.fromstring(svg.encode("utf-8", "backslashreplace"))
    assert "cannot be drawn" in svg
