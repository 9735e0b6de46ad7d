"""From layers that can be read to a brain model, as a layer commitment says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pytest_brainscore.models.activations.layer_reader import LayerReader
from pytest_brainscore.models.commitment.commitment import LayerCommitment, override_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.layer_mapped.temporal_model import TemporalBrainModel


def committed_model(
    identifier: str,
    reader: LayerReader,
    commitment: LayerCommitment,
    *,
    committed: Mapping[str, tuple[str, ...]] | None = None,
    layers: Mapping[str, str | Sequence[str]] | None = None,
    commitment_file: Path | None = None,
) -> LayerMappedModel:
    """Return the brain model of a commitment.

    Parameters
    ----------
    identifier
        Name of the model.
    reader
        Reads its layers.
    commitment
        Says which layer, or which of its steps, stands for which region, and the visual degrees.
    committed
        Layers of the regions, where they are others than those of `commitment`.
    layers
        Layers that the caller gives for regions, which replace what is committed, a time course too.
    commitment_file
        Where a commitment for the model lies, or would; for errors.

    Raises
    ------
    ModelError
        A region is unknown, a layer is empty or named twice, or a time course has gaps.

    """
    given = layers or {}
    time_course = {str(region): steps for region, steps in commitment.time_course.items() if region not in given}
    made_of = partial(TemporalBrainModel, time_course=time_course) if time_course else LayerMappedModel
    return made_of(
        identifier,
        reader,
        layers=override_layers(commitment.committed_layers() if committed is None else committed, given),
        visual_degrees=commitment.visual_degrees,
        commitment_file=commitment_file,
    )
