"""A report for GitHub Actions: annotations on the changed files' page, and outputs for the steps that follow.

The limits and the escaping are those of the workflow commands
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions).
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pytest_brainscore.report.aggregates import parents, tree_of_report
from pytest_brainscore.report.notation import judgement, number, result, totals
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import INCOMPLETE, colour_of, is_red, severity, why_red
from pytest_brainscore.scoring.baseline import stored_name
from pytest_brainscore.text import printable

ANNOTATIONS: Final = 10
"""Most annotations of one type that GitHub shows for a step; the rest are dropped without a word."""


def workflow_commands(report: Report, baselines: Path | None = None) -> list[str]:
    """Return workflow commands for what makes the run red, worst first; at most ten, the last says how many more.

    Parameters
    ----------
    report
        What to tell.
    baselines
        Folder of the baselines. An annotation is put at the line of the baseline that it is about, when that file
        exists below the workspace.

    """
    bad = sorted(filter(is_red, report.benchmarks), key=severity)
    room = ANNOTATIONS if report.complete else ANNOTATIONS - 1
    shown = bad if len(bad) <= room else bad[: room - 1]
    commands = [_annotation(record, baselines) for record in shown]
    if len(shown) < len(bad):
        rest = ", ".join(f"{record.identifier} of {record.model}" for record in bad[len(shown) :])
        commands.append(_command("error", {"title": f"{len(bad) - len(shown)} more benchmarks"}, rest))
    if not report.complete:
        commands.append(_command("error", {"title": "Incomplete"}, INCOMPLETE))
    if colour_of(report) == "empty":
        commands.append(_command("warning", {"title": "Nothing scored"}, f"{totals(report.benchmarks)}."))
    return commands


def outputs(report: Report) -> dict[str, str]:
    """Return what later steps may read.

    ``score`` (of the first model; empty without one, and of one of several shards), ``red`` (whether anything makes the
    run red), ``regressions`` (how many benchmarks do), ``summary`` and ``complete``.
    """
    score = ""
    if report.models and not report.is_part:
        vision = parents(report.benchmarks, report.models[0].identifier, tree_of_report(report))["average_vision"]
        score = number(vision.site_comparable) if vision.scored else ""
    return {
        "score": score,
        "red": str(colour_of(report) == "red").lower(),
        "regressions": str(sum(map(is_red, report.benchmarks))),
        "summary": totals(report.benchmarks),
        "complete": str(report.complete).lower(),
    }


def append_outputs(report: Report) -> None:
    """Append the outputs to the file that ``GITHUB_OUTPUT`` names; nothing happens where it names none."""
    file = os.environ.get("GITHUB_OUTPUT")
    if file:
        with Path(file).open("a", encoding="utf-8") as text:
            text.writelines(f"{name}={value}\n" for name, value in outputs(report).items())


def _annotation(record: BenchmarkRecord, baselines: Path | None) -> str:
    reason = why_red(record)
    parts = [result(record), judgement(record)]
    if record.baseline is not None:
        parts.append(f"baseline {number(record.baseline)}")
    words = ", ".join(part for part in parts if part) + (f": {reason}" if reason else "")
    place = dict(_place(record, baselines)) if baselines is not None else {}
    return _command("error", {**place, "title": f"{record.identifier} of {record.model}"}, words)


def _place(record: BenchmarkRecord, baselines: Path) -> Iterator[tuple[str, str]]:
    """Yield file and line of a record's baseline, relative to the workspace."""
    file = baselines / f"{record.model}.json"
    workspace = Path(os.environ.get("GITHUB_WORKSPACE", ".")).resolve()
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        place = file.resolve()
    except (OSError, ValueError):  # no such file, or a name that no file can have
        return
    if not place.is_relative_to(workspace):
        return
    yield "file", str(place.relative_to(workspace))
    for name in (stored_name(record.identifier, record.version), record.identifier):
        for number_of_line, line in enumerate(lines, start=1):
            if line.strip().startswith(json.dumps(name)):
                yield "line", str(number_of_line)
                return


def _command(kind: str, properties: dict[str, str], message: str) -> str:
    told = ",".join(f"{name}={_escaped(value, property=True)}" for name, value in properties.items())
    return f"::{kind} {told}::{_escaped(message)}"


def _escaped(text: str, *, property: bool = False) -> str:
    """Return text as a workflow command has it: properties escape more than messages."""
    # An annotation may have several lines; what acts on a terminal has no place in any of them.
    text = "\n".join(map(printable, text.splitlines()))
    text = text.replace("%", "%25").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text
