"""The validation images of ImageNet (ILSVRC 2012), in the layouts in which people keep them. Light to import.

In ``imagenet/`` of the user's folder, or in ``imagenet/val/``:

* one folder for each class, ``n01440764/*.JPEG``; or
* all images, ``ILSVRC2012_val_00000001.JPEG`` ..., and beside them what is to be seen on them: ``LOC_val_solution.csv``
  (names the classes), or ``ILSVRC2012_validation_ground_truth.txt`` (numbers them). The numbers are those of the
  competition, 1 to 1000, which follow no alphabet, so they need ``map_clsloc.txt`` or ``meta.mat`` of the development
  kit too; ``synset_words.txt`` has another order and cannot serve. The kit may stay in its folder
  ``ILSVRC2012_devkit_t12/data/``; or
* all images with the class in the name, ``ILSVRC2012_val_00000001_n01440764.JPEG`` or ``n01440764_anything.JPEG``.

A class in a name must be that of the folder or the list, where there is one.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import first_folder, images_in, is_image, put, require_distinct
from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "imagenet"
SYNSET: Final = re.compile(r"n\d{8}")
"""A class: a part of speech and a number of WordNet."""
_SYNSET_LAST: Final = re.compile(rf"(.+)_({SYNSET.pattern})")
_SYNSET_FIRST: Final = re.compile(rf"({SYNSET.pattern})_.+")
_MOST_CLASSES: Final = 100_000
"""More than WordNet has nouns for; the development kit has 1860 classes and groups of classes."""
_KIT: Final = "ILSVRC2012_devkit_t12/data"
_SOLUTION: Final = "LOC_val_solution.csv"
_TRUTH: Final = "ILSVRC2012_validation_ground_truth.txt"
_CLASS_NUMBERS: Final = ("map_clsloc.txt", "meta.mat")


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when there are images with classes."""
    folder = _folder()
    if folder is None:
        return put(
            f"The validation images of ImageNet ({files.identifier}) are",
            f"{FOLDER}, one folder for each class (n01440764/*.JPEG) or all in one with {_SOLUTION}",
        )
    if _class_folders(folder) or _kit_file(folder, _SOLUTION) is not None:
        return None
    if _kit_file(folder, _TRUTH) is not None and _kit_file(folder, *_CLASS_NUMBERS) is not None:
        return None
    if _class_in_name(next(filter(is_image, folder.iterdir()))) is not None:
        return None
    return (
        f"The images in {folder} have no classes; put {_SOLUTION} beside them, or {_TRUTH} with map_clsloc.txt or "
        "meta.mat of the development kit."
    )


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images sorted by file name, with the columns ``stimulus_id``, ``image_id``, ``filename``, ``synset``.

    Any number of images will do; a score on a part is not comparable with one on all 50 000.

    Raises
    ------
    DataUnavailable
        When the class of an image is not known, not one of the 1000, or another one in the name of the image; or two
        images have one name.

    """
    import pandas as pd

    from pytest_brainscore.data.imagenet_classes import require_known_classes
    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    folder = _folder()
    if folder is None:
        raise DataUnavailable(str(missing(files)))
    classes = _class_folders(folder)
    if classes:
        found = [(image, each.name) for each in classes for image in images_in(each)]
    else:
        truth = _truth(folder)
        found = [(image, _class_of(image, truth)) for image in images_in(folder)]
    require_known_classes((synset for _, synset in found), folder)
    for image, synset in found:
        if _class_in_name(image) not in (None, synset):
            raise DataUnavailable(
                f"The image {image} is of the class {_class_in_name(image)} by its name, and of {synset} by its folder "
                "or the list of classes; take images and classes as published."
            )
    found.sort(key=lambda pair: pair[0].name)
    require_distinct((_name_of(image) + image.suffix for image, _ in found), folder)
    rows = [
        {"stimulus_id": _name_of(image), "image_id": _name_of(image), "filename": image.name, "synset": synset}
        for image, synset in found
    ]
    images = tuple(ImageFile(image) for image, _ in found)
    return StimulusSet(files.store_identifier, pd.DataFrame(rows), images, degrees)


def _folder() -> Path | None:
    """Return the folder that has images, or folders of classes."""
    for below in (f"{FOLDER}/val", FOLDER):
        folder = first_folder(below)
        if folder is not None and (_class_folders(folder) or any(map(is_image, folder.iterdir()))):
            return folder
    return None


def _class_folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if SYNSET.fullmatch(each.name) and each.is_dir())


def _kit_file(folder: Path, *names: str) -> Path | None:
    """Return the first of some files beside the images, above ``val``, or in the development kit."""
    parents = (folder, folder.parent) if folder.name == "val" else (folder,)
    places = [place for parent in parents for place in (parent, parent / _KIT)]
    return next((place / name for name in names for place in places if (place / name).is_file()), None)


def _class_in_name(image: Path) -> str | None:
    """Return the class that the name of an image carries; None where it carries none."""
    last, first = _SYNSET_LAST.fullmatch(image.stem), _SYNSET_FIRST.fullmatch(image.stem)
    return last[2] if last else first[1] if first else None


def _name_of(image: Path) -> str:
    """Return the published name of an image: without suffix, and without a class that was added to it."""
    named = _SYNSET_LAST.fullmatch(image.stem)
    return named[1] if named and named[1].startswith("ILSVRC2012_") else image.stem


def _truth(folder: Path) -> Mapping[str, str]:
    """Return the class of every image by its name without suffix; empty where only the names can tell."""
    solution = _kit_file(folder, _SOLUTION)
    if solution is not None:
        text = read_text(solution, "The list of classes")
        with reading("The list of classes", solution):
            table = csv.DictReader(io.StringIO(text), strict=True)
            rows = [(row.get("ImageId"), (row.get("PredictionString") or "").split()) for row in table]
        if not {"ImageId", "PredictionString"} <= set(table.fieldnames or ()):
            raise DataUnavailable(f"{solution} has no columns ImageId and PredictionString; copy it as published.")
        # PredictionString is the class and a box, for every object: n03995372 85 1 499 272
        return {str(image): objects[0] for image, objects in rows if objects}
    truth, kit = _kit_file(folder, _TRUTH), _kit_file(folder, *_CLASS_NUMBERS)
    if truth is None or kit is None:
        if any(_class_in_name(image) is not None for image in images_in(folder)):
            return {}
        raise DataUnavailable(f"The images in {folder} have no classes; put {_SOLUTION} beside them.")
    synsets = _numbered_classes(kit)
    numbers = read_text(truth, "The list of classes").split()
    unknown = sorted({number for number in numbers if number not in synsets})
    if unknown:
        raise DataUnavailable(f"{truth} has the class {unknown[0][:10]}, which {kit} has not; take both from one kit.")
    return {f"ILSVRC2012_val_{image:08}": synsets[number] for image, number in enumerate(numbers, start=1)}


def _numbered_classes(kit: Path) -> dict[str, str]:
    """Return the classes by their number in the competition."""
    if kit.suffix == ".txt":  # n02119789 1 kit_fox
        lines = [line.split() for line in read_text(kit, "The list of classes").splitlines() if line.strip()]
        with reading("The list of classes", kit):
            return {line[1]: line[0] for line in lines}
    from scipy.io import loadmat, whosmat
    from scipy.io.matlab import MatReadError

    # One record for each class and each group of classes: number, WordNet id, words ...
    with reading("The list of classes", kit, also=(MatReadError,)):
        # SciPy fills whatever a damaged header claims, for minutes: the claims come first.
        if any(math.prod(shape) > _MOST_CLASSES for _, shape, _ in whosmat(kit)):
            raise ValueError("it claims more classes than there are")
        synsets = loadmat(kit, squeeze_me=True, variable_names=["synsets"])["synsets"]
        return {str(int(each["ILSVRC2012_ID"])): str(each["WNID"]) for each in synsets}


def _class_of(image: Path, truth: Mapping[str, str]) -> str:
    synset = truth.get(_name_of(image), truth.get(image.stem, "")) if truth else _class_in_name(image) or ""
    if not SYNSET.fullmatch(synset):
        raise DataUnavailable(
            f"The class of the image {image} is not known; keep the names ILSVRC2012_val_....JPEG, and the whole file "
            "of classes."
        )
    return synset
