"""ObjectNet (Barbu, Mayo et al. 2019), as distributed. Light to import.

In ``objectnet/`` of the user's folder, or ``objectnet/objectnet-1.0/``: ``images/CLASS/*.png`` and ``mappings/``, which
say in four steps which classes of ImageNet a class corresponds to: the folder has a name
(``folder_to_objectnet_label.json``), the name has names of ImageNet (``objectnet_to_imagenet_1k.json``), these are
lines of a list (``imagenet_to_label_2012_v2``), and the lines are outputs of a network
(``pytorch_to_imagenet_2012_id.json``).

Of the 113 classes that ImageNet has too, nine correspond to several of its classes (a chair is a barber chair, folding
chair or rocking chair). The published set names one class for every image and has 104 classes, so these nine are left
out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from pytest_brainscore.data.folders import first_folder, images_in, put, require_distinct
from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, Pixels, StimulusSet

FOLDER: Final = "objectnet"
MAPPINGS: Final = (
    "folder_to_objectnet_label.json",
    "objectnet_to_imagenet_1k.json",
    "imagenet_to_label_2012_v2",
    "pytorch_to_imagenet_2012_id.json",
)
BORDER: Final = 1
"""Width in pixels of the red border that the authors put around every image, and want removed before recognition."""


@dataclass(frozen=True)
class FramedImageFile:
    """An image in a file, without the border around it."""

    file: ImageFile

    def pixels(self) -> Pixels:
        """Return the image within the border as height x width x 3."""
        return self.file.pixels()[BORDER:-BORDER, BORDER:-BORDER]

    def digest(self) -> str:
        """Return a digest of the file and of what is removed from it."""
        return hashlib.sha256(f"{self.file.digest()} without {BORDER}".encode()).hexdigest()


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when images and mappings are there."""
    folder = _folder()
    if folder is None:
        return put(f"The images of ObjectNet ({files.identifier}) are", f"{FOLDER}/images")
    lacking = [name for name in MAPPINGS if not (folder / "mappings" / name).is_file()]
    if lacking:
        return f"ObjectNet's {', '.join(lacking)} is not in {folder / 'mappings'}; copy that folder too."
    return None


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images of the classes with one counterpart in ImageNet, sorted by file name.

    Columns: ``stimulus_id``, ``image_id``, ``filename``, ``synset``. Without their red border.

    Raises
    ------
    DataUnavailable
        When a class has no folder, a mapping does not fit, or two images have one name.

    """
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    folder = _folder()
    if folder is None:
        raise DataUnavailable(str(missing(files)))
    found: list[tuple[Path, str]] = []
    for name, synset in _synsets(folder / "mappings").items():
        if not (folder / "images" / name).is_dir():
            raise DataUnavailable(f"The folder {folder / 'images' / name} is missing; copy all classes of ObjectNet.")
        found += [(image, synset) for image in images_in(folder / "images" / name)]
    found.sort(key=lambda pair: pair[0].name)
    require_distinct((image.name for image, _ in found), folder / "images")
    rows = [
        {"stimulus_id": image.stem, "image_id": image.stem, "filename": image.name, "synset": synset}
        for image, synset in found
    ]
    images = tuple(FramedImageFile(ImageFile(image)) for image, _ in found)
    return StimulusSet(files.store_identifier, pd.DataFrame(rows), images, degrees)


def _folder() -> Path | None:
    for below in (FOLDER, f"{FOLDER}/objectnet-1.0"):
        if first_folder(f"{below}/images") is not None:
            return first_folder(below)
    return None


def _synsets(mappings: Path) -> Mapping[str, str]:
    """Return the class of ImageNet by folder, for the folders that have exactly one."""
    from pytest_brainscore.data.imagenet_classes import IMAGENET_SYNSETS

    texts = [read_text(mappings / name, "The mapping") for name in MAPPINGS]
    mend = "they do not fit together; copy the folder as distributed"
    with reading("The mappings of ObjectNet in", mappings, mend, also=(AttributeError,)):
        label_of, counterparts, output_of_line = (
            cast("dict[str, str]", json.loads(text)) for text in (texts[0], texts[1], texts[3])
        )
        names = [line.strip() for line in texts[2].splitlines()]
        outputs = {int(line): int(output) for output, line in output_of_line.items()}
        folder_of = {label: folder for folder, label in label_of.items()}
        return {
            folder_of[label]: IMAGENET_SYNSETS[outputs[names.index(counterpart)]]
            for label, counterpart in counterparts.items()
            if "; " not in counterpart
        }
