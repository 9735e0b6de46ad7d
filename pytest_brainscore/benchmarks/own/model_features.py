"""What models answer to the stimuli of a recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.benchmarks.own.recorded_data import join_recording
from pytest_brainscore.data.own_images import own_stimuli
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.models import load_model
from pytest_brainscore.models.asking import record_responses

if TYPE_CHECKING:
    import xarray
    from numpy.typing import NDArray


def model_features(
    recording: Any, stimuli: Path | None, models: Iterable[str], region: str, layers: Sequence[str] = ()
) -> tuple[xarray.DataArray, dict[str, NDArray[Any]]]:
    """Show the stimuli of a recording to models, whose input they fill.

    Parameters
    ----------
    recording
        What ``load_recording`` returns.
    stimuli
        Folder or archive of images, or a table of them; see ``own_stimuli``.
    models
        Names or specifications.
    region
        The region whose layer is read.
    layers
        One layer for each model in place of the committed ones; or none.

    Returns
    -------
    The recording in the order of its stimuli, with repetitions where it has any, and (stimulus, unit) by model.

    Raises
    ------
    RecordingError
        When stimuli are missing, or there are none.

    """
    if stimuli is None:
        raise RecordingError("A model is shown the stimuli, and there are none; give a folder of images.")
    shown, ordered = own_stimuli(stimuli, degrees=1.0)
    joined = join_recording(recording, shown, ordered=ordered, filling=True)
    features = {}
    for place, name in enumerate(models):
        model = load_model(name, layers={region: layers[place]} if layers else None)
        model.start_recording(region, [(70, 170)])  # type: ignore[arg-type]
        features[name] = record_responses(model, replace(joined.stimuli, degrees=model.visual_degrees()))
    return (joined.recording if joined.presentations is None else joined.presentations), features
