"""A brain model made of layers: each region is recorded from the layers committed to it."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.assembly import recording_assembly
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet, stimuli_from_files
from pytest_brainscore.errors import ModelError, NotCapable, mend
from pytest_brainscore.models.activations.derived import stored_result
from pytest_brainscore.models.activations.layer_reader import LayerReader, OutputError, some_of
from pytest_brainscore.models.activations.neuroid_coordinates import neuroid_coordinates
from pytest_brainscore.models.activations.reductions import reduction_remarks
from pytest_brainscore.models.activations.stored_responses import ResponseSource
from pytest_brainscore.models.activations.ways import STORED, note_way
from pytest_brainscore.models.commitment.commitment import READOUT, REGIONS
from pytest_brainscore.models.interface import ModelDescription, RecordingTarget, Task, TimeBin
from pytest_brainscore.models.tasks.behavior import READOUT_TASKS, Behavior, behave, start_behavior
from pytest_brainscore.models.tasks.label_decisions import IMAGENET_CLASSES, Aggregation
from pytest_brainscore.models.tasks.linear_decoder import LinearDecoder, fit_decoder
from pytest_brainscore.pages import COMMITMENTS

if TYPE_CHECKING:
    import xarray


class StartedRecording(NamedTuple):
    """A recording that was started."""

    target: RecordingTarget
    time_bins: tuple[TimeBin, ...]


class LayerMappedModel:
    """A :class:`~pytest_brainscore.models.interface.BrainModel` that answers with activations of layers.

    It has all the abilities of ``models/interface.py``.

    Parameters
    ----------
    identifier
        Name of the model.
    reader
        Reads layers.
    layers
        Layers of each region; their units are joined in this order.
    visual_degrees
        Visual angle of the input, in degrees.
    commitment_file
        Where a layer commitment for this model would lie, for errors; None where there is no choice.

    """

    temporal = False
    """Whether responses change over time; here they are the same in every time bin."""

    def __init__(
        self,
        identifier: str,
        reader: LayerReader,
        *,
        layers: Mapping[str, tuple[str, ...]],
        visual_degrees: float,
        commitment_file: Path | None = None,
    ) -> None:
        self._identifier = identifier
        self._reader = reader
        self._layers = dict(layers)
        self._visual_degrees = visual_degrees
        self._commitment_file = commitment_file
        self._asked: StartedRecording | Behavior | None = None
        self._decoder: LinearDecoder | None = None

    @property
    def identifier(self) -> str:
        """Name of the model."""
        return self._identifier

    @property
    def reader(self) -> LayerReader:
        """What reads layers by name."""
        return self._reader

    @property
    def layers(self) -> Mapping[str, tuple[str, ...]]:
        """Layers of each region, and of ``behavior`` where committed."""
        return dict(self._layers)

    @property
    def commitment_file(self) -> Path | None:
        """Where a layer commitment for this model lies, or would; None where there is no choice."""
        return self._commitment_file

    def visual_degrees(self) -> float:
        """Return the visual angle that the side of the input spans, in degrees."""
        return self._visual_degrees

    def why_not(self, asked: str) -> str | None:
        """Return the reason why a region cannot be recorded, or a task not be done; None where it can.

        `asked` is a recording target or a task; of anything else nothing is known, and None returned.

        Raises
        ------
        ModelError
            The model is broken: it cannot process an image at all.

        """
        if asked in REGIONS and asked not in self._layers:
            return self._no_layer(asked)
        if asked == "label":
            try:
                outputs = IMAGENET_CLASSES if self._decoder else self._number_of_outputs()
            except OutputError as error:  # what the network returns is no tensor
                return str(error)
            if outputs != IMAGENET_CLASSES:
                needed = f"label tasks need the {IMAGENET_CLASSES} of ImageNet"
                return f"{self.identifier} has {outputs or 'no'} outputs; {needed}."
        if asked in READOUT_TASKS and not self._readout_layers():
            return (
                f"No layer of {self.identifier} is committed to behavior; {_give_layer(READOUT)}, or "
                f'write {READOUT} = "LAYER" among its committed layers.'
            )
        return None

    def start_task(
        self,
        task: Task,
        fitting: StimulusSet | Sequence[str] | Mapping[str, Sequence[int]] | str | None = None,
        *,
        aggregation: Aggregation = "mean",
    ) -> None:
        """Have the following stimuli answered by behavior, or, with the passive task, by nothing.

        Nothing that was started before has an effect any more, whichever it was. When this fails, it stays in force.

        Parameters
        ----------
        task
            ``passive``, ``label``, ``probabilities``, or ``odd_one_out``, of each three stimuli.
        fitting
            For ``label``, see ``tasks.label_task``. For ``probabilities``, stimuli
            with the column ``image_label``, which a read-out is fitted to.
        aggregation
            For ``label``: whether the mean, or the max, over its classes is the probability of a category.

        Raises
        ------
        ModelError, NotCapable, NoNumber
            An argument is wrong, the model has no read-out for the task, or features are not finite.

        """
        self._asked = start_behavior(task, fitting, self.why_not, self._features, aggregation)

    def train_decoder(self, stimuli: StimulusSet) -> None:
        """Have label tasks answered by a linear decoder of ImageNet classes, fitted to labelled images.

        The description of the model tells so: such scores are not comparable with those of a model's own outputs.

        Parameters
        ----------
        stimuli
            With the column ``synset``, as ``tasks.linear_decoder`` reads them from folders.

        Raises
        ------
        ModelError, NotCapable, NoNumber
            There are no synsets or unknown ones, no layer to read out from, or features are not finite.

        """
        reason = self.why_not("probabilities")
        if reason is not None:
            raise NotCapable(reason)
        self._decoder = fit_decoder(stimuli, self._features, "+".join(self._readout_layers()))

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Answer the following stimuli with the layers of a region.

        Parameters
        ----------
        target
            Region to record from.
        time_bins
            At least one (start, end) in milliseconds after stimulus onset; the model gives the same in each.

        Raises
        ------
        ModelError
            The region is unknown, or no layer is committed to it, or a time bin is empty.

        """
        if target not in REGIONS:
            raise ModelError(f"There is no recording target {target!r}; record from one of {', '.join(REGIONS)}.")
        if not time_bins or any(end <= start for start, end in time_bins):
            raise ModelError(f"The time bins {list(time_bins)} are not (start, end) pairs in milliseconds; mend them.")
        if target not in self._layers:
            raise ModelError(self._no_layer(target))
        self._asked = StartedRecording(target, tuple(time_bins))

    def look_at(
        self, stimuli: StimulusSet | Sequence[str | os.PathLike[str]], number_of_trials: int = 1
    ) -> xarray.DataArray:
        """Return what was asked for last.

        Recordings are ``presentation`` x ``neuroid``, and x ``time_bin`` when several were asked for; answers to tasks
        are ``presentation`` x ``choice``: a single choice for labels and for the odd one out (with a presentation for
        each triplet), and one for each label for probabilities.

        Parameters
        ----------
        stimuli
            Stimuli on the model's screen, or image files that fill it.
        number_of_trials
            Ignored: the model answers every trial alike, and gives one row a stimulus.

        Raises
        ------
        ModelError
            Nothing was started, or the layers cannot be read.
        NoNumber
            Activations are not finite.

        """
        if not isinstance(stimuli, StimulusSet):
            stimuli = stimuli_from_files(stimuli, self._visual_degrees)
        if isinstance(self._asked, Behavior):
            return behave(self._asked, stimuli, self._label_logits, self._features)
        return self._look_at_recording(self._recording(), stimuli)

    def record(
        self, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
    ) -> NDArray[np.float32]:
        """Return the responses of the region being recorded, without labels.

        Parameters
        ----------
        stimuli
            Stimuli on the model's screen; their number is a multiple of `maximum_over`.
        neuroids
            Units to return, by their number in the region; all where None.
        maximum_over
            Take the maximum over each run of so many consecutive stimuli.

        Returns
        -------
        NDArray
            float32, (stimuli / `maximum_over`) x units, not writable. Only this is kept in memory or stored.

        Raises
        ------
        ModelError, NoNumber
            As :meth:`look_at`.

        """
        layers = self._layers[self._recording().target]
        return self._reader.read(layers, stimuli, neuroids=neuroids, maximum_over=maximum_over)

    def record_by_units(
        self, stimuli: StimulusSet, maximum_over: int = 1
    ) -> Callable[[NDArray[np.intp]], NDArray[np.float32]] | None:
        """Show stimuli, and return what returns the responses of any units; None where :meth:`record` is as good.

        Parameters and errors are those of :meth:`record`.
        """
        return self._reader.by_units(self._layers[self._recording().target], stimuli, maximum_over)

    def result(
        self,
        name: str,
        version: str,
        stimuli: StimulusSet,
        shape: tuple[int, int],
        compute: Callable[[], NDArray[np.float64]],
    ) -> NDArray[np.float64]:
        """Return what is computed from the responses of the region being recorded, from the store where it is there.

        Parameters
        ----------
        name
            Of the result.
        version
            Everything that it depends on besides responses: constants, packages.
        stimuli
            Stimuli on the model's screen that it depends on.
        shape
            Of the result.
        compute
            Computes it.

        """
        source = self._source(self._recording())
        key = {**source.ingredients, "stimuli": self._reader.prepare(stimuli).digest(), "result": f"{name} {version}"}
        found = stored_result(self._reader.store, key, shape, compute, f"{name} of {self.identifier}")
        note_way(stimuli.identifier, STORED)  # unless it was shown meanwhile
        return found

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on."""
        read = self._reader.description()
        decoder = {"decoder": self._decoder.description} if self._decoder else {}
        layers = self._layers | dict.fromkeys(READOUT_TASKS, self._readout_layers())
        return ModelDescription(
            identifier=self.identifier,
            weights_sha256=read.weights_sha256,
            layers={name: each[0] if len(each) == 1 else list(each) for name, each in layers.items() if each},
            visual_degrees=self.visual_degrees(),
            preprocessing={**read.preprocessing, **decoder},
            device=read.device,
            probe=read.probe,
            weights_from=read.weights_from,
            remarks=[*read.remarks, *self._remarks()],
        )

    def _source(self, recording: StartedRecording) -> ResponseSource:
        """Return what responds with what is being recorded."""
        return self._reader.source(self._layers[recording.target])

    def _remarks(self) -> list[str]:
        named = dict.fromkeys(layer for layers in self._layers.values() for layer in layers)
        return [remark for layer in named for remark in reduction_remarks(layer)]

    def _look_at_recording(self, recording: StartedRecording, stimuli: StimulusSet) -> xarray.DataArray:
        return recording_assembly(self.record(stimuli), stimuli.table, self._neuroids(recording), recording.time_bins)

    def _neuroids(self, recording: StartedRecording) -> dict[str, NDArray[np.generic]]:
        layouts = self._reader.layouts(self._layers[recording.target])
        return neuroid_coordinates(self.identifier, recording.target, layouts)

    def _recording(self) -> StartedRecording:
        if not isinstance(self._asked, StartedRecording):
            raise ModelError(f"{self.identifier} was asked for nothing; call start_recording before it looks.")
        return self._asked

    def _readout_layers(self) -> tuple[str, ...]:
        """Return the layers that behavior is read out from: those committed to it, else those of IT."""
        return self._layers.get(READOUT, self._layers.get("IT", ()))

    def _features(self, stimuli: StimulusSet) -> NDArray[np.float32]:
        return self._reader.read(self._readout_layers(), stimuli)

    def _label_logits(self, stimuli: StimulusSet) -> NDArray[np.floating]:
        if self._decoder:
            return self._decoder.logits(self._features(stimuli))
        assert self._reader.output is not None  # or the task would not have been started
        return self._reader.read((self._reader.output,), stimuli)

    def _number_of_outputs(self) -> int:
        output = self._reader.output
        return 0 if output is None else math.prod(self._reader.shapes((output,))[output])

    def _no_layer(self, region: str) -> str:
        """Return the sentence that says how to commit a layer to a region."""
        some = some_of(self._reader.names())
        none = f"No layer of {self.identifier} is committed to {region}; "
        if self._commitment_file is None:
            return f"{none}{_give_layer(region, next(iter(some), 'LAYER'))}."
        return (
            f"{none}{_give_layer(region)}, or write {self._commitment_file} with [layers] and "
            f'{region} = "LAYER", where LAYER is for example {" or ".join(some)}: {COMMITMENTS}'
        )


def _give_layer(region: str, layer: str = "LAYER") -> str:
    """Return the words that say how to name the layer of a region."""
    return mend(
        option=f"give --brainscore-layer {region}={layer}",
        python=f'give layers={{"{region}": "{layer}"}} to load_model',
    )
