"""Every reader of data ends in one sentence for damaged bytes: many damaged files each, the same ones every time."""

from __future__ import annotations

import io
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import xarray
from PIL import Image

from pytest_brainscore.data.assembly_files import open_assembly
from pytest_brainscore.data.catalogue import read_catalogue
from pytest_brainscore.data.publishers import (
    cowley2023,
    geirhos2021,
    imagenet,
    kriegeskorte2008,
    load_assembly,
    load_stimulus_set,
    objectnet,
)
from pytest_brainscore.data.stimuli.screen import WrittenImage
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile
from pytest_brainscore.data.stimuli.stimulus_set_files import read_stimulus_set
from pytest_brainscore.data.unpacking.archives import unpack
from tests.support.mutations import mutations, reads
from tests.support.publishers import published_by
from tests.support.stimuli import NoiseImage
from tests.support.trial_tables import read_trial_tables

Damage = Callable[[Path, Callable[[], object]], None]
TRIALS = (
    "subj,session,trial,rt,object_response,category,condition,imagename\n"
    "subject-01,1,1,0.86,knife,oven,0,0001_edg_s01_0_oven_00_oven10.png\n"
    "subject-01,1,2,0.89,knife,airplane,0,0002_edg_s01_0_airplane_00_airplane4.png\n"
    "subject-01,1,3,NaN,na,bear,0,0003_edg_s01_0_bear_00_bear9.png\n"
)
SYNSET = "n01751748"


@pytest.fixture
def damage() -> Damage:
    """Return a function that damages a sound file again and again, and has it read each time."""

    def try_all(path: Path, read: Callable[[], object], count: int = 100) -> None:
        assert reads(read), "the sound file is not read"
        for content in mutations(path.read_bytes(), count):
            path.write_bytes(content)
            reads(read)

    return try_all


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("a.png", "RGB"),
        ("a.png", "P"),
        ("a.png", "LA"),
        ("a.jpg", "RGB"),
        ("a.jpg", "CMYK"),
        ("a.webp", "RGBA"),
        ("a.gif", "P"),
        ("a.bmp", "RGB"),
        ("a.tif", "RGB"),
        ("a.ppm", "RGB"),
        ("a.jp2", "RGB"),
    ],
)
@pytest.mark.filterwarnings("ignore")  # Pillow warns of what it overlooks
def test_images(name: str, mode: str, tmp_path: Path, damage: Damage) -> None:
    path = tmp_path / name
    Image.fromarray(NoiseImage(3, side=32, square=4, colour=True).pixels()).convert(mode).save(path)
    damage(path, WrittenImage(ImageFile(path), 1.5).pixels)


@pytest.mark.filterwarnings("ignore:Left out")
def test_trial_tables(tmp_path: Path, damage: Damage) -> None:
    (tmp_path / "table.csv").write_text(TRIALS)
    damage(tmp_path / "table.csv", lambda: read_trial_tables(tmp_path))


@pytest.mark.filterwarnings("ignore:Left out")
def test_trials_of_a_publisher(user_folder: Path, damage: Damage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geirhos2021, "NUMBER_OF_IMAGES", {"edge": 3})
    monkeypatch.setattr(geirhos2021, "NUMBER_OF_SUBJECTS", {"edge": 1})
    path = user_folder / "geirhos2021/human/edge/edge_subject-01_session_1.csv"
    path.parent.mkdir(parents=True)
    path.write_text(TRIALS)
    damage(path, lambda: load_assembly(published_by("geirhos2021", "assembly", "Geirhos2021_edge")))


def test_arrays(user_folder: Path, damage: Damage) -> None:
    path = user_folder / "v4_cowley2023/responses_raw/responses_1.npy"
    images = user_folder / "v4_cowley2023/images/images_1.zip"
    for folder in (path.parent, images.parent):
        folder.mkdir(parents=True)
    np.save(path, np.arange(24.0).reshape(2, 4, 3))
    with zipfile.ZipFile(images, "w") as archive:
        for number in range(4):
            archive.writestr(f"image{number}.jpg", b"")
    damage(path, lambda: cowley2023.session_assembly("1"))


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_archives_of_arrays(save: Callable[..., None], user_folder: Path, damage: Damage) -> None:
    path = user_folder / "rdm_92images/rdms.npz"
    (path.parent / "stimuli").mkdir(parents=True)
    for number in range(kriegeskorte2008.STIMULI):
        (path.parent / f"stimuli/stim_{number:02}.png").touch()
    save(
        path,
        monkey_IT=np.zeros((92, 92)),
        human_IT=np.zeros((92, 92)),
        human_IT_subject_session=np.zeros((1, 1, 92, 92)),
        category_labels=np.array(["face", "animate"]),
        category_vectors=np.zeros((92, 2), np.uint8),
    )
    damage(path, lambda: load_assembly(published_by("kriegeskorte2008", "assembly", "Kriegeskorte2008.IT")))


@pytest.mark.filterwarnings("ignore:Exception ignored in.*File.close")  # h5netcdf, of files that it could not open
def test_assemblies(tmp_path: Path, damage: Damage) -> None:
    path = tmp_path / "a.nc"
    coordinates = {"stimulus_id": ("presentation", ["a", "b", "c"]), "neuroid_id": ("neuroid", [1, 2, 3, 4])}
    values = np.arange(12.0).reshape(3, 4)
    xarray.DataArray(values, coordinates, ("presentation", "neuroid"), name="data").to_netcdf(path, engine="h5netcdf")

    def read() -> None:
        with open_assembly(path) as assembly:
            assert assembly.dims

    damage(path, read)


def test_tables_of_stimuli(tmp_path: Path, damage: Damage) -> None:
    (tmp_path / "images").mkdir()
    for name in ("a.png", "b.png"):
        (tmp_path / "images" / name).touch()
    path = tmp_path / "table.csv"
    path.write_text("stimulus_id,filename,size\n1,a.png,2.5\n2,b.png,3\n")
    damage(path, lambda: read_stimulus_set("stimuli", path, tmp_path / "images", 8.0))


def test_the_catalogue(tmp_path: Path, damage: Damage, pytestconfig: pytest.Config) -> None:
    path = tmp_path / "kar2019.toml"
    shutil.copyfile(pytestconfig.rootpath / "fixtures/catalogue/kar2019.toml", path)
    damage(path, lambda: read_catalogue(tmp_path))


@pytest.mark.parametrize("how", ["zip", "", "gz", "bz2", "xz"])
def test_archives(how: str, tmp_path: Path, damage: Damage) -> None:
    path, folder = tmp_path / "archive", tmp_path / "content"
    if how == "zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.png", b"abc" * 50)
            archive.writestr("folder/b.png", b"x" * 99)
    else:
        with tarfile.open(path, f"w:{how}") as packed:  # type: ignore[call-overload]
            for name in ("a.png", "folder/b.png"):
                member = tarfile.TarInfo(name)
                member.size = 150
                packed.addfile(member, io.BytesIO(b"z" * 150))

    def read() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        unpack(path, folder, size_limit=10**6)

    damage(path, read)
    assert not folder.is_dir() or {each.name for each in folder.iterdir()}


@pytest.mark.parametrize("name", ["LOC_val_solution.csv", imagenet._TRUTH, "map_clsloc.txt"])
# Not meta.mat: SciPy itself crashes on some damaged MATLAB files, and would take the tests with it.
def test_lists_of_imagenet_classes(name: str, user_folder: Path, damage: Damage) -> None:
    folder = user_folder / "imagenet"
    folder.mkdir()
    (folder / "ILSVRC2012_val_00000001.JPEG").touch()
    if name == "LOC_val_solution.csv":
        (folder / name).write_text(f"ImageId,PredictionString\nILSVRC2012_val_00000001,{SYNSET} 1 1 2 2\n")
    else:
        (folder / imagenet._TRUTH).write_text("490\n")
        (folder / "map_clsloc.txt").write_text(f"{SYNSET} 490 sea_snake\n")
    damage(folder / name, lambda: load_stimulus_set(published_by("imagenet", "stimulus_set", "imagenet2012"), 8.0))


@pytest.mark.parametrize("name", objectnet.MAPPINGS)
def test_mappings_of_objectnet(name: str, user_folder: Path, damage: Damage) -> None:
    folder = user_folder / "objectnet"
    (folder / "images/towel").mkdir(parents=True)
    (folder / "mappings").mkdir()
    (folder / "images/towel/a.png").touch()
    texts = ('{"towel": "Bath towel"}', '{"Bath towel": "bath towel"}', "tench\nbath towel\n", '{"434": 1}')
    for each, text in zip(objectnet.MAPPINGS, texts, strict=True):
        (folder / "mappings" / each).write_text(text)
    read = published_by("objectnet", "stimulus_set", "BarbuMayo2019")
    damage(folder / "mappings" / name, lambda: load_stimulus_set(read, 8.0))


@pytest.mark.parametrize(
    ("name", "bracket"), [("folder_to_objectnet_label.json", "["), ("folder_to_objectnet_label.json", '{"a":')]
)
def test_what_is_nested_too_deep(name: str, bracket: str, user_folder: Path) -> None:
    folder = user_folder / "objectnet"
    (folder / "images").mkdir(parents=True)
    (folder / "mappings").mkdir()
    for each in objectnet.MAPPINGS:
        (folder / "mappings" / each).write_text(bracket * 100_000)
    assert not reads(lambda: load_stimulus_set(published_by("objectnet", "stimulus_set", "BarbuMayo2019"), 8.0))


def test_a_catalogue_nested_too_deep(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("x = " + "[" * 100_000)
    assert not reads(lambda: read_catalogue(tmp_path))


def test_mutations_are_the_same_every_time() -> None:
    assert list(mutations(b"some content", 20)) == list(mutations(b"some content", 20))
    assert len(set(mutations(b"some content", 20))) > 15
