"""Which models of a leaderboard cannot be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pytest_brainscore.report.paired.models import Scored, has_pairs, several
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.replicates import read_replicates
from pytest_brainscore.report.standings import Standing
from pytest_brainscore.trees import PUBLISHED


def ties(
    reports: Mapping[Path, Report],
    table: Sequence[Standing],
    parent: str,
    tell: Callable[[str], None],
    tree: str = PUBLISHED,
) -> dict[str, str]:
    """Return the letters of ranked models that have bootstrap values; two that share one cannot be told apart.

    Parameters
    ----------
    reports
        By path, beside which their bootstrap values are.
    table
        Models, from these reports.
    parent
        What they are ranked by; compared is the mean of the benchmarks below it that all these models have.
    tell
        Called with a sentence where bootstrap values are missing.
    tree
        Name of the score tree.

    """
    paths = {id(report): path for path, report in reports.items()}
    scored = []
    for standing in table:
        if standing.rank is None or standing.report.replicates is None:
            continue
        found = read_replicates(paths[id(standing.report)], standing.report, tell)
        values = {
            (leaf, version): each for (model, leaf, version), each in found.items() if model == standing.identifier
        }
        records = {
            each.identifier: each
            for each in standing.report.benchmarks
            if each.model == standing.identifier and each.identifier in standing.scored
        }
        if values:
            scored.append(Scored(standing.model, records, values))
    if len(scored) < 2 or not has_pairs(scored):
        return {}
    found_tables = several(scored, only=parent, tree=tree).tables
    return {each.model: each.letters for each in found_tables[parent].models} if parent in found_tables else {}
