"""Images of one's own as a stimulus set: a folder or an archive of them, with or without a table, or a list."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.data.reading import reading
from pytest_brainscore.data.recordings.from_tables import read_table
from pytest_brainscore.data.recordings.vocabulary import find, shown
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.data.stimuli.stimulus_set_files import LEFT_BEHIND
from pytest_brainscore.data.unpacking.unpacked import unpacked
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import pandas

SUFFIXES: Final = (".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".gif")
"""Files that are images; others in a folder are overlooked."""
ARCHIVES: Final = (".zip", ".tar", ".tgz", ".gz")
FILENAME: Final = "filename"
FILES: Final = (FILENAME, "file_name", "image_file", "file", "path", "image_path")
"""What the column of file names is called in a table; where there is none, the column of ids names files."""


def own_stimuli(
    stimuli: StimulusSet | pandas.DataFrame | str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
    *,
    table: str | os.PathLike[str] | None = None,
    degrees: float,
    identifier: str = "own",
) -> tuple[StimulusSet, bool]:
    """Return images as a stimulus set, and whether their order means anything.

    Parameters
    ----------
    stimuli
        A stimulus set, which stays as it is; a folder (also with folders in it) or a zip or tar archive of images; a
        list of image files; a DataFrame with a column of file names (``filename``, ``image`` ...), or a csv file with
        one, whose paths start from the file.
    table
        A csv file with a row for each image in the folder or archive that counts: a column of ids or of file names, or
        both, and others to stratify by.
    degrees
        Side of the square that the images span in the visual field, in visual degrees.
    identifier
        Name of the set.

    Returns
    -------
    The set, with the columns ``stimulus_id`` (where no table says otherwise, the path of the file in its folder without
    the ending) and ``filename``. The order means something unless it is that of a folder: by name, 9 before 10.

    Raises
    ------
    DataUnavailable
        When a folder, a file or an image is not there, or there are no images.

    """
    if isinstance(stimuli, StimulusSet):
        return stimuli, True
    if hasattr(stimuli, "columns"):
        return _of_table(_as_text(stimuli), Path(), "The table of stimuli", degrees, identifier), True
    if not isinstance(stimuli, str | os.PathLike):
        if not hasattr(stimuli, "__iter__"):
            raise DataUnavailable(
                f"The stimuli are of type {type(stimuli).__name__}; give a folder of images, a list of image files, a "
                "table with their names, or a StimulusSet."
            )
        return _stimulus_set(
            [(Path(each).stem, Path(each).name, Path(each)) for each in stimuli], {}, degrees, identifier
        ), True
    path = Path(stimuli)
    if path.suffix.lower() == ".csv":
        return _of_table(read_table(path), path.parent, path, degrees, identifier), True
    images = _images(path)
    if table is None:
        ordered = sorted(images, key=lambda name: (len(PurePosixPath(name).stem), name))
        rows = [(str(PurePosixPath(name).with_suffix("")), name, images[name]) for name in ordered]
        return _stimulus_set(rows, {}, degrees, identifier), False
    return _of_table(read_table(Path(table)), images, Path(table), degrees, identifier), True


def _images(path: Path) -> dict[str, Path]:
    """Return the images in a folder or an archive by their path within it."""
    if path.is_file() and path.suffix.lower() in ARCHIVES:
        folder = unpacked(path)
    elif path.is_dir():
        folder = path
    else:
        kind = "is no folder, archive or table" if path.exists() else "is not there"
        raise DataUnavailable(
            f"The stimuli {path} {kind}; give the folder of the images, a zip of them, or a csv file."
        )
    found = {
        each.relative_to(folder).as_posix(): each
        for each in folder.rglob("*")
        if each.suffix.lower() in SUFFIXES and not each.name.startswith(LEFT_BEHIND) and each.is_file()
    }
    if not found:
        raise DataUnavailable(f"There are no images in {path}; put them there ({', '.join(SUFFIXES)}).")
    return found


def _of_table(
    table: pandas.DataFrame, images: Path | dict[str, Path], where: object, degrees: float, identifier: str
) -> StimulusSet:
    """Return the images that a table names: by files below a folder, or by names among images that there are."""
    names = [str(name) for name in table.columns]
    file_column = next((name for name in names if name.strip().lower() in FILES), None)
    id_column = find("stimulus", [name for name in names if name != file_column], None, where)
    if file_column is None and id_column is None:
        raise DataUnavailable(
            f"{where} has no column of images, but {shown(names)}; call one of them filename or stimulus_id."
        )
    files = [str(each).strip().replace("\\", "/") for each in table[file_column or id_column]]
    ids = (
        [str(each).strip() for each in table[id_column]] if id_column else [PurePosixPath(each).stem for each in files]
    )
    if isinstance(images, Path):
        paths = [images / each for each in files]
        # Without endings, or with letters that the system composes in another way.
        if images != Path() and not all(path.is_file() for path in paths):
            paths = _named(files, _images(images), where)
    else:
        paths = _named(files, images, where)
    others = {name: table[name] for name in names if name not in (file_column, id_column)}
    return _stimulus_set(list(zip(ids, files, paths, strict=True)), others, degrees, identifier)


def _named(names: Sequence[str], images: dict[str, Path], where: object) -> list[Path]:
    """Return the images that names mean: paths in the folder, names of files, or these without their ending."""
    from pytest_brainscore.data.joining.stimulus_names import match_names

    places = match_names(names, [list(images)], f"table {where}", "images")
    paths = list(images.values())
    return [paths[place] for place in places]


def _stimulus_set(
    rows: Sequence[tuple[str, str, Path]], columns: Mapping[str, Any], degrees: float, identifier: str
) -> StimulusSet:
    """Return images with their ids and names of files."""
    import pandas

    missing = [path for _, _, path in rows if not path.is_file()]
    if missing or not rows:
        raise DataUnavailable(
            f"{len(missing)} of {len(rows)} images are not there, the first is {missing[0]}; put them there, or take "
            "them out of the table."
            if missing
            else "There are no images; give at least one."
        )
    table = pandas.DataFrame({"stimulus_id": [name for name, _, _ in rows], FILENAME: [file for _, file, _ in rows]})
    for name, values in columns.items():
        table[name] = list(values)
    return StimulusSet(identifier, table, tuple(ImageFile(path) for _, _, path in rows), degrees)


def _as_text(table: Any) -> pandas.DataFrame:
    with reading("The stimuli", "given as a table", "give a DataFrame"):
        return table.reset_index() if table.index.name else table  # type: ignore[no-any-return]
