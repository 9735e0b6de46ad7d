"""The containers of the published package: stimulus sets and assemblies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.errors import ModelError

if TYPE_CHECKING:
    import xarray

_PLACES: Final = (
    "brainscore_core.supported_data_standards.brainio",  # from brainscore_core 2 on
    "brainio",
)
_QUICK: Final = 1
"""Compression of images that are read once."""


def published(module: str, name: str) -> Any:
    """Return a class of the published package.

    Parameters
    ----------
    module
        ``stimuli``, ``assemblies``; or a whole name, with dots.
    name
        Of the class.

    Raises
    ------
    ModelError
        The package is not installed.

    """
    places = [module] if "." in module else [f"{place}.{module}" for place in _PLACES]
    for place in places:
        try:
            return getattr(import_module(place), name)
        except ModuleNotFoundError as error:
            if not f"{place}.".startswith(f"{error.name}."):
                raise
    raise ModelError(
        f"{name} of the published package is not here; pip install brainscore-vision in an environment of its own, and "
        "pytest-brainscore there with --no-deps (docs/guide/models.md says how)."
    )


def published_stimuli(stimuli: StimulusSet, folder: Path) -> Any:
    """Return stimuli as the published package has them, whose images are files.

    Parameters
    ----------
    stimuli
        Those with the same ``stimulus_id`` are the same stimulus.
    folder
        Images that are no files yet are written here, without loss.

    Returns
    -------
    StimulusSet of the published package
        Without an identifier: by that, responses of some other time would be taken from its store.

    """
    ids = stimuli.table["stimulus_id"].tolist()
    paths: dict[object, Path] = {}
    for number, (identifier, image) in enumerate(zip(ids, stimuli.images, strict=True)):
        if identifier in paths:
            continue
        if isinstance(image, ImageFile):
            paths[identifier] = image.path
        else:
            paths[identifier] = folder / f"{number:06d}.png"
            Image.fromarray(image.pixels()).save(paths[identifier], compress_level=_QUICK)
    made = published("stimuli", "StimulusSet")(stimuli.table.reset_index(drop=True))
    made.stimulus_paths = paths
    made.identifier = None
    return made


def own_stimuli(stimuli: Any, degrees: float) -> StimulusSet:
    """Return stimuli of the published package, or paths of images, as this package has them.

    Parameters
    ----------
    stimuli
        On the model's screen.
    degrees
        Visual angle of that, in degrees.

    """
    if not isinstance(stimuli, pd.DataFrame):
        table = pd.DataFrame({"stimulus_id": [str(path) for path in stimuli]})
        return StimulusSet("files", table, tuple(ImageFile(Path(path)) for path in stimuli), degrees)
    path_of = cast("Callable[[object], str]", stimuli.get_stimulus)
    images = tuple(ImageFile(Path(path_of(each))) for each in stimuli["stimulus_id"])
    name = str(getattr(stimuli, "identifier", None) or "stimuli")
    return StimulusSet(name, pd.DataFrame(stimuli).reset_index(drop=True), images, degrees)


def coordinates_of(assembly: xarray.DataArray, dimension: str) -> dict[str, NDArray[Any]]:
    """Return the coordinates along a dimension; in the published package, they are levels of one index."""
    index = assembly.indexes.get(dimension)
    found: dict[str, NDArray[Any]] = {}
    if isinstance(index, pd.MultiIndex):
        found = {str(name): index.get_level_values(level).to_numpy() for level, name in enumerate(index.names)}
    for name, coordinate in assembly.coords.items():
        if coordinate.dims == (dimension,) and name != dimension:
            found.setdefault(str(name), np.asarray(coordinate.values))
    return found


def in_order_of(values: NDArray[Any], returned: NDArray[Any], stimuli: StimulusSet, name: str) -> NDArray[Any]:
    """Return the rows of what a model answered in the order in which it was shown stimuli.

    Parameters
    ----------
    values
        A row for each of `returned`.
    returned
        Their ``stimulus_id``.
    stimuli
        What was shown.
    name
        Of the model, for errors.

    Raises
    ------
    ModelError
        Other stimuli were returned.

    """
    shown, got = stimuli.table["stimulus_id"].tolist(), list(returned)
    if shown == got:
        return values
    places = {identifier: row for row, identifier in enumerate(got)}
    if len(places) != len(got) or sorted(map(str, got)) != sorted(map(str, shown)):
        raise ModelError(
            f"{name} returned {len(got)} rows for {len(shown)} stimuli of {stimuli.identifier}, or other stimuli than "
            "it was shown; it must return one row a stimulus, also for several trials."
        )
    return np.asarray(values[[places[identifier] for identifier in shown]])


def labelled(kind: str, values: Any, dimensions: tuple[str, ...], coordinates: Mapping[str, Any]) -> Any:
    """Return an assembly of the published package; a coordinate that is called like a dimension is left out."""
    make: Callable[..., Any] = published("assemblies", kind)
    named = {name: each for name, each in coordinates.items() if name not in dimensions or each[0] == name}
    return make(values, coords=named, dims=list(dimensions))


def under_numbers(stimuli: StimulusSet) -> StimulusSet:
    """Return the same stimuli, each row a stimulus of its own whatever its ``stimulus_id``."""
    table = stimuli.table.assign(stimulus_id=[f"{row:06d}" for row in range(len(stimuli))])
    return replace(stimuli, table=table)
