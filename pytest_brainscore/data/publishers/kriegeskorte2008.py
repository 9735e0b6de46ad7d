"""Dissimilarities of 92 images in monkey and human IT (Kriegeskorte et al. 2008), from rsatoolbox. Light to import.

In ``rdm_92images/`` of the user's folder: ``stimuli/stim_00.png`` ... and ``rdms.npz`` with ``monkey_IT``, ``human_IT``
(92 x 92), ``human_IT_subject_session`` (4 x 2 x 92 x 92), ``category_labels`` and ``category_vectors``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import by_number, first_file, first_folder, images_in, put
from pytest_brainscore.data.reading import reading
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import numpy as np
    import xarray
    from numpy.typing import NDArray

    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "rdm_92images"
STIMULI: Final = 92
_GROUP: Final = "average"
"""Subject of the dissimilarities averaged over subjects."""


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when images and dissimilarities are there."""
    if first_file(f"{FOLDER}/rdms.npz") is None:
        return put(f"The dissimilarities of {files.identifier} are", f"{FOLDER}/rdms.npz")
    if first_folder(f"{FOLDER}/stimuli") is None:
        return put(f"The images of {files.identifier} are", f"{FOLDER}/stimuli")
    return None


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the 92 images in the order of the dissimilarities.

    Columns: ``stimulus_id``, ``filename``, and one of booleans for every category (``animate``, ``face`` ...).

    Raises
    ------
    DataUnavailable
        When there are not 92 images, or the categories cannot be read.

    """
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    folder = first_folder(f"{FOLDER}/stimuli")
    paths = sorted(images_in(folder), key=by_number) if folder else []
    if len(paths) != STIMULI:
        raise DataUnavailable(f"{folder} has {len(paths)} images, not {STIMULI}; copy the whole folder.")
    published = {f"stim_{number:02}" for number in range(STIMULI)}
    wrong = [path.name for path in paths if path.stem not in published]
    if wrong:
        raise DataUnavailable(f"{folder} has the image {wrong[0]}, which is none of stim_00 to stim_91; take it out.")
    arrays = _arrays("category_labels", "category_vectors")
    if arrays["category_vectors"].shape != (STIMULI, *arrays["category_labels"].shape):
        raise DataUnavailable(f"rdms.npz in {FOLDER} has no categories of {STIMULI} images; copy it again.")
    table = pd.DataFrame({"stimulus_id": [path.stem for path in paths], "filename": [path.name for path in paths]})
    for label, members in zip(arrays["category_labels"], arrays["category_vectors"].T, strict=True):
        table[str(label)] = members.astype(bool)
    return StimulusSet(files.store_identifier, table, tuple(map(ImageFile, paths)), degrees)


def load_assembly(files: FileSet) -> xarray.DataArray:
    """Return the dissimilarities: ``presentation`` x ``presentation_other`` x ``neuroid``, float64.

    A neuroid is a subject (in one session), as in published assemblies of dissimilarities. First the 674 neurons of two
    monkeys together, then the four people averaged, then each of them and their sessions. Coordinates: ``stimulus_id``;
    ``species``, ``subject`` (``average`` where there are several), ``session`` (0 where there are several), ``region``.

    Raises
    ------
    DataUnavailable
        When the file cannot be read, or has other arrays.

    """
    import numpy as np
    import xarray

    arrays = _arrays("monkey_IT", "human_IT", "human_IT_subject_session")
    single = arrays["human_IT_subject_session"]
    shapes = arrays["monkey_IT"].shape, arrays["human_IT"].shape, single.shape[2:]
    numbers = all(each.dtype.kind == "f" for each in arrays.values())
    if single.ndim != 4 or not numbers or any(shape != (STIMULI, STIMULI) for shape in shapes):
        raise DataUnavailable(f"rdms.npz in {FOLDER} has not {STIMULI} x {STIMULI} dissimilarities; copy it again.")
    subjects, sessions = single.shape[:2]
    stacked = np.stack([arrays["monkey_IT"], arrays["human_IT"], *single.reshape(-1, STIMULI, STIMULI)], axis=-1)
    stimuli = load_stimulus_set(files, degrees=1.0).table["stimulus_id"].to_numpy()
    each = [(f"human-{subject + 1}", session + 1) for subject in range(subjects) for session in range(sessions)]
    return xarray.DataArray(
        stacked.astype(np.float64),
        {
            "stimulus_id": ("presentation", stimuli),
            "species": ("neuroid", ["monkey"] + ["human"] * (1 + len(each))),
            "subject": ("neuroid", [_GROUP, _GROUP, *(subject for subject, _ in each)]),
            "session": ("neuroid", [0, 0, *(session for _, session in each)]),
            "region": ("neuroid", ["IT"] * (2 + len(each))),
        },
        ("presentation", "presentation_other", "neuroid"),
    )


def _arrays(*names: str) -> dict[str, NDArray[np.generic]]:
    import numpy as np

    path = first_file(f"{FOLDER}/rdms.npz") or Path(FOLDER, "rdms.npz")
    with reading("The archive", path), np.load(path, allow_pickle=False) as archive:
        return {name: np.asarray(archive[name]) for name in names}
