"""Cowley2026: golden values of four sessions with images of their own; sessions alone; reported ceilings."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.benchmarks.cowley2026 import LEAF, SESSIONS, further_benchmarks, session_of
from pytest_brainscore.benchmarks.cowley2026.protocol import leaf_score, session_score
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.stored_responses import ResponseSource, stored_responses
from tests.support.published_files import PublishedFiles
from tests.support.stimuli import NoiseImage
from tests.support.table_models import TableModel

IMAGES, NEURONS = 40, 6
IDS = [f"image{number:04}" for number in range(1, IMAGES + 1)]
NAMES = [session_of(each) for each in SESSIONS]


def normal(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


def features_of(session: int) -> NDArray[np.float64]:
    start = 100 * (session + 1)
    return normal(start, IMAGES, 12) @ normal(start + 1, 12, 30) + 0.5 * normal(start + 2, IMAGES, 30)


def recorded(session: int, *, with_time: bool = False) -> xr.DataArray:
    """Return the responses to 2 to 6 repetitions, as published: only one session has a time axis."""
    start = 100 * (session + 1)
    signal, noise = normal(start, IMAGES, 12) @ normal(start + 3, 12, NEURONS), normal(start + 4, IMAGES, 8, NEURONS)
    image, repetition = np.array([(i, q) for i in range(IMAGES) for q in range(2 + i % 5)]).T
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", np.array(IDS)[image]),
        "object_name": ("presentation", np.array([name[-4:] for name in IDS])[image]),
        "repetition": ("presentation", repetition),
        "neuroid_id": ("neuroid", [f"neuron_{number}" for number in range(NEURONS)]),
        "region": ("neuroid", ["V4"] * NEURONS),
    }
    dims: tuple[str, ...] = ("presentation", "neuroid")
    values = signal[image] + 2 * noise[image, repetition]
    if with_time:
        coordinates |= {"time_bin_start": ("time_bin", [50]), "time_bin_end": ("time_bin", [150])}
        dims, values = (*dims, "time_bin"), values[:, :, np.newaxis]
    return xr.DataArray(values, coordinates, dims)


def images_of(session: int) -> StimulusSet:
    table = pd.DataFrame({"stimulus_id": IDS})
    images = tuple(NoiseImage(1000 * session + number, side=8) for number in range(IMAGES))
    return StimulusSet(f"Cowley2026.{NAMES[session]}", table, images, 11.2)


def data_of(session: int, **changes: Any) -> BenchmarkData:
    own: dict[str, Any] = {"stimuli": images_of(session), "assembly": recorded(session, with_time=session == 0)}
    own |= changes
    return BenchmarkData(SESSIONS[session], **own)


class SessionModel(TableModel):
    """Looks responses up by session and id: ids alone name four images each."""

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xr.DataArray:
        session = next(place for place, name in enumerate(NAMES) if name in stimuli.identifier)
        self.responses = dict(zip(IDS, features_of(session), strict=True))
        return super().look_at(stimuli, number_of_trials)


def model() -> SessionModel:
    return SessionModel({}, degrees=11.2)


GOLDEN = [
    (0.719165958993, 0.817214755985, 0.027317118327, 0.928631213767),
    (0.767531064267, 0.837663826283, 0.035667045774, 0.914204933884),
    (0.859800060013, 0.881253782473, 0.016464700156, 0.903242818000),
    (0.901592705477, 0.907080619654, 0.019749952989, 0.912601938273),
]


@pytest.mark.parametrize("session", range(4))
def test_golden_values_of_sessions(session: int) -> None:
    looking = model()
    score = session_score(SESSIONS[session], looking, data_of(session))
    assert score.values is not None
    found = (score.value, score.raw, score.values.raw_error, score.ceiling)
    np.testing.assert_allclose(found, GOLDEN[session], rtol=0, atol=1e-7)
    assert score.values.ceiling_error == pytest.approx(0, abs=1e-12)
    assert score.normalisation == "r^2/c"
    assert looking.recordings == [("V4", ((50, 150),))]


def test_golden_correlations_of_the_first_split() -> None:
    values = session_score(SESSIONS[0], model(), data_of(0)).values
    assert values is not None
    expected = [0.9033978368, 0.9685681743, 0.7872852813, 0.8495197828, 0.8652572642, 0.9800070608]
    np.testing.assert_allclose(values.values[0], expected, rtol=0, atol=1e-6)


def test_the_leaf_is_the_mean_of_the_sessions() -> None:
    score = leaf_score(LEAF, model(), {name: data_of(session) for session, name in enumerate(NAMES)})
    assert score.values is not None
    found = (score.value, score.raw, score.ceiling)
    np.testing.assert_allclose(found, (0.812022447188, 0.860803246099, 0.914670225981), rtol=0, atol=1e-7)
    assert score.values["session"].values.tolist() == [f"Cowley2026.{name}.V4-pls" for name in NAMES]
    golden = np.array(GOLDEN)
    np.testing.assert_allclose(score.values.values, golden[:, 0], rtol=0, atol=1e-7)
    np.testing.assert_allclose(score.values["raw"].values, golden[:, 1], rtol=0, atol=1e-7)
    errors = 2 * golden[:, 1] / golden[:, 3] * golden[:, 2]
    assert score.error == pytest.approx(np.sqrt((errors**2).sum()) / 4, abs=1e-7)
    assert score.n["stimuli"] == 4 * IMAGES
    assert score.n["neuroids"] == 4 * NEURONS
    assert score.replicates is not None
    assert score.replicates.score == pytest.approx(score.value, abs=1e-6)


def test_the_order_of_rows_does_not_matter() -> None:
    order = np.random.RandomState(7).permutation(recorded(1).sizes["presentation"])
    shuffled = data_of(1, assembly=recorded(1).isel(presentation=order))
    assert session_score(SESSIONS[1], model(), shuffled).value == pytest.approx(GOLDEN[1][0], abs=1e-7)


def test_an_image_shown_once_has_no_ceiling() -> None:
    once = recorded(1)
    kept = (once["stimulus_id"] != IDS[0]) | (once["repetition"] == 0)
    with pytest.raises(DataUnavailable, match="have no ceiling: 1 of 40 stimuli"):
        session_score(SESSIONS[1], model(), data_of(1, assembly=once.isel(presentation=np.flatnonzero(kept))))


def test_images_of_another_session_under_the_same_ids_are_other_images(tmp_path: Path) -> None:
    """Activations are stored by what was shown, never by its name."""
    answers = ResponseSource(
        "a model",
        {"layer": 4},
        {"weights": "the same"},
        8,
        lambda images: iter([np.stack([image.pixels().ravel()[:4].astype(np.float32) for image in images])]),
    )
    store = ActivationStore(folder=tmp_path)
    found = []
    for session in (0, 1, 0):
        shown = replace(images_of(session), identifier="one name")
        found.append(np.array(stored_responses(answers, store, shown)))
    assert not np.array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    assert len(list(tmp_path.rglob("key.json"))) == 2


def test_the_keys() -> None:
    leaf = load_benchmark("Cowley2026.V4-pls")
    assert (leaf.version, leaf.visual_degrees, leaf.number_of_trials) == (1, 11.2, 14)
    assert leaf.parents == ("average_vision", "neural_vision", "V4")
    assert set(leaf.needs) == {
        (kind, f"Cowley2026.{name}")
        for name in ("190923", "201025", "210225", "211022")
        for kind in ("stimulus_set", "assembly")
    }
    for name in NAMES:
        assert load_benchmark(f"Cowley2026.{name}.V4-pls").parents == ("further_recordings", "V4")


@pytest.fixture
def bring(user_folder: Path, tmp_path: Path, draw: Callable[[Path, int], Path]) -> Callable[..., None]:
    """Return a function that puts sessions into the user's folder as the authors have them."""

    def bring_session(session: int | str, *, raw: bool) -> None:
        number = session if isinstance(session, int) else 0
        name = NAMES[session] if isinstance(session, int) else session
        folder = user_folder / "v4_cowley2023"
        for each in ("images", "responses_raw", "responses_averaged"):
            (folder / each).mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / f"images/images_{name}.zip", "w") as archive:
            for place, stem in enumerate(IDS):
                archive.write(draw(tmp_path / name / f"{stem}.png", 3 * place + number), f"{stem}.png")
        rows = recorded(number)
        single = np.full((NEURONS, IMAGES, 6), np.nan)
        places = [IDS.index(each) for each in rows["stimulus_id"].values], rows["repetition"].values
        single[:, *places] = rows.values.T
        np.save(folder / f"responses_averaged/responses_{name}.npy", np.nanmean(single, axis=2))
        if raw:
            np.save(folder / f"responses_raw/responses_{name}.npy", single)

    return bring_session


def names_here() -> list[str]:
    return [each.identifier for each in further_benchmarks()]


def test_without_a_session_the_mean_is_unavailable_and_the_others_can_be_scored(
    user_folder: Path, bring: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    for session in (0, 1, 2):
        bring(session, raw=True)
    why = LEAF.unavailable()
    assert why is not None
    assert "The session 211022 of Cowley et al. (2026)" in why
    assert "responses_raw/responses_211022.npy" in why
    assert [each.unavailable() is None for each in SESSIONS] == [True, True, True, False]
    score = load_benchmark("Cowley2026.210225.V4-pls")(model())
    np.testing.assert_allclose((score.value, score.raw), GOLDEN[2][:2], rtol=0, atol=1e-7)


def test_all_sessions_in_the_layout_of_the_authors_give_the_mean(user_folder: Path, bring: Callable[..., None]) -> None:
    for session in range(4):
        bring(session, raw=True)
    assert LEAF.unavailable() is None
    assert load_benchmark("Cowley2026.V4-pls")(model()).value == pytest.approx(0.812022447188, abs=1e-7)


def test_averages_are_scored_against_the_reported_ceiling_and_say_so(
    user_folder: Path, bring: Callable[..., None]
) -> None:
    bring(2, raw=False)
    benchmark = load_benchmark("Cowley2026.210225.V4-pls")
    assert benchmark.unavailable() is None
    score = benchmark(model())
    assert score.normalisation == benchmark.normalisation == "r^2/c, c as reported"
    (note,) = score.details["notes"]
    assert "the one that the authors report" in note
    assert score.ceiling == 0.67
    assert score.value == pytest.approx(GOLDEN[2][1] ** 2 / 0.67, abs=1e-7)
    assert LEAF.unavailable() is not None


def test_other_sessions_of_the_folder_have_names_of_their_own(user_folder: Path, bring: Callable[..., None]) -> None:
    before = names_here()
    bring("210325", raw=True)
    bring("210305", raw=False)
    assert sorted(set(names_here()) - set(before)) == ["Cowley2026.210305.V4-pls", "Cowley2026.210325.V4-pls"]
    single, averaged = (load_benchmark(f"Cowley2026.{name}.V4-pls") for name in ("210325", "210305"))
    assert single.normalisation == "r^2/c"
    assert averaged.normalisation == "r"
    assert single.unavailable() is None


def test_a_score_without_a_ceiling_says_so() -> None:
    score = session_score(replace(SESSIONS[2], normalisation="r"), model(), data_of(2))
    assert score.value == pytest.approx(GOLDEN[2][1], abs=1e-7)
    assert "the score is the correlation itself" in score.details["notes"][0]
    assert "notes" not in session_score(SESSIONS[2], model(), data_of(2)).details


def test_a_session_that_went_away_is_a_sentence(user_folder: Path, bring: Callable[..., None]) -> None:
    bring("210305", raw=False)
    benchmark = load_benchmark("Cowley2026.210305.V4-pls")
    (user_folder / "v4_cowley2023/images/images_210305.zip").unlink()
    assert "no longer in the user's folder" in str(benchmark.unavailable())


def test_from_published_files(published_files: PublishedFiles) -> None:
    for session, name in enumerate(NAMES):
        assert LEAF.unavailable() is not None
        published_files.stimuli(images_of(session), f"Cowley2026.{name}")
        published_files.assembly(recorded(session, with_time=session == 0), f"Cowley2026.{name}")
    assert LEAF.unavailable() is None
    assert load_benchmark("Cowley2026.V4-pls")(model()).value == pytest.approx(0.812022447188, abs=1e-7)
    (published_files.folder / "assy_Cowley2026_211022.nc").unlink()
    assert "211022" in str(LEAF.unavailable())


def test_published_files_that_are_cut_off_are_a_sentence(published_files: PublishedFiles) -> None:
    published_files.stimuli(images_of(1), "Cowley2026.201025")
    published_files.assembly(recorded(1), "Cowley2026.201025")
    path = published_files.folder / "assy_Cowley2026_201025.nc"
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(DataUnavailable, match="is not the published assy_Cowley2026_201025"):
        load_benchmark("Cowley2026.201025.V4-pls")(model())
