"""How a network in training is shown images, and which of its layers stands for which region: its layer commitment."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import torch

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import (
    NO_COMMITMENT,
    READOUT,
    REGIONS,
    LayerCommitment,
    PreprocessingCommitment,
    override_layers,
    read_commitment,
)
from pytest_brainscore.models.layer_mapped.committed_model import committed_model
from pytest_brainscore.models.networks.device import resolve_device
from pytest_brainscore.models.networks.preprocessing import committed_preprocessing
from pytest_brainscore.training.deadline import Deadline, TimedReader

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
    from pytest_brainscore.models.networks.shared_inputs import SharedInputs

STANDARD: Final = "imagenet"
"""Word for the standard preprocessing: 224 pixels, mean and deviation of ImageNet."""
_READ_OUT: Final = ("probabilities", "odd_one_out")
"""Tasks that a layer is read out for."""


@dataclass(frozen=True)
class Subject:
    """What is needed to make a brain model of a network."""

    commitment: LayerCommitment
    layers: Mapping[str, str | Sequence[str]]
    device: str | None
    """Where snapshots run; None: where the network is."""

    def model(
        self,
        network: torch.nn.Module,
        name: str,
        store: ActivationStore,
        deadline: Deadline,
        inputs: SharedInputs | None = None,
    ) -> LayerMappedModel:
        """Return a network as a brain model; it is changed.

        Parameters
        ----------
        network, name
            The snapshot, and what it is called.
        store
            Where its activations are kept.
        deadline
            After which it is given no more images.
        inputs
            Where images that were prepared for one snapshot are kept for the next ones.

        Raises
        ------
        ModelError
            The device is not there, or the network cannot run on it.

        """
        tensors = (*network.parameters(), *network.buffers())
        here = next((each.device for each in tensors), torch.device("cpu"))
        reader = TimedReader(
            name,
            network,
            preprocessing=committed_preprocessing(self.commitment.preprocessing, None, name),
            device=here if self.device is None else resolve_device(self.device),
            store=store,
            deadline=deadline,
            inputs=inputs,
        )
        return committed_model(name, reader, self.commitment, layers=self.layers)

    def regions(self) -> set[str]:
        """Return the regions that have layers, and ``behavior`` where it has some."""
        return {*self.commitment.committed_layers(), *map(str, self.commitment.time_course), *self.layers}

    def check_layers(self, leaves: Sequence[Benchmark]) -> None:
        """Check that every region that is recorded from has a layer.

        Raises
        ------
        ModelError
            One has none.

        """
        there = self.regions()
        for benchmark in leaves:
            region = benchmark.region
            if region in _READ_OUT and there.isdisjoint((READOUT, "IT")):
                region = READOUT
            if region in (*REGIONS, READOUT) and region not in there:
                raise ModelError(
                    f"No layer is given for {region}, which {benchmark.identifier} asks for; give BrainScoreCallback "
                    f'layers={{"{region}": LAYER}}, or a commitment that has one.'
                )


def subject_of(
    commitment: str | os.PathLike[str] | LayerCommitment | None,
    layers: Mapping[str, str | Sequence[str]] | None,
    preprocessing: str | Mapping[str, Any] | None,
    visual_degrees: float | None,
    device: str | None,
) -> Subject:
    """Return what is said of a network, checked.

    Parameters
    ----------
    commitment
        Its layer commitment, or the path of one.
    layers
        Layers of regions, which come before those of the commitment.
    preprocessing
        ``imagenet``, or fields as in ``[preprocessing]`` of a commitment, which come before those of the commitment.
    visual_degrees
        Visual angle of its input, in degrees, likewise.
    device
        Where it runs; where it is, where None.

    Raises
    ------
    ModelError
        Something is missing, or wrong; the sentence says what to give.

    """
    if isinstance(commitment, str | os.PathLike):
        path = Path(commitment).expanduser()
        if not path.is_file():
            raise ModelError(f"There is no layer commitment {path}; give BrainScoreCallback the path of one.")
        commitment = read_commitment(path)
    if commitment is None and preprocessing is None:
        raise ModelError(
            "BrainScoreCallback does not know how the network takes images in, and trained on other pixels it would be "
            'scored on what it never saw; give preprocessing={"image_size": 32, "mean": (...), "std": (...)}, '
            f'preprocessing="{STANDARD}" for 224 pixels and the mean of ImageNet, or commitment=FILE.'
        )
    made = commitment or NO_COMMITMENT
    if isinstance(preprocessing, Mapping):
        given = msgspec.to_builtins(made.preprocessing) | _plain(preprocessing)
        made = msgspec.structs.replace(made, preprocessing=_converted(given))
    elif preprocessing not in (None, STANDARD):
        raise ModelError(
            f'There is no preprocessing {preprocessing!r}; give "{STANDARD}", or fields such as image_size, mean, std.'
        )
    if visual_degrees is not None:
        if not 0 < visual_degrees <= 360:
            raise ModelError(
                f"visual_degrees={visual_degrees:g} is no visual angle; give the degrees that the side of the input "
                "spans, 8 in the published system."
            )
        made = msgspec.structs.replace(made, visual_degrees=float(visual_degrees))
    committed_preprocessing(made.preprocessing, None, "The network in training")
    override_layers(made.committed_layers(), layers or {})
    if device is not None:
        resolve_device(device)
    return Subject(made, layers or {}, device)


def _plain(preprocessing: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in preprocessing.items()}


def _converted(fields: Mapping[str, Any]) -> PreprocessingCommitment:
    try:
        return msgspec.convert(fields, PreprocessingCommitment)
    except msgspec.ValidationError as error:
        known = ", ".join(PreprocessingCommitment.__struct_fields__)
        raise ModelError(f"The preprocessing is wrong: {error}; give some of {known}.") from error
