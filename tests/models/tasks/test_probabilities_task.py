"""The probabilities task: a read-out fitted to labelled stimuli."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_softmax

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models.tasks.probabilities_task import fit_readout
from tests.support.networks import make_model


def labelled(stimuli: StimulusSet) -> StimulusSet:
    return replace(stimuli, table=stimuli.table.assign(image_label=["tree", "car", "tree", "ant", "car", "ant"]))


def test_golden_values() -> None:
    labels = [("x", "y", "z")[code] for code in np.random.RandomState(1).randint(0, 3, 30)]
    shift = np.array([{"x": 0, "y": 1, "z": -1}[label] for label in labels])
    features = np.random.RandomState(0).standard_normal((30, 8)) + 0.7 * shift[:, np.newaxis]
    readout = fit_readout(features, labels)
    assert readout.labels == ("y", "x", "z")
    expected = [
        [0.3239507609, 0.4052298779, 0.2708193612],
        [0.3328493338, 0.4022422479, 0.2649084183],
        [0.3291819501, 0.4015033783, 0.2693146716],
        [0.3269221885, 0.4019815834, 0.2710962281],
        [0.3306785351, 0.4027608226, 0.2665606423],
    ]
    tested = np.random.RandomState(2).standard_normal((5, 8))
    np.testing.assert_allclose(readout.probabilities(tested), expected, rtol=0, atol=1e-6)
    np.testing.assert_allclose(readout.intercepts, [0.013517702, 0.1961216567, -0.2096393587], rtol=0, atol=1e-6)


@pytest.mark.parametrize("labels", [["a", "b"] * 20, ["a", "b", "c", "a"] * 10], ids=["two labels", "three labels"])
def test_the_optimum_is_that_of_one_weight_vector_for_each_label(labels: list[str]) -> None:
    """scikit-learn fits a single vector to two labels; the published read-out has two."""
    features = np.random.default_rng(0).normal(size=(40, 5)) * 3 + 2
    names = list(dict.fromkeys(labels))
    codes = np.array([names.index(label) for label in labels])
    standardised = (features - features.mean(axis=0)) / features.std(axis=0)

    def objective(parameters: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        weights, intercepts = parameters[: 5 * len(names)].reshape(len(names), 5), parameters[5 * len(names) :]
        logarithms = log_softmax(standardised @ weights.T + intercepts, axis=1)
        return float(-1e-3 * logarithms[np.arange(40), codes].sum() + (weights**2).sum() / 2)

    found = minimize(objective, np.zeros(6 * len(names)), tol=1e-12).x
    readout = fit_readout(features, labels)
    np.testing.assert_allclose(readout.weights.ravel(), found[: 5 * len(names)], atol=1e-4)


def test_two_images_with_two_labels_are_symmetric() -> None:
    probabilities = fit_readout([[0.0, 1.0], [3.0, 2.0]], ["b", "a"]).probabilities([[0.0, 1.0], [3.0, 2.0]])
    assert probabilities[0, 0] == pytest.approx(probabilities[1, 1], abs=1e-6)
    assert probabilities[0, 0] > 0.5
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_constant_features_do_not_matter() -> None:
    features = np.random.default_rng(0).normal(size=(6, 3))
    wider = np.concatenate([features, np.full((6, 1), 7.0)], axis=1)
    labels = ["a", "b", "c"] * 2
    np.testing.assert_allclose(
        fit_readout(wider, labels).probabilities(wider), fit_readout(features, labels).probabilities(features)
    )


def test_a_model_answers_with_a_probability_for_each_label(noise_stimuli: StimulusSet) -> None:
    model = make_model()
    fitting = labelled(noise_stimuli)
    model.start_task("probabilities", fitting)
    answers = model.look_at(noise_stimuli)
    assert answers.dims == ("presentation", "choice")
    assert answers["choice"].values.tolist() == ["tree", "car", "ant"]
    assert answers["stimulus_id"].values.tolist() == noise_stimuli.table["stimulus_id"].tolist()
    np.testing.assert_allclose(answers.sum("choice"), 1)
    assert answers.attrs["fitted_sha256"] == fitting.digest()


def test_the_layer_of_behavior_is_the_committed_one_else_that_of_it(noise_stimuli: StimulusSet) -> None:
    answers = []
    for layers in ({"IT": ("second",)}, {"IT": ("readout",), "behavior": ("second",)}, {"IT": ("readout",)}):
        model = make_model(layers=layers)
        assert model.description().layers["probabilities"] == layers.get("behavior", layers["IT"])[0]
        model.start_task("probabilities", labelled(noise_stimuli))
        answers.append(model.look_at(noise_stimuli).values)
    np.testing.assert_array_equal(answers[0], answers[1])
    assert (answers[1] != answers[2]).any()


def test_a_column_named_like_the_dimension_is_left_out(noise_stimuli: StimulusSet) -> None:
    model = make_model()
    model.start_task("probabilities", labelled(noise_stimuli))
    shown = replace(noise_stimuli, table=noise_stimuli.table.assign(choice="dog"))
    assert model.look_at(shown)["choice"].values.tolist() == ["tree", "car", "ant"]


def test_what_cannot_be_fitted_is_one_sentence(noise_stimuli: StimulusSet) -> None:
    model = make_model()
    with pytest.raises(ModelError, match="give a stimulus set"):
        model.start_task("probabilities", ["a", "b"])
    with pytest.raises(ModelError, match="no column 'image_label'"):
        model.start_task("probabilities", noise_stimuli)
    with pytest.raises(ModelError, match="1 different labels"):
        model.start_task("probabilities", replace(noise_stimuli, table=noise_stimuli.table.assign(image_label="a")))
    with pytest.raises(NotCapable, match=r'give layers=\{"behavior": "LAYER"\} to load_model'):
        make_model(layers={"V1": ("second",)}).start_task("probabilities", labelled(noise_stimuli))
