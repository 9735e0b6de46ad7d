"""Allen2022_fmri: golden values of the published protocols, fitted and by dissimilarities."""

from __future__ import annotations

import numpy as np
import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.allen2022_fmri import PREFIXES
from tests.support.published_files import PublishedFiles
from tests.support.train_test_recipe import Experiment, Recipe, experiment, neuroids

PEOPLE = ("subj01", "subj02", "subj05")


def recorded(features: int = 60) -> Experiment:
    coordinates = neuroids(PEOPLE, ("V1", "V2", "V4", "IT"), 5, nc_testset=(30, 31, 90, 45, 60))
    return experiment(Recipe(2, features, 40, 12, 3, 60), coordinates, 8.4, nsd=True)


@pytest.mark.parametrize(
    ("leaf", "features", "value", "raw", "ceiling", "ceiling_error", "subjects"),
    [
        ("V1-ridge", 60, .736344956195, .800476238088, .892853479418, .003298781990,
         [(.934645533142, .904991762589, .876278825836), (.587140447877, .734109901404, .917867861578),
          (.687248887566, .762327050272, .845607089498)]),
        ("V2-ridge", 60, .815628639935, .850896761880, .895576193820, .003463423011,
         [(.855852113400, .895842261318, .937700970293), (.683109529298, .755230753252, .834966379760),
          (.907924277108, .901617271071, .895354077416)]),
        ("V4-ridge", 60, .772840729432, .804966430820, .875908900621, .001305160065,
         [(.798890290294, .845874677620, .895622313766), (.903270530081, .822300906237, .748589440130),
          (.616361367920, .746723708602, .904658088597)]),
        ("IT-ridge", 60, .635871762536, .748804224009, .897751803431, .001523539102,
         [(.458527146161, .640134145413, .893669497114), (.599565970616, .727253584357, .882134413695),
          (.849522170831, .879024942256, .909552305567)]),
        ("V1-ridge", 20, .821431248758, .848393327316, .892853479418, .003298781990,
         [(.951037045646, .912892997938, .876278825836)]),
    ],
)  # fmt: skip
def test_golden_values_of_ridge(
    leaf: str,
    features: int,
    value: float,
    raw: float,
    ceiling: float,
    ceiling_error: float,
    subjects: list[tuple[float, float, float]],
) -> None:
    score = recorded(features).score(f"Allen2022_fmri_surface.{leaf}")
    assert (score.value, score.raw, score.ceiling) == pytest.approx((value, raw, ceiling), abs=1e-6)
    assert score.values is not None
    assert score.values.attrs["ceiling_error"] == pytest.approx(ceiling_error, abs=1e-8)
    for found, expected in zip(score.details["subjects"].values(), subjects, strict=False):
        assert (found["score"], found["raw"], found["ceiling"]) == pytest.approx(expected, abs=1e-6)
        assert found["neuroids"] == 4
    assert dict(score.n) == {
        "stimuli": 12,
        "training_stimuli": 40,
        "units": features,
        "neuroids": 12,
        "subjects": 3,
        "repetitions": 3,
    }


@pytest.mark.parametrize(
    ("leaf", "features", "value", "raw", "ceiling", "lower", "subjects"),
    [
        ("V1-rdm", 60, .514977980755, .337138245220, .654665360110, .203247149393,
         (.392424123011, .299563914679, .319426697971)),
        ("V2-rdm", 60, .482204378914, .331620172340, .687717048707, .288345854711,
         (.352371739810, .296550389300, .345938387911)),
        ("V4-rdm", 60, .484688532782, .302293528513, .623686157331, .131380613022,
         (.244521747231, .340451881346, .321906956961)),
        ("IT-rdm", 60, .486446399997, .298132443458, .612878301618, .106835335169,
         (.320758448528, .282355342234, .291283539612)),
        ("V1-rdm", 20, .405169203612, .265250242588, .654665360110, .203247149393,
         (.275935887131, .340615477518, .179199363115)),
    ],
)  # fmt: skip
def test_golden_values_of_dissimilarities(
    leaf: str,
    features: int,
    value: float,
    raw: float,
    ceiling: float,
    lower: float,
    subjects: tuple[float, ...],
) -> None:
    score = recorded(features).score(f"Allen2022_fmri_surface.{leaf}")
    assert (score.value, score.raw, score.ceiling) == pytest.approx((value, raw, ceiling), abs=1e-6)
    assert score.details["ceiling"]["lower"] == pytest.approx(lower, abs=1e-6)
    assert [each["raw"] for each in score.details["subjects"].values()] == pytest.approx(subjects, abs=1e-6)
    assert dict(score.n) == {"stimuli": 52, "units": features, "neuroids": 12, "subjects": 3}


def test_golden_correlations_of_single_vertices() -> None:
    score = recorded().score("Allen2022_fmri_surface.V1-ridge")
    assert score.values is not None
    expected = [0.9143101128, 0.9582632714, 0.8854195958, 0.8956734124]
    np.testing.assert_allclose(score.values[:4], expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize(("metric", "value"), [("ridge", 0.772840729432), ("rdm", 0.484688532782)])
def test_volume_and_surface_have_one_protocol(prefix: str, metric: str, value: float) -> None:
    assert recorded().score(f"{prefix}.V4-{metric}").value == pytest.approx(value, abs=1e-6)


def in_files(found: Experiment, published_files: PublishedFiles) -> None:
    published_files.stimuli(found.train_stimuli, "Allen2022_fmri_stim_train")
    published_files.stimuli(found.test_stimuli, "Allen2022_fmri_stim_test")
    published_files.assembly(found.train, "Allen2022_fmri_surface_train")
    published_files.assembly(found.test, "Allen2022_fmri_surface_test")


def test_from_files_on_another_screen(published_files: PublishedFiles) -> None:
    """Images are placed on the screen of the model, which knows them by their ids."""
    found = recorded()
    in_files(found, published_files)
    model = found.model(10.0)
    ridge, rdm = (load_benchmark(f"Allen2022_fmri_surface.V2-{metric}") for metric in ("ridge", "rdm"))
    assert ridge.unavailable() is None
    score = ridge(model)
    assert (score.value, score.raw, score.ceiling) == pytest.approx(
        (0.815628639935, 0.850896761880, 0.895576193820), abs=1e-6
    )
    assert rdm(model).value == pytest.approx(0.482204378914, abs=1e-6)
    assert model.recordings == [("V2", ((70, 170),))] * 4
    assert {len(each) for each in model.seen if len(each) > 8} == {40, 12}


def test_a_missing_file_is_named(published_files: PublishedFiles) -> None:
    found = recorded()
    in_files(found, published_files)
    (published_files.folder / "assy_Allen2022_fMRI_surface_train_Assembly.nc").unlink()
    benchmark = load_benchmark("Allen2022_fmri_surface.V2-ridge")
    reason = benchmark.unavailable()
    assert reason is not None
    assert "Allen2022_fmri_surface_train" in reason


def test_images_of_the_volume_serve_the_surface() -> None:
    volume, surface = (load_benchmark(f"{prefix}.V1-rdm") for prefix in PREFIXES[::2])
    assert volume.needs[:2] == surface.needs[:2]
    assert volume.needs[2:] != surface.needs[2:]
