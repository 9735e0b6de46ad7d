"""Coggan2024_fMRI: similarities in the published layout, against the published steps in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import zscore

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score
from tests.support.given_data import score_on
from tests.support.table_models import TableModel, stimuli_named

STIMULI, SUBJECTS, UNITS = 24, 9, 200
IDS = [f"{number:02d}.png" for number in range(STIMULI)]
REGIONS = ("V1", "V2", "V4", "IT")
OFF = ~np.eye(STIMULI, dtype=bool)


def responses() -> NDArray[np.float32]:
    """Return responses of which ten units have an extreme mean."""
    values = 0.1 * np.random.default_rng(0).standard_normal((STIMULI, UNITS))
    values[:, :10] += np.random.default_rng(1).standard_normal((STIMULI, 10)) + 8 * np.array([1, -1] * 5)
    values[:, 50:60] = 0
    return values.astype(np.float32)


def assembly(noise: float = 1.0) -> xr.DataArray:
    """Return matrices of nine subjects in four regions; those of V4 resemble the model."""
    draw = np.random.default_rng(2)
    matrices, region, subject = [], [], []
    model = np.corrcoef(zscore(responses()[:, :10], axis=0))
    for person in range(SUBJECTS):
        for name in REGIONS:
            errors = draw.normal(0, noise, (STIMULI, STIMULI))
            matrices.append((errors + errors.T) / 2 + (model if name == "V4" else 0))
            region.append(name)
            subject.append(f"sub-{person}")
    coordinates = {
        "stimulus_id": ("presentation", IDS),
        "region": ("neuroid", region),
        "subject": ("neuroid", subject),
    }
    return xr.DataArray(np.stack(matrices, axis=-1), coordinates, ("presentation", "presentation_other", "neuroid"))


def score(values: NDArray[np.float32], data: xr.DataArray, region: str = "V4", ids: list[str] = IDS) -> Score:
    model = TableModel(dict(zip(IDS, values, strict=True)), degrees=9.0)
    found = score_on(
        load_benchmark(f"tong.Coggan2024_fMRI.{region}-rdm"), model, stimuli=stimuli_named(ids, 9.0), assembly=data
    )
    assert model.recordings == [(region, ((0, 250),))]
    return found


def test_the_score_follows_the_published_steps() -> None:
    values, data = responses().astype(np.float64), assembly(2.0)
    varied = values[:, values.std(axis=0) != 0]
    means = varied.mean(axis=0)
    chosen = varied[:, np.abs(means) > 3.1 * means.std()]
    assert chosen.shape[1] == 10
    model = np.corrcoef((chosen - chosen.mean(axis=0)) / chosen.std(axis=0))
    people = data.values[:, :, (data["region"] == "V4").values]
    each = [np.corrcoef(people[:, :, s][OFF], model[OFF])[0, 1] for s in range(SUBJECTS)]
    rest = [np.delete(people, s, axis=2).mean(axis=2)[OFF] for s in range(SUBJECTS)]
    ceiling = np.mean([np.corrcoef(people[:, :, s][OFF], rest[s])[0, 1] for s in range(SUBJECTS)])
    found = score(responses(), data)
    assert found.raw == pytest.approx(np.mean(each), abs=1e-7)
    assert found.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert found.unclipped == pytest.approx((np.mean(each) / ceiling) ** 2, abs=1e-6)
    assert found.value == min(1.0, found.unclipped or 0)
    assert found.clipped == (found.value < (found.unclipped or 0))
    slope = 2 * np.mean(each) / ceiling**2
    assert found.error == pytest.approx(slope * np.std(each, ddof=1) / 3, rel=1e-5)
    assert found.normalisation == "(r/c)^2"
    assert found.values is not None
    assert found.values["subject"].values.tolist() == [f"sub-{s}" for s in range(SUBJECTS)]
    np.testing.assert_allclose(found.values.values, each, atol=1e-7)
    assert dict(found.n) == {"stimuli": 24, "units": UNITS, "responsive_units": 10, "subjects": SUBJECTS}


def test_a_score_above_one_is_cut_and_says_so() -> None:
    # A leave-one-out ceiling is a lower bound: the noiseless model is above it.
    found = score(responses(), assembly(2.0))
    assert (found.value, found.clipped) == (1.0, True)
    assert found.unclipped is not None
    assert found.unclipped > 1


def test_a_score_below_one_is_not_cut() -> None:
    other = responses()
    other[:, :10] += np.random.default_rng(9).normal(0, 3, (STIMULI, 10)).astype(np.float32)
    found = score(other, assembly(0.2))
    assert 0 < found.value < 1
    assert not found.clipped
    assert found.unclipped == found.value


def test_images_are_matched_by_id() -> None:
    assert score(responses(), assembly(), ids=IDS[::-1]).raw == pytest.approx(score(responses(), assembly()).raw)


def test_a_model_without_two_responsive_units_has_no_number() -> None:
    few = responses()
    few[:, 1:10] = few[:, 100:109]
    with pytest.raises(NoNumber, match=r"1 units of V4 in table have a mean response beyond 3\.1"):
        score(few, assembly())
    with pytest.raises(NoNumber, match="0 units"):
        score(np.ones((STIMULI, UNITS), np.float32), assembly())


def test_subjects_who_have_nothing_in_common_have_no_ceiling() -> None:
    data = assembly()
    opposite = np.where(np.arange(SUBJECTS * 4) % 8 < 4, 1, -1)
    data = data[:, :, :32] * opposite[:32]
    with pytest.raises(DataUnavailable, match="not above 0"):
        score(responses(), data)


def test_a_subject_who_finds_all_images_equally_similar_is_left_out_and_counted() -> None:
    data = assembly()
    of_region = np.flatnonzero(data["region"].values == "V4")
    data[:, :, of_region[1]] = 0.5 + 1e-16 * np.random.default_rng(0).integers(0, 9, (STIMULI, STIMULI))
    result = score(responses(), data)
    assert result.values is not None
    assert np.isnan(result.values.values).tolist() == [number == 1 for number in range(of_region.size)]
    assert result.raw == pytest.approx(np.nanmean(result.values.values), abs=1e-15)
    assert np.isfinite([result.value, result.error, result.ceiling]).all()
    assert (result.n["subjects"], result.n["undefined_subjects"]) == (of_region.size, 1)
    # Bootstrap values are those of the others alone.
    without = data.isel({data.dims[2]: np.delete(np.arange(data.shape[2]), of_region[1])})
    others = score(responses(), without)
    assert result.replicates is not None
    assert others.replicates is not None
    assert result.raw == pytest.approx(others.raw, abs=1e-15)
    assert np.corrcoef(result.replicates.values, others.replicates.values)[0, 1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("broken", ["subjects", "values", "region", "stimuli"])
def test_recordings_that_are_not_the_published_ones_are_refused(broken: str) -> None:
    data = assembly()
    if broken == "subjects":
        data = data[:, :, :4]
    elif broken == "values":
        data[3, 4, 2] = np.nan
    elif broken == "region":
        data = data.drop_vars("region")
    else:
        data = data.assign_coords(stimulus_id=("presentation", [*IDS[1:], "other"]))
    with pytest.raises(DataUnavailable, match="use the published file"):
        score(responses(), data)
