"""Every code block of the README, the documentation and the examples is executed, or says on its page why not."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pytest_brainscore.commands import main
from pytest_brainscore.running.command_line.option_table import OPTIONS
from tests.support.code_blocks import ROOT, SHELLS, Block, blocks, commands, go_through, readable

PLAIN = ("toml", "yaml", "yml", "json", "ini", "text", "output", "csv", "bibtex", "math", "mermaid", "diff")


def pages() -> dict[str, list[Block]]:
    """Return the blocks of every page that is part of the project, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "README.md", "docs", "examples"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    found = (ROOT / each for each in sorted(listed) if each.endswith(".md"))
    return {str(page.relative_to(ROOT)): blocks(page.read_text(encoding="utf-8")) for page in found if page.is_file()}


PAGES = pages()
# Those of examples are run by test_examples.py, beside the files that they are about.
EXECUTED = [
    page for page, each in PAGES.items() if any(block.executed for block in each) and not page.startswith("examples/")
]


@pytest.mark.walkthrough
@pytest.mark.skipif(sys.platform != "linux", reason="processes are forked")
@pytest.mark.parametrize("page", EXECUTED)
def test_the_blocks_of_a_page_do_what_the_page_says(
    page: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    # One home for all pages, also of several processes: what two pages score is computed once.
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home of the pages"
    monkeypatch.setenv("BRAINSCORE_HOME", str(home))
    for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "GITHUB_ACTIONS", "CI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:cacheprovider -p no:hypothesispytest")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    for name, value in {
        "COLUMNS": "120",
        "BRAINSCORE_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "BRAINSCORE_DATA": "",
    }.items():
        monkeypatch.setenv(name, value)
    folder = tmp_path / "here"
    folder.mkdir()
    wrong = go_through(ROOT / page, folder)
    if wrong:
        pytest.fail(wrong, pytrace=False)


def test_every_block_has_a_language_and_is_executed_or_marked() -> None:
    wrong = [
        f"{page}:{block.line}: a block of {block.language or 'no language'}"
        for page, each in PAGES.items()
        for block in each
        if block.language not in ("python", *SHELLS, *PLAIN) and not block.mark
    ]
    assert wrong == []
    count = {"executed": 0, "marked": 0}
    for each in PAGES.values():
        count["executed"] += sum(block.executed for block in each)
        count["marked"] += sum(bool(block.mark) for block in each)
    print(count)
    assert count["executed"] > 0


@pytest.mark.parametrize("page", PAGES)
def test_settings_are_readable_and_marks_are_true(page: str) -> None:
    for block in PAGES[page]:
        readable(block)
        for test in re.findall(r"^Run by (\S+)\.$", block.mark):
            assert Path(page).name in (ROOT / test).read_text(encoding="utf-8"), f"{page}:{block.line}"


@pytest.mark.parametrize("page", PAGES)
def test_every_option_on_a_page_exists(page: str) -> None:
    """Also where a block is not executed, and in the text."""
    text = (ROOT / page).read_text(encoding="utf-8")
    known = {option.flag for option in OPTIONS} | {"--brainscore-list", "--brainscore-plan"}
    assert {each.rstrip("-") for each in re.findall(r"--brainscore-[a-z-]+", text)} - known - {"--brainscore"} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_command_on_a_page_exists(page: str) -> None:
    shells = [block for block in PAGES[page] if block.language in SHELLS]
    for block in shells:
        for line, _ in commands(block):
            for words in re.findall(r"(?:^|; |&& )brainscore ([^;&|#]+)", line):
                _exists(words.split(), f"{page}:{block.line}: brainscore {words}")


def _exists(words: list[str], place: str) -> None:
    command: click.Command = main
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found is not None, place
        command = found
    known = {flag for each in command.params for flag in (*each.opts, *each.secondary_opts)} | {"--help", "--version"}
    assert {word.partition("=")[0] for word in words if word.startswith("--")} - known == set(), place
