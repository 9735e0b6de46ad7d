"""`marques2020`: what units of V1 are shown, and what is computed of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from pytest_brainscore.cost import work
from pytest_brainscore.cost.counts import Stimuli, counted, stimuli_of
from pytest_brainscore.cost.workload import Shown, Workload
from pytest_brainscore.trees import QUICK

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.cost.work import Work
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

CHOSEN: Final = "at the stimuli"
"""Units whose receptive field is where the stimuli are."""


def mapped(benchmark: Benchmark) -> Workload:
    """Return what a benchmark of Marques2020 consists of: mapping, calibration, its own stimuli, and distributions.

    As if all images were shown whole. Whether less of them gives the same responses, and how much, is found when the
    network is shown them; then a run takes down to a third of what is planned.
    """
    from pytest_brainscore.benchmarks.marques2020 import receptive_field, stimuli

    drawn: dict[str, Callable[[stimuli.Grids], StimulusSet]] = {
        "Marques2020_orientation": stimuli.orientation_gratings,
        "Marques2020_spatial_frequency": stimuli.spatial_frequency_gratings,
        "Marques2020_size": stimuli.size_gratings,
    }
    grids = stimuli.QUICK if benchmark.parents[0] == QUICK else stimuli.FULL
    name = benchmark.stimulus_set
    calibration = counted(stimuli.orientation_gratings(grids))
    own = counted(drawn[name](grids)) if name in drawn else stimuli_of(name, benchmark.visual_degrees)
    few = Stimuli("Marques2020, to know the model again", 4, calibration.sample)
    # The window, of the square that the mapped positions span; layers see it evenly.
    span = max(grids.mapping_positions) - min(grids.mapping_positions)
    share = math.pi * receptive_field.WINDOW**2 / max(span, 8.0) ** 2
    positions = len(grids.mapping_positions) ** 2
    shown = (
        Shown("V1", few),
        Shown("V1", counted(stimuli.blank())),
        Shown(
            "V1",
            counted(stimuli.receptive_field_gratings(grids)),
            maximum_over=grids.mapping_gratings,
            most_bytes=receptive_field.MAP_BYTES,
        ),
        Shown("V1", calibration, part=CHOSEN, share=share),
        *([] if own.name == calibration.name else [Shown("V1", own, part=CHOSEN, share=share)]),
    )
    if own.count is None:
        return Workload(shown, unknown="the number of stimuli")

    def computed(units: int) -> Work:
        kept = max(1.0, share * units)
        at_once = min(units, receptive_field.UNITS_AT_ONCE)
        maps = work.Work(
            stream=positions * units * (4 * work.SINGLE + 5 * work.DOUBLE), memory=positions * at_once * 4 * work.SINGLE
        )
        tuned = work.Work(stream=64.0 * (own.count or 0) * kept)
        return maps + work.distribution_drawn(kept, _NEURONS).times(2) + tuned

    return Workload(shown, computed)


_NEURONS: Final = 300.0
"""Neurons of a study, about."""
