"""Stimulus sets as published: a table (csv) and an archive of images (zip).

The table has one row per stimulus, in the order that counts, with the columns ``stimulus_id`` (in older sets
``image_id``), ``filename`` (name in the archive) and free metadata. The archive is flat.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.reading import reading
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import pandas

NOT_IMAGES: Final = (".zip", ".csv")
"""Members of an archive that are no stimuli; the published system overlooks them too."""
LEFT_BEHIND: Final = (".", "Thumbs.db", "desktop.ini")
"""How files begin that systems leave behind in a folder somebody looked into."""


def read_stimulus_table(path: str | os.PathLike[str]) -> pandas.DataFrame:
    """Return the table of a stimulus set, its rows and columns in the published order.

    Values are parsed by pandas as in the published system: ids that are numbers throughout become integers. The legacy
    column ``image_id`` is copied to ``stimulus_id`` where that is missing.

    Raises
    ------
    DataUnavailable
        When the file is no table, or has no column of ids, or has no rows.

    """
    import pandas as pd

    with reading("The table of stimuli", path, "fetch or copy it again"):
        table = pd.read_csv(path)
    if "stimulus_id" not in table.columns and "image_id" in table.columns:
        table["stimulus_id"] = table["image_id"]
    if "stimulus_id" not in table.columns or table.empty:
        lacking = "rows" if "stimulus_id" in table.columns else "column 'stimulus_id' or 'image_id'"
        raise DataUnavailable(f"The table of stimuli {path} has no {lacking}; take the table as published.")
    return table


def read_stimulus_set(
    identifier: str, table_file: str | os.PathLike[str], images: str | os.PathLike[str], degrees: float
) -> StimulusSet:
    """Return a stimulus set from its table and the folder that its archive was unpacked to.

    Parameters
    ----------
    identifier
        Name of the stimulus set.
    table_file
        The csv file.
    images
        Folder of the images.
    degrees
        Side of the square that the images span in the visual field, in visual degrees.

    Raises
    ------
    DataUnavailable
        When the table cannot be used, or when its images and those in the folder are not the same: then the two files
        do not belong together, or one of them is not whole.

    """
    table, images = read_stimulus_table(table_file), Path(images)
    if "filename" not in table.columns:
        raise DataUnavailable(f"The table of stimuli {table_file} has no column 'filename'; take it as published.")
    names = [str(name) for name in table["filename"]]
    there = {
        path.relative_to(images).as_posix()
        for path in images.rglob("*")
        if path.suffix.lower() not in NOT_IMAGES and not path.name.startswith(LEFT_BEHIND) and path.is_file()
    }
    for difference, where in ((set(names) - there, "table"), (there - set(names), "archive")):
        if difference:
            other = {"table": "archive", "archive": "table"}[where]
            raise DataUnavailable(
                f"Table and archive of the stimulus set {identifier} contradict each other: {len(difference)} images "
                f"of the {where} ({min(difference)} first) are not in the {other}; fetch {table_file} again, and "
                f"remove {images}."
            )
    return StimulusSet(identifier, table, tuple(ImageFile(images / name) for name in names), degrees)
