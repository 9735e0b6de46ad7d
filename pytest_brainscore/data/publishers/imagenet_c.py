"""ImageNet-C (Hendrycks & Dietterich 2019): corrupted validation images, as distributed. Light to import.

In ``imagenet-c/`` of the user's folder: ``TYPE/LEVEL/SYNSET/*.JPEG`` for the four types of noise, blur, weather or
digital corruption and the levels 1 to 5, or the archives ``noise.tar``, ``blur.tar``, ``weather.tar``, ``digital.tar``
(https://zenodo.org/record/2235448), which are unpacked into the cache.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import first_file, first_folder, images_in, put, require_distinct
from pytest_brainscore.data.publishers.imagenet import SYNSET
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "imagenet-c"
TYPES: Final[Mapping[str, tuple[str, ...]]] = {
    "noise": ("gaussian_noise", "shot_noise", "impulse_noise"),
    "blur": ("glass_blur", "motion_blur", "zoom_blur", "defocus_blur"),
    "weather": ("snow", "frost", "fog", "brightness"),
    "digital": ("pixelate", "contrast", "elastic_transform", "jpeg_compression"),
}
"""Corruptions by group, in the published order."""
LEVELS: Final = (1, 2, 3, 4, 5)


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when all types and levels of a group are there."""
    group = _group(files)
    if first_file(f"{FOLDER}/{group}.tar") is not None:
        return None
    for kind in TYPES[group]:
        for level in LEVELS:
            if first_folder(f"{FOLDER}/{kind}/{level}") is None:
                what = f"The images of ImageNet-C with {kind} at level {level} ({files.identifier}) are"
                return put(what, f"{FOLDER}/{kind}/{level}")[:-1] + f", or {group}.tar into {FOLDER}."
    return None


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images of a group: by type, level, then file name.

    Columns: ``stimulus_id`` (``TYPE_LEVEL_NAME``), ``filename``, ``synset``, ``noise_type``, ``noise_level``.

    Raises
    ------
    DataUnavailable
        When a type and level has no images, or other images than the first: a copy that is not whole; or a class that
        is not one of the 1000.

    """
    import pandas as pd

    from pytest_brainscore.data.imagenet_classes import require_known_classes
    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    group = _group(files)
    folder = _folder(group)
    rows: list[dict[str, object]] = []
    images: list[ImageFile] = []
    expected: int | None = None
    same: list[tuple[str, str]] = []
    for kind in TYPES[group]:
        for level in LEVELS:
            found = _images(folder / kind / str(level))
            if not found or len(found) != (expected or len(found)):
                raise DataUnavailable(
                    f"{folder / kind / str(level)} has {len(found)} images, the levels before {expected or 'none'}; "
                    "copy the whole folder."
                )
            expected = len(found)
            named = [(image.parent.name, image.stem) for image in found]
            if named != (same or named):
                other = next(each for each, before in zip(named, same, strict=True) if each != before)
                raise DataUnavailable(
                    f"{folder / kind / str(level)} has other images than the levels before ({'/'.join(other)} first); "
                    "copy the whole folder."
                )
            if not same:
                require_known_classes((synset for synset, _ in named), folder / kind / str(level))
                require_distinct((image.name for image in found), folder / kind / str(level))
            same = named
            rows += [
                {
                    "stimulus_id": f"{kind}_{level}_{image.stem}",
                    "filename": image.name,
                    "synset": image.parent.name,
                    "noise_type": kind,
                    "noise_level": level,
                }
                for image in found
            ]
            images += map(ImageFile, found)
    return StimulusSet(files.store_identifier, pd.DataFrame(rows), tuple(images), degrees)


def _group(files: FileSet) -> str:
    return files.identifier.removeprefix("imagenet_c.")


def _folder(group: str) -> Path:
    folder, archive = first_folder(FOLDER), first_file(f"{FOLDER}/{group}.tar")
    if folder is not None and all((folder / kind).is_dir() for kind in TYPES[group]):
        return folder
    if archive is None:
        raise DataUnavailable(f"There is no {group}.tar in {FOLDER}; copy it there.")
    from pytest_brainscore.data.unpacking.unpacked import unpacked

    return unpacked(archive)


def _images(folder: Path) -> list[Path]:
    """Return the images of one type and level, sorted by name."""
    if not folder.is_dir():
        return []
    classes = (each for each in folder.iterdir() if SYNSET.fullmatch(each.name) and each.is_dir())
    return sorted((image for each in classes for image in images_in(each)), key=lambda image: image.name)
