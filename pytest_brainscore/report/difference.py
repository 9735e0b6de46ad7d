"""Two reports side by side: which scores differ, and which ingredients of them."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.record import BenchmarkRecord, Report


@dataclass(frozen=True)
class ScoreDifference:
    """One benchmark in two reports."""

    identifier: str
    before: BenchmarkRecord | None
    """Its record in the first report; None where that has none."""
    after: BenchmarkRecord | None
    ingredients: tuple[str, ...]
    """Names of what differs in the fingerprints: weights, layer, data_sha256, version, seed ..."""

    @property
    def delta(self) -> float | None:
        """Second score minus first; None when one of them is missing."""
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def is_equal(self) -> bool:
        """Whether both have the same score, or the same status without one, from the same ingredients."""
        if self.before is None or self.after is None or self.ingredients:
            return False
        return (self.before.status, self.before.score) == (self.after.status, self.after.score)


@dataclass(frozen=True)
class Difference:
    """One model in each of two reports."""

    models: tuple[str, str]
    packages: dict[str, tuple[str, str]]
    """Packages (and python, platform) of other versions: before and after; empty text where absent."""
    scores: tuple[ScoreDifference, ...]
    """In the order of the first report, then what only the second has."""


def difference(
    before: Report, after: Report, model: str | None = None, *, models: tuple[str, str] | None = None
) -> Difference:
    """Compare one model of two reports.

    Parameters
    ----------
    before, after
        The reports.
    model
        The model to compare; by default the one that both have, or the only one of each.
    models
        Both models, where they are known: of the first report and of the second, which may be the same one.

    Raises
    ------
    ReportError
        When it is not clear which models are meant.

    """
    pair = models or pair_of_models(before, after, model)
    first = {record.identifier: record for record in before.benchmarks if record.model == pair[0]}
    second = {record.identifier: record for record in after.benchmarks if record.model == pair[1]}
    return Difference(
        models=pair,
        packages=_packages(before, after),
        scores=tuple(
            ScoreDifference(name, first.get(name), second.get(name), _ingredients(first.get(name), second.get(name)))
            for name in dict.fromkeys([*first, *second])
        ),
    )


def pair_of_models(before: Report, after: Report, model: str | None) -> tuple[str, str]:
    """Return the models of two reports that are meant: the one that is named, or both have, or the only ones.

    Raises
    ------
    ReportError
        When it is not clear which models are meant.

    """
    first, second = ([each.identifier for each in report.models] for report in (before, after))
    if model is not None:
        for names, which in ((first, "first"), (second, "second")):
            if model not in names:
                raise ReportError(f"The {which} report has no model {model!r}; it has {', '.join(names) or 'none'}.")
        return model, model
    if len(first) == len(second) == 1:
        return first[0], second[0]
    shared = [name for name in first if name in second]
    if len(shared) != 1:
        raise ReportError(
            f"The reports have the models {', '.join(first)} and {', '.join(second)}; choose one of both with --model."
        )
    return shared[0], shared[0]


def _packages(before: Report, after: Report) -> dict[str, tuple[str, str]]:
    if not (before.environment.python and after.environment.python):  # one is of lines, which do not know theirs
        return {}
    first, second = (
        {**report.environment.packages, "python": report.environment.python, "platform": report.environment.platform}
        for report in (before, after)
    )
    names = sorted(first.keys() | second.keys())
    return {name: (first.get(name, ""), second.get(name, "")) for name in names if first.get(name) != second.get(name)}


def _ingredients(before: BenchmarkRecord | None, after: BenchmarkRecord | None) -> tuple[str, ...]:
    if before is None or after is None or not before.fingerprint or not after.fingerprint:
        return ()
    names = sorted(before.fingerprint.keys() | after.fingerprint.keys())
    return tuple(name for name in names if before.fingerprint.get(name) != after.fingerprint.get(name))
