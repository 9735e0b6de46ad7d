"""Placed stimuli have the published system's pixels: it writes every placed image to a file and reads that."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from pytest_brainscore.data.stimuli.decoding import read_image
from pytest_brainscore.data.stimuli.screen import PlacedImage, WrittenImage, place_on_screen
from pytest_brainscore.data.stimuli.showing import SCREENS, showing
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, Pixels, StimulusImage, stimuli_from_files
from pytest_brainscore.errors import DataUnavailable
from tests.support.stimuli import NoiseImage

TURNED = 6
"""EXIF: the camera was held upright. Neither system turns such images."""
ORIENTATION = 0x0112


def picture(mode: str = "RGB", size: tuple[int, int] = (53, 38)) -> Image.Image:
    """Return soft colours with hard edges, so that every lossy format changes them."""
    colours = NoiseImage(3, side=8, colour=True).pixels()
    image = Image.fromarray(colours).resize(size, Image.Resampling.BICUBIC)
    image.paste((250, 10, 30), (5, 5, 11, 20))
    if "A" in mode:
        image.putalpha(Image.linear_gradient("L").resize(size))
    return image.convert(mode)


def written(folder: Path, name: str, mode: str = "RGB", **how: Any) -> Path:
    path = folder / name
    picture(mode).save(path, **how)
    return path


def published(path: Path, source: float, target: float, folder: Path) -> Pixels:
    """Return the pixels that the published system reads, by way of a file with the name of the image."""
    ratio = target / source
    with Image.open(path) as image:
        width, height = (round(ratio * side) for side in image.size)  # half to even, as NumPy rounds
        if ratio >= 1:
            on_screen = Image.new("RGB", (width, height), "gray")
            on_screen.paste(image, (round((width - image.size[0]) / 2), round((height - image.size[1]) / 2)))
        else:
            left, top = round((image.size[0] - width) / 2), round((image.size[1] - height) / 2)
            on_screen = image.crop((left, top, left + width, top + height))
        folder.mkdir(exist_ok=True)
        on_screen.save(folder / path.name)
    with Image.open(folder / path.name) as read:
        if "L" in read.mode.upper() or "A" in read.mode.upper() or "P" in read.mode.upper():
            canvas = Image.new("RGB", read.size)
            canvas.paste(read)
            return np.asarray(canvas)
        return np.asarray(read.convert("RGB"))


FILES: dict[str, tuple[str, str, dict[str, Any]]] = {
    "rgb": ("a.jpg", "RGB", {}),
    "capitals": ("a.JPEG", "RGB", {"quality": 95, "subsampling": 0}),
    "grey": ("a.jpeg", "L", {}),
    "progressive": ("a.jfif", "RGB", {"progressive": True, "format": "JPEG"}),
    "cmyk": ("a.jpg", "CMYK", {}),
    "webp": ("a.webp", "RGB", {}),
    "lossless-webp": ("a.webp", "RGB", {"lossless": True}),
    "webp-alpha": ("a.webp", "RGBA", {}),
    "gif": ("a.gif", "RGB", {}),
    "gif-grey": ("a.gif", "L", {}),
    "gif-palette": ("a.gif", "P", {"transparency": 3}),
    "png": ("a.png", "RGB", {}),
    "png-grey": ("a.png", "L", {}),
    "png-grey-alpha": ("a.png", "LA", {}),
    "png-alpha": ("a.png", "RGBA", {}),
    "png-palette": ("a.png", "P", {}),
    "png-bits": ("a.png", "1", {}),
    "bmp": ("a.bmp", "RGB", {}),
    "bmp-palette": ("a.bmp", "P", {}),
    "tif": ("a.tif", "RGB", {}),
    "tif-jpeg": ("a.tiff", "RGB", {"compression": "jpeg"}),
    "jpeg-2000": ("a.jp2", "RGB", {}),
    "jpeg-called-png": ("a.png", "RGB", {"format": "JPEG"}),
    "png-called-jpeg": ("a.jpg", "RGB", {"format": "PNG"}),
}


@pytest.mark.parametrize("degrees", [6.0, 7.3, 8.0, 10.0, 13.7])
@pytest.mark.parametrize("kind", FILES)
def test_pixels_are_those_of_a_written_file(kind: str, degrees: float, tmp_path: Path) -> None:
    name, mode, how = FILES[kind]
    path = written(tmp_path, name, mode, **how)
    placed = place_on_screen(stimuli_from_files([path], 8.0), degrees)
    expected = published(path, 8.0, degrees, tmp_path / "screen") if degrees != 8.0 else ImageFile(path).pixels()
    np.testing.assert_array_equal(placed.images[0].pixels(), expected)


@pytest.mark.parametrize("degrees", [6.0, 12.0])
def test_images_are_not_turned(degrees: float, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = TURNED
    path = written(tmp_path, "a.jpg", exif=exif)
    pixels = place_on_screen(stimuli_from_files([path], 8.0), degrees).images[0].pixels()
    np.testing.assert_array_equal(pixels, published(path, 8.0, degrees, tmp_path / "screen"))
    assert pixels.shape[1] > pixels.shape[0]


def test_of_an_animation_the_first_picture_is_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.gif"
    picture().save(path, save_all=True, append_images=[Image.new("RGB", (53, 38), "red")])
    pixels = place_on_screen(stimuli_from_files([path], 8.0), 10.0).images[0].pixels()
    np.testing.assert_array_equal(pixels, published(path, 8.0, 10.0, tmp_path / "screen"))


@pytest.mark.parametrize("name", ["a.jpg", "a.webp", "a.gif"])
def test_lossless_keeps_the_pixels(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    Image.fromarray(NoiseImage(0, colour=True).pixels()).save(path)  # more colours than a palette has
    stimuli = stimuli_from_files([path], 8.0)
    kept = place_on_screen(stimuli, 12.0, screen="lossless").images[0]
    assert kept == PlacedImage(ImageFile(path), 1.5)
    inner = kept.pixels()[16:80, 16:80]
    np.testing.assert_array_equal(inner, ImageFile(path).pixels())
    shown = place_on_screen(stimuli, 12.0).images[0]
    assert (shown.pixels() != kept.pixels()).any()
    assert shown.digest() != kept.digest()


def test_formats_that_keep_pixels_are_one_and_the_same_either_way(tmp_path: Path) -> None:
    stimuli = stimuli_from_files([written(tmp_path, "a.png"), written(tmp_path, "a.bmp")], 8.0)
    both = [place_on_screen(stimuli, 12.0, screen=screen) for screen in SCREENS]
    assert both[0].images == both[1].images
    assert both[0].digest() == both[1].digest()


def test_a_name_that_no_format_has_keeps_its_pixels(tmp_path: Path) -> None:
    path = written(tmp_path, "a.stimulus", format="JPEG")
    assert isinstance(place_on_screen(stimuli_from_files([path], 8.0), 12.0).images[0], PlacedImage)


def test_a_colour_that_the_format_lacks_is_written_as_rgb(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jpg", "RGBA", format="PNG")
    cropped = place_on_screen(stimuli_from_files([path], 8.0), 6.0).images[0].pixels()
    plain = tmp_path / "plain.png"
    Image.fromarray(ImageFile(path).pixels()).save(plain)
    plain.rename(tmp_path / "plain.jpg")
    np.testing.assert_array_equal(cropped, published(tmp_path / "plain.jpg", 8.0, 6.0, tmp_path / "screen"))


def test_placing_twice_writes_twice(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jpg")
    twice = place_on_screen(place_on_screen(stimuli_from_files([path], 8.0), 10.0), 6.0).images[0]
    assert isinstance(twice, WrittenImage)
    published(path, 8.0, 10.0, tmp_path / "first")
    np.testing.assert_array_equal(
        twice.pixels(), published(tmp_path / "first" / "a.jpg", 10.0, 6.0, tmp_path / "second")
    )


def test_pixels_do_not_depend_on_threads_or_order(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.jpg" for number in range(8)]
    for number, path in enumerate(paths):
        Image.fromarray(NoiseImage(number, side=40, square=5, colour=True).pixels()).save(path)
    images = place_on_screen(stimuli_from_files(paths, 8.0), 10.0).images
    alone = [image.pixels() for image in images]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda image: image.pixels(), reversed(images)))
    for one, other in zip(alone, reversed(together), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_digest_tells_image_ratio_and_format(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jpg")
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(path.read_bytes())
    other_name = tmp_path / "a.webp"
    other_name.write_bytes(path.read_bytes())
    assert WrittenImage(ImageFile(path), 1.5).digest() == WrittenImage(ImageFile(copy), 1.5).digest()
    different: list[StimulusImage] = [
        WrittenImage(ImageFile(path), 1.5),
        WrittenImage(ImageFile(path), 1.25),
        WrittenImage(ImageFile(other_name), 1.5),
        PlacedImage(ImageFile(path), 1.5),
    ]
    assert len({image.digest() for image in different}) == len(different)


def test_what_is_said_outside_is_heard_inside(tmp_path: Path) -> None:
    stimuli = stimuli_from_files([written(tmp_path, "a.jpg")], 8.0)
    plain = stimuli_from_files([written(tmp_path, "a.png")], 8.0)
    with showing("lossless") as shown:
        assert isinstance(place_on_screen(stimuli, 12.0).images[0], PlacedImage)
    assert shown.written
    with showing("published") as shown:
        assert place_on_screen(stimuli, 8.0) is stimuli
        place_on_screen(plain, 12.0)
    assert not shown.written
    assert isinstance(place_on_screen(stimuli, 12.0).images[0], WrittenImage)


def test_an_image_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jpg")
    path.write_bytes(path.read_bytes()[:300])
    image = place_on_screen(stimuli_from_files([path], 8.0), 12.0).images[0]
    with pytest.raises(DataUnavailable, match=r"a\.jpg cannot be read"):
        image.pixels()
    path.unlink()
    with pytest.raises(DataUnavailable, match=r"a\.jpg cannot be read \(No such file"):
        image.digest()


def test_real_photographs_are_those_of_written_files(reference_data: Path, tmp_path: Path) -> None:
    files = sorted((reference_data / "imagenet_samples").glob("*.JPEG"))[::25]
    if not files:
        pytest.skip("the data folder has no imagenet_samples")
    for degrees in (8.8, 10.0):
        placed = place_on_screen(stimuli_from_files(files, degrees), 8.0)
        for file, image in zip(files, placed.images, strict=True):
            expected = published(file, degrees, 8.0, tmp_path / f"screen-{os.getpid()}")
            np.testing.assert_array_equal(image.pixels(), expected)
            assert read_image(file, file).size[0] > expected.shape[1]
