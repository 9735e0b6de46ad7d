"""Finding folders and images below the user's data folder. Light to import."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path, PurePath

from pytest_brainscore.data.user_folder import user_folder, where_to_put
from pytest_brainscore.errors import DataUnavailable

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")


def first_folder(*below: str) -> Path | None:
    """Return the first of some folders below the user's that exists, or None."""
    given = user_folder()
    return next((given / each for each in below if (given / each).is_dir()), None) if given else None


def first_file(*below: str) -> Path | None:
    """Return the first of some files below the user's folder that exists, or None."""
    given = user_folder()
    return next((given / each for each in below if (given / each).is_file()), None) if given else None


def put(what: str, below: str) -> str:
    """Return the sentence that tells a user to bring something."""
    return f"{what} not on this machine; put them into {where_to_put(below)}."


def is_image(path: Path) -> bool:
    """Tell an image by its name; hidden files, as some systems leave behind, are none."""
    return path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".") and path.is_file()


def images_in(folder: Path) -> list[Path]:
    """Return the images that lie directly in a folder, sorted by name."""
    return sorted(path for path in folder.iterdir() if is_image(path))


def tables_in(folder: Path) -> list[Path]:
    """Return the tables (csv) that lie directly in a folder, by name; hidden files and locks of Excel are none."""
    tables = (path for path in folder.iterdir() if path.suffix.lower() == ".csv")
    return sorted(path for path in tables if not path.name.startswith((".", "~$")))


def by_number(path: Path) -> tuple[int, str]:
    """Return what numbered files are sorted by: shorter names first, so that 9 comes before 10, and 009 before 010."""
    return len(path.stem), path.stem


def require_distinct(names: Iterable[str], folder: Path) -> None:
    """Check that no two images have one name, which is the id of a stimulus: without its suffix, ``a`` for ``a.png``.

    Raises
    ------
    DataUnavailable
        When two have (also ``a.JPEG`` and ``a.png``), or there is no image at all.

    """
    seen: set[str] = set()
    for name in names:
        stem = PurePath(name).stem
        if stem in seen:
            raise DataUnavailable(f"The image {name} lies twice in {folder}; take the images as published.")
        seen.add(stem)
    if not seen:
        raise DataUnavailable(f"There are no images in {folder}; copy the whole folder.")
