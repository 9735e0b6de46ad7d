"""Images are 8 bits a channel, read as the published system reads them, or refused in one sentence."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import ImageFile
from pytest_brainscore.errors import DataUnavailable

RAMP: NDArray[np.uint16] = np.linspace(0, 65535, 48).astype(np.uint16).reshape(6, 8)


def png(path: Path, samples: NDArray[np.uint16], colour_type: int) -> Path:
    """Write a PNG file of 16 bits a sample, height x width (x samples); Pillow writes grey ones only."""
    height, width = samples.shape[:2]
    lines = b"".join(b"\x00" + row.astype(">u2").tobytes() for row in samples)
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, 0)),
        (b"IDAT", zlib.compress(lines)),
        (b"IEND", b""),
    ]
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + b"".join(
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
            for kind, content in chunks
        )
    )
    return path


def tiff(path: Path, samples: NDArray[np.uint16]) -> Path:
    """Write an RGB TIFF file of 16 bits a sample: height x width x 3, one strip, little endian."""
    height, width, _ = samples.shape
    data = samples.astype("<u2").tobytes()
    entries = [
        (256, 4, 1, width),
        (257, 4, 1, height),
        (258, 3, 3, 8 + len(data)),  # bits of each sample, behind the data
        (259, 3, 1, 1),
        (262, 3, 1, 2),
        (273, 4, 1, 8),
        (277, 3, 1, 3),
        (278, 4, 1, height),
        (279, 4, 1, len(data)),
    ]
    bits = struct.pack("<HHHH", 16, 16, 16, 0)
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *each) for each in entries) + bytes(4)
    path.write_bytes(b"II*\x00" + struct.pack("<I", 8 + len(data) + len(bits)) + data + bits + directory)
    return path


def deep_images(folder: Path) -> dict[str, Path]:
    """Write one image of each kind with more than 8 bits a channel."""
    colours = np.stack([RAMP, RAMP[::-1], RAMP.T.reshape(RAMP.shape)], axis=2)
    made = {
        "png-grey": png(folder / "grey.png", RAMP, 0),
        "png-grey-alpha": png(folder / "grey-alpha.png", np.stack([RAMP, RAMP], axis=2), 4),
        "png-rgb": png(folder / "rgb.png", colours, 2),
        "png-rgb-alpha": png(folder / "rgb-alpha.png", np.dstack([colours, RAMP]), 6),
        "tiff-rgb": tiff(folder / "rgb.tif", colours),
    }
    for kind, image in {
        "tiff-grey": Image.fromarray(RAMP),
        "tiff-float": Image.fromarray(RAMP.astype(np.float32) / 65535),
        "tiff-integer": Image.fromarray(RAMP.astype(np.int32)),
    }.items():
        image.save(folder / f"{kind}.tif")
        made[kind] = folder / f"{kind}.tif"
    for magic, samples in (("P5", RAMP), ("P6", colours)):
        path = made[f"ppm-{magic}"] = folder / f"{magic}.ppm"
        path.write_bytes(f"{magic} 8 6 65535\n".encode() + samples.astype(">u2").tobytes())
    path = made["ppm-twelve-bits"] = folder / "twelve.ppm"
    path.write_bytes(b"P6 8 6 4095\n" + (colours >> 4).astype(">u2").tobytes())
    path = made["pfm"] = folder / "a.pfm"
    path.write_bytes(b"Pf 8 6 -1.0\n" + RAMP.astype("<f4").tobytes())
    return made


DEEP = (
    "png-grey",
    "png-grey-alpha",
    "png-rgb",
    "png-rgb-alpha",
    "tiff-rgb",
    "tiff-grey",
    "tiff-float",
    "tiff-integer",
    "ppm-P5",
    "ppm-P6",
    "ppm-twelve-bits",
    "pfm",
)


@pytest.mark.parametrize("kind", DEEP)
def test_more_than_8_bits_a_channel_are_refused(kind: str, tmp_path: Path) -> None:
    path = deep_images(tmp_path)[kind]
    with Image.open(path) as image:
        image.load()  # Pillow reads it, so that it is the depth that is refused
    with pytest.raises(DataUnavailable, match=rf"{path.name} has more than 8 bits .* convert it to 8 bits"):
        ImageFile(path).pixels()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_images_of_8_bits_are_read_without_alpha(mode: str, tmp_path: Path) -> None:
    grey = (RAMP >> 8).astype(np.uint8)
    colours = Image.fromarray(np.dstack([grey, grey[::-1], grey[:, ::-1], grey]))
    image = colours.convert("RGB").convert(mode) if mode in ("1", "P") else colours.convert(mode)
    image.save(tmp_path / "a.png")
    expected = np.asarray(image.convert("RGB"))  # drops alpha
    np.testing.assert_array_equal(ImageFile(tmp_path / "a.png").pixels(), expected)


def test_a_bitmap_of_16_bits_a_pixel_has_fewer_than_8_a_channel(tmp_path: Path) -> None:
    header = struct.pack("<2sIHHI", b"BM", 54 + 4, 0, 0, 54)
    header += struct.pack("<IiiHHIIiiII", 40, 2, 1, 1, 16, 0, 4, 0, 0, 0, 0)
    (tmp_path / "a.bmp").write_bytes(header + struct.pack("<HH", 0x7C00, 0x001F))
    assert ImageFile(tmp_path / "a.bmp").pixels().tolist() == [[[255, 0, 0], [0, 0, 255]]]


def claims(path: Path, width: int, height: int) -> Path:
    """Write a PNG file with a size of its own claim."""
    png(path, RAMP, 0)
    content = bytearray(path.read_bytes())
    content[16:24] = struct.pack(">II", width, height)
    content[24] = 8
    content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (0, 5), (5, 0), (4_000, 4_000)])
def test_sizes_that_cannot_be_are_refused(size: tuple[int, int], tmp_path: Path) -> None:
    with pytest.raises(DataUnavailable, match=r"a\.png (cannot be read|has no pixels)"):
        ImageFile(claims(tmp_path / "a.png", *size)).pixels()


@pytest.mark.parametrize("content", [b"", b"no image", b"version https://git-lfs.github.com/spec/v1\n", b"<html>"])
def test_what_is_no_image_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    with pytest.raises(DataUnavailable, match=r"The image .*a\.jpg cannot be read"):
        ImageFile(tmp_path / "a.jpg").pixels()


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for image in (ImageFile(tmp_path), ImageFile(tmp_path / "missing.png")):
        for use in (image.pixels, image.digest):
            with pytest.raises(DataUnavailable, match="cannot be read"):
                use()
