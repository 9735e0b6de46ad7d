"""A leaderboard in which models that differ in their seed only are one row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_brainscore.report.aggregates import Mean, mean_of
from pytest_brainscore.report.notation import counted, over_seeds
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.report.series.seeds import SEED, in_words, others
from pytest_brainscore.report.standings import Standing
from pytest_brainscore.scoring.seeds import SeedScore, seed_score


@dataclass(frozen=True)
class SeedStanding:
    """The place of a model, or of several that differ in their seed only."""

    rank: int | None
    """By the mean over seeds; None without a number."""
    name: str
    """Of the model; of several, of their network and what else they have in common."""
    members: tuple[Standing, ...]
    """In the order of their seeds."""
    scores: dict[str, SeedScore]
    """By parent."""

    def cell(self, parent: str) -> str:
        """Return what a column says of a parent: mean, interval over seeds, and how many benchmarks have a number."""
        scored = sorted({each.aggregates[parent].scored for each in self.members})
        counts = f" ({'-'.join(str(count) for count in dict.fromkeys((scored[0], scored[-1])))})"
        told = over_seeds(self.scores.get(parent))
        return told + counts if told else ""


def by_seed(table: Sequence[Standing], parent: str, columns: Sequence[str], mean: Mean = "ran") -> list[SeedStanding]:
    """Return a leaderboard by the means over seeds, best first.

    Parameters
    ----------
    table
        Of single models.
    parent
        What they are ranked by.
    columns
        All parents that are shown.
    mean
        Which mean of a parent.

    """
    groups: dict[object, list[tuple[Standing, ModelRecord | None]]] = {}
    for standing in table:
        model = next((each for each in standing.report.models if each.identifier == standing.identifier), None)
        grouped = model is not None and model.network is not None and SEED in model.axes
        key = (model.network, tuple(sorted(others(model.axes).items()))) if grouped and model else standing.model
        groups.setdefault(key, []).append((standing, model))
    rows = []
    for found in groups.values():
        ordered = sorted(found, key=lambda each: str(each[1].axes.get(SEED, "")).zfill(20) if each[1] else "")
        first = ordered[0][1]
        name = ordered[0][0].model
        if len(ordered) > 1 and first is not None:
            name = f"{in_words(first.network or '', others(first.axes))} ({counted(len(ordered), 'seed')})"
        members = tuple(standing for standing, _ in ordered)
        scores = {
            column: seed_score([
                mean_of(each.aggregates[column], mean) if each.aggregates[column].scored else None for each in members
            ])
            for column in columns
        }  # fmt: skip
        rows.append((name, members, scores))
    means = {name: scores[parent].mean for name, _, scores in rows}
    ranks = {
        name: 1 + sum(other is not None and other > score for other in means.values())
        for name, score in means.items()
        if score is not None
    }
    rows.sort(key=lambda row: (ranks.get(row[0], len(rows) + 1), row[0]))
    return [SeedStanding(ranks.get(name), name, members, scores) for name, members, scores in rows]
