"""Layer commitments: which layer of a network stands for which region, in a file that people can read.

The published system finds a layer for each region by scoring many, once, and then commits to it. Here a commitment
is a TOML file; nothing is ever selected while scoring.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

import msgspec

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.layer_name import parse_layer, with_step
from pytest_brainscore.models.interface import RecordingTarget

REGIONS: tuple[str, ...] = get_args(RecordingTarget)
READOUT = "behavior"
"""Stands among the regions for the layer that behavior is read out from; that of IT where there is none."""
STANDARD_VISUAL_DEGREES = 8.0
"""Visual angle of a model's input unless committed otherwise; the standard of the published system."""

Channels = tuple[float, float, float]
LONGEST_SIDE = 4096
"""Pixels of the longest side of an image that a network is given: a batch of such takes 3 GB."""

MOST_FRAMES = 256
"""Frames of an input, at most."""
Side = Annotated[int, msgspec.Meta(ge=1, le=LONGEST_SIDE)]
Degrees = Annotated[float, msgspec.Meta(gt=0, le=360)]
PositiveFloat = Annotated[float, msgspec.Meta(gt=0)]
Crop = Literal["center", "squash", "border"]
Interpolation = Literal["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"]


class PreprocessingCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The ``[preprocessing]`` table: how an image becomes the network's input."""

    kind: Literal["imagenet", "weights", "pixels"] = "imagenet"
    """``imagenet`` stretches the image to a square, as the published system does; ``weights`` resizes the image as
    `crop` says and crops the centre, with the numbers that come with the weights unless given here; ``pixels`` is for
    the pixels model only."""
    image_size: Side | None = None
    """Side of the network's input, in pixels."""
    mean: Channels | None = None
    """Subtracted from the scaled red, green and blue values; from grey ones the mean of the three numbers."""
    std: Channels | None = None
    """What the values are then divided by."""
    resize: Side | None = None
    """Length of the resized side before the centre is cropped, in pixels (kind ``weights`` only)."""
    crop: Crop | None = None
    """Which side `resize` is the length of (kind ``weights`` only): the shorter one (``center``), both (``squash``), or
    the longer one, and the rest of the input has the colour `mean` (``border``)."""
    interpolation: Interpolation | None = None
    """How images are resampled."""
    scale: PositiveFloat | None = None
    """What 8-bit values are divided by before `mean` is subtracted: 255 unless given."""
    channels: Literal[1, 3] | None = None
    """Channels of the network's input: 1 for a network of grey images; 3 unless given."""
    frames: Annotated[int, msgspec.Meta(ge=1, le=MOST_FRAMES)] | None = None
    """Frames of the input of a network of videos (images, channels, frames, rows, columns): the image, so often."""


class TimedStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One entry of ``[[time_course.REGION]]``: what a recurrent network does in a stretch of time."""

    start: float
    """In milliseconds after stimulus onset."""
    end: float
    layer: str
    """Name of a module, with what is read of it (see ``layer_name``)."""
    step: Annotated[int, msgspec.Meta(ge=0)] | None = None
    """Which use of the module in one forward pass, from 0; the last one where not given."""

    @property
    def name(self) -> str:
        """Name of the layer and its step, as responses are read from it."""
        return self.layer if self.step is None else with_step(self.layer, self.step)


class LayerScore(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How a candidate layer fared."""

    score: float
    """Normalised by the ceiling."""
    error: float
    """Of `score`."""
    raw: float
    """Before normalisation."""


class LayerSelection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The table ``[selection.REGION]``: the scores by which a layer was chosen. The record of ``brainscore commit``."""

    benchmark: str
    """``IDENTIFIER@VERSION``."""
    date: str
    """Day of the selection, ISO 8601."""
    package: str
    """Version of pytest-brainscore."""
    weights_sha256: str
    """Digest of the weights' content."""
    data_sha256: str
    """Digest of the recordings."""
    stimuli_sha256: str
    """Digest of the images."""
    visual_degrees: float
    """Visual angle of the input, in degrees."""
    components: int = 0
    """Principal components that layers were reduced to; 0 where units themselves were scored."""
    components_fitted_to: str = ""
    """Digest of the images that the components were fitted to."""
    scores: dict[str, LayerScore]
    """Every candidate that has a score, in the order of the candidates."""
    without_score: dict[str, str] = {}
    """The other candidates, and why."""


class LayerCommitment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A commitment file."""

    layers: dict[Literal["V1", "V2", "V4", "IT", "behavior"], str | tuple[str, ...]] = {}
    """Layer, or layers whose units are joined, of each region, and of ``behavior``."""
    time_course: dict[Literal["V1", "V2", "V4", "IT"], tuple[TimedStep, ...]] = {}
    """What stands for a region over time, instead of `layers`: stretches that follow upon each other."""
    identifier: str = ""
    """Name of the model; that of the specification where empty."""
    source: str = ""
    """Where the network comes from: ``torchvision:NAME``, ``package.module:factory``, ``pixels`` ..."""
    weights: str = ""
    """Name of the published weights, for example ``IMAGENET1K_V1``."""
    visual_degrees: Degrees = STANDARD_VISUAL_DEGREES
    """Visual angle that the side of the input spans, in degrees."""
    preprocessing: PreprocessingCommitment = PreprocessingCommitment()
    """How an image becomes the network's input."""
    evidence: str = ""
    """Where each choice comes from."""
    selection: dict[Literal["V1", "V2", "V4", "IT"], LayerSelection] = {}
    """How layers were chosen by their scores, where they were."""

    def committed_layers(self) -> dict[str, tuple[str, ...]]:
        """Return the layers of each region, always as a tuple."""
        return {region: (layers,) if isinstance(layers, str) else layers for region, layers in self.layers.items()}


NO_COMMITMENT: Final = LayerCommitment()
"""What holds where nothing is committed."""


def read_commitment(path: str | os.PathLike[str]) -> LayerCommitment:
    """Read a commitment file.

    Raises
    ------
    ModelError
        The file is no TOML, or a field is unknown, of the wrong type or out of range; the message names file and field.

    """
    path = Path(path)
    if path.is_dir():
        raise ModelError(f"The layer commitment {path} is a folder; put a file in its place.")
    try:
        # Editors of Windows put a mark before the text, which TOML does not know. Text may be nested too deep to read,
        # and a number too long: a RecursionError, a ValueError.
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        commitment = msgspec.convert(content, LayerCommitment)
    except msgspec.ValidationError as error:
        reason, _, field = str(error).partition(" - at ")
        where = field.rpartition("$")[2].strip("`").removeprefix(".") or "the file"  # "`key` in `$.layers`"
        raise ModelError(f"The layer commitment {path} is wrong at {where}: {reason}; mend that field.") from error
    except (OSError, ValueError, RecursionError, OverflowError) as error:
        raise ModelError(f"The layer commitment {path} cannot be read ({error}); mend the file.") from error
    for region, layers in commitment.committed_layers().items():
        _check_layers(region, layers, f"the layer commitment {path}")
    return commitment


def override_layers(
    committed: Mapping[str, tuple[str, ...]], given: Mapping[str, str | Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Replace the layers of some regions by what the caller gives.

    Parameters
    ----------
    committed
        Layers by region.
    given
        For each region to replace, a layer, several joined by ``+``, or a sequence of layers.

    Raises
    ------
    ModelError
        A region is unknown, or a layer is empty or named twice.

    """
    layers = dict(committed)
    for region, words in given.items():
        if region not in (*REGIONS, READOUT):
            raise ModelError(
                f"There is no region {region!r} to give a layer to; use one of {', '.join(REGIONS)}, or {READOUT}."
            )
        split = words.split("+") if isinstance(words, str) else words
        layers[region] = tuple(word.strip() for word in split)
        _check_layers(region, layers[region], "the layers given")
    return layers


def _check_layers(region: str, layers: tuple[str, ...], where: str) -> None:
    if not layers or not all(layers):
        raise ModelError(f"Region {region} has an empty layer name in {where}; name at least one layer.")
    if len(set(layers)) < len(layers):
        raise ModelError(f"Region {region} names a layer twice in {where}: {', '.join(layers)}; name each once.")
    for layer in layers:
        parse_layer(layer)
