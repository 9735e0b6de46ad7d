"""Neurons of macaque V4 as Cowley et al. (2023) distribute them: sessions with all repetitions, or averages only."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.folders import by_number
from pytest_brainscore.data.publishers import load_assembly, load_stimulus_set, missing
from pytest_brainscore.data.publishers.cowley2023 import session_assembly, session_stimuli, sessions
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "cowley2023"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path, int], Path]

NAN = np.nan
# Two neurons, three images, up to three repetitions.
RAW = np.array([[[1, 2, 3], [4, NAN, NAN], [5, 6, NAN]], [[10, 20, 30], [40, NAN, NAN], [50, 60, NAN]]], float)
needs_data = pytest.mark.skipif(
    not (os.environ.get("BRAINSCORE_DATA") and Path(os.environ["BRAINSCORE_DATA"], "v4_cowley2023").is_dir()),
    reason="needs the recordings: BRAINSCORE_DATA with v4_cowley2023",
)


@pytest.fixture
def bring(user_folder: Path, tmp_path: Path, draw: Draw) -> Callable[..., None]:
    """Return a function that puts a session of three images and some responses into the user's folder."""

    def bring_session(session: str, raw: NDArray[np.float64] | None, averaged: NDArray[np.float64] | None) -> None:
        folder = user_folder / "v4_cowley2023"
        (folder / "images").mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(folder / f"images/images_{session}.zip", "w") as archive:
            for number in (1, 2, 3):
                name = f"image{number:04}.jpg"
                archive.write(draw(tmp_path / session / name, 60 * number), name)
        for kind, responses in (("raw", raw), ("averaged", averaged)):
            if responses is not None:
                (folder / f"responses_{kind}").mkdir(exist_ok=True)
                np.save(folder / f"responses_{kind}/responses_{session}.npy", responses)

    return bring_session


def test_sessions_are_those_with_images_and_responses(user_folder: Path, bring: Callable[..., None]) -> None:
    assert sessions() == ()
    bring("210401", None, RAW[:, :, 0])
    bring("210325", RAW, None)
    bring("210402", None, None)
    assert sessions() == ("210325", "210401")
    assert (user_folder / "v4_cowley2023/images/images_210402.zip").is_file()


def test_a_presentation_is_one_repetition_of_one_image(bring: Callable[..., None], described: Describe) -> None:
    bring("210325", RAW, np.nanmean(RAW, axis=2))
    assembly = load_assembly(described("assembly", "Cowley2023.V4"))
    assert assembly.dims == ("presentation", "neuroid")
    assert assembly.values.tolist() == [[1, 10], [2, 20], [3, 30], [4, 40], [5, 50], [6, 60]]
    images = ["image0001"] * 3 + ["image0002"] + ["image0003"] * 2
    assert assembly["stimulus_id"].values.tolist() == images
    assert assembly["repetition"].values.tolist() == [0, 1, 2, 0, 0, 1]
    assert assembly["region"].values.tolist() == ["V4", "V4"]
    assert len(set(assembly["neuroid_id"].values)) == 2


def test_averages_have_one_presentation_per_image(bring: Callable[..., None]) -> None:
    bring("210325", RAW, np.nanmean(RAW, axis=2))
    assembly = session_assembly("210325", averaged=True)
    assert assembly.values.tolist() == [[2, 20], [4, 40], [5.5, 55]]
    assert assembly["repetition"].values.tolist() == [0, 0, 0]


def test_a_session_with_averages_only_is_loaded_by_its_date(bring: Callable[..., None], described: Describe) -> None:
    bring("210305", None, RAW[:, :, 0])
    assembly = load_assembly(described("assembly", "Cowley2023.V4.210305"))
    assert assembly.values.tolist() == [[1, 10], [4, 40], [5, 50]]
    assert load_stimulus_set(described("stimulus_set", "Cowley2023.V4.210305"), 4.0).degrees == 4.0


def test_images_are_in_the_order_of_the_responses(bring: Callable[..., None]) -> None:
    bring("210325", RAW, None)
    stimuli = session_stimuli("210325", 4.0)
    assert stimuli.table["stimulus_id"].tolist() == ["image0001", "image0002", "image0003"]
    assert len({image.digest() for image in stimuli.images}) == 3


def test_another_number_of_images_than_responses_is_refused(bring: Callable[..., None]) -> None:
    bring("210325", RAW[:, :2], None)
    with pytest.raises(DataUnavailable, match=r"shape \(2, 2, 3\), and there are 3 images"):
        session_assembly("210325")


def test_pickled_responses_are_refused(bring: Callable[..., None]) -> None:
    bring("210325", np.array([[{}]], object), None)
    with pytest.raises(DataUnavailable, match="cannot be read"):
        session_assembly("210325")


def test_a_session_that_is_not_there_is_named(bring: Callable[..., None], described: Describe) -> None:
    bring("210325", RAW, None)
    assert "210401" in str(missing(described("assembly", "Cowley2023.V4.210401")))


@needs_data
def test_the_real_session_with_repetitions(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path))
    assembly = session_assembly("210325")
    assert assembly.sizes["neuroid"] == 50
    assert not assembly.isnull().any()
    counts = assembly["repetition"].groupby("stimulus_id").count().values
    assert (len(counts), counts.min(), counts.max()) == (640, 6, 10)
    averages = assembly.groupby("stimulus_id").mean().transpose("stimulus_id", "neuroid")
    np.testing.assert_allclose(averages.values, session_assembly("210325", averaged=True).values, rtol=1e-12)
    assert session_stimuli("210325", 4.0).images[639].pixels().shape == (112, 112, 3)


def test_numbered_images_go_by_their_numbers_with_and_without_leading_zeros() -> None:
    for names in (["image1.jpg", "image2.jpg", "image10.jpg"], ["image0001.jpg", "image0002.jpg", "image0010.jpg"]):
        paths = [Path(name) for name in names]
        assert sorted([paths[2], paths[0], paths[1]], key=by_number) == paths
