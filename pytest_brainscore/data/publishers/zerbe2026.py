"""Images of LAION-fMRI (Zerbe et al. 2026) as they come with its data use agreement, and which are fitted or tested.

In ``laion_fmri/`` of the user's folder:

* ``images_extracted/`` (or ``stimuli/images_extracted/``, or right there): the images, and ``manifest.csv`` with the
  columns ``stimulus_id`` and ``filename``. Nothing is downloaded: the images are behind the agreement.
* ``splits.csv``: what the package ``laion_fmri`` of the authors says about splits, which is on no package index. A row
  for each image in each pool: ``stimulus_id``; ``pool``, as the package calls it (``shared``, or a person: ``sub-01``);
  and a column for each split (``tau``, ``ood``) with ``train``, ``test``, or nothing where an image is in neither. Rows
  with an empty pool, and those of a file without that column, are about all pools.

Where the package is installed, it writes the file so::

    import pandas
    from laion_fmri.splits import get_train_test_ids, list_pools

    rows = {}
    for pool in list_pools():
        for split in ("tau", "ood"):
            for word, ids in zip(("train", "test"), get_train_test_ids(split, pool=pool)):
                for name in ids:
                    rows.setdefault((pool, name), {})[split] = word
    table = pandas.DataFrame.from_dict(rows, orient="index").rename_axis(["pool", "stimulus_id"])
    table.to_csv("splits.csv")

Light to import.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import first_file, put
from pytest_brainscore.data.reading import read_text
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "laion_fmri"
SETS: Final = ("train", "test")
_PLACES: Final = ("images_extracted", "stimuli/images_extracted", ".")
_MEND: Final = "write it anew, with stimulus_id, and train, test or nothing for each split"


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when images and splits are there."""
    if _manifest() is None:
        return put("The images of LAION-fMRI, with their manifest.csv, are", f"{FOLDER}/images_extracted")
    if _splits() is None:
        return put(
            "The splits of LAION-fMRI (splits.csv with the columns stimulus_id, pool, tau and ood: train, test or "
            "nothing, as the authors' package laion_fmri has them) are",
            FOLDER,
        )
    return None


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return all images of the manifest, in its order.

    Raises
    ------
    DataUnavailable
        When there is no manifest, it lacks a column, or an image is missing or there twice.

    """
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    manifest = _manifest()
    if manifest is None:
        raise DataUnavailable(str(missing(files)))
    rows = _table(manifest, ("stimulus_id", "filename"), "copy it again with its images")
    paths = [manifest.parent / row["filename"] for row in rows]
    lacking = [path.name for path in paths if not path.is_file()]
    if lacking:
        raise DataUnavailable(
            f"{len(lacking)} of {len(rows)} images that {manifest} names are not there, {lacking[0]} first; copy them."
        )
    names = [row["stimulus_id"] for row in rows]
    if len(set(names)) < len(names):
        raise DataUnavailable(f"{manifest} names an image twice; copy it again.")
    table = pd.DataFrame({"stimulus_id": names, "filename": [row["filename"] for row in rows]})
    return StimulusSet(files.identifier, table, tuple(map(ImageFile, paths)), degrees)


def split_of(split: str, pool: str) -> dict[str, str]:
    """Return which images are fitted and which are tested.

    Parameters
    ----------
    split
        ``tau``, ``ood``, or another column of the file.
    pool
        Of which images: ``shared``, or those of a person, ``sub-01``.

    Returns
    -------
    dict
        ``train`` or ``test`` by image; those in neither are left out.

    Raises
    ------
    DataUnavailable
        When there is no such file or column, another word stands in it, or an image is there twice.

    """
    path = _splits()
    if path is None:
        raise DataUnavailable(put("The splits of LAION-fMRI (splits.csv) are", FOLDER))
    found: dict[str, str] = {}
    for row in _table(path, ("stimulus_id", split), _MEND):
        if row.get("pool") not in (None, "", pool):
            continue
        name, word = row["stimulus_id"], row[split].strip().lower()
        if word and word not in SETS:
            raise DataUnavailable(f"{path} says {row[split]!r} of the image {name} in {split}; {_MEND}.")
        if name in found:
            raise DataUnavailable(f"{path} has the image {name} twice in the pool {pool}; {_MEND}.")
        found[name] = word
    return {name: word for name, word in found.items() if word}


def _manifest() -> Path | None:
    return first_file(*(f"{FOLDER}/{place}/manifest.csv" for place in _PLACES))


def _splits() -> Path | None:
    return first_file(f"{FOLDER}/splits.csv")


def _table(path: Path, columns: tuple[str, ...], mend: str) -> list[dict[str, str]]:
    """Return the rows of a table with some columns."""
    rows = list(csv.DictReader(io.StringIO(read_text(path, "The table", mend))))
    lacking = [column for column in columns if not rows or any(row.get(column) is None for row in rows)]
    if lacking:
        raise DataUnavailable(f"{path} has no rows, or lacks the column {lacking[0]}; {mend}.")
    return [{str(name): value for name, value in row.items() if isinstance(value, str)} for row in rows]
