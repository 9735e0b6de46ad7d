"""Files in the published layout in a user's folder: what the catalogue names, with the content that a test makes up."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import xarray as xr

from pytest_brainscore.data import catalogue
from pytest_brainscore.data.catalogue import FileSetKind, file_set
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

Draw = Callable[[Path, int], Path]


class PublishedFiles:
    """Writes stimulus sets and assemblies by the names that the catalogue has for them.

    Their checksums stand in the catalogue afterwards: what is made up is verified like what is published.
    """

    def __init__(self, folder: Path, scratch: Path, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._scratch = scratch
        self._draw = draw
        self._entries = dict(catalogue.catalogue())
        monkeypatch.setattr(catalogue, "catalogue", lambda: self._entries)

    def stimuli(self, stimuli: StimulusSet, identifier: str) -> None:
        """Write the table of a stimulus set, and a grey image for each row."""
        table, archive = file_set("stimulus_set", identifier).files
        names = [f"{name}.png" for name in stimuli.table["stimulus_id"]]
        stimuli.table.assign(filename=names).to_csv(self.folder / table.name, index=False)
        with zipfile.ZipFile(self.folder / archive.name, "w") as images:
            for place, name in enumerate(names):
                images.write(self._draw(self._scratch / identifier / name, place % 256), name)
        self._known("stimulus_set", identifier)

    def assembly(self, assembly: xr.DataArray, identifier: str) -> None:
        """Write an assembly as the published system does: one variable, plain coordinates."""
        (file,) = file_set("assembly", identifier).files
        assembly.rename("data").to_dataset().to_netcdf(self.folder / file.name, engine="h5netcdf")
        self._known("assembly", identifier)

    def _known(self, kind: FileSetKind, identifier: str) -> None:
        entry = file_set(kind, identifier)
        files = [
            replace(file, sha1=hashlib.sha1((self.folder / file.name).read_bytes(), usedforsecurity=False).hexdigest())
            for file in entry.files
        ]
        self._entries[kind, identifier] = replace(entry, files=tuple(files))


@pytest.fixture
def published_files(user_folder: Path, tmp_path: Path, draw: Draw, monkeypatch: pytest.MonkeyPatch) -> PublishedFiles:
    """Return what writes files into the user's folder; nothing is fetched."""
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    return PublishedFiles(user_folder, tmp_path / "scratch", draw, monkeypatch)
