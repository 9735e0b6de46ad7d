"""A report as Markdown: for job summaries, comments on pull requests, and notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from pytest_brainscore.report.aggregates import (
    MEANS_IN_WORDS,
    headlines,
    parent_table,
    shown_parents,
    tree_of_report,
)
from pytest_brainscore.report.notation import (
    EMOJI,
    expected_in_words,
    judgement,
    number,
    number_or_blank,
    result,
    totals,
)
from pytest_brainscore.report.parts.shards import PART_IN_WORDS
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import INCOMPLETE, colour_of, is_red, severity, why_red
from pytest_brainscore.scoring.quick import expectations
from pytest_brainscore.text import printable
from pytest_brainscore.trees import PANEL, PANEL_IN_WORDS, PUBLISHED, QUICK_IN_WORDS

BYTES: Final = 900_000
"""Default budget. A job summary of GitHub Actions may have 1 MiB for each step, and is dropped whole beyond it."""
MARKER: Final = "<!-- brainscore -->"
"""First line, by which a workflow finds the comment that it wrote before."""
_MARKUP: Final = re.compile(r"[\\`*_\[\]|#~$!{}]")
_LINKS: Final = re.compile(r"@|\\#(?=\d)|\bGH(?=-\d)|:(?=//)|\bmailto(?=:)|\bwww(?=\.)", re.IGNORECASE)


def markdown(report: Report, limit: int = BYTES) -> str:
    """Return a report as GitHub-flavoured Markdown, the most important first: totals, what went wrong, regions, all.

    Parameters
    ----------
    report
        What to write.
    limit
        Most bytes of UTF-8 that the text may have, at least 2000; whole rows are left out of the last table, and
        their number is told.

    """
    head = [MARKER, "", *_totals(report), *_wrong(report), *_regions(report), *_quick(report)]
    if len("\n".join(head).encode()) > limit:
        head = [MARKER, "", *_totals(report)]
    return _within(head, list(_everything(report)), len(report.benchmarks), limit)


def escape(text: str) -> str:
    """Return text as it stands in a table cell, whatever signs it has.

    Nothing in it is markup, and nothing notifies or links anybody: mentions (``@name``), references (``#1``, ``GH-1``)
    and addresses are broken by a space of no width, since GitHub looks for them in the text as it is shown.
    """
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = _MARKUP.sub(r"\\\g<0>", text)
    return _LINKS.sub(lambda found: f"{found[0]}\u200b", text)


def _totals(report: Report) -> Iterator[str]:
    models = ", ".join(escape(model.identifier) for model in report.models) or "no model"
    yield f"## {EMOJI[colour_of(report)]} Brain-Score of {models}"
    yield ""
    yield f"{totals(report.benchmarks)}."
    if not report.complete:
        yield ""
        yield f"**{INCOMPLETE}**"
    yield ""


def _wrong(report: Report) -> Iterator[str]:
    """Yield what makes the run red, worst first, and what improved."""
    changed = [record for record in report.benchmarks if is_red(record) or record.verdict == "improved"]
    if not changed:
        return
    changed.sort(key=lambda record: (not is_red(record), severity(record)))
    yield "### Changes"
    yield ""
    yield from _table(("model", "benchmark", "score", "baseline", "verdict"), map(_change_row, changed))
    yield ""


def _change_row(record: BenchmarkRecord) -> tuple[str, ...]:
    reason = why_red(record)
    verdict = judgement(record) or record.status
    return (
        escape(record.model),
        escape(record.identifier),
        escape(result(record)),
        number_or_blank(record.baseline),
        verdict + (f": {escape(reason)}" if reason else ""),
    )


def _regions(report: Report) -> Iterator[str]:
    if report.is_part and report.shard is not None:
        yield f"Shard {report.shard.index} of {report.shard.count}; {PART_IN_WORDS}."
        yield ""
        return
    tree = tree_of_report(report)
    shown = [
        (model.identifier, name, aggregates[name])
        for model in report.models
        for aggregates in [shown_parents(report.benchmarks, model.identifier, tree)]
        for name in headlines([aggregates])
    ]
    if not shown:
        return
    header, rows = parent_table([(name, aggregate) for _, name, aggregate in shown])
    names = [(escape(model), escape(name)) for model, name, _ in shown]
    yield from _table(("model", "", *header), [(*name, *row) for name, row in zip(names, rows, strict=True)])
    yield ""
    if tree.name != PUBLISHED:
        yield f"Means over the score tree {tree.name}."
        yield ""
    if any(aggregate.failed for *_, aggregate in shown):
        yield f"Means: {MEANS_IN_WORDS}."
        yield ""
    if any(name == PANEL for _, name, _ in shown):
        yield f"{PANEL_IN_WORDS[0].upper()}{PANEL_IN_WORDS[1:]}."
        yield ""


def _quick(report: Report) -> Iterator[str]:
    """Yield what full scores are to be expected, where scores are quick ones."""
    rows = [
        (escape(model), escape(name), number(score), escape(expected_in_words(full)))
        for model, name, score, full in expectations(report.benchmarks)
    ]
    if rows:
        yield f"**{QUICK_IN_WORDS}.**"
        yield ""
        yield from _table(("model", "", "quick", "full, to be expected"), rows)
        yield ""


def _everything(report: Report) -> Iterator[str]:
    """Yield the rows of the table of all benchmarks."""
    for record in report.benchmarks:
        yield _row(
            (
                escape(record.model),
                f"{escape(record.identifier)} v{record.version}",
                escape(result(record)),
                number_or_blank(record.raw),
                number_or_blank(record.ceiling),
                judgement(record) or escape(record.reason or ""),
            )
        )


def _within(head: Sequence[str], rows: Sequence[str], count: int, limit: int) -> str:
    """Return the text with as many rows of the last table as the limit allows."""
    opening = [
        "<details><summary>All benchmarks</summary>",
        "",
        *_table(("model", "benchmark", "score", "raw", "ceiling", "verdict"), []),
    ]
    closing = ["", "</details>", ""]
    note = f"{count} of {count} rows do not fit here; they are in the JSON report."
    room = limit - len("\n".join([*head, *opening, *closing, "", note]).encode())
    kept: list[str] = []
    for row in rows:
        room -= len(row.encode()) + 1
        if room < 0:
            break
        kept.append(row)
    left_out = len(rows) - len(kept)
    told = ["", f"{left_out} of {count} rows do not fit here; they are in the JSON report."] if left_out else []
    return "\n".join([*head, *opening, *kept, *told, *closing])


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _row(header)
    yield _row(["---"] * len(header))
    yield from map(_row, rows)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
