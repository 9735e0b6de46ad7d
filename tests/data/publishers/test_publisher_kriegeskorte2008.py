"""Dissimilarities of 92 images in monkey and human IT, as rsatoolbox distributes them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import load_assembly, load_stimulus_set, missing
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "kriegeskorte2008"
IDENTIFIER = "Kriegeskorte2008.IT"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path], Path]
needs_data = pytest.mark.skipif(
    not (os.environ.get("BRAINSCORE_DATA") and Path(os.environ["BRAINSCORE_DATA"], "rdm_92images").is_dir()),
    reason="needs the dissimilarities: BRAINSCORE_DATA with rdm_92images",
)


@pytest.fixture
def folder(user_folder: Path, draw: Draw) -> Path:
    """Return a folder with all images, and dissimilarities that tell which matrix they are of."""
    folder = user_folder / "rdm_92images"
    for number in range(92):
        draw(folder / f"stimuli/stim_{number:02}.png")
    single = np.arange(8, dtype=np.float32).reshape(4, 2, 1, 1) + np.zeros((92, 92), np.float32)
    np.savez(
        folder / "rdms.npz",
        monkey_IT=np.full((92, 92), 100.0),
        human_IT=np.full((92, 92), 200.0),
        human_IT_subject_session=single,
        category_labels=np.array(["animate", "face"]),
        category_vectors=np.tile(np.array([[1, 0], [0, 1]], np.uint8), (46, 1)),
    )
    return folder


@pytest.mark.usefixtures("folder")
def test_monkeys_people_and_each_person_and_session(described: Describe) -> None:
    assembly = load_assembly(described("assembly", IDENTIFIER))
    assert assembly.dims == ("presentation", "presentation_other", "neuroid")
    assert assembly.shape == (92, 92, 10)
    assert assembly.dtype == np.float64
    assert assembly[0, 1].values.tolist() == [100, 200, 0, 1, 2, 3, 4, 5, 6, 7]
    assert assembly["species"].values.tolist() == ["monkey"] + ["human"] * 9
    assert assembly["subject"].values.tolist()[:4] == ["average", "average", "human-1", "human-1"]
    assert assembly["session"].values.tolist() == [0, 0, 1, 2, 1, 2, 1, 2, 1, 2]


@pytest.mark.usefixtures("folder")
def test_images_and_their_categories(described: Describe) -> None:
    stimuli = load_stimulus_set(described("stimulus_set", IDENTIFIER), 8.0)
    assert stimuli.table["stimulus_id"].tolist()[:2] == ["stim_00", "stim_01"]
    assert stimuli.table["animate"].tolist()[:2] == [True, False]
    assembly = load_assembly(described("assembly", IDENTIFIER))
    assert assembly["stimulus_id"].values.tolist() == stimuli.table["stimulus_id"].tolist()


def test_a_missing_image_is_refused(folder: Path, described: Describe) -> None:
    (folder / "stimuli/stim_17.png").unlink()
    with pytest.raises(DataUnavailable, match="91 images, not 92"):
        load_stimulus_set(described("stimulus_set", IDENTIFIER), 8.0)


def test_pickled_arrays_are_refused(folder: Path, described: Describe) -> None:
    np.savez(folder / "rdms.npz", monkey_IT=np.array([{}], object))
    with pytest.raises(DataUnavailable, match="cannot be read"):
        load_assembly(described("assembly", IDENTIFIER))


def test_missing_dissimilarities_are_named(folder: Path, described: Describe) -> None:
    (folder / "rdms.npz").unlink()
    assert str(folder / "rdms.npz") in str(missing(described("assembly", IDENTIFIER)))


@needs_data
def test_the_real_dissimilarities_of_monkeys_and_people_correlate_as_known(described: Describe) -> None:
    assembly = load_assembly(described("assembly", IDENTIFIER))
    upper = np.triu_indices(92, 1)
    monkey, human = assembly.values[upper][:, :2].T
    assert np.corrcoef(monkey, human)[0, 1] == pytest.approx(0.491, abs=0.0005)


def test_another_image_in_place_of_one_is_refused(folder: Path, described: Describe) -> None:
    (folder / "stimuli/stim_13.png").rename(folder / "stimuli/stim_13 (copy).png")
    with pytest.raises(DataUnavailable, match=r"has the image stim_13 \(copy\)\.png, which is none of stim_00"):
        load_stimulus_set(described("stimulus_set", IDENTIFIER), 8.0)


@pytest.mark.parametrize(
    "arrays",
    [
        {"category_labels": np.array("animate")},
        {"category_vectors": np.zeros((92, 3))},
        {"category_vectors": np.zeros(92)},
    ],
    ids=["label", "columns", "axes"],
)
def test_categories_of_another_shape_are_refused(
    folder: Path, described: Describe, arrays: dict[str, np.ndarray]
) -> None:
    with np.load(folder / "rdms.npz") as archive:
        others = {name: archive[name] for name in archive.files} | arrays
    np.savez(folder / "rdms.npz", **others)
    with pytest.raises(DataUnavailable, match="no categories of 92 images"):
        load_stimulus_set(described("stimulus_set", IDENTIFIER), 8.0)


@pytest.mark.parametrize(
    "arrays",
    [
        {"monkey_IT": np.zeros((92, 91))},
        {"human_IT": np.zeros((1, 92, 92))},
        {"human_IT_subject_session": np.zeros((8, 92, 92))},
        {"human_IT_subject_session": np.zeros((92, 92))},
        {"monkey_IT": np.full((92, 92), "a")},
    ],
    ids=["size", "axis", "three", "two", "text"],
)
def test_dissimilarities_of_another_shape_or_type_are_refused(
    folder: Path, described: Describe, arrays: dict[str, np.ndarray]
) -> None:
    with np.load(folder / "rdms.npz") as archive:
        others = {name: archive[name] for name in archive.files} | arrays
    np.savez(folder / "rdms.npz", **others)
    with pytest.raises(DataUnavailable, match="has not 92 x 92 dissimilarities"):
        load_assembly(described("assembly", IDENTIFIER))
