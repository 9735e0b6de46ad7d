"""Putting a report together, so that the same results give the same report in whatever order they arrived."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from pytest_brainscore.report.aggregates import Key, parents, shown_parents
from pytest_brainscore.report.plain import benchmark_record, plain_record
from pytest_brainscore.report.record import BenchmarkRecord, Environment, GitState, ModelRecord, Report, Shard
from pytest_brainscore.report.series.seeds import seed_groups
from pytest_brainscore.scoring.floor import Floor, floor_of
from pytest_brainscore.scoring.tree import Aggregate, ScoreTree, tree_of
from pytest_brainscore.trees import PUBLISHED

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates

# Everything whose version can change a score, or how a report comes about.
PACKAGES = (
    "pytest-brainscore",
    "pytest",
    "numpy",
    "scipy",
    "pandas",
    "xarray",
    "torch",
    "torchvision",
    "scikit-learn",
    "pillow",
)
# Seconds. Comparing a large repository with its commit can take long on a network disk; a report can do without.
GIT_TIMEOUT = 10.0
SOURCE_DIGITS = 16
# Longer than any hash of git: 40 digits for SHA-1, 64 for SHA-256. Git cuts it to what there is.
FULL_HASH = 64


def assemble_report(
    *,
    created: str,
    command: Sequence[str],
    environment: Environment,
    models: Sequence[ModelRecord],
    benchmarks: Sequence[BenchmarkRecord],
    order: Sequence[str],
    complete: bool = True,
    replicates: Mapping[Key, Replicates] | None = None,
    tree: str = PUBLISHED,
    floors: Mapping[str, Floor] | None = None,
    options: Mapping[str, str] | None = None,
    shard: Shard | None = None,
) -> Report:
    """Put a report together.

    Parameters
    ----------
    created
        Time of the report, ISO 8601 in UTC.
    command
        The command that was typed, word by word.
    environment
        What the run happened on.
    models
        The models, in the order they were asked for.
    benchmarks
        The results, in any order.
    order
        Identifiers of all benchmarks in the order of the score tree.
    complete
        False when the run was stopped or results were lost.
    replicates
        Bootstrap values of the scores, by which the errors of parents are known.
    tree
        Name of the score tree that parents are those of.
    floors
        What lies below the scores, by model.
    options
        What the run was told that scores and verdicts depend on.
    shard
        Which part of a run it is of; one of several has no means.

    Returns
    -------
    Report
        With results sorted by model, then by `order`; models and benchmarks that are not listed come last, by name.
        A record whose score is NaN has the status ``nan``.

    Raises
    ------
    ReportError
        When a record holds a value that does not belong there.

    """
    model_ranks = {model.identifier: rank for rank, model in enumerate(models)}
    benchmark_ranks = {identifier: rank for rank, identifier in enumerate(order)}

    def place(record: BenchmarkRecord) -> tuple[int, str, int, str, int]:
        return (
            model_ranks.get(record.model, len(model_ranks)),
            record.model,
            benchmark_ranks.get(record.identifier, len(benchmark_ranks)),
            record.identifier,
            record.version,
        )

    ordered = [benchmark_record(plain_record(record)) for record in sorted(benchmarks, key=place)]
    is_part = shard is not None and shard.count > 1
    return Report(
        created=created,
        complete=complete,
        command=list(command),
        environment=environment,
        models=list(models),
        benchmarks=ordered,
        aggregates={} if is_part else _aggregates(ordered, tree, replicates),
        floors=dict(floors or {}) if is_part else _floors(ordered, tree, floors or {}),
        seeds=[] if is_part else seed_groups(models, ordered, tree_of(ordered, tree)),
        tree=tree,
        options=dict(options or {}),
        shard=shard,
    )


def averaged_over(report: Report, tree: str, replicates: Mapping[Key, Replicates] | None = None) -> Report:
    """Return a report with the parents of another score tree, and their floors.

    Parameters
    ----------
    report
        The report.
    tree
        Name of the tree.
    replicates
        Bootstrap values of the scores, by which the errors of parents are known.

    """
    if report.is_part:
        return msgspec.structs.replace(report, tree=tree)
    return msgspec.structs.replace(
        report,
        aggregates=_aggregates(report.benchmarks, tree, replicates),
        floors=_floors(report.benchmarks, tree, report.floors),
        seeds=seed_groups(report.models, report.benchmarks, tree_of(report.benchmarks, tree)),
        tree=tree,
    )


def _aggregates(
    records: Sequence[BenchmarkRecord], tree: str, replicates: Mapping[Key, Replicates] | None
) -> dict[str, dict[str, Aggregate]]:
    places = tree_of(records, tree)
    models = dict.fromkeys(record.model for record in records)
    found = {model: shown_parents(records, model, places, replicates) for model in models}
    return {model: parents for model, parents in found.items() if parents}


def _floors(records: Sequence[BenchmarkRecord], tree: str, floors: Mapping[str, Floor]) -> dict[str, Floor]:
    places = tree_of(records, tree)
    return {model: _with_parents(floor, records, model, places) for model, floor in floors.items()}


def _with_parents(floor: Floor, records: Sequence[BenchmarkRecord], model: str, tree: ScoreTree) -> Floor:
    """Return a floor with that of the parents, averaged as the scores of the model are."""
    mine = {each.identifier: each for each in records if each.model == model and each.status == "scored"}
    leaves = {name: each for name, each in floor.scores.items() if name in mine}

    def averages(found: Mapping[str, float | None]) -> dict[str, float]:
        scores = {name: score for name, score in found.items() if score is not None}
        lower = [msgspec.structs.replace(mine[name], score=score) for name, score in scores.items()]
        above = parents(lower, model, tree) if lower else {}
        means = {name: each.site_comparable for name, each in above.items() if each.scored}
        return scores | {name: score for name, score in means.items() if score is not None}

    twins = [
        averages({name: each.untrained[place] for name, each in leaves.items()}) for place in range(len(floor.seeds))
    ]
    pixels = averages({name: each.pixels for name, each in leaves.items()})
    names = dict.fromkeys([*leaves, *(name for found in (*twins, pixels) for name in found)])
    return floor_of(floor.seeds, twins, pixels, list(names), floor.reasons)


def environment() -> Environment:
    """Return what this process runs on. Versions are read from package metadata; no package is imported."""
    return Environment(
        python=platform.python_version(),
        platform=platform.platform(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        packages={name: found for name in PACKAGES if (found := _version(name)) is not None},
        git=_git_state(),
        source=source_digest(),
    )


@lru_cache
def source_digest() -> str:
    """Return a checksum of the files of this package, in whichever folder it lies: some hundreds, 20 ms."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*.py")):
        digest.update(f"{file.relative_to(package).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:SOURCE_DIGITS]


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _git_state() -> GitState | None:
    """Return the state of the current folder; None without git, outside a repository, and before its first commit."""
    git = shutil.which("git")
    if git is None:
        return None
    # Untracked files do not count as dirty: reports and caches are usually among them.
    arguments = [git, "describe", "--always", "--dirty", f"--abbrev={FULL_HASH}", "--exclude=*"]
    try:
        answer = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            arguments, capture_output=True, check=True, text=True, timeout=GIT_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return None
    commit, _, dirty = answer.stdout.strip().partition("-")
    return GitState(commit=commit, dirty=bool(dirty))
