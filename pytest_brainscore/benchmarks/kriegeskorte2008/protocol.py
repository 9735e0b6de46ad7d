"""How a model is scored on Kriegeskorte2008: dissimilarities in its IT against those in monkey or human IT."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from pytest_brainscore.benchmarks.kriegeskorte2008 import HUMAN
from pytest_brainscore.benchmarks.shared.recordings import coordinate
from pytest_brainscore.benchmarks.shared.replicating import stimulus_units, with_replicates
from pytest_brainscore.benchmarks.shared.representational_similarity import (
    DRAWS,
    SEED,
    bootstrap_error,
    model_dissimilarity,
    record,
    similarity,
)
from pytest_brainscore.data.joining.names import as_text
from pytest_brainscore.inference.similarity import similarity_design
from pytest_brainscore.metrics.reliability.explained_variance import ratio
from pytest_brainscore.metrics.similarity.rdm import rsa_ceiling
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
    from pytest_brainscore.models.interface import BrainModel

PROTOCOL_REVISION: Final = 2
"""Raise it with every change of this family that may change a score."""
TIME_BIN: Final = (70, 170)
"""What the model is asked for: the window of other recordings in IT (Majaj et al. 2015)."""


def score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how similar a model's dissimilarities are to those in IT.

    Images fill the model's input. The raw score is the Spearman correlation with the matrix of both monkeys or of
    all people. The ceiling of people is the mean over subjects (sessions averaged) of the similarity to the mean of the
    others; monkeys have none.

    Returns
    -------
    Score
        Not clipped. The error is the deviation of a bootstrap over stimuli at a fixed ceiling.

    Raises
    ------
    DataUnavailable
        When images or dissimilarities are not in the user's folder.
    NoNumber
        When the model has no dissimilarities.

    """
    assembly = data.assembly
    stimuli = replace(data.stimuli, degrees=model.visual_degrees())
    matrices = np.moveaxis(np.asarray(assembly.values, dtype=np.float64), -1, 0)
    species, subject = coordinate(assembly, "species"), coordinate(assembly, "subject")
    human = benchmark.identifier == HUMAN.identifier
    of_species = species == ("human" if human else "monkey")
    target = matrices[of_species & (subject == "average")][0]
    people = np.unique(subject[of_species & (subject != "average")])
    ceiling = rsa_ceiling([matrices[subject == each].mean(axis=0) for each in people]).lower if human else 1.0
    ids = coordinate(assembly, "stimulus_id")
    responses = record(benchmark, model, stimuli, ids, TIME_BIN)
    dissimilarity = model_dissimilarity(model, responses)
    raw = similarity(model, dissimilarity, target)
    normalised = ratio(raw, ceiling, bootstrap_error(dissimilarity, target))
    score = Score(
        value=normalised.value,
        error=normalised.error,
        raw=raw,
        ceiling=ceiling,
        normalisation=benchmark.normalisation,
        n={"stimuli": len(ids), "units": responses.shape[1], "subjects": max(1, people.size), "bootstraps": DRAWS},
        provenance={
            "protocol": PROTOCOL_REVISION,
            "data_sha256": hashlib.sha256(np.ascontiguousarray(matrices[of_species], "<f8").tobytes()).hexdigest(),
            "stimuli": stimuli.digest(),
            "seed": SEED,
        },
    )
    return with_replicates(score, similarity_design(dissimilarity, target, stimulus_units(benchmark, as_text(ids))))
