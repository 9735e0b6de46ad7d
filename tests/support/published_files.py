"""A user's folder with files of the catalogue in the published layout, made of a test's own values.

The names are those of the catalogue; the checksums are those of the files written here, so that a benchmark goes the
whole way: tables, archives and netCDF files are found, verified, unpacked, read and joined.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from PIL import Image

from pytest_brainscore.data import loading
from pytest_brainscore.data.catalogue import FileSet, FileSetKind, file_set


class PublishedFolder:
    """Files of the catalogue in a folder of their own; all that is not written here is missing."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder / "data"
        self.folder.mkdir()
        self._sets: dict[tuple[str, str], FileSet] = {}
        monkeypatch.setenv("BRAINSCORE_DATA", str(self.folder))
        monkeypatch.setenv("BRAINSCORE_HOME", str(folder / "home"))
        monkeypatch.setenv("BRAINIO_HOME", str(folder / "brainio"))
        monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
        monkeypatch.setattr(loading, "file_set", self._file_set)

    def stimuli(self, name: str, table: pd.DataFrame) -> None:
        """Write a stimulus set: its table, which gets the column ``filename``, and a small image for each row."""
        names = [f"{row:05d}.png" for row in range(len(table))]
        content = table.assign(filename=names).to_csv(index=False).encode()
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as into:
            for row, file in enumerate(names):
                image = io.BytesIO()
                Image.fromarray(np.random.RandomState(row).randint(0, 256, (8, 8, 3)).astype(np.uint8)).save(
                    image, "PNG"
                )
                into.writestr(file, image.getvalue())
        self._write("stimulus_set", name, content, archive.getvalue())

    def assembly(self, name: str, assembly: xr.DataArray) -> None:
        """Write an assembly: the variable ``data`` and plain coordinates."""
        path = self.folder / "new.nc"
        assembly.rename("data").reset_coords().to_netcdf(path, engine="h5netcdf")
        content = path.read_bytes()
        path.unlink()
        self._write("assembly", name, content)

    def remove(self, kind: FileSetKind, name: str) -> None:
        """Take the files of a set away."""
        for file in self._file_set(kind, name).files:
            (self.folder / file.name).unlink()

    def _write(self, kind: FileSetKind, name: str, *contents: bytes) -> None:
        known = file_set(kind, name)
        files = []
        for file, content in zip(known.files, contents, strict=True):
            (self.folder / file.name).write_bytes(content)
            sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
            files.append(replace(file, sha1=sha1, size=None))
        self._sets[kind, name] = replace(known, files=tuple(files))

    def _file_set(self, kind: FileSetKind, name: str) -> FileSet:
        return self._sets.get((kind, name)) or file_set(kind, name)


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublishedFolder:
    """Return an empty folder for files of the catalogue."""
    return PublishedFolder(tmp_path, monkeypatch)
