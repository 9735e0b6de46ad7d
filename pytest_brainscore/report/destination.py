"""Where reports go: the words of the command line, and whether anything can be written there."""

from __future__ import annotations

import difflib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from pytest_brainscore.errors import ReportError

ReportKind = Literal["json", "jsonl", "html", "md", "github", "badge", "junit", "ctrf", "csv", "plots"]
"""Type of a report: ``jsonl`` has one line per benchmark as it finishes, all others come at the end of the
run, ``plots`` as several files in a folder."""
SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"
"""Set by GitHub Actions: the file to which a step appends its part of the job summary."""
_ENDINGS: dict[str, ReportKind] = {"json": "json", "jsonl": "jsonl", "html": "html", "md": "md", "csv": "csv"}
"""Types that a path alone tells by its ending; ``.xml`` and the like could be anything."""


@dataclass(frozen=True)
class Destination:
    """A report to write."""

    kind: ReportKind
    """Type of the report."""
    path: Path
    """File to write; a folder for ``plots``."""

    def check_writable(self) -> None:
        """Make sure that it can be written, as :func:`check_writable`; the folder of plots is created."""
        # What is to be written there lies in the folder.
        check_writable(self.path / "plot.svg" if self.kind == "plots" else self.path)


def parse_destination(word: str) -> Destination:
    """Read a destination as it is typed on the command line.

    Parameters
    ----------
    word
        ``TYPE:PATH``, or a path alone that ends in ``.json``, ``.jsonl``, ``.html``, ``.md`` or ``.csv``. A leading
        ``~`` is the home folder. The single letter of a Windows drive is not a type. ``github`` alone stands for the
        job summary of GitHub Actions.

    Raises
    ------
    ReportError
        When the type is unknown, the path is missing, or ``github`` is asked for outside GitHub Actions.

    """
    kinds = get_args(ReportKind)
    if word.strip() == "github":
        return Destination("github", _job_summary())
    kind, colon, path = word.partition(":")
    if not colon or len(kind) == 1 or "/" in kind or "\\" in kind:  # no type, but a path that may hold colons
        kind, path = _ENDINGS.get(Path(word).suffix.removeprefix("."), ""), word
    if kind in kinds and path.strip():
        return Destination(cast("ReportKind", kind), Path(path).expanduser())
    if path == word or not path.strip():
        raise ReportError(
            f"The report '{word}' cannot be written; give TYPE:PATH with one of the types {', '.join(kinds)}, "
            "for example json:report.json."
        )
    similar = difflib.get_close_matches(kind.lower(), kinds, n=1)
    hint = f"did you mean {similar[0]}:{path}, among the types" if similar else "give one of"
    raise ReportError(f"The report type '{kind}' of '{word}' is not known; {hint} {', '.join(kinds)}.")


def _job_summary() -> Path:
    file = os.environ.get(SUMMARY_VARIABLE)
    if not file:
        raise ReportError(
            f"The report 'github' goes to the job summary of GitHub Actions, but {SUMMARY_VARIABLE} is not set; give "
            "github:PATH to write it to a file."
        )
    return Path(file)


def check_writable(path: Path) -> None:
    """Make sure that a report can be written before any model runs; creates its folder.

    Parameters
    ----------
    path
        File to write later. It may exist, and is not touched.

    Raises
    ------
    ReportError
        When the path is a folder, its folder cannot be created (something in its way is a file) or written to.

    """
    if path.is_dir():
        raise ReportError(f"The report {path} cannot be written because it is a folder; add a file name.")
    if path.exists() and not path.is_file():  # a device or a pipe, which is written to in place
        if not os.access(path, os.W_OK):
            raise ReportError(f"The report {path} cannot be written (no permission); choose another path.")
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Trying is the only sure way: permission bits say nothing about a file system that is mounted read-only.
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ReportError(
            f"The report {path} cannot be written because its folder cannot be created or written to "
            f"({error.strerror}); choose another path."
        ) from error
