"""Code blocks of a Markdown page, and a process that goes through those of one page as a reader would.

A fenced block is one of these, and its language and first line tell which:

- ``python`` is executed; all blocks of a page share their names. What it prints is compared with a block ``text`` that
  follows it at once.
- ``console`` has commands after ``$ ``, and below each what it prints, where that is told; every line of ``sh`` is a
  command. A comment ``# exits with 1`` tells a status that is not 0.
- A block whose first line is ``# NAME.ENDING`` is a file, and is written before what comes next.
- ``toml``, ``yaml``, ``json`` and ``ini`` must be readable, ``text`` and ``csv`` are only shown.

What stands above a block that is not executed is part of the page, so that its readers see it, too: ``*Not run by the
tests: REASON*``, or ``*Run by tests/PATH.py.*`` where another test goes through it. A page
with the line ``*Takes the files of [TITLE](PAGE.md).*`` starts with what the blocks of that page write.
"""

from __future__ import annotations

import configparser
import doctest
import json
import multiprocessing
import os
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
SHELLS = ("console", "sh", "bash", "shell")
_FENCE = re.compile(
    r"^(?P<mark>\*(?:Not run by the tests: [^\n]+|Run by [\w/.]+\.py\.)\*\n\n?)?"
    r"^(?P<fence>```+|~~~+|:::+)(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=fence)[ \t]*$",
    re.MULTILINE | re.DOTALL,
)
_FILE = re.compile(r"# (?P<name>[\w./-]+\.(?:py|toml|ini|sh|csv|yml|cfg|json))(?: .*)?\n")
_TAKES = re.compile(r"^\*Takes the files of \[[^]]+\]\(([\w./-]+\.md)\)\.\*$", re.MULTILINE)
_STATUS = re.compile(r"#.*\bexits with (\d+)")
_OPERATORS = {"|", ">", "<", "&&", ";", "-c"}
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
PRELOADED = ("torch", "pandas", "xarray", "scipy.stats", "sklearn.linear_model", "pytest", "click")


class Block(NamedTuple):
    """A fenced block of a page."""

    line: int
    language: str
    text: str
    mark: str
    follows: bool
    """Whether nothing but empty lines is between it and the block before."""

    @property
    def file(self) -> str | None:
        """The name of the file that it is, or None."""
        found = _FILE.match(self.text)
        return found["name"] if found and self.language not in ("console", "sh") else None

    @property
    def executed(self) -> bool:
        """Whether it is code that a test has to execute, where no mark says why not."""
        return self.language in ("python", *SHELLS, "") and not self.mark


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page; directives of the site (``{note}`` and the like) are none."""
    found: list[Block] = []
    end = 0
    for each in _FENCE.finditer(text):
        language = each["language"].strip().split(" ")[0]
        follows = bool(found) and not text[end : each.start()].strip()
        end = each.end()
        if language.startswith("{"):
            continue
        line = text.count("\n", 0, each.start("fence")) + 1
        found.append(Block(line, language, each["text"], (each["mark"] or "").strip("* \n"), follows))
    return found


def go_through(page: Path, folder: Path) -> str:
    """Execute the blocks of a page in a folder, with the variables of this process; return what went wrong, or nothing.

    All processes are forked from one that has imported what takes seconds to import; Linux only.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    log = folder.parent / f"{folder.name}.log"
    process = context.Process(target=_page, args=(page, folder, log, dict(os.environ)))
    process.start()
    process.join()
    return "" if process.exitcode == 0 else log.read_text(encoding="utf-8", errors="replace")


def _page(page: Path, folder: Path, log: Path, variables: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(variables)
    _say_to(log)
    os.chdir(folder)
    sys.path.insert(0, str(ROOT))
    programs = _Programs(folder)
    sys.path.insert(0, str(folder))
    try:
        _blocks(page, log, programs)
    finally:
        programs.end()


def _blocks(page: Path, log: Path, programs: _Programs) -> None:
    names: dict[str, object] = {"__name__": "__main__"}
    said = ""
    text = page.read_text(encoding="utf-8")
    for other in _TAKES.findall(text):
        for block in blocks((page.parent / other).read_text(encoding="utf-8")):
            _write(block)
    for block in blocks(text):
        place = f"{page.relative_to(ROOT)}:{block.line}"
        print(f"== {place}", flush=True)
        printed = ""
        if block.mark or _write(block):
            pass
        elif block.language == "python":
            printed = _python(block, place, names, log)
        elif block.language in SHELLS:
            for command, expected in commands(block):
                _shell(command, expected, programs)
        elif block.language == "text" and block.follows and said:
            _compare(block.text, said)
        said = printed


def _write(block: Block) -> bool:
    """Write a block that is a file, and say whether it is one."""
    if block.file is None or block.mark:
        return False
    Path(block.file).parent.mkdir(parents=True, exist_ok=True)
    Path(block.file).write_text(block.text, encoding="utf-8")
    return True


class _Programs:
    """Starts programs from a process that has imported nothing of ours, whatever the page has."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder.parent / f"{folder.name}.out"
        self._here, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("fork").Process(target=self._serve, args=(there,))
        self._process.start()

    def run(self, words: list[str]) -> int:
        """Run a program to its end, with what it prints in a file; return its status."""
        self.out.write_bytes(b"")
        self._here.send(words)
        status: int = self._here.recv()
        return status

    def end(self) -> None:
        """End the process that waits for words."""
        self._here.send([])
        self._process.join()

    def _serve(self, there: Any) -> None:
        while words := there.recv():
            process = multiprocessing.get_context("fork").Process(target=_program, args=(words, self.folder, self.out))
            process.start()
            process.join()
            there.send(process.exitcode)


def _say_to(log: Path) -> None:
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(file, 1)
    os.dup2(file, 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, closefd=False)


def _python(block: Block, place: str, names: dict[str, object], log: Path) -> str:
    start = log.stat().st_size
    # Empty lines before it, so that a traceback has the line of the page.
    code = compile("\n" * block.line + block.text, place, "exec")
    exec(code, names)
    sys.stdout.flush()
    return log.read_bytes()[start:].decode(errors="replace")


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Yield the commands of a block, each with what it is said to print."""
    text = block.text.replace("\\\n", " ")
    if block.language != "console":
        yield from ((line, "") for line in text.splitlines() if line.strip() and not line.startswith("#"))
        return
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        yield command, expected


def _shell(command: str, expected: str, programs: _Programs) -> None:
    print(f"$ {command}", flush=True)
    status = int(found[1]) if (found := _STATUS.search(command)) else 0
    # As a shell has it, a comment begins a word: IT=layer#cls has none.
    words = shlex.split(re.sub(r"\s#\s.*", "", command))
    if words[:1] in (["pytest"], ["brainscore"], ["python"]) and not _OPERATORS & set(words):
        code = programs.run(words)
    else:
        with programs.out.open("wb") as file:
            code = subprocess.run(["bash", "-c", command], stdout=file, stderr=file, check=False).returncode
    said = programs.out.read_text(encoding="utf-8", errors="replace")
    print(said, flush=True)
    assert code == status, f"{command} ended with {code}, not {status}"
    if expected.strip():
        _compare(expected, said)


def _program(words: list[str], folder: Path, out: Path) -> None:
    """Do what a command line does, without its imports."""
    _say_to(out)
    os.chdir(folder)
    sys.argv = words
    try:
        if words[0] == "pytest":
            import pytest

            sys.exit(int(pytest.main(words[1:])))
        if words[0] == "brainscore":
            from pytest_brainscore.commands import main

            main(words[1:], prog_name="brainscore")
        sys.argv = words[1:]
        if words[1] == "-m":
            sys.argv = words[2:]
            runpy.run_module(words[2], run_name="__main__", alter_sys=True)
        else:
            sys.path.insert(0, str(folder))
            runpy.run_path(words[1], run_name="__main__")
    except Exception:
        traceback.print_exc()
        sys.exit(1)
    finally:
        sys.stdout.flush()


def _compare(expected: str, said: str) -> None:
    checker = doctest.OutputChecker()
    assert checker.check_output(expected, said, _FLAGS), f"expected:\n{expected}\nsaid:\n{said}"


def readable(block: Block) -> None:
    """Raise where a file of settings is not what its language says."""
    if block.language == "toml":
        tomllib.loads(block.text)
    elif block.language == "json":
        json.loads(block.text)
    elif block.language in ("yaml", "yml"):
        import yaml

        yaml.safe_load(block.text)
    elif block.language == "ini":
        configparser.ConfigParser().read_string(block.text)
