"""Neurons of macaque V4 that saw natural images (Cowley et al. 2023), as distributed. Light to import.

In ``v4_cowley2023/`` of the user's folder, for every recording session (a date, for example 210325):

* ``images/images_SESSION.zip``: the images in the order of the responses (112 x 112 pixels).
* ``responses_averaged/responses_SESSION.npy``: neurons x images, spike counts in 100 ms, averaged over repetitions.
* ``responses_raw/responses_SESSION.npy``: neurons x images x repetitions, NaN where there were fewer; not for all.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import (
    by_number,
    first_file,
    first_folder,
    is_image,
    put,
    require_distinct,
)
from pytest_brainscore.data.reading import reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import numpy as np
    import xarray
    from numpy.typing import NDArray

    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "v4_cowley2023"
SESSION: Final = "210325"
"""Session of the set named without one: the one that is distributed with all repetitions."""
_SESSION: Final = re.compile(r"images_(\w+)\.zip")
_NAME: Final = "Cowley2023.V4"


def sessions() -> tuple[str, ...]:
    """Return the sessions on this machine: those with images and responses, sorted."""
    folder = first_folder(f"{FOLDER}/images")
    if folder is None:
        return ()
    names = (_SESSION.fullmatch(path.name) for path in folder.iterdir())
    return tuple(sorted(name[1] for name in names if name and responses_file(name[1]) is not None))


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when the session is there."""
    session = _session(files)
    if session in sessions():
        return None
    return put(f"The images and responses of the session {session} of Cowley et al. (2023) are", FOLDER)


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images of a session; see `session_stimuli`."""
    return session_stimuli(_session(files), degrees)


def load_assembly(files: FileSet) -> xarray.DataArray:
    """Return the responses of a session, every repetition where they are distributed; see `session_assembly`."""
    return session_assembly(_session(files))


def responses_file(session: str, *, averaged: bool = False) -> Path | None:
    """Return the file of the responses of a session: all repetitions if there are, else (or if asked for) averages."""
    average = first_file(f"{FOLDER}/responses_averaged/responses_{session}.npy")
    return average if averaged else first_file(f"{FOLDER}/responses_raw/responses_{session}.npy") or average


def session_stimuli(session: str, degrees: float) -> StimulusSet:
    """Return the images of a session in the order of the responses.

    Columns: ``stimulus_id`` (name without suffix), ``filename``.

    Raises
    ------
    DataUnavailable
        When there is no such archive, it cannot be unpacked, or has no images.

    """
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
    from pytest_brainscore.data.unpacking.unpacked import unpacked

    archive = first_file(f"{FOLDER}/images/images_{session}.zip")
    if archive is None:
        raise DataUnavailable(put(f"The images of the session {session} are", f"{FOLDER}/images/images_{session}.zip"))
    # Numbered: the order of the numbers is that of the responses, also where a copy lost its leading zeros.
    paths = sorted((path for path in unpacked(archive).rglob("*") if is_image(path)), key=by_number)
    if not paths:
        raise DataUnavailable(f"There are no images in {archive}; copy it again.")
    require_distinct((path.name for path in paths), archive)
    table = pd.DataFrame({"stimulus_id": [path.stem for path in paths], "filename": [path.name for path in paths]})
    return StimulusSet(f"{_NAME}.{session}", table, tuple(map(ImageFile, paths)), degrees)


def session_assembly(session: str, *, averaged: bool = False) -> xarray.DataArray:
    """Return the responses of a session: spike counts in 100 ms, ``presentation`` x ``neuroid``.

    With all repetitions, a presentation is one repetition of one image, image by image; those that were not recorded
    are left out. Coordinates: ``stimulus_id``, ``repetition`` (from 0); ``neuroid_id``, ``region``.

    Parameters
    ----------
    session
        Date of the session.
    averaged
        Return averages over repetitions, one presentation per image, even where all repetitions are there.

    Raises
    ------
    DataUnavailable
        When there are no such responses, they have another shape, or there is not one image for each.

    """
    import numpy as np
    import xarray

    path = responses_file(session, averaged=averaged)
    if path is None:
        raise DataUnavailable(put(f"The responses of the session {session} are", f"{FOLDER}/responses_averaged"))
    responses = _read(path)
    if responses.ndim == 2:  # neurons x images
        responses = responses[:, :, np.newaxis]
    stimuli = session_stimuli(session, degrees=1.0).table["stimulus_id"].to_numpy()
    if responses.ndim != 3 or responses.shape[1] != len(stimuli):
        raise DataUnavailable(
            f"{path} has the shape {responses.shape}, and there are {len(stimuli)} images of the session {session}; "
            "copy responses and images as distributed."
        )
    image, repetition = np.nonzero(~np.isnan(responses).all(axis=0))
    neuroids = np.arange(len(responses))
    return xarray.DataArray(
        responses[:, image, repetition].T,
        {
            "stimulus_id": ("presentation", stimuli[image]),
            "repetition": ("presentation", repetition),
            "neuroid_id": ("neuroid", [f"{session}-{neuroid}" for neuroid in neuroids]),
            "region": ("neuroid", ["V4"] * len(neuroids)),
        },
        ("presentation", "neuroid"),
    )


def _session(files: FileSet) -> str:
    """Return the session of a set: the last part of a name such as ``Cowley2023.V4.210305``."""
    return files.identifier.removeprefix(_NAME).removeprefix(".") or SESSION


def _read(path: Path) -> NDArray[np.float64]:
    import numpy as np

    with reading("The responses", path, "copy the file again"):
        responses = np.load(path, allow_pickle=False)
        if not isinstance(responses, np.ndarray) or responses.dtype.kind not in "fiu":
            raise DataUnavailable(f"The responses {path} are no numbers; copy the file again.")
        return responses.astype(np.float64)
