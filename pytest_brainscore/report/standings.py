"""Models ranked by a parent of the score tree, from any number of reports."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import (
    Mean,
    common_tree,
    has_panel,
    headlines,
    mean_of,
    panel_mean,
    parents,
)
from pytest_brainscore.report.networks import Checkpoint, checkpoint, checkpoint_names
from pytest_brainscore.report.record import Report
from pytest_brainscore.scoring.tree import Aggregate, panel_tree, tree_of
from pytest_brainscore.trees import PANEL


class UnknownParent(ReportError):
    """Models are to be ranked by a parent that no report has."""


@dataclass(frozen=True)
class Standing:
    """The place of a model."""

    rank: int | None
    """From 1; models with the same score share it. None where nothing below the parent has a number."""
    model: str
    """Its name, with the beginning of the checksum of its weights where several checkpoints share a name."""
    created: str
    """Time of the report that the scores are from."""
    aggregates: Mapping[str, Aggregate]
    """Scores of the parents of the tree; and of ``panel``, where a model has records of all its leaves."""
    complete: bool
    """False when the run of that report was stopped, or lost results."""
    scored: frozenset[str]
    """Benchmarks below the parent that have a number."""
    report: Report
    """The report that the scores are from."""
    identifier: str
    """What the model is called there."""

    @property
    def checkpoint(self) -> str:
        """File of its weights, as it was asked for; empty where none was."""
        found = (model.checkpoint for model in self.report.models if model.identifier == self.identifier)
        return next(found, None) or ""


def standings(
    reports: Iterable[Report], parent: str = "average_vision", *, tree: str | None = None, mean: Mean = "ran"
) -> list[Standing]:
    """Rank models by a mean below a parent, best first; those without a number come last, by name.

    Parameters
    ----------
    reports
        Of several reports on a model the latest complete one counts, as a whole; an incomplete one only where there is
        no other. A model of the same name with other weights is another model.
    parent
        Parent of the score tree, also one of benchmarks of one's own; or ``panel``, the mean of means over the fifteen
        leaves that predict the rest.
    tree
        Name of the score tree; by default that of the reports.
    mean
        Which mean: of what ``ran``, of what was ``attempted``, or the ``site``-comparable one.

    Raises
    ------
    UnlikeTrees
        Reports were aggregated by different trees, and none is named.
    UnknownParent
        There is no such parent.

    """
    latest = {
        checkpoint(model): report
        for report in sorted(reports, key=lambda report: (report.complete, report.created))
        for model in report.models
    }
    named = {identifier for identifier, weights in latest if weights is not None}
    # A run in which nothing of a model was scored never loaded it, and so does not know its weights.
    latest = {key: report for key, report in latest.items() if key[1] or key[0] not in named or _has_score(report, key)}
    names = checkpoint_names(latest)
    reports = list(latest.values())
    name = tree or common_tree({f"the report of {', '.join(_names(each))} ({each.created})": each for each in reports})
    below_tree = tree_of((record for report in reports for record in report.benchmarks), name)
    leaves = (panel_tree() if parent == PANEL else below_tree).leaves
    if parent != PANEL and parent not in below_tree.children:
        near = difflib.get_close_matches(parent, below_tree.children)
        raise UnknownParent(
            f"No benchmark of these reports has the parent {parent!r}; "
            f"{f'did you mean {near[0]}?' if near else 'see brainscore list for those there are.'}"
        )
    panel = parent == PANEL or any(has_panel(report.benchmarks, key[0]) for key, report in latest.items())
    rows = []
    for key, report in latest.items():
        model = key[0]
        below = frozenset(
            record.identifier
            for record in report.benchmarks
            if record.model == model
            and record.status == "scored"
            and record.identifier in leaves
            and record.version == leaves[record.identifier].version
            and parent in (PANEL, *leaves[record.identifier].parents)
        )
        means = parents(report.benchmarks, model, below_tree)
        if panel:
            means[PANEL] = panel_mean(report.benchmarks, model)
        rows.append((names[key], model, report, means, below))
    scores = {
        name: score
        for name, _, _, aggregates, scored in rows
        if scored and (score := mean_of(aggregates[parent], mean)) is not None
    }
    ranks = {name: 1 + sum(other > score for other in scores.values()) for name, score in scores.items()}
    rows.sort(key=lambda row: (ranks.get(row[0], math.inf), row[0]))
    return [
        Standing(ranks.get(name), name, report.created, shown, report.complete, scored, report, model)
        for name, model, report, shown, scored in rows
    ]


def columns(table: Sequence[Standing], parent: str) -> list[str]:
    """Return the parents that a leaderboard shows; among them the one that it is ranked by."""
    return list(dict.fromkeys([*headlines(standing.aggregates for standing in table), parent]))


def _names(report: Report) -> list[str]:
    return [model.identifier for model in report.models]


def _has_score(report: Report, key: Checkpoint) -> bool:
    return any(record.model == key[0] and record.status == "scored" for record in report.benchmarks)


def unequal(table: Iterable[Standing]) -> list[str]:
    """Return the models that were not scored on the benchmarks of the first one, so that ranks say less than they seem.

    Models without a rank are left out.
    """
    ranked = [standing for standing in table if standing.rank is not None]
    return [standing.model for standing in ranked if standing.scored != ranked[0].scored]
