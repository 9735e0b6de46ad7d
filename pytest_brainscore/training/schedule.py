"""When a snapshot is scored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal, cast

from pytest_brainscore.errors import BrainScoreError

Unit = Literal["step", "epoch"]
_EVERY: Final = re.compile(r"(?:(\d+)\s+)?(step|epoch)s?")


@dataclass(frozen=True)
class Moment:
    """How far a training has come."""

    step: int | None = None
    """Steps of the optimiser until now; None where nothing is known of them."""
    epoch: int | None = None
    """Epochs that have ended."""

    def count(self, unit: Unit) -> int | None:
        """Return how many steps or epochs there were."""
        return self.step if unit == "step" else self.epoch

    def told(self, first: Unit | None) -> tuple[Unit, int]:
        """Return what a snapshot of this moment is called by: what was asked for `first`, where it was counted.

        Raises
        ------
        BrainScoreError
            Nothing was counted.

        """
        order: tuple[Unit, Unit] = ("epoch", "step") if first == "epoch" else ("step", "epoch")
        for unit in order:
            count = self.count(unit)
            if count is not None:
                return unit, count
        raise BrainScoreError("The loop did not say how far it has come; give step=NUMBER, or epoch=NUMBER.")


@dataclass(frozen=True)
class Schedule:
    """Every so many steps or epochs."""

    every: int
    unit: Unit | None
    """None: whichever the loop counts, steps where it counts both."""

    def unit_of(self, moment: Moment) -> Unit:
        """Return what is counted at a moment.

        Raises
        ------
        BrainScoreError
            The loop says nothing of it.

        """
        if self.unit is None:
            return moment.told(None)[0]
        if moment.count(self.unit) is None:
            raise BrainScoreError(
                f"every={self.every} {self.unit}s counts {self.unit}s, and the loop did not say how many there were; "
                f"give {self.unit}=NUMBER."
            )
        return self.unit

    def is_due(self, moment: Moment) -> bool:
        """Tell whether a snapshot is to be scored; errors as for :meth:`unit_of`."""
        count = moment.count(self.unit_of(moment))
        return count is not None and count % self.every == 0


def parse_schedule(every: int | str) -> Schedule:
    """Return the schedule of a number, or of words such as ``epoch``, ``500 steps``.

    Raises
    ------
    BrainScoreError
        It is neither, or less than 1.

    """
    if isinstance(every, str):
        found = _EVERY.fullmatch(every.strip())
        if found and int(found[1] or 1) > 0:
            return Schedule(int(found[1] or 1), cast("Unit", found[2]))
    elif isinstance(every, int) and not isinstance(every, bool) and every > 0:
        return Schedule(every, None)
    raise BrainScoreError(
        f'There is no every={every!r}; give a number of steps from 1 on, or words: "epoch", "2 epochs", "500 steps".'
    )
