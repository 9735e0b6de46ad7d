"""Candidate layers of a network as a brain model: every region is the layer chosen last."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.candidate_reader import CandidateReader
from pytest_brainscore.models.activations.layer_reader import LayerReader, reader_of, some_of
from pytest_brainscore.models.commitment.commitment import REGIONS
from pytest_brainscore.models.commitment.layer_name import MARK, parse_layer
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel

if TYPE_CHECKING:
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
    from pytest_brainscore.models.interface import BrainModel


class CandidateLayers(LayerMappedModel):
    """A network whose candidate layers are recorded together; every region is the layer chosen last.

    Parameters
    ----------
    model
        The network. Its store must keep what it is given.
    layers
        Names of layers, in the order of the candidates.
    visual_degrees
        Visual angle of the input, in degrees; that of `model` where None.
    components, fitted_to, progress
        As for :class:`~pytest_brainscore.models.activations.candidate_reader.CandidateReader`.

    Raises
    ------
    ModelError
        `model` has no layers to choose from, a layer cannot be read, the store keeps nothing, or images are lacking.

    """

    def __init__(
        self,
        model: BrainModel,
        layers: Sequence[str],
        *,
        visual_degrees: float | None = None,
        components: int = 0,
        fitted_to: StimulusSet | None = None,
        progress: bool = False,
    ) -> None:
        name = f"{model.identifier}{f'-pca_{components}' if components else ''}"
        self._candidates = CandidateReader(
            name,
            require_layers(model),
            layers,
            components=components,
            fitted_to=fitted_to,
            progress=progress,
        )
        super().__init__(
            name,
            self._candidates,
            layers={},
            visual_degrees=model.visual_degrees() if visual_degrees is None else visual_degrees,
        )

    @property
    def candidates(self) -> tuple[str, ...]:
        """Names of the layers, in the order of the candidates."""
        return self._candidates.layers

    @property
    def components(self) -> int:
        """Number of principal components; 0 where units themselves are answered with."""
        return self._candidates.components

    @property
    def fitted_to(self) -> str:
        """Digest of the images that components are fitted to; empty where there are none."""
        return self._candidates.fitted_to

    def choose(self, layer: str) -> None:
        """Answer with this layer, whatever the region; a recording is to be started after."""
        self._layers = dict.fromkeys(REGIONS, (layer,))

    def _no_layer(self, region: str) -> str:
        return f"No candidate layer of {self.identifier} is chosen for {region}; call choose first."


def require_layers(model: BrainModel) -> LayerReader:
    """Return what reads the layers of a model.

    Raises
    ------
    ModelError
        It is a brain model of another kind, or there is nothing to choose.

    """
    reader = reader_of(model)
    if reader is None or not reader.candidates():
        raise ModelError(f"{model.identifier} is no network with layers to choose from; name a network.")
    return reader


def matching_layers(model: BrainModel, words: Sequence[str]) -> tuple[str, ...]:
    """Return the layers that names and patterns choose, each once.

    Parameters
    ----------
    model
        A network.
    words
        Names of layers, in the order of the candidates, or patterns, whose layers come in the order of the network.
        ``*``, ``?`` and ``[...]`` stand for letters between two dots, as in paths: ``features.*`` are the children of
        ``features``, not their children. What is read of a layer stays with each: ``blocks.*#cls``.

    Raises
    ------
    ModelError
        A word chooses nothing; the message names layers that come near.

    """
    known = require_layers(model).candidates()
    chosen: list[str] = []
    for word in words:
        pattern, mark, rest = word.partition(MARK)
        found = [pattern] if pattern in known else [name for name in known if _matches(name, pattern)]
        if not found and parse_layer(word).keys:  # a layer that returns several things is none of the known
            found = [name for name in ("", *require_layers(model).names()) if _matches(name, pattern)]
        if not found:
            near = difflib.get_close_matches(pattern, known, n=3) or some_of(list(known))
            raise ModelError(f"{model.identifier} has no layer {word!r}; did you mean {', '.join(near)}?")
        chosen += [f"{name}{mark}{rest}" for name in found]
    return tuple(dict.fromkeys(chosen))


def _matches(name: str, pattern: str) -> bool:
    parts, patterns = name.split("."), pattern.split(".")
    return len(parts) == len(patterns) and all(map(fnmatchcase, parts, patterns))
