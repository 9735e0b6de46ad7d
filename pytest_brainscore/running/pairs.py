"""Which scores of a run are compared with their baselines on the same draws, and how many these are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.scoring.baseline import BaselineScore, baseline_replicates
from pytest_brainscore.scoring.tolerance import Tolerances

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.scoring.comparison import PairedInterval, PairedVerdict


class Pairs:
    """The baselines of a run that have bootstrap values.

    Parameters
    ----------
    folder
        Of the baselines.
    tolerances
        Say which benchmarks are to be paired.
    selected
        What the tests of the run score: ``model``, ``identifier`` and ``version`` of each.

    """

    def __init__(self, folder: Path, tolerances: Tolerances, selected: Iterable[Mapping[str, Any]]) -> None:
        self._folder = folder
        self._tolerances = tolerances
        self._selected = {(each["model"], each["identifier"], each["version"]) for each in selected}
        self._stored: dict[str, dict[tuple[str, int], Replicates]] = {}
        self._comparisons: int | None = None

    @property
    def comparisons(self) -> int:
        """How many scores of the run are compared in this way, whether or not they come to have a number."""
        if self._comparisons is None:
            self._comparisons = sum(
                self._tolerances.margin(identifier) is not None and (identifier, version) in self._of(model)
                for model, identifier, version in self._selected
            )
        return self._comparisons

    def verdict(
        self, leaf: Mapping[str, Any], baseline: BaselineScore | None, now: Replicates | None
    ) -> tuple[PairedVerdict, PairedInterval] | None:
        """Compare a score with its baseline on the same draws; None where that is not wanted or not to be had."""
        margin = self._tolerances.margin(leaf["identifier"])
        if margin is None or baseline is None or now is None:
            return None
        before = self._of(leaf["model"]).get((leaf["identifier"], leaf["version"]))
        if before is None:
            return None
        from pytest_brainscore.scoring.gate import paired_verdict

        return paired_verdict(before, now, margin=margin, comparisons=max(1, self.comparisons))

    def _of(self, model: str) -> dict[tuple[str, int], Replicates]:
        if model not in self._stored:
            self._stored[model] = baseline_replicates(self._folder, model)
        return self._stored[model]
