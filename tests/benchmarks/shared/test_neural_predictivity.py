"""Neural predictivity end to end: recordings in the published layout, against loops over scikit-learn and SciPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import pearsonr
from sklearn.cross_decomposition import PLSRegression
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.freemanziemba2013 import protocol as freemanziemba2013
from pytest_brainscore.benchmarks.majajhong2015 import protocol as majajhong2015
from pytest_brainscore.benchmarks.sanghavi2020 import protocol as sanghavi2020
from pytest_brainscore.benchmarks.shared.recordings import arrange
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from tests.support.given_data import score_on
from tests.support.table_models import TableModel, stimuli_named

IMAGES, UNITS, NEUROIDS, REPETITIONS = 80, 40, 5, 6
IDS = [f"{(37 * image) % IMAGES:03d}-image" for image in range(IMAGES)]
"""Ids of the images in the order of the stimulus set, which is not that of the ids."""
LABELS = np.array(["bear", "car"])[np.arange(IMAGES) % 2]


class Case(NamedTuple):
    """A family, and how its assembly differs from others."""

    benchmark: str
    protocol: Any
    label: str | None
    bins: list[tuple[int, int]]
    asked: tuple[int, int]
    weight: Callable[[tuple[int, int]], float]
    """Share of a bin in the response."""


CASES = {
    "majajhong2015": Case("MajajHong2015.V4-pls", majajhong2015, "object_name", [(70, 170)], (70, 170), lambda _: 1.0),
    "freemanziemba2013": Case(
        "FreemanZiemba2013.V2-pls",
        freemanziemba2013,
        "texture_type",
        [(start, start + 1) for start in range(300)],
        (50, 200),
        lambda each: 1 / 150 if 50 <= each[0] < 200 else 0.0,
    ),
    "sanghavi2020": Case(
        "SanghaviMurty2020.IT-pls",
        sanghavi2020,
        None,
        [(70, 170), (170, 270), (50, 100), (100, 150), (150, 200), (200, 250), (70, 270)],
        (70, 170),
        lambda each: float(each == (70, 170)),
    ),
}


class Setup(NamedTuple):
    """Everything that goes into a score."""

    benchmark: Benchmark
    case: Case
    features: dict[str, NDArray[np.float32]]
    single: NDArray[np.float64]
    """Responses in the time window, shape (repetition, image of the stimulus set, neuroid); NaN where missing."""
    assembly: xr.DataArray
    stimuli: StimulusSet

    def model(self) -> TableModel:
        return TableModel(self.features)

    def score(self, version: int | None = None) -> Any:
        name = self.case.benchmark if version is None else f"{self.case.benchmark}@{version}"
        return score_on(load_benchmark(name), self.model(), stimuli=self.stimuli, assembly=self.assembly)


def experiment(name: str, repetitions: int | None = None) -> Setup:
    case = CASES[name]
    benchmark = load_benchmark(case.benchmark)
    count = repetitions or (benchmark.number_of_trials if name == "sanghavi2020" else REPETITIONS)
    draw = np.random.default_rng(0)
    features = draw.standard_normal((IMAGES, UNITS)).astype(np.float32)
    signal = features[:, :10] @ draw.standard_normal((10, NEUROIDS))
    single = signal + 4 * draw.standard_normal((count, IMAGES, NEUROIDS))
    weights = np.array([case.weight(each) for each in case.bins])
    elsewhere = 100 * draw.standard_normal((count, IMAGES, NEUROIDS, len(case.bins)))
    recorded = np.where(weights > 0, single[..., None], elsewhere) + 10 * (weights > 0)
    single = single + 10
    # Another region's neuroids stand before, presentations are shuffled, and one is missing.
    other = np.full((*recorded.shape[:2], 2, len(case.bins)), 1e6)
    rows = np.concatenate([other, recorded], axis=2).reshape(count * IMAGES, NEUROIDS + 2, -1)
    order = draw.permutation(count * IMAGES)[1:]
    missing = np.setdiff1d(np.arange(count * IMAGES), order)[0]
    single[divmod(missing, IMAGES)] = np.nan
    repetition, image = np.divmod(order, IMAGES)
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", np.array(IDS)[image]),
        "repetition": ("presentation", repetition),
        "neuroid_id": ("neuroid", [f"n{number}" for number in range(NEUROIDS + 2)]),
        "region": ("neuroid", ["other"] * 2 + [benchmark.region] * NEUROIDS),
        "time_bin_start": ("time_bin", [start for start, _ in case.bins]),
        "time_bin_end": ("time_bin", [end for _, end in case.bins]),
    }
    if case.label:
        coordinates[case.label] = ("presentation", LABELS[image])
    assembly = xr.DataArray(rows[order].astype(np.float64), coordinates, ("presentation", "neuroid", "time_bin"))
    named = dict(zip(IDS, features, strict=True))
    return Setup(benchmark, case, named, single, assembly, stimuli_named(IDS, benchmark.visual_degrees))


def reference(setup: Setup) -> NDArray[np.float64]:
    """Return the correlations of the published loop, shape (split, neuroid)."""
    order = np.argsort(IDS)
    target = np.nanmean(setup.single, axis=0)[order]
    features = np.stack([setup.features[IDS[image]] for image in order])
    labels = LABELS[order] if setup.case.label else None
    splitter = StratifiedShuffleSplit if setup.case.label else ShuffleSplit
    found = []
    for train, test in splitter(10, train_size=0.9, random_state=1).split(np.zeros(IMAGES), labels):
        predicted = PLSRegression(25, scale=False).fit(features[train], target[train]).predict(features[test])
        found.append([pearsonr(predicted[:, n], target[test, n])[0] for n in range(NEUROIDS)])
    return np.array(found)


def reference_ceiling(setup: Setup) -> tuple[float, float]:
    medians = []
    repetitions = np.arange(len(setup.single))
    for first, second in ShuffleSplit(10, train_size=0.5, random_state=1).split(repetitions):
        halves = [np.nanmean(setup.single[half], axis=0) for half in (first, second)]
        r = np.array([pearsonr(halves[0][:, n], halves[1][:, n])[0] for n in range(NEUROIDS)])
        medians.append(np.median(2 * r / (1 + r)))
    return float(np.mean(medians)), float(np.std(medians) / np.sqrt(10))


@pytest.mark.parametrize("name", CASES)
def test_the_score_is_that_of_the_published_loop(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = experiment(name)
    score = setup.score()
    correlations = reference(setup)
    np.testing.assert_allclose(score.values.values, correlations, rtol=0, atol=1e-7)
    medians = np.median(correlations, axis=1)
    raw, error = medians.mean(), medians.std() / np.sqrt(10)
    ceiling, ceiling_error = reference_ceiling(setup)
    assert score.raw == pytest.approx(raw, abs=1e-7)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-10)
    assert score.normalisation == "(r/c)^2"
    assert score.value == pytest.approx((raw / ceiling) ** 2, abs=1e-7)
    assert score.error == pytest.approx(2 * raw / ceiling**2 * error, abs=1e-7)
    assert score.values.attrs["raw_error"] == pytest.approx(error, abs=1e-7)
    assert score.values.attrs["ceiling_error"] == pytest.approx(ceiling_error, abs=1e-10)
    assert score.values["neuroid_id"].values.tolist() == [f"n{number}" for number in range(2, 7)]
    assert dict(score.n) == {
        "stimuli": IMAGES,
        "units": UNITS,
        "neuroids": NEUROIDS,
        "repetitions": len(setup.single),
        "splits": 10,
    }


@pytest.mark.parametrize("name", CASES)
def test_the_version_of_2026_has_the_same_raw_score_and_another_normalisation(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = experiment(name)
    page, current = setup.score(), setup.score(setup.benchmark.version + 1)
    assert (current.raw, current.ceiling) == (page.raw, page.ceiling)
    assert current.normalisation == "r^2/c"
    assert current.value == pytest.approx(current.raw**2 / current.ceiling, rel=1e-12)
    # Slopes 2r/c and 2r/c^2: the errors differ by the ceiling.
    assert current.error == pytest.approx(page.error * page.ceiling, rel=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_the_model_sees_all_stimuli_at_their_size_and_records_the_window(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = experiment(name)
    model = setup.model()
    score_on(setup.benchmark, model, stimuli=setup.stimuli, assembly=setup.assembly)
    assert model.recordings == [(setup.benchmark.region, (setup.case.asked,))]
    side = model.seen[0].images[0].pixels().shape[0]
    assert side == round(8 * model.degrees / setup.benchmark.visual_degrees)


def test_no_number_depends_on_the_order_of_files(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = experiment("majajhong2015")
    score = setup.score()
    back = setup.stimuli.table.iloc[::-1].reset_index(drop=True)
    turned = setup._replace(
        assembly=setup.assembly[::-1].transpose("time_bin", "neuroid", "presentation"),
        stimuli=StimulusSet("named", back, setup.stimuli.images[::-1], setup.stimuli.degrees),
    ).score()
    assert turned.value == pytest.approx(score.value, abs=1e-9)
    assert turned.provenance["data_sha256"] == score.provenance["data_sha256"]
    assert turned.provenance["stimuli"] != score.provenance["stimuli"]


def test_data_that_predict_themselves_are_limited_by_the_regression_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = experiment("majajhong2015")
    average = np.nanmean(setup.single, axis=0)
    noise = 1e-3 * np.random.default_rng(1).standard_normal((IMAGES, 25))
    features = {name: np.concatenate([average[n], noise[n]]).astype(np.float32) for n, name in enumerate(IDS)}
    assert setup._replace(features=features).score().raw > 0.999


def test_provenance_names_data_stimuli_seed_and_stop_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    setup = experiment("majajhong2015")
    provenance = setup.score().provenance
    assert set(provenance) == {"protocol", "data_sha256", "stimuli", "seed", "regression"}
    assert provenance["stimuli"] == setup.stimuli.digest()
    assert "500 iterations" in provenance["regression"]
    changed = setup.assembly.copy()
    changed[0, 3] += 1e-6
    assert setup._replace(assembly=changed).score().provenance["data_sha256"] != provenance["data_sha256"]


class TestBadInput:
    """Each is one sentence, said before the model is shown anything where it lies in the data."""

    @pytest.fixture
    def setup(self) -> Setup:
        return experiment("majajhong2015")

    def refused(self, setup: Setup, monkeypatch: pytest.MonkeyPatch, message: str) -> None:
        monkeypatch.setattr(TableModel, "look_at", None)
        with pytest.raises(DataUnavailable, match=message):
            setup.score()

    def test_a_region_that_was_not_recorded(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        assembly = setup.assembly.assign_coords(region=("neuroid", ["other"] * (NEUROIDS + 2)))
        self.refused(setup._replace(assembly=assembly), monkeypatch, "have no neuroid in V4")

    def test_another_time_bin(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        assembly = setup.assembly.assign_coords(time_bin_end=("time_bin", [270]))
        self.refused(setup._replace(assembly=assembly), monkeypatch, "not have the time bin from 70 to 170 ms once")

    @pytest.mark.parametrize("coordinate", ["repetition", "object_name", "region", "stimulus_id"])
    def test_a_missing_coordinate(self, setup: Setup, coordinate: str, monkeypatch: pytest.MonkeyPatch) -> None:
        assembly = setup.assembly.drop_vars(coordinate)
        self.refused(setup._replace(assembly=assembly), monkeypatch, f"no coordinate '{coordinate}'")

    def test_a_neuroid_that_never_responds_to_a_stimulus(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        assembly = setup.assembly.copy()
        assembly[(assembly["stimulus_id"] == "011-image").values, 4] = np.nan
        self.refused(
            setup._replace(assembly=assembly), monkeypatch, "without responses to some stimuli: 1, first to 011-image"
        )

    def test_one_missing_response_is_left_out_of_the_average(
        self, setup: Setup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        place = int(np.flatnonzero((setup.assembly["repetition"] == 2).values)[0])
        image = IDS.index(str(setup.assembly["stimulus_id"].values[place]))
        assembly, single = setup.assembly.copy(), setup.single.copy()
        assembly[place, 3] = single[2, image, 1] = np.nan
        changed = setup._replace(assembly=assembly, single=single)
        np.testing.assert_allclose(changed.score().values.values, reference(changed), rtol=0, atol=1e-7)

    def test_an_infinite_response(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        assembly = setup.assembly.copy()
        assembly[3, 3] = np.inf
        self.refused(setup._replace(assembly=assembly), monkeypatch, "infinite responses")

    def test_stimuli_without_images(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        few = setup._replace(stimuli=setup.stimuli.rows(slice(78)))
        self.refused(few, monkeypatch, f"80 stimuli and named has 78, 2 of the former are missing, .* {min(IDS[78:])}")

    def test_images_without_recordings(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused(
            setup._replace(assembly=setup.assembly[(setup.assembly["stimulus_id"] != IDS[0]).values]),
            monkeypatch,
            "79 stimuli and named has 80, 0 of the former are missing",
        )

    def test_a_repetition_twice(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        doubled = xr.concat([setup.assembly, setup.assembly[:1]], "presentation")
        self.refused(setup._replace(assembly=doubled), monkeypatch, "cannot be used: Stimulus .* twice")

    def test_a_stimulus_with_two_labels(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        labels = setup.assembly["object_name"].values.copy()
        labels[0] = "another"
        assembly = setup.assembly.assign_coords(object_name=("presentation", labels))
        self.refused(setup._replace(assembly=assembly), monkeypatch, "more than one object_name")

    def test_one_repetition(self, monkeypatch: pytest.MonkeyPatch) -> None:
        setup = experiment("majajhong2015", repetitions=2)
        one = setup.assembly[(setup.assembly["repetition"] == setup.assembly["repetition"][0]).values]
        shown = [name for name in IDS if name in set(one["stimulus_id"].values)]
        stimuli = stimuli_named(shown, 8.0)
        self.refused(setup._replace(assembly=one, stimuli=stimuli), monkeypatch, "one repetition, so no ceiling")

    def test_recordings_without_signal(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        # The two halves of every split are opposite only for two repetitions.
        two = experiment("majajhong2015", repetitions=2)
        opposite = two.assembly * np.where(two.assembly["repetition"] == 1, -1, 1)[:, None, None]
        self.refused(two._replace(assembly=opposite), monkeypatch, "is -.*, not above 0: no score can be given")

    def test_another_number_of_repetitions_than_published(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refused(experiment("sanghavi2020", repetitions=6), monkeypatch, "6 repetitions .* instead of 50 of 5")

    def test_a_model_with_fewer_units_than_components_has_no_number(
        self, setup: Setup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        few = {name: features[:20] for name, features in setup.features.items()}
        with pytest.raises(NoNumber, match=r"table cannot be fitted to .*25 PLS components"):
            setup._replace(features=few).score()

    def test_a_model_that_answers_all_stimuli_alike_has_no_number(
        self, setup: Setup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alike = dict.fromkeys(setup.features, np.ones(UNITS, np.float32))
        with pytest.raises(NoNumber, match=r"No neuroid of .* has a correlation with table"):
            setup._replace(features=alike).score()

    def test_responses_that_are_not_finite_have_no_number(self, setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
        broken = setup.features | {IDS[3]: np.full(UNITS, np.nan)}
        with pytest.raises(NoNumber, match="not finite"):
            setup._replace(features=broken).score()


def test_only_the_window_and_region_are_read_from_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values of the other region and of other bins may be unreadable: nothing asks for them."""
    setup = experiment("freemanziemba2013")
    assembly = setup.assembly.copy()
    assembly[:, :2] = np.nan
    assembly[:, :, 200:] = np.nan
    assert setup._replace(assembly=assembly).score() == setup.score()


def test_repetitions_are_averaged_in_the_order_of_sorted_ids() -> None:
    setup = experiment("majajhong2015")
    recording = arrange(setup.assembly.isel(time_bin=0, neuroid=slice(2, None)), "object_name")
    order = np.argsort(IDS)
    assert recording.stimulus_ids.tolist() == sorted(IDS)
    np.testing.assert_array_equal(recording.responses, setup.single[:, order])
    np.testing.assert_allclose(recording.average(), np.nanmean(setup.single, axis=0)[order], rtol=1e-13)
    assert recording.labels is not None
    assert recording.labels.tolist() == LABELS[order].tolist()
