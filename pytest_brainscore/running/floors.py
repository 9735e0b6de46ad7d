"""What was scored as the floor beside the models of a run: their untrained twins, and pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from pytest_brainscore.scoring.floor import Floor, floor_of

if TYPE_CHECKING:
    from pytest_brainscore.models.sources.specification import ModelSpecification
    from pytest_brainscore.report.record import BenchmarkRecord


class FloorRecords:
    """Keeps what is no result of the run, and makes the floor of it.

    Parameters
    ----------
    models
        The models of the run.
    floors
        What is scored beside them.

    """

    def __init__(self, models: Sequence[ModelSpecification], floors: Sequence[ModelSpecification]) -> None:
        self._models = models
        self._names = {each.identifier for each in floors}
        self._seeds = sorted({each.untrained for each in floors if each.untrained is not None})
        self._pixels = next((each.identifier for each in floors if each.untrained is None), "pixels")
        self._records: dict[tuple[str, str], BenchmarkRecord] = {}

    def has(self, model: str) -> bool:
        """Tell whether this is part of a floor."""
        return model in self._names

    def add(self, record: BenchmarkRecord) -> BenchmarkRecord:
        """Keep a record, of which nothing can be red."""
        kept = msgspec.structs.replace(record, comparison=None, required=False)
        self._records[record.model, record.identifier] = kept
        return kept

    def beside(self, records: Sequence[BenchmarkRecord]) -> dict[str, Floor]:
        """Return the floor of each model that has a score, by its name."""
        if not self._names:
            return {}
        pixels = self._of(self._pixels) or [each for each in records if each.model == self._pixels]
        found = {}
        for model in self._models:
            mine = [each for each in records if each.model == model.identifier]
            if not any(each.status == "scored" for each in mine) or model.identifier == self._pixels:
                continue
            twins = [self._of(model.twin(seed).identifier) for seed in self._seeds]
            reasons = [each.reason for twin in (*twins, pixels) for each in twin if each.status != "scored"]
            found[model.identifier] = floor_of(
                self._seeds,
                [_scores(twin) for twin in twins],
                _scores(pixels),
                list(_scores(mine)),
                [reason for reason in reasons if reason],
            )
        return found

    def _of(self, model: str) -> list[BenchmarkRecord]:
        return [record for (name, _), record in self._records.items() if name == model]


def _scores(records: Sequence[BenchmarkRecord]) -> Mapping[str, float]:
    return {each.identifier: each.score for each in records if each.status == "scored" and each.score is not None}
