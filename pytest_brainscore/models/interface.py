"""What a benchmark may ask of a model: the interface of the published system, and abilities besides.

A benchmark knows nothing about layers or networks. Any object with the five members of :class:`BrainModel` can be
scored. What else a model can do, it shows by having the members of one of the other protocols here; without, the
benchmark or the run takes another way, which each of them tells. They are asked for in ``models/asking.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, Protocol, runtime_checkable

if TYPE_CHECKING:
    import numpy as np
    import xarray
    from numpy.typing import NDArray

    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.activations.layer_reader import LayerReader

RecordingTarget = Literal["V1", "V2", "V4", "IT"]
Task = Literal["passive", "label", "probabilities", "odd_one_out"]
TimeBin = tuple[int, int]
"""Start and end of a recording window, in milliseconds after stimulus onset."""


@runtime_checkable
class BrainModel(Protocol):
    """A subject in an experiment: it looks at stimuli, and is recorded from or does a task."""

    @property
    def identifier(self) -> str:
        """Unique name of the model."""
        ...

    def visual_degrees(self) -> float:
        """Return the visual angle that the side of the model's input spans, in degrees."""
        ...

    def start_task(self, task: Task, fitting: StimulusSet | Sequence[str] | str | None = None) -> None:
        """Have the following stimuli answered by behavior.

        A model of 1000 classes may take a keyword ``aggregation`` besides: ``mean`` or ``max``, over the classes of a
        category in the label task. Benchmarks that ask for ``max`` tell models that take it; others name categories
        their own way.
        """
        ...

    def start_recording(self, target: RecordingTarget, time_bins: Sequence[TimeBin]) -> None:
        """Have the following stimuli answered by recordings from a region."""
        ...

    def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1) -> xarray.DataArray:
        """Show stimuli and return what the last ``start_`` call asked for.

        Recordings have the dimensions ``presentation`` x ``neuroid``, and ``time_bin`` when more than one was asked
        for; the coordinates on ``presentation`` are the columns of the stimulus set, in its order.
        """
        ...


MEMBERS: Final = tuple(name for name in vars(BrainModel) if not name.startswith("_"))
"""What an object must have to be scored, however it comes by it."""


def lacking_members(value: object) -> list[str]:
    """Return the members of a brain model that an object does not have; none where it can be scored, all of a class.

    In place of ``isinstance(value, BrainModel)``, which from Python 3.12 on does not find what a wrapper passes on by
    ``__getattr__``.
    """
    return [name for name in MEMBERS if isinstance(value, type) or not hasattr(value, name)]


@dataclass(frozen=True)
class ModelDescription:
    """What a model's numbers depend on, as plain values for the report."""

    identifier: str
    """Name of the model."""
    weights_sha256: str
    """Digest of the weights' content."""
    layers: dict[str, str | list[str]]
    """Layer, or layers, of each region, and of each task that reads one out."""
    visual_degrees: float
    """Visual angle of the input, in degrees."""
    preprocessing: dict[str, str | int | float | list[float]]
    """How an image becomes the input; and, where a decoder was trained for the model, which."""
    device: str
    """Where the model runs."""
    probe: dict[str, list[float]] = field(default_factory=dict)
    """Sketch of what layers answered to a few fixed images, which tells whether two processes had the same network."""
    weights_from: str | None = None
    """The weights' name, or file and place in it; None where the network came with its own."""
    remarks: list[str] = field(default_factory=list)
    """What a reader should know of how it ran, for example that memory ran out."""


@runtime_checkable
class CanDescribe(Protocol):
    """A model that says what its numbers depend on.

    Asked for by the run, once a benchmark is scored, for the report and for the fingerprint that scores are compared
    by. Without: the report knows the name and the visual angle only, and ``unknown`` stands for weights and layers in
    the fingerprint, so that a change of them is not noticed.
    """

    def description(self) -> ModelDescription:
        """Return what the model's numbers depend on, now: also what was trained or changed since it was loaded."""
        ...


@runtime_checkable
class CanRecord(Protocol):
    """A model that gives its responses as a plain array, and can select or reduce them while it computes them.

    Asked for by every benchmark of recordings with one time bin. Without: ``look_at`` is called with some 128 stimuli
    at a time, and what it returns is checked, selected and reduced after: slower, and with more memory, but equal.
    """

    def record(
        self, stimuli: StimulusSet, *, neuroids: NDArray[np.intp] | None = None, maximum_over: int = 1
    ) -> NDArray[np.float32]:
        """Return responses of the region that is being recorded, after ``start_recording`` with one time bin.

        Parameters
        ----------
        stimuli
            Stimuli on the model's screen; their number is a multiple of `maximum_over`.
        neuroids
            Units to return, by their number, 0 to units - 1, in this order; all where None.
        maximum_over
            Take the maximum over each run of so many consecutive stimuli; at least 1.

        Returns
        -------
        NDArray
            float32, (stimuli / `maximum_over`) x units, finite.

        Raises
        ------
        ModelError
            No recording was started, or one with several time bins.
        NoNumber
            Responses are not finite.

        """
        ...


@runtime_checkable
class CanTellWhyNot(Protocol):
    """A model that knows beforehand what it cannot do.

    Asked for by ``brainscore data status --model``, before any stimulus is shown. Without: the model counts as able to
    do everything, until ``start_recording`` or ``start_task`` raises ``NotCapable``.
    """

    def why_not(self, asked: str) -> str | None:
        """Return, in one sentence, why a region cannot be recorded or a task not be done; None where it can.

        Parameters
        ----------
        asked
            A recording target (``V1`` ... ``IT``) or a task; None is returned for anything else.

        """
        ...


@runtime_checkable
class CanTellTemporal(Protocol):
    """A model that says whether its responses change over time.

    Asked for by ``Kar2019-ost``, whose object solution times need a time course. Without: one image is shown to find
    out whether responses differ between time bins.
    """

    @property
    def temporal(self) -> bool:
        """Whether responses differ between time bins; where False they are the same in each."""
        ...


@runtime_checkable
class CanTrainDecoder(Protocol):
    """A model whose label tasks can be answered by a linear decoder of its features.

    Asked for with ``--brainscore-decoder FOLDER``. Without: the option is an error, which names the model.
    """

    def train_decoder(self, stimuli: StimulusSet) -> None:
        """Have label tasks answered by a linear decoder of ImageNet classes from now on.

        Parameters
        ----------
        stimuli
            With the column ``synset``: the WordNet identifier of each image's class.

        Raises
        ------
        ModelError, NotCapable, NoNumber
            There are no synsets or unknown ones, no layer to read out from, or features are not finite.

        """
        ...


@runtime_checkable
class CanReadLayers(Protocol):
    """A model made of layers that can be read by name.

    Asked for by the choice of layers (``brainscore commit``, ``CandidateLayers``). Without, or with a reader that has
    no candidates: there is nothing to choose from, which is an error that names the model.
    """

    @property
    def reader(self) -> LayerReader:
        """What reads layers by name, whichever are committed to a region."""
        ...
