"""``score(features, recording)``: any recording, no model, no catalogue."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import xarray
from numpy.typing import NDArray
from scipy.stats import pearsonr
from sklearn.cross_decomposition import PLSRegression
from sklearn.model_selection import StratifiedShuffleSplit

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.recording import RecordingError
from pytest_brainscore.errors import NoNumber

STIMULI, UNITS, NEURONS, REPETITIONS = 120, 60, 6, 8
OBJECTS = np.array(["bear", "car", "face"])[np.arange(STIMULI) % 3]


@pytest.fixture(scope="module")
def arrays() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return features, and repetitions (repetition, stimulus, neuroid) of neurons that they partly explain."""
    generator = np.random.default_rng(0)
    features = generator.standard_normal((STIMULI, UNITS))
    signal = features[:, :8] @ generator.standard_normal((8, NEURONS))
    return features, signal + 3 * generator.standard_normal((REPETITIONS, STIMULI, NEURONS))


def labelled(values: NDArray[np.float64], **coordinates: Any) -> xarray.DataArray:
    """Return a DataArray whose stimuli are s000, s001 ..."""
    ids = [f"s{number:03d}" for number in range(len(values))]
    return xarray.DataArray(
        values,
        {"stimulus_id": ("presentation", ids), **{n: ("presentation", c) for n, c in coordinates.items()}},
        ("presentation", "neuroid"),
    )


def test_it_is_the_published_protocol(arrays: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    features, repetitions = arrays
    recording = repetitions.mean(axis=0)
    result = score(labelled(features), labelled(recording, object_name=OBJECTS), stratify="object_name")
    splits = StratifiedShuffleSplit(10, train_size=0.9, random_state=1).split(np.zeros(STIMULI), OBJECTS)
    expected = []
    for train, test in splits:
        # Both sides are sorted by stimulus before the fit; the sum over rows does not care.
        predicted = PLSRegression(25, scale=False).fit(features[train], recording[train]).predict(features[test])
        expected.append([pearsonr(predicted[:, i], recording[test, i])[0] for i in range(NEURONS)])
    assert result.values is not None
    assert result.values.dims == ("split", "neuroid")
    np.testing.assert_allclose(result.values.values, expected, rtol=0, atol=1e-8)
    medians = np.median(expected, axis=1)
    assert result.value == pytest.approx(medians.mean(), abs=1e-8)
    assert result.error == pytest.approx(medians.std() / np.sqrt(10), abs=1e-8)


def test_features_are_joined_on_stimulus_id_whatever_their_order(
    arrays: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    features, repetitions = arrays
    recording = labelled(repetitions.mean(axis=0))
    shuffled = labelled(features)[np.random.default_rng(1).permutation(STIMULI)]
    assert score(shuffled, recording).value == score(labelled(features), recording).value


def test_features_of_other_stimuli_are_left_out(arrays: tuple[NDArray[np.float64], NDArray[np.float64]]) -> None:
    features, repetitions = arrays
    some = labelled(repetitions.mean(axis=0))[:80]
    assert score(labelled(features), some) == score(labelled(features)[:80], some)


@pytest.mark.parametrize("normalisation", ["r^2/c", "(r/c)^2", "r/c"])
def test_repetitions_give_ceiling_and_normalised_value(
    arrays: tuple[NDArray[np.float64], NDArray[np.float64]], normalisation: Any
) -> None:
    features, repetitions = arrays
    recording = repetitions.mean(axis=0)
    plain = score(features, recording)
    result = score(features, recording, ceiling=repetitions, normalisation=normalisation)
    r, c = plain.value, result.ceiling
    assert 0 < c < 1
    formula = {"r^2/c": r**2 / c, "(r/c)^2": (r / c) ** 2, "r/c": r / c}[normalisation]
    assert result.value == pytest.approx(formula, rel=1e-12)
    slope = {"r^2/c": 2 * r / c, "(r/c)^2": 2 * r / c**2, "r/c": 1 / c}[normalisation]
    assert result.error == pytest.approx(slope * plain.error, rel=1e-12)
    rows = xarray.concat(
        [labelled(each, repetition=np.full(STIMULI, number)) for number, each in enumerate(repetitions)], "presentation"
    )
    assert score(features, recording, ceiling=rows, normalisation=normalisation) == result


@pytest.mark.parametrize("metric", ["ridge", "ridgecv", "linear_predictivity", "neuron_to_neuron"])
def test_other_metrics(arrays: tuple[NDArray[np.float64], NDArray[np.float64]], metric: str) -> None:
    features, repetitions = arrays
    assert 0 < score(features, repetitions.mean(axis=0), metric).value < 1


class TestBadInput:
    """Each is one sentence."""

    @pytest.fixture
    def pair(
        self, arrays: tuple[NDArray[np.float64], NDArray[np.float64]]
    ) -> tuple[xarray.DataArray, xarray.DataArray]:
        return labelled(arrays[0]), labelled(arrays[1].mean(axis=0))

    def test_an_unknown_metric(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="no metric 'pl'; use one of pls"):
            score(*pair, "pl")

    def test_missing_stimuli(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="20 stimuli of the recording have no features, the first is s100"):
            score(pair[0][:100], pair[1])

    @pytest.mark.parametrize("side", [0, 1])
    def test_doubled_stimuli(self, pair: tuple[xarray.DataArray, xarray.DataArray], side: int) -> None:
        both = list(pair)
        both[side] = xarray.concat([pair[side], pair[side][:1]], "presentation")
        with pytest.raises(RecordingError, match="twice"):
            score(both[0], both[1])

    def test_other_dimensions(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="dimensions time, neuroid"):
            score(pair[0].rename(presentation="time"), pair[1])

    def test_a_matrix_beside_a_data_array(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="both"):
            score(pair[0].values, pair[1])

    def test_other_lengths(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="features of 100 stimuli and responses to 120"):
            score(pair[0].values[:100], pair[1].values)

    @pytest.mark.parametrize("side", [0, 1])
    def test_values_that_are_not_finite(self, pair: tuple[xarray.DataArray, xarray.DataArray], side: int) -> None:
        both = [each.copy() for each in pair]
        both[side][3, 2] = np.nan
        with pytest.raises(RecordingError):
            score(both[0], both[1])

    def test_stratifying_by_what_is_not_there(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError, match="no coordinate 'object_name'"):
            score(*pair, stratify="object_name")

    def test_one_repetition_has_no_ceiling(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises(RecordingError):
            score(pair[0].values, pair[1].values, ceiling=pair[1].values[np.newaxis])

    def test_a_ceiling_that_is_not_above_zero(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        opposite = np.stack([pair[1].values, -pair[1].values])
        with pytest.raises(NoNumber, match="internal consistency"):
            score(pair[0].values, pair[1].values, ceiling=opposite)

    def test_responses_that_do_not_vary(self, pair: tuple[xarray.DataArray, xarray.DataArray]) -> None:
        with pytest.raises((NoNumber, RecordingError)):
            score(pair[0].values, np.ones((STIMULI, 3)))
