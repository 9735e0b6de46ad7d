"""Which models of a report differ in their seed only, and what they reach together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_brainscore.report.aggregates import Mean, mean_of, parents
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord
from pytest_brainscore.scoring.seeds import SeedGroup, seed_score
from pytest_brainscore.scoring.tree import ScoreTree

SEED = "seed"
Axes = Mapping[str, int | float | str]


def seed_groups(models: Sequence[ModelRecord], records: Sequence[BenchmarkRecord], tree: ScoreTree) -> list[SeedGroup]:
    """Return the groups of at least two models of a network that differ in their seed only.

    Parameters
    ----------
    models
        With axes; the groups, and the models in them, have their order.
    records
        Of all models.
    tree
        Score tree of the parents.

    """
    groups: dict[tuple[str, tuple[object, ...]], list[ModelRecord]] = {}
    for model in models:
        if model.network is not None and SEED in model.axes:
            groups.setdefault((model.network, tuple(sorted(others(model.axes).items()))), []).append(model)
    found = []
    for (network, _), members in groups.items():
        if len(members) > 1:
            scores = [scores_of(records, member.identifier, tree) for member in members]
            names = dict.fromkeys(name for each in scores for name in each)
            found.append(
                SeedGroup(
                    network=network,
                    axes=others(members[0].axes),
                    seeds=[member.axes[SEED] for member in members],
                    models=[member.identifier for member in members],
                    scores={name: seed_score([each.get(name) for each in scores]) for name in names},
                )
            )
    return found


def scores_of(records: Sequence[BenchmarkRecord], model: str, tree: ScoreTree, mean: Mean = "site") -> dict[str, float]:
    """Return the scores of a model by benchmark, and by parent: of these the site-comparable or another mean."""
    mine = [each for each in records if each.model == model and each.status == "scored" and each.score is not None]
    leaves = {each.identifier: each.score for each in mine if each.score is not None}
    above = parents(mine, model, tree) if mine else {}
    means = {name: mean_of(each, mean) for name, each in above.items() if each.scored}
    return leaves | {name: value for name, value in means.items() if value is not None}


def others(axes: Axes, *axis: str) -> dict[str, int | float | str]:
    """Return what models are of besides their seed, and besides other axes."""
    return {name: value for name, value in axes.items() if name not in (SEED, *axis)}


def in_words(network: str, axes: Axes) -> str:
    """Return what checkpoints with the same axes are called together: ``net.build epoch=10``."""
    return " ".join([network, *(f"{name}={value}" for name, value in axes.items())])
