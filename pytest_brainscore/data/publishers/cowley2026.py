"""Sessions of Cowley2026 in the layout of the authors' own repository; see `cowley2023`, whose layout it is.

The published files have every repetition, so only sessions with ``responses_raw`` can stand in for them. Averages have
no ceiling: scores without say so. Light to import.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.publishers.cowley2023 import (
    FOLDER,
    responses_file,
    session_assembly,
    session_stimuli,
    sessions,
)
from pytest_brainscore.data.user_folder import where_to_put

if TYPE_CHECKING:
    import xarray

    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

__all__ = ["assembly_of", "has_repetitions", "load_assembly", "load_stimulus_set", "missing", "sessions", "stimuli_of"]
_NAME: Final = "Cowley2026."


def has_repetitions(session: str) -> bool:
    """Tell whether the user's folder has every repetition of a session, not averages only."""
    return responses_file(session) != responses_file(session, averaged=True)


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when images and all repetitions of the session are there."""
    session = files.identifier.removeprefix(_NAME)
    if session in sessions() and has_repetitions(session):
        return None
    return (
        f"The session {session} of Cowley et al. (2026) is not on this machine: the published files ({files.title}) "
        "need AWS credentials, or lie in your folder of data; of the authors' own, put "
        f"images/images_{session}.zip and responses_raw/responses_{session}.npy into {where_to_put(FOLDER)}."
    )


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images of a session; see `stimuli_of`."""
    return stimuli_of(files.identifier.removeprefix(_NAME), degrees)


def load_assembly(files: FileSet) -> xarray.DataArray:
    """Return every repetition of a session; see `assembly_of`."""
    return assembly_of(files.identifier.removeprefix(_NAME))


def stimuli_of(session: str, degrees: float) -> StimulusSet:
    """Return the images of a session under its name here; see `cowley2023.session_stimuli`."""
    from dataclasses import replace

    return replace(session_stimuli(session, degrees), identifier=f"{_NAME}{session}")


def assembly_of(session: str) -> xarray.DataArray:
    """Return responses, all repetitions where there are, with the names that neurons have in the published files."""
    assembly = session_assembly(session)
    names = [f"neuron_{number}" for number in range(assembly.sizes["neuroid"])]
    return assembly.assign_coords(neuroid_id=("neuroid", names)).assign_attrs(identifier=f"{_NAME}{session}")
