"""The validation images of ImageNet in the layouts in which people keep them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.io import savemat

from pytest_brainscore.data.catalogue import FileSet, FileSetKind
from pytest_brainscore.data.publishers import load_stimulus_set, missing
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "imagenet"
Describe = Callable[[FileSetKind, str], FileSet]
Draw = Callable[[Path], Path]


@pytest.fixture
def files(described: Describe) -> FileSet:
    return described("stimulus_set", "imagenet2012")


@pytest.fixture
def flat(user_folder: Path, draw: Draw) -> Path:
    """Return a folder with the first two images."""
    for number in (2, 1):
        draw(user_folder / f"imagenet/ILSVRC2012_val_{number:08}.JPEG")
    return user_folder / "imagenet"


def rows(files: FileSet) -> list[tuple[str, str]]:
    table = load_stimulus_set(files, 8.0).table
    return list(zip(table["filename"], table["synset"], strict=True))


EXPECTED = [("ILSVRC2012_val_00000001.JPEG", "n01751748"), ("ILSVRC2012_val_00000002.JPEG", "n09193705")]


@pytest.mark.parametrize("below", ["imagenet", "imagenet/val"])
def test_one_folder_per_class(user_folder: Path, files: FileSet, draw: Draw, below: str) -> None:
    draw(user_folder / below / "n09193705/ILSVRC2012_val_00000002.JPEG")
    draw(user_folder / below / "n01751748/ILSVRC2012_val_00000001.JPEG")
    assert rows(files) == EXPECTED
    stimuli = load_stimulus_set(files, 8.0)
    assert stimuli.table["stimulus_id"].tolist() == ["ILSVRC2012_val_00000001", "ILSVRC2012_val_00000002"]
    assert stimuli.images[0].pixels().shape == (4, 6, 3)


def test_all_images_in_one_folder_with_the_solution_of_the_competition(flat: Path, files: FileSet) -> None:
    (flat / "LOC_val_solution.csv").write_text(
        "ImageId,PredictionString\n"
        "ILSVRC2012_val_00000002,n09193705 85 1 499 272 n09193705 1 2 3 4 \n"
        "ILSVRC2012_val_00000001,n01751748 111 108 365 187 \n"
    )
    assert rows(files) == EXPECTED


@pytest.mark.parametrize("kit", [".", "ILSVRC2012_devkit_t12/data"])
@pytest.mark.parametrize("numbers", ["map_clsloc.txt", "meta.mat"])
def test_numbered_classes_with_the_development_kit(flat: Path, files: FileSet, kit: str, numbers: str) -> None:
    (flat / kit).mkdir(parents=True, exist_ok=True)
    (flat / kit / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n361\n171\n")
    classes = {490: "n01751748", 361: "n09193705", 171: "n02105855"}
    if numbers == "map_clsloc.txt":
        lines = [f"{synset} {number} some_name\n" for number, synset in classes.items()]
        (flat / kit / numbers).write_text("".join(lines))
    else:
        synsets = np.array(list(classes.items()), dtype=[("ILSVRC2012_ID", object), ("WNID", object)])
        savemat(flat / kit / numbers, {"synsets": synsets.reshape(-1, 1)})
    assert rows(files) == EXPECTED


def test_the_list_of_words_cannot_stand_in_for_the_numbers_of_the_competition(flat: Path, files: FileSet) -> None:
    (flat / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n361\n")
    (flat / "synset_words.txt").write_text("n01440764 tench, Tinca tinca\n")
    assert "map_clsloc.txt" in str(missing(files))


def test_images_without_classes_are_not_enough(flat: Path, files: FileSet) -> None:
    sentence = str(missing(files))
    assert str(flat) in sentence
    assert "LOC_val_solution.csv" in sentence
    with pytest.raises(DataUnavailable, match="no classes"):
        load_stimulus_set(files, 8.0)


def test_an_image_that_the_solution_does_not_know_is_refused(flat: Path, files: FileSet) -> None:
    (flat / "LOC_val_solution.csv").write_text("ImageId,PredictionString\nILSVRC2012_val_00000001,n01751748 1 1 2 2\n")
    with pytest.raises(DataUnavailable, match=r"ILSVRC2012_val_00000002\.JPEG is not known"):
        load_stimulus_set(files, 8.0)


def test_a_number_without_a_class_is_refused(flat: Path, files: FileSet) -> None:
    (flat / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n361\n")
    (flat / "map_clsloc.txt").write_text("n01751748 490 sea_snake\n")
    with pytest.raises(DataUnavailable, match="has the class 361"):
        load_stimulus_set(files, 8.0)


def test_two_images_of_one_name_are_refused(user_folder: Path, files: FileSet, draw: Draw) -> None:
    for synset in ("n09193705", "n01751748"):
        draw(user_folder / "imagenet" / synset / "same.JPEG")
    with pytest.raises(DataUnavailable, match=r"same\.JPEG lies twice"):
        load_stimulus_set(files, 8.0)


def test_an_empty_class_folder_has_no_images(user_folder: Path, files: FileSet) -> None:
    (user_folder / "imagenet/n01751748").mkdir(parents=True)
    with pytest.raises(DataUnavailable, match="no images"):
        load_stimulus_set(files, 8.0)


SOLUTION = (
    "ImageId,PredictionString\n"
    "ILSVRC2012_val_00000002,n09193705 85 1 499 272\n"
    "ILSVRC2012_val_00000001,n01751748 111 108 365 187\n"
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_solution_may_say_how_it_is_encoded(flat: Path, files: FileSet, encoding: str) -> None:
    (flat / "LOC_val_solution.csv").write_bytes(SOLUTION.replace("\n", "\r\n").encode(encoding))
    assert rows(files) == EXPECTED


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"image;class\n1;2\n", "has no columns ImageId and PredictionString"),
        (b"", "has no columns ImageId and PredictionString"),
        (b"ImageId,PredictionString\nILSVRC2012_val_00000001\n", "00000001.JPEG is not known"),
        (SOLUTION.encode().replace(b"n0", b"\xff0"), "cannot be read"),
        (b'ImageId,PredictionString\n"ILSVRC2012', "cannot be read"),
    ],
)
def test_another_table_is_refused(flat: Path, files: FileSet, content: bytes, sentence: str) -> None:
    (flat / "LOC_val_solution.csv").write_bytes(content)
    with pytest.raises(DataUnavailable, match=sentence):
        load_stimulus_set(files, 8.0)


@pytest.mark.parametrize("below", ["imagenet", "imagenet/val"])
def test_names_may_carry_the_class(user_folder: Path, files: FileSet, draw: Draw, below: str) -> None:
    for name, synset in EXPECTED:
        draw(user_folder / below / name.replace(".JPEG", f"_{synset}.JPEG"))
    assert missing(files) is None
    table = load_stimulus_set(files, 8.0).table
    assert table["synset"].tolist() == [synset for _, synset in EXPECTED]
    assert table["stimulus_id"].tolist() == ["ILSVRC2012_val_00000001", "ILSVRC2012_val_00000002"]
    assert table["filename"][0] == "ILSVRC2012_val_00000001_n01751748.JPEG"


def test_names_may_begin_with_the_class(user_folder: Path, files: FileSet, draw: Draw) -> None:
    draw(user_folder / "imagenet/n01751748_12.JPEG")
    draw(user_folder / "imagenet/n09193705_12.JPEG")
    assert rows(files) == [("n01751748_12.JPEG", "n01751748"), ("n09193705_12.JPEG", "n09193705")]
    draw(user_folder / "imagenet/other.JPEG")
    with pytest.raises(DataUnavailable, match=r"other\.JPEG is not known"):
        load_stimulus_set(files, 8.0)


def test_names_and_folders_or_lists_must_agree(user_folder: Path, files: FileSet, draw: Draw) -> None:
    name = "ILSVRC2012_val_00000001_n01751748.JPEG"
    draw(user_folder / "imagenet" / name)
    (user_folder / "imagenet/LOC_val_solution.csv").write_text(SOLUTION)
    assert rows(files) == [(name, "n01751748")]
    (user_folder / "imagenet/LOC_val_solution.csv").write_text(SOLUTION.replace("n01751748", "n01440764"))
    with pytest.raises(DataUnavailable, match=r"of the class n01751748 by its name, and of n01440764"):
        load_stimulus_set(files, 8.0)
    draw(user_folder / "imagenet/n01440764" / name)
    with pytest.raises(DataUnavailable, match=r"of the class n01751748 by its name, and of n01440764"):
        load_stimulus_set(files, 8.0)


@pytest.mark.parametrize("layout", ["folder", "name", "list"])
def test_classes_outside_the_thousand_are_refused(user_folder: Path, files: FileSet, draw: Draw, layout: str) -> None:
    folder = user_folder / "imagenet"
    name = "ILSVRC2012_val_00000001"
    draw(folder / {"folder": f"n00004475/{name}.JPEG", "name": f"{name}_n00004475.JPEG"}.get(layout, f"{name}.JPEG"))
    if layout == "folder":
        draw(folder / "n01751748/ILSVRC2012_val_00000002.JPEG")
    if layout == "list":
        (folder / "LOC_val_solution.csv").write_text(SOLUTION.replace("n01751748", "n00004475"))
    with pytest.raises(DataUnavailable, match="not among ImageNet's 1000, first n00004475"):
        load_stimulus_set(files, 8.0)


@pytest.mark.parametrize("other", ["a.png", "a.jpg", "a.jpeg"])
def test_one_image_in_two_formats_is_refused(user_folder: Path, files: FileSet, draw: Draw, other: str) -> None:
    for name in ("a.JPEG", other):
        draw(user_folder / "imagenet/n01751748" / name)
    with pytest.raises(DataUnavailable, match=r"The image a\.(JPEG|png|jpe?g) lies twice"):
        load_stimulus_set(files, 8.0)


def test_what_systems_leave_behind_is_no_image(user_folder: Path, files: FileSet, draw: Draw) -> None:
    folder = draw(user_folder / "imagenet/n01751748/a.JPEG").parent
    for name in (".DS_Store", "._a.JPEG", "Thumbs.db", "a.JPEG.part"):
        (folder / name).write_bytes(b"\x00\x05\x16\x07")
    (folder / "folder.JPEG").mkdir()
    assert rows(files) == [("a.JPEG", "n01751748")]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("map_clsloc.txt", b"n01751748\n"),
        ("map_clsloc.txt", b"n01751748 490 \xff\n"),
        ("meta.mat", b"no matrix"),
        ("meta.mat", b"MATLAB 5.0 MAT-file" + bytes(200)),
    ],
)
def test_a_damaged_kit_is_refused(flat: Path, files: FileSet, name: str, content: bytes) -> None:
    (flat / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n361\n")
    (flat / name).write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"The list of classes .* cannot be read"):
        load_stimulus_set(files, 8.0)


def test_a_kit_that_claims_too_much_is_refused_at_once(flat: Path, files: FileSet) -> None:
    (flat / "ILSVRC2012_validation_ground_truth.txt").write_text("490\n361\n")
    synsets = np.array([(490, "n01751748"), (361, "n09193705")], dtype=[("ILSVRC2012_ID", object), ("WNID", object)])
    savemat(flat / "meta.mat", {"synsets": synsets.reshape(-1, 1)})
    content = (flat / "meta.mat").read_bytes()
    sizes = np.array([2, 1], "<i4").tobytes()
    assert content.count(sizes) == 1
    (flat / "meta.mat").write_bytes(content.replace(sizes, np.array([2**30, 1], "<i4").tobytes()))
    with pytest.raises(DataUnavailable, match=r"meta\.mat cannot be read \(it claims more classes"):
        load_stimulus_set(files, 8.0)
