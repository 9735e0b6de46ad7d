"""Stimulus sets and assemblies by name, from wherever they lie."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_brainscore.data import publishers
from pytest_brainscore.data.catalogue import FileSet, file_set
from pytest_brainscore.data.retrieval.find_local import find
from pytest_brainscore.data.retrieval.local_or_download import obtain
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import pandas
    import xarray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet


def load_stimulus_set(identifier: str, degrees: float) -> StimulusSet:
    """Return a stimulus set of the catalogue, its rows in the published order.

    Published files come first where they are on this machine, then the layout of the original publisher in the user's
    folder; otherwise the published files are fetched.

    Parameters
    ----------
    identifier
        Name in the catalogue, for example ``hvm-public``.
    degrees
        Side of the square that the images span in the visual field, in visual degrees, as the benchmark says.

    Raises
    ------
    CatalogueError
        When there is no such stimulus set.
    DataUnavailable
        When it is not on this machine and cannot be fetched, or its files contradict each other.

    """
    files = file_set("stimulus_set", identifier)
    if _from_publisher(files):
        return publishers.load_stimulus_set(files, degrees)
    from pytest_brainscore.data.stimuli.stimulus_set_files import read_stimulus_set
    from pytest_brainscore.data.unpacking.unpacked import unpacked

    table, archive = obtain(files)
    return read_stimulus_set(identifier, table, unpacked(archive, files.files[1].sha1), degrees)


def is_here(files: FileSet) -> bool:
    """Tell whether a file set is on this machine, in the published layout or in that of its publisher."""
    if files.files and all(find(file) is not None for file in files.files):
        return True
    return publishers.missing(files) is None


def load_assembly(identifier: str) -> xarray.DataArray:
    """Return an assembly of the catalogue with plain coordinates, read lazily.

    Values are read from the file when they are used: select (``isel``) before computing to read only a part.
    The columns of the linked stimulus set are joined to ``presentation`` by ``stimulus_id`` where the catalogue says
    so, and the file is the published one: what a publisher's layout has comes with its own coordinates, whether the
    images are here or not. Attributes are those of the file, and ``identifier`` (the name in the published store) and
    ``stimulus_set_identifier``.

    Parameters
    ----------
    identifier
        Name in the catalogue, for example ``MajajHong2015.public``.

    Raises
    ------
    CatalogueError
        When there is no such assembly.
    DataUnavailable
        When it is not on this machine and cannot be fetched, or the file is not such an assembly.

    """
    from pytest_brainscore.data.assembly_files import join_stimulus_columns, open_assembly

    files = file_set("assembly", identifier)
    linked = file_set("stimulus_set", files.linked_stimulus_set) if files.linked_stimulus_set else None
    from_publisher = _from_publisher(files)
    assembly = publishers.load_assembly(files) if from_publisher else open_assembly(obtain(files)[0])
    assembly.attrs["identifier"] = files.store_identifier
    if linked is None:
        return assembly
    assembly.attrs["stimulus_set_identifier"] = linked.store_identifier
    if from_publisher or not files.join_stimulus_columns:
        return assembly
    return join_stimulus_columns(assembly, _stimulus_table(linked))


def _from_publisher(files: FileSet) -> bool:
    """Return whether the layout of the original publisher stands in for the published files.

    Raises
    ------
    DataUnavailable
        When it has to, since nothing is published, and is not there.

    """
    if files.files and all(find(file) is not None for file in files.files):
        return False
    missing = publishers.missing(files)
    if missing is not None and not files.files:
        raise DataUnavailable(missing)
    return missing is None


def _stimulus_table(files: FileSet) -> pandas.DataFrame:
    """Return the table of a stimulus set; its images, which may be large, are not needed."""
    if _from_publisher(files):
        # The side of the images is no part of the table.
        return publishers.load_stimulus_set(files, degrees=1.0).table
    from pytest_brainscore.data.stimuli.stimulus_set_files import read_stimulus_table

    return read_stimulus_table(obtain(replace(files, files=files.files[:1]))[0])
