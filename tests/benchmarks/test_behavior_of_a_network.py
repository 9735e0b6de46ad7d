"""Behavioural benchmarks on the read-outs of a real, tiny network."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from pytest_brainscore.benchmarks import load_benchmark
from tests.support.given_data import score_on
from tests.support.networks import make_model
from tests.support.table_subjects import made_up_stimuli, trials_of


def test_hebart2023_takes_the_two_most_similar_images_as_a_pair() -> None:
    stimuli = made_up_stimuli(pd.DataFrame({"stimulus_id": range(9)}), 8.0)
    triplets = np.array(list(combinations(range(9), 3)))
    trials = pd.DataFrame(triplets, columns=["image_1", "image_2", "image_3"])
    model = make_model()
    model.start_recording("IT", [(70, 170)])
    features = model.look_at(stimuli).values.astype(np.float64)
    similar = features @ features.T
    matched = [similar[i, j] > max(similar[i, k], similar[j, k]) for i, j, k in triplets]
    score = score_on(load_benchmark("Hebart2023-match"), model, stimuli=stimuli, assembly=trials_of(trials, "image_3"))
    assert score.raw == np.mean(matched)


def test_maniquet2024_fits_a_decoder_to_the_training_images() -> None:
    labels = np.array(["cat", "bird", "tree"])
    table = pd.DataFrame(
        {
            "stimulus_id": [f"s{row}" for row in range(60)],
            "image_label": np.tile(labels, 20),
            "manipulation": "control",
            "manipulation_details": "control",
        }
    )
    everything = made_up_stimuli(table, 8.0)
    test, fitting = everything.rows(slice(30, 60)), everything.rows(slice(0, 30))
    generator = np.random.RandomState(0)
    trials = pd.DataFrame(
        {
            "stimulus_id": range(90),
            "task": "control",
            "image_label": np.repeat(labels, 30),
            "prediction": labels[generator.randint(0, 3, 90)],
            "accuracy": 0.0,
        }
    )
    model = make_model()
    score = score_on(
        load_benchmark("Maniquet2024-confusion_similarity"),
        model,
        assembly=trials_of(trials, "accuracy"),
        stimuli=test,
        fitting=fitting,
    )
    model.start_recording("IT", [(70, 170)])
    features = model.look_at(everything).values.astype(np.float64)
    scaler = StandardScaler().fit(features[:30])
    decoder = LogisticRegression(C=1e-3, solver="newton-cg").fit(
        scaler.transform(features[:30]), table["image_label"][:30]
    )
    choices = decoder.predict(scaler.transform(features[30:]))
    names = sorted(labels)
    model_counts = pd.crosstab(table["image_label"][30:].to_numpy(), choices).reindex(
        index=names, columns=names, fill_value=0
    )
    human_counts = pd.crosstab(trials["image_label"], trials["prediction"]).reindex(index=names, columns=names)
    mistakes = ~np.eye(3, dtype=bool)
    expected = np.corrcoef(model_counts.to_numpy()[mistakes], human_counts.to_numpy()[mistakes])[0, 1]
    assert score.raw == pytest.approx(expected, abs=1e-12)
