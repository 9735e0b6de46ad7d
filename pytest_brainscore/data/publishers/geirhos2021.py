"""The images and trial tables of Geirhos et al. (2021), as their authors distribute them. Light to import.

Below ``geirhos2021/`` of the user's folder:

* ``human/EXPERIMENT/*.csv``: the trial tables (folder ``raw-data`` of https://github.com/bethgelab/model-vs-human).
* ``stimuli/EXPERIMENT.tar.gz``: the archive of the release v0.1 there, or ``stimuli/EXPERIMENT/``, the same unpacked.
  Its images are called ``NUMBER_CODE_dnn_CONDITION_CATEGORY_...``, in the trial tables with the subject for ``dnn``:
  the stimulus is what follows.
* Edge, silhouette and cue-conflict also as ``stimuli/{edges, filled-silhouettes, style-transfer-preprocessed-512}/
  CATEGORY/NAME.png`` (folder ``stimuli`` of https://github.com/rgeirhos/texture-vs-shape).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pytest_brainscore.data.folders import first_file, first_folder, images_in, is_image, put, tables_in
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    import pandas
    import xarray

    from pytest_brainscore.data.catalogue import FileSet
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

FOLDER: Final = "geirhos2021"
BY_CATEGORY: Final[Mapping[str, str]] = {
    "edge": "edges",
    "silhouette": "filled-silhouettes",
    "cue-conflict": "style-transfer-preprocessed-512",
}
"""Folders of the experiments whose images are also published by category."""
NUMBER_OF_IMAGES: Final[Mapping[str, int]] = {
    "edge": 160,
    "silhouette": 160,
    "sketch": 800,
    "stylized": 800,
    "false-colour": 1120,
    "phase-scrambling": 1120,
    "power-equalisation": 1120,
}
"""Images that each subject saw, counted in the trial tables; 1280 in all other experiments."""
_MOST: Final = 1280
NUMBER_OF_SUBJECTS: Final[Mapping[str, int]] = {
    "cue-conflict": 10,
    "edge": 10,
    "silhouette": 10,
    "sketch": 7,
    "stylized": 5,
}
"""People who took part, subject-01 to the last; 4 in all other experiments."""
_FEWEST: Final = 4
CONDITION_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "false-colour": {"false": "Normal-Image", "true": "False-Colour"}
}
"""Labels of the published assemblies where they differ from the trial tables.

They are the wrong way round: in the trial tables ``true`` are true colours, the controls.
"""
_FIELDS_BEFORE_STIMULUS: Final = 3
_CUES: Final = re.compile(r"(([a-z]+)\d+)-(([a-z]+)\d+)")
"""Name of a cue-conflict image: category and number of the shape, then of the texture."""


def missing(files: FileSet) -> str | None:
    """Return in one sentence what to put where, or None when images or trial tables are there."""
    experiment = _experiment(files)
    if files.kind == "assembly":
        if _tables(experiment) is not None:
            return None
        return put(f"The trial tables of the experiment {experiment} are", f"{FOLDER}/human/{experiment}")
    if _by_category(experiment) or _released(experiment) or _archive(experiment):
        return None
    below = f"{FOLDER}/stimuli/{BY_CATEGORY.get(experiment, experiment)}"
    also = f" (the release's archive {experiment}.tar.gz also serves, in the folder {FOLDER}/stimuli)"
    return put(f"The images of the experiment {experiment} are", below)[:-1] + f"{also}."


def load_stimulus_set(files: FileSet, degrees: float) -> StimulusSet:
    """Return the images of an experiment, sorted by id.

    The table has ``stimulus_id`` (name from the condition on, as in the trial tables), ``truth``, ``category``,
    ``condition`` (text, as written in the name) and ``filename``. For cue-conflict, also what shape and texture are:
    ``original_image``, ``conflict_image``, ``original_image_category``, ``conflict_image_category``.

    Raises
    ------
    DataUnavailable
        When there are not as many images as the subjects saw.

    """
    import pandas as pd

    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    experiment = _experiment(files)
    images: dict[str, Path] = {}
    for stimulus, image in sorted(_images(experiment)):
        other = images.setdefault(stimulus, image)
        if other is not image and ImageFile(other).digest() != ImageFile(image).digest():
            raise DataUnavailable(f"{other} and {image} are one stimulus, and differ; take the images as published.")
    expected = NUMBER_OF_IMAGES.get(experiment, _MOST)
    if len(images) != expected:
        raise DataUnavailable(
            f"{len(images)} of the {expected} images of the experiment {experiment} are in {_place(experiment)}; copy "
            "the whole folder, and nothing else."
        )
    rows = [_described(experiment, stimulus) | {"filename": path.name} for stimulus, path in images.items()]
    return StimulusSet(files.store_identifier, pd.DataFrame(rows), tuple(map(ImageFile, images.values())), degrees)


def load_assembly(files: FileSet) -> xarray.DataArray:
    """Return the answers of all subjects of an experiment.

    One ``presentation`` per trial, subject by subject in the order of the trials; the value is the chosen category, or
    ``na`` where there was no answer in time. Coordinates as published: ``stimulus_id`` and ``image_id``,
    ``image_id_long``, ``choice``, ``truth``, ``category``, ``condition``, ``response_time`` (seconds, NaN without an
    answer), ``trial``, ``subject``, ``session``. Conditions are text as in the trial tables (``0.10``, not 0.1).

    Raises
    ------
    DataUnavailable
        When a table cannot be read, a subject is missing, or saw a stimulus twice or not at all, or there are not as
        many stimuli as published. Trials of others, such as networks, are left out with a warning.

    """
    import xarray

    experiment = _experiment(files)
    folder = _tables(experiment)
    if folder is None:
        raise DataUnavailable(str(missing(files)))
    trials = _trials(experiment, folder)
    stimuli, expected = trials["stimulus_id"].nunique(), NUMBER_OF_IMAGES.get(experiment, _MOST)
    if stimuli != expected:
        raise DataUnavailable(
            f"The subjects in {folder} saw {stimuli} of the {expected} stimuli of the experiment {experiment}; take "
            "all trial tables as published."
        )
    columns = {str(name): ("presentation", column.to_numpy()) for name, column in trials.items()}
    return xarray.DataArray(trials["choice"].to_numpy(dtype=str), columns, ("presentation",))


def _trials(experiment: str, folder: Path) -> pandas.DataFrame:
    """Return all trials, one a row."""
    import pandas as pd

    from pytest_brainscore.data.reading import reading
    from pytest_brainscore.data.trial_tables import COLUMNS, read_trials

    subjects = [f"subject-{number + 1:02}" for number in range(NUMBER_OF_SUBJECTS.get(experiment, _FEWEST))]
    # As text: conditions such as 0.10 are names, and 'na' is an answer.
    rows = pd.DataFrame(read_trials(folder, (*COLUMNS, "session", "trial", "rt"), subjects))
    stimuli = [_stimulus(name) for name in rows["imagename"]]
    conditions = rows["condition"]
    with reading("The trial tables in", folder, "take them as published"):
        session, trial = pd.to_numeric(rows["session"]), pd.to_numeric(rows["trial"])
    return pd.DataFrame(
        {
            "stimulus_id": stimuli,
            "image_id": stimuli,
            "image_id_long": [Path(name).stem for name in rows["imagename"]],
            "choice": rows["object_response"],
            "truth": rows["category"],
            "category": rows["category"],
            "condition": conditions.replace(dict(CONDITION_LABELS.get(experiment, {}))),
            "response_time": pd.to_numeric(rows["rt"], errors="coerce"),
            "trial": trial,
            "subject": rows["subj"],
            "session": session,
        }
    )


def _experiment(files: FileSet) -> str:
    return files.identifier.removeprefix("Geirhos2021_")


def _stimulus(name: str) -> str:
    """Return the id of a stimulus from the name of its image in an archive or a trial table."""
    return Path(name.split("_", _FIELDS_BEFORE_STIMULUS)[-1]).stem if name.endswith(".png") else name


def _described(experiment: str, stimulus: str) -> dict[str, str]:
    """Return what the id of a stimulus says."""
    condition, category, *rest = stimulus.split("_")
    label = CONDITION_LABELS.get(experiment, {}).get(condition, condition)
    row = {"stimulus_id": stimulus, "image_id": stimulus, "truth": category, "category": category, "condition": label}
    cues = _CUES.fullmatch(rest[-1]) if experiment == "cue-conflict" and rest else None
    if cues is not None:
        row |= {
            "original_image": cues[1],
            "conflict_image": cues[3],
            "original_image_category": cues[2],
            "conflict_image_category": cues[4],
        }
    return row


def _images(experiment: str) -> list[tuple[str, Path]]:
    """Return the images of an experiment, each with the id of the stimulus."""
    folder = _by_category(experiment)
    if folder is not None:
        # The trial tables call edges/bear/bear3.png 0_bear_00_bear3.png: condition 0, no number of a manipulation.
        categories = sorted(each for each in folder.iterdir() if each.is_dir())
        return [(f"0_{each.name}_00_{image.stem}", image) for each in categories for image in images_in(each)]
    return [(_stimulus(image.name), image) for image in _released_images(experiment)]


def _released_images(experiment: str) -> Iterator[Path]:
    """Yield the images of the release, in the order of their paths."""
    from pytest_brainscore.data.unpacking.unpacked import unpacked

    archive = _archive(experiment)
    folder = _released(experiment) or (unpacked(archive) if archive else None)
    if folder is None:
        raise DataUnavailable(f"There are no images of {experiment}; put them into {FOLDER}/stimuli/{experiment}.")
    for path in sorted(folder.rglob("*.png")):
        if is_image(path) and path.name.count("_") > _FIELDS_BEFORE_STIMULUS:
            yield path


def _place(experiment: str) -> Path | None:
    return _by_category(experiment) or _released(experiment) or _archive(experiment)


def _by_category(experiment: str) -> Path | None:
    name = BY_CATEGORY.get(experiment)
    return first_folder(f"{FOLDER}/stimuli/{name}") if name else None


def _released(experiment: str) -> Path | None:
    return first_folder(f"{FOLDER}/stimuli/{experiment}")


def _archive(experiment: str) -> Path | None:
    return first_file(f"{FOLDER}/stimuli/{experiment}.tar.gz")


def _tables(experiment: str) -> Path | None:
    folder = first_folder(f"{FOLDER}/human/{experiment}")
    return folder if folder is not None and tables_in(folder) else None
