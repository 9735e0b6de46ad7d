"""How a model is scored on Zerbe2026 by similarity: dissimilarities, or kernels, of the images that all people saw."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.shared.recordings import name_of, rows_of_images
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units
from pytest_brainscore.benchmarks.shared.representational_similarity import model_dissimilarity, similarity
from pytest_brainscore.benchmarks.shared.subject_recordings import read_subject, units_of_subjects
from pytest_brainscore.benchmarks.shared.train_test import record_stimuli
from pytest_brainscore.benchmarks.zerbe2026.over_subjects import Child, mean_over_subjects
from pytest_brainscore.benchmarks.zerbe2026.protocol import joined_digest
from pytest_brainscore.benchmarks.zerbe2026.subject_data import QUALITY, RELIABLE, TIME_BIN
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.data.publishers.zerbe2026 import SETS
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.levels import replicates
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.reliability.explained_variance import normalised
from pytest_brainscore.metrics.reliability.stored_reliability import noise_ceiling_correlations
from pytest_brainscore.metrics.similarity.cka import cka
from pytest_brainscore.metrics.similarity.pair_ceiling import pair_ceiling
from pytest_brainscore.metrics.similarity.rdm import representational_dissimilarity

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.zerbe2026.subject_data import SubjectsData
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

PROTOCOL_REVISION: Final = 1
"""Raise it with every change of these protocols that may change a score."""

Matrix = NDArray[np.float64]


class Person(NamedTuple):
    """Responses of the reliable voxels of one person."""

    name: str
    responses: Matrix
    """Averaged over repetitions, shape (stimulus, voxel)."""
    ceilings: NDArray[np.float32]
    """Largest correlation of each voxel that noise allows, shape (voxel,)."""
    digest: str


class Seen(NamedTuple):
    """What all people, and the model, saw."""

    people: tuple[Person, ...]
    ids: list[str]
    """Images in the order of the responses."""
    features: NDArray[np.float32]
    """Of the model, in the same order."""
    stimuli: str
    """Digest of what was shown."""


def rdm_score(benchmark: Benchmark, model: BrainModel, data: SubjectsData) -> Score:
    """Score how similar dissimilarities of images are to those in each person; see `mean_over_subjects`.

    The Spearman correlation with each person is divided by the mean of the largest correlations that the noise ceilings
    of his or her voxels allow; neither squared nor clipped.

    Raises
    ------
    DataUnavailable
        When people did not see the same images, or images are missing.
    NoNumber
        When the model has no dissimilarities.

    """
    seen = _seen(benchmark, model, data)
    own = model_dissimilarity(model, seen.features)
    shown = stimulus_units(benchmark, seen.ids)
    children = []
    for person in seen.people:
        _require_voxels(person, 2)
        matrix = representational_dissimilarity(person.responses)
        raw, ceiling = similarity(model, own, matrix), float(np.nanmean(person.ceilings))
        drawn = replicates(
            raw, similarity_design(own, matrix, shown), scale=partial(normalised, ceiling=ceiling, formula="r/c")
        )
        value = raw / ceiling
        children.append(
            Child(person.name, value, raw, ceiling, drawn, _details(person, score=value, raw=raw, ceiling=ceiling))
        )
    return mean_over_subjects(children, normalisation=benchmark.normalisation, **_record(seen))


def cka_score(benchmark: Benchmark, model: BrainModel, data: SubjectsData) -> Score:
    """Score how well kernels of a model are aligned with those of each person, against those of pairs of people.

    As published, the alignment is unbiased, its mean over people is divided by that over pairs of people, and nothing
    is clipped: where people are little alike, scores are far above 1.

    Raises
    ------
    DataUnavailable
        When people did not see the same images, images are missing, there is one person, or people are not alike.

    """
    seen = _seen(benchmark, model, data)
    if len(seen.people) < 2:
        raise DataUnavailable(f"{benchmark.identifier} compares people with one another; give two or more recordings.")
    top = pair_ceiling([person.responses for person in seen.people])
    if not (np.isfinite(top.value) and top.value > 0):
        raise DataUnavailable(
            f"People of {benchmark.assembly} have a ceiling of {top.value:.3g}, not above 0: no score can be given."
        )
    children = []
    for person in seen.people:
        raw = cka(seen.features, person.responses)
        children.append(Child(person.name, raw, raw, 1.0, None, _details(person, raw=raw)))
    score = mean_over_subjects(children, normalisation=benchmark.normalisation, **_record(seen))
    values = score.values
    assert values is not None
    return replace(
        score,
        value=score.value / top.value,
        error=score.error / top.value,
        ceiling=top.value,
        values=values.assign_attrs(ceiling_error=top.error),
    )


def _seen(benchmark: Benchmark, model: BrainModel, data: SubjectsData) -> Seen:
    """Read all people, and have the model see what they saw."""
    people: list[Person] = []
    ids: list[str] = []
    stimuli = None
    for name in data.subjects:
        assembly, shown = data.of(name).part(*SETS)
        (units,) = units_of_subjects(assembly, RELIABLE, benchmark.region).values()
        recording = read_subject(assembly, units)
        own = as_text(recording.stimulus_ids)
        if people and own != ids:
            raise DataUnavailable(
                f"{name_of(assembly)} has {len(own)} images, and they are not those of {people[0].name}; people can be "
                "compared on the same images only."
            )
        ids, stimuli = own, shown
        ceilings = noise_ceiling_correlations(recording.neuroids[QUALITY].astype(np.float64))
        people.append(Person(name, recording.average(), ceilings, recording.digest()))
    assert stimuli is not None, "there is at least one person"
    rows = rows_of_images(ids, stimuli, benchmark.assembly)
    features = record_stimuli(benchmark, model, stimuli, TIME_BIN)[rows]
    return Seen(tuple(people), ids, features, stimuli.digest())


def _require_voxels(person: Person, fewest: int) -> None:
    count = person.responses.shape[1]
    if count < fewest:
        raise DataUnavailable(f"{person.name} has {count} reliable voxel, and dissimilarities need {fewest} or more.")


def _details(person: Person, **numbers: float) -> dict[str, Any]:
    return {**numbers, "neuroids": person.responses.shape[1]}


def _record(seen: Seen) -> dict[str, Any]:
    return {
        "n": {
            "stimuli": len(seen.ids),
            "units": seen.features.shape[1],
            "neuroids": sum(each.responses.shape[1] for each in seen.people),
        },
        "provenance": {
            "protocol": PROTOCOL_REVISION,
            "data_sha256": joined_digest(each.digest for each in seen.people),
            "stimuli": seen.stimuli,
        },
    }
