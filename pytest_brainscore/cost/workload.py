"""What scoring a benchmark consists of: what is shown to a model, and what is computed from its answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal

from pytest_brainscore.cost.counts import Stimuli
from pytest_brainscore.cost.work import Work

Asked = Literal["region", "label", "readout"]
TASKS: Final[dict[str, Asked]] = {"label": "label", "probabilities": "readout", "odd_one_out": "readout"}
"""What of a model a task reads; anything else is a region."""


@dataclass(frozen=True)
class Shown:
    """Stimuli that a model is shown once, whichever benchmarks show them: answers are stored."""

    asked: str
    """A region, or a task."""
    stimuli: Stimuli
    maximum_over: int = 1
    """Of so many consecutive stimuli only the largest answers are kept."""
    part: str = ""
    """What of the units is kept, as a name; all where empty."""
    share: float = 1.0
    """Share of the units that is kept."""
    filling: bool = False
    """Whether stimuli fill the model's input, whatever its field of view."""
    most_bytes: float = 0.0
    """Answers to all stimuli that are held at once; where there are more, all are shown once for each part. 0: any."""
    pixels: float = 1.0
    """Share of the pixels of a whole image that goes through the network, for each stimulus."""

    @property
    def key(self) -> tuple[object, ...]:
        """What is stored under one name."""
        return (self.asked, self.stimuli.name, self.maximum_over, self.part, self.filling)


@dataclass(frozen=True)
class Workload:
    """What scoring a benchmark consists of."""

    shown: tuple[Shown, ...]
    work: Callable[[int], Work] = field(default=lambda _: Work())
    """What is computed from the answers, given the number of units."""
    data: float = 0.0
    """Bytes of recordings that are held."""
    unknown: str = ""
    """What is not known before the data are here, as words of a sentence; empty where all is."""
