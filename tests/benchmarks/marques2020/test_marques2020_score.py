"""A whole score: models of V1 with known tuning against published and made-up recordings."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.marques2020 import cavanaugh2002, protocol, sessions, targets, textures
from pytest_brainscore.benchmarks.marques2020.protocol import property_ceiling
from pytest_brainscore.benchmarks.marques2020.sessions import record_firing_rates
from pytest_brainscore.benchmarks.marques2020.stimuli import orientation_gratings
from pytest_brainscore.benchmarks.marques2020.targets import PropertyTarget, property_target
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.tuning.ks_similarity import ks_similarity
from pytest_brainscore.models.interface import BrainModel
from tests.support.recordings import GaborUnit, PixelModel, gabor_model, gabor_population, property_assembly

ONE_LEAF_A_PAPER = {
    "Ringach2002-or_bandwidth": 1152,
    "DeValois1982-pref_or": 1152,
    "DeValois1982-peak_sf": 2112,
    "Schiller1976-sf_bandwidth": 2112,
    "Cavanaugh2002-surround_suppression_index": 2304,
    "FreemanZiemba2013-texture_modulation_index": 450,
}


@pytest.fixture(autouse=True)
def made_up_data(
    monkeypatch: pytest.MonkeyPatch, property_assemblies: dict[str, xr.DataArray], texture_stimuli: StimulusSet
) -> None:
    """Put made-up recordings and textures in the place of those that cannot be shipped."""
    monkeypatch.setattr(targets, "load_assembly", property_assemblies.__getitem__)
    monkeypatch.setattr(textures, "load_textures", lambda: texture_stimuli)


def constant_model(value: float) -> PixelModel:
    return PixelModel("constant", lambda contrast: np.full((len(contrast), 9), value))


def test_the_model_of_known_tuning_is_a_brain_model(gabor_v1: PixelModel) -> None:
    assert isinstance(gabor_v1, BrainModel)


@pytest.mark.parametrize("leaf", ONE_LEAF_A_PAPER)
def test_score_is_complete_and_consistent(leaf: str, gabor_v1: PixelModel) -> None:
    benchmark = load_benchmark(f"Marques2020_{leaf}")
    score = benchmark(gabor_v1)
    target = property_target(benchmark)
    assert 0 < score.value < 1.05
    assert score.value == score.raw / score.ceiling
    assert 0 < score.error < 0.5
    assert score.values is not None
    assert score.values.shape == (1000,)
    assert score.raw == pytest.approx(float(score.values.mean()))
    assert score.error == pytest.approx(float(score.values.std()) / score.ceiling)
    assert score.normalisation == "r/c"
    assert dict(score.n) == {
        "stimuli": ONE_LEAF_A_PAPER[leaf],
        "units": 24,
        "responsive_units": score.n["responsive_units"],
        "neurons": len(target.values),
        "bootstraps": 1000,
    }
    assert 12 <= score.n["responsive_units"] <= 24
    assert score.provenance["data_sha256"] == target.sha256
    assert score.provenance["protocol"] == protocol.PROTOCOL_REVISION
    assert score.provenance["seed"] == protocol.SEED
    assert not score.clipped
    assert gabor_v1.recordings[-1] == ("V1", ((70, 170),))


@pytest.mark.parametrize(
    ("leaf", "tuned"),
    [
        ("DeValois1982-pref_or", lambda unit: unit.orientation - 180 * (unit.orientation >= 157.5)),
        ("DeValois1982-peak_sf", lambda unit: unit.spatial_frequency),
    ],
)
def test_measured_preferences_are_those_the_model_was_built_with(
    leaf: str, tuned: object, gabor_v1: PixelModel
) -> None:
    assert callable(tuned)
    benchmark = load_benchmark(f"Marques2020_{leaf}")
    analysis = protocol._analysis(benchmark.assembly)
    rates, baseline = record_firing_rates(gabor_v1, analysis.stimuli())
    (measured,) = analysis.properties(rates.T.reshape(-1, *analysis.axes), baseline).values()
    built = np.array([tuned(unit) for unit in gabor_population()[:24]])
    tolerance = 4.0 if leaf.endswith("pref_or") else 0.45 * built
    difference = np.abs(measured - built)
    if leaf.endswith("pref_or"):
        difference = np.minimum(difference, 180 - difference)
    assert (difference <= tolerance).mean() >= 0.9


def test_the_median_responsive_unit_of_the_model_fires_like_the_median_neuron(gabor_v1: PixelModel) -> None:
    rates, baseline = record_firing_rates(gabor_v1, orientation_gratings())
    peaks = rates.reshape(144, 8, -1).mean(axis=1).max(axis=0)
    assert np.median(peaks) == pytest.approx(33.8, rel=0.05)
    assert np.median(baseline) == pytest.approx(0.82, rel=0.05)


def test_same_model_twice_gives_the_same_bits(gabor_v1: PixelModel) -> None:
    benchmark = load_benchmark("Marques2020_DeValois1982-pref_or")
    first, second = benchmark(gabor_v1), benchmark(gabor_v1)
    other_object = benchmark(gabor_model(gabor_population()))
    assert first == second == other_object
    assert first.values is not None
    assert other_object.values is not None
    assert np.array_equal(first.values, other_object.values)


def test_a_model_with_the_distribution_of_the_neurons_scores_one(monkeypatch: pytest.MonkeyPatch) -> None:
    benchmark = load_benchmark("Marques2020_Cavanaugh2002-surround_diameter")
    target = property_target(benchmark)
    model = constant_model(1.0)
    monkeypatch.setattr(protocol, "record_firing_rates", lambda *_: (np.zeros((2304, 1)), np.zeros(1)))
    monkeypatch.setattr(cavanaugh2002, "properties", lambda *_: {"surround_diameter": target.values})
    score = benchmark(model)
    assert (score.value, score.raw) == (1.0, score.ceiling)


def test_one_unit_is_enough() -> None:
    model = gabor_model([GaborUnit(0.5, 0.5, 30.0, 1.5, 0.3, None, 5.0), GaborUnit(-1, -1, 0.0, 2.0, 0.2, None, 0)])
    score = load_benchmark("Marques2020_DeValois1982-pref_or")(model)
    assert (score.n["units"], score.n["responsive_units"]) == (1, 1)
    # All mass in the second bin; the most distant distribution has all mass in the last one.
    counts = np.array([110, 83, 100, 92]) / 385
    distance = np.abs(np.cumsum([0, 1, 0, 0]) - np.cumsum(counts)).max()
    assert score.raw == pytest.approx(1 - distance / (1 - counts[3]))
    assert np.isnan(score.error)  # all draws from one unit are alike, which is no evidence of anything


def test_units_that_are_all_in_one_bin_give_no_error(gabor_v1: PixelModel, monkeypatch: pytest.MonkeyPatch) -> None:
    alike = {"surround_diameter": np.full(50, 1.0)}
    monkeypatch.setattr(cavanaugh2002, "properties", lambda *_: alike)
    score = load_benchmark("Marques2020_Cavanaugh2002-surround_diameter")(gabor_v1)
    assert score.value > 0
    assert np.isnan(score.error)


@pytest.mark.parametrize("units", [8, 10])
def test_an_error_from_fewer_than_ten_units_is_absent(
    gabor_v1: PixelModel, monkeypatch: pytest.MonkeyPatch, units: int
) -> None:
    few = {"surround_diameter": np.r_[np.geomspace(0.2, 6, units), np.full(30, np.nan)]}
    monkeypatch.setattr(cavanaugh2002, "properties", lambda *_: few)
    error = load_benchmark("Marques2020_Cavanaugh2002-surround_diameter")(gabor_v1).error
    assert np.isnan(error) == (units < 10)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_dead_model_has_no_receptive_field_and_no_number(value: float) -> None:
    with pytest.raises(
        NoNumber, match=r"None of the 9 V1 units of constant has its receptive field within 0\.15 degrees"
    ):
        load_benchmark("Marques2020_DeValois1982-pref_or")(constant_model(value))


def test_a_model_of_nan_has_no_number() -> None:
    with pytest.raises(NoNumber, match="constant gives responses that are not finite"):
        load_benchmark("Marques2020_DeValois1982-pref_or")(constant_model(np.nan))


def test_a_model_that_looks_elsewhere_has_no_number() -> None:
    model = gabor_model([unit._replace(y=-1.0) for unit in gabor_population()])
    with pytest.raises(NoNumber, match="None of the 30 V1 units of gabor"):
        load_benchmark("Marques2020_DeValois1982-pref_or")(model)


def test_responses_that_are_not_finite_have_no_number() -> None:
    sound = gabor_model([GaborUnit(0.5, 0.5, 30.0, 1.5, 0.3, None, 0.0)])
    # Overflow for large gratings only: neither the blank nor the mapping gratings show it.
    broken = PixelModel(
        "overflowing", lambda contrast: sound.respond(contrast) / (np.abs(contrast).mean(axis=1) < 0.01)[:, np.newaxis]
    )
    with (
        np.errstate(divide="ignore"),
        pytest.raises(NoNumber, match="overflowing gives responses that are not finite to Marques2020_orientation"),
    ):
        load_benchmark("Marques2020_DeValois1982-pref_or")(broken)


def test_a_property_that_no_unit_has_scores_zero(gabor_v1: PixelModel, monkeypatch: pytest.MonkeyPatch) -> None:
    """The published protocol: more than 100 of 1000 bootstraps without a number count as 0, with an error of 0."""
    nothing = {"surround_diameter": np.full(5, np.nan)}
    monkeypatch.setattr(cavanaugh2002, "properties", lambda *_: nothing)
    score = load_benchmark("Marques2020_Cavanaugh2002-surround_diameter")(gabor_v1)
    assert (score.value, score.error, score.raw) == (0, 0, 0)
    assert score.n["responsive_units"] == 5


def test_missing_recordings_are_noticed_before_the_model_is_shown_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    model = constant_model(1.0)
    for leaf in ("Ringach2002-max_dc", "FreemanZiemba2013-max_noise"):
        with pytest.raises(DataUnavailable):
            load_benchmark(f"Marques2020_{leaf}")(model)
    assert model.stimuli_seen == 0


def test_benchmarks_share_what_a_model_was_recorded_with() -> None:
    model = gabor_model(gabor_population()[:6])
    load_benchmark("Marques2020_DeValois1982-pref_or")(model)
    seen = model.stimuli_seen
    load_benchmark("Marques2020_Ringach2002-max_dc")(model)
    assert model.stimuli_seen - seen < 10
    load_benchmark("Marques2020_FreemanZiemba2013-max_noise")(model)
    few = 20  # of each set are shown once more, to see whether the model answers alike
    assert model.stimuli_seen - seen < 450 + 2 * few


def test_nothing_is_kept_of_a_model_that_is_gone() -> None:
    model = gabor_model(gabor_population()[:6])
    reference = weakref.ref(model)
    load_benchmark("Marques2020_DeValois1982-pref_or")(model)
    assert id(model) in sessions._SESSIONS
    key = id(model)
    del model
    gc.collect()
    assert reference() is None
    assert key not in sessions._SESSIONS


def test_a_model_that_was_trained_in_between_is_recorded_anew() -> None:
    """The same object, but other weights: nothing of the first score enters the second one."""
    first, second = gabor_model(gabor_population()[:8]), gabor_model(gabor_population()[8:16])
    benchmark = load_benchmark("Marques2020_DeValois1982-pref_or")
    trained = PixelModel("trained", first.respond)
    before = benchmark(trained)
    trained.respond = second.respond
    assert benchmark(trained) == benchmark(second) != before


def test_ceiling_is_computed_from_the_data_once(monkeypatch: pytest.MonkeyPatch) -> None:
    values, bins = np.linspace(0.1, 0.9, 57), np.linspace(0, 1, 6)
    target = PropertyTarget(values, bins, "the digest of this test", "made up")
    expected = ks_similarity(values, values, bins, np.random.RandomState(protocol.SEED), protocol.BOOTSTRAPS)
    assert property_ceiling(target).value == expected.value
    monkeypatch.setattr(protocol, "ks_similarity", None)
    assert property_ceiling(target).value == expected.value


def test_other_recordings_under_the_same_name_have_their_own_ceiling(monkeypatch: pytest.MonkeyPatch) -> None:
    benchmark = load_benchmark("Marques2020_Ringach2002-max_dc")
    bins = {"max_dc": np.logspace(0, 3, 10)}
    ceilings = []
    for neurons in (40, 400):
        assembly = property_assembly({"max_dc": np.geomspace(2, 500, neurons)}, bins)
        monkeypatch.setattr(targets, "load_assembly", lambda _, assembly=assembly: assembly)
        ceilings.append(property_ceiling(property_target(benchmark)).value)
    assert ceilings[0] < ceilings[1] < 1


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000))
def test_the_order_of_units_changes_the_raw_score_by_no_more_than_the_bootstrap(seed: int) -> None:
    target = property_target(load_benchmark("Marques2020_DeValois1982-pref_or"))
    draw = np.random.RandomState(seed)
    values = draw.uniform(-22, 157, 80)
    one, other = (
        ks_similarity(each, target.values, target.bins, np.random.RandomState(0))
        for each in (values, draw.permutation(values))
    )
    # Two means of 1000 draws from the same distribution.
    assert abs(one.value - other.value) < 5 * np.hypot(one.error, other.error) / np.sqrt(1000)
