"""What can be told of many models before the first is scored: whether checkpoints fit, and layers are there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.layer_name import parse_layer
from pytest_brainscore.models.registry import commitment_of, factory_of
from pytest_brainscore.models.sources.specification import ModelSpecification

if TYPE_CHECKING:
    from torch import nn

_SHOWN = 3


def check_together(
    models: Sequence[ModelSpecification],
    *,
    commitments: str | os.PathLike[str] | None = None,
    weights_entry: str | None = None,
    layers: Mapping[str, str] | None = None,
) -> None:
    """Check what several models have to have in common, so that a run need not find it out after hours.

    A network of which several checkpoints are named is built once, and each file must have its names and shapes; their
    numbers are not read. Where layers are given for several networks, each of them must have these. One model is left
    to its loading, which says as much and more; and so is what is no network, or cannot be built.

    Parameters
    ----------
    models
        The models of a run.
    commitments, weights_entry
        As for :func:`~pytest_brainscore.models.loading.load_model`.
    layers
        Layer of a region instead of the committed one, for all models.

    Raises
    ------
    ModelError
        A checkpoint does not fit, or a layer is not in all networks; the sentence names the file and a key, or the
        network.

    """
    networks: dict[tuple[str, str], list[ModelSpecification]] = {}
    for model in models:
        networks.setdefault((model.network, model.text), []).append(model)
    for alike in networks.values():
        files = [model for model in alike if model.weights]
        asked = dict(layers or {}) if len(models) > 1 else {}
        if len(files) < 2 and not (asked and len(networks) > 1):
            continue
        network = _built(alike[0], commitments)
        if network is not None:
            _check_layers(network, alike[0].network, asked)
            if len(files) > 1:
                _check_files(network, files, weights_entry)


def _built(model: ModelSpecification, commitments: str | os.PathLike[str] | None) -> nn.Module | None:
    """Return the network with whatever weights; None for what is none, or fails, which is told when it is loaded."""
    from torch import nn

    from pytest_brainscore.models.sources import build_network, factories

    try:
        code = factory_of(model, commitments)
        if code is not None:
            made = factories.call_factory(factories.called(code), factories.import_module(code), code.factory)
            return made if isinstance(made, nn.Module) else None
        if model.kind == "stored":
            return None
        return build_network.build(commitment_of(model, commitments)[1], pretrained=False).network
    except ModelError:
        return None


def _check_files(network: nn.Module, models: Sequence[ModelSpecification], entry: str | None) -> None:
    from pytest_brainscore.models.sources.checkpoints.choosing import choose_weights
    from pytest_brainscore.models.sources.weights import check_fits

    wrong: dict[str, ModelError] = {}
    for model in models:
        try:
            choice = choose_weights(network, Path(model.weights), entry, lazily=True)
            check_fits(network, choice.state, model.checkpoint)
        except ModelError as error:
            wrong[model.checkpoint] = error
    if wrong:
        first, *others = wrong
        shown = ", ".join(others[:_SHOWN]) + (", ..." if len(others) > _SHOWN else "")
        rest = f" Neither can {shown} be used." if others else ""
        raise ModelError(f"{wrong[first]}{rest} {len(models) - len(wrong)} of {len(models)} checkpoints fit.")


def _check_layers(network: nn.Module, name: str, layers: Mapping[str, str]) -> None:
    modules = dict(network.named_modules())
    for region, words in layers.items():
        for word in words.split("+"):
            layer = parse_layer(word.strip()).layer
            used = layer.rpartition("@")[0] or layer  # LAYER@STEP of a recurrent network
            if layer and layer not in modules and used not in modules:
                raise ModelError(
                    f"{name} has no layer {layer}, which {region}={words} names for all models of the run; score it in "
                    "a run of its own, or commit layers to each network."
                )
