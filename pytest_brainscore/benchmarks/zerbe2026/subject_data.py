"""The data of Zerbe2026: a recording of each person, images of a folder, and which are fitted and which tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from pytest_brainscore.benchmarks.shared.recordings import coordinate, name_of
from pytest_brainscore.benchmarks.shared.subject_recordings import UnitSelection
from pytest_brainscore.benchmarks.shared.train_test_data import TrainTestData
from pytest_brainscore.benchmarks.zerbe2026 import OWN, SUBJECTS, pool_of, split_of_key
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.loading import load_assembly, load_stimulus_set
from pytest_brainscore.data.publishers.zerbe2026 import SETS, split_of
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import xarray as xr

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

QUALITY: Final = "nc_12rep"
"""Coordinate with the noise ceiling of each voxel for twelve repetitions, in percent."""
RELIABLE: Final = UnitSelection(quality=QUALITY, threshold=30.0, subject="subject_id")
TIME_BIN: Final = (70, 170)
"""What the model is asked for; nominal, as responses of blood have no such time (the recordings say 0 to 0)."""
_OF_TRIALS: Final = ("repetition", "session", "run", "beta_index")
"""Coordinates that tell trials of an image apart; they are averaged, whatever these say."""


class SubjectsData:
    """Recordings and images of all people.

    Parameters
    ----------
    benchmark
        Names them, and says which split counts.
    assemblies
        What is recorded of each person, in the place of the catalogue's; a function of the name reads one when needed.
    stimuli
        Images, in the place of those of the user's folder.
    split
        ``train`` or ``test`` by image, for a person; in the place of the user's file.

    """

    def __init__(
        self,
        benchmark: Benchmark,
        *,
        assemblies: Mapping[str, xr.DataArray] | None = None,
        stimuli: StimulusSet | None = None,
        split: Callable[[str], Mapping[str, str]] | None = None,
    ) -> None:
        self._benchmark = benchmark
        self._assemblies = assemblies
        self._split = split
        if stimuli is not None:
            vars(self)["stimuli"] = stimuli

    @cached_property
    def stimuli(self) -> StimulusSet:
        """All images, not yet placed on a screen."""
        return load_stimulus_set(self._benchmark.stimulus_set, self._benchmark.visual_degrees)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Names of the people, sorted."""
        return SUBJECTS if self._assemblies is None else tuple(sorted(self._assemblies))

    def of(self, subject: str) -> SubjectImages:
        """Return what one person saw, and where it counts.

        Raises
        ------
        DataUnavailable
            When it is not there, or no image of it is fitted or tested.

        """
        if self._assemblies is None:
            assembly = load_assembly(f"{self._benchmark.assembly}_{subject}")
        else:
            assembly = self._assemblies[subject]
        of_image = (
            split_of(split_of_key(self._benchmark), pool_of(self._benchmark, subject))
            if self._split is None
            else self._split(subject)
        )
        return SubjectImages(subject, _without_trials(assembly), of_image, self.stimuli, self._benchmark)


class SubjectImages(NamedTuple):
    """What one person saw."""

    subject: str
    assembly: xr.DataArray
    split: Mapping[str, str]
    stimuli: StimulusSet
    benchmark: Benchmark

    def part(self, *sets: str) -> tuple[xr.DataArray, StimulusSet]:
        """Return the presentations, and the images, that are fitted, tested, or both.

        Raises
        ------
        DataUnavailable
            When there are none.

        """
        ids = np.array(as_text(coordinate(self.assembly, "stimulus_id")), dtype=np.str_)
        rows = np.flatnonzero([self.split.get(name) in sets for name in ids.tolist()])
        if not rows.size:
            raise DataUnavailable(
                f"None of the images of {name_of(self.assembly)} is for {' or '.join(sets)} in the splits of "
                f"{self.subject}; take splits that belong to these recordings."
            )
        shown = set(ids[rows].tolist())
        table = as_text(self.stimuli.table["stimulus_id"])
        kept = np.array([name in shown for name in table], dtype=bool)
        return self.assembly.isel(presentation=rows), self.stimuli.rows(kept)

    def train_test(self) -> tuple[Benchmark, TrainTestData]:
        """Return a benchmark of this person alone, and its data."""
        own = self.benchmark.assembly.startswith(OWN)
        alone = replace(
            self.benchmark,
            # People with images of their own share no draws of them.
            stimulus_set=f"{self.benchmark.stimulus_set}/{self.subject}" if own else self.benchmark.stimulus_set,
            assembly=f"{self.benchmark.assembly}_{self.subject}",
        )
        (train, train_stimuli), (test, test_stimuli) = (self.part(each) for each in SETS)
        return alone, TrainTestData(
            alone, train=train, test=test, train_stimuli=train_stimuli, test_stimuli=test_stimuli
        )


def _without_trials(assembly: xr.DataArray) -> xr.DataArray:
    """Return a recording whose voxels have an id, and whose trials are told apart by their order alone."""
    plain = assembly.drop_vars([name for name in _OF_TRIALS if name in assembly.coords])
    if "neuroid_id" not in plain.coords:
        places = "voxel_index_in_brain_mask"
        ids = plain[places].values if places in plain.coords else np.arange(plain.sizes["neuroid"])
        plain = plain.assign_coords(neuroid_id=("neuroid", ids))
    return plain
