"""The end of the time that a snapshot may take: the network is asked for no more images after it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.networks.network_reader import NetworkReader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusImage


MARGIN: Final = 0.02
"""Part of the time that is kept for writing down what came of it."""


class OverBudget(BrainScoreError):
    """The time that scoring may take is over."""


class Deadline:
    """Counts the time since it was made.

    Parameters
    ----------
    seconds
        That may pass; None for as many as it takes.

    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._started = time.perf_counter()

    @property
    def passed(self) -> float:
        """Seconds since it was made."""
        return time.perf_counter() - self._started

    @property
    def left(self) -> float:
        """Seconds that are left for scoring."""
        return float("inf") if self.seconds is None else (1 - MARGIN) * self.seconds - self.passed

    def check(self) -> None:
        """Raise OverBudget when it is over."""
        if self.left <= 0:
            raise OverBudget(f"the budget of {self.seconds:g} s was over")


class TimedReader(NetworkReader):
    """Reads the layers of a network until a deadline; parameters but for that as for ``NetworkReader``."""

    def __init__(self, *arguments: Any, deadline: Deadline, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._deadline = deadline

    def batches(self, images: Sequence[StimulusImage], layers: tuple[str, ...]) -> Iterator[NDArray[np.float32]]:
        """Yield outputs, and raise OverBudget once the deadline is over."""
        for batch in super().batches(images, layers):
            self._deadline.check()
            yield batch
