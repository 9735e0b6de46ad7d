"""Principal components of layers, against scikit-learn."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations import layer_pca
from pytest_brainscore.models.activations.layer_pca import fit_layer_pca, fitting_images, fitting_rows
from tests.support.stimuli import NoiseImage


@pytest.mark.parametrize("block_bytes", [2**26, 2000])
def test_components_are_those_of_scikit_learn_up_to_sign(block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_pca, "_BLOCK_BYTES", block_bytes)
    draw = np.random.default_rng(0)
    fitted = (draw.standard_normal((30, 200)) * np.linspace(3, 0.1, 200) + 5).astype(np.float32)
    shown = draw.standard_normal((12, 200)).astype(np.float32)
    expected = PCA(20, svd_solver="full").fit(fitted.astype(np.float64))
    found = fit_layer_pca(fitted, 20)
    np.testing.assert_allclose(found.variances, expected.explained_variance_, rtol=1e-9)
    reference = expected.transform(shown.astype(np.float64))
    components = found.transform(shown)
    signs = np.sign((components * reference).sum(axis=0))
    np.testing.assert_allclose(components * signs, reference, atol=1e-5)


def test_the_last_of_as_many_components_as_images_is_nothing() -> None:
    fitted = np.random.default_rng(1).standard_normal((10, 50)).astype(np.float32)
    found = fit_layer_pca(fitted, 10)
    assert (found.variances[:9] > 0).all()
    assert found.variances[9] == 0
    assert (found.transform(fitted)[:, 9] == 0).all()


def test_signs_are_determined() -> None:
    fitted = np.random.default_rng(2).standard_normal((15, 40)).astype(np.float32)
    scores = fit_layer_pca(fitted, 5).transform(fitted)
    assert (scores[np.abs(scores).argmax(axis=0), np.arange(5)] > 0).all()


def test_more_components_than_images_are_refused() -> None:
    with pytest.raises(ValueError, match="as many images and units"):
        fit_layer_pca(np.ones((3, 10), np.float32), 4)


def test_images_are_spread_over_classes_as_published() -> None:
    classes = [f"n{number:08d}" for number in range(1000) for _ in range(50)]
    assert fitting_rows(classes, 5) == [0, 50, 100, 150, 200]
    assert fitting_rows(classes, 1000) == list(range(0, 50_000, 50))
    assert fitting_rows(classes, 1002) == [0, 1, 50, 51, *range(100, 50_000, 50)]
    assert len(fitting_rows(classes, 2500)) == 2500


def test_too_few_images_are_an_error() -> None:
    table = pd.DataFrame({"stimulus_id": ["a", "b"], "synset": ["n1", "n1"]})
    stimuli = StimulusSet("pair", table, (NoiseImage(0), NoiseImage(1)), 8.0)
    assert len(fitting_images(stimuli, 1)) == 1
    with pytest.raises(ModelError, match="2 principal components need as many images, and pair has 1"):
        fitting_images(stimuli, 2)
