"""From a specification to a model. Importing this module is light; loading imports torch."""

from __future__ import annotations

import os
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from pytest_brainscore.adapters import adapted
from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.freed_memory import keep_freed_memory
from pytest_brainscore.models.registry import check_exists, commitment_of, factory_of
from pytest_brainscore.models.sources.specification import ModelSpecification, parse_specification

if TYPE_CHECKING:
    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.networks.shared_inputs import SharedInputs


def load_model(
    specification: str,
    *,
    weights: str | os.PathLike[str] | None = None,
    weights_entry: str | None = None,
    device: str = "auto",
    layers: Mapping[str, str | Sequence[str]] | None = None,
    store: ActivationStore | None = None,
    commitments: str | os.PathLike[str] | None = None,
    untrained: int | None = None,
    amp: bool = False,
    name: str | None = None,
    inputs: SharedInputs | None = None,
) -> BrainModel:
    """Load a model.

    On Linux, this process then uses the memory of one batch again for the next, which halves the time that images take;
    with ``MALLOC_MMAP_MAX_=65536`` in its environment it does not.

    Parameters
    ----------
    specification
        A name (a committed model, one that an installed package offers, or any torchvision classifier), ``timm:NAME``,
        ``path/to/file.py:factory`` or ``package.module:factory``, where the factory returns a ``torch.nn.Module``, a
        brain model, or a function from images to arrays (an ``ImageFunction`` says more of it); ``hf:NAME`` of
        Hugging Face; or a file that is the model: ``net.onnx``, ``net.pt2`` of ``torch.export``, TorchScript,
        ``features.npz`` with one row a stimulus. Around each of these may stand what ``--model`` takes:
        ``NAME=MODEL@CHECKPOINT``.
    weights
        Checkpoint (``.safetensors``, or ``.pth`` with tensors only) to use instead of the published weights; nothing
        is downloaded then.
    weights_entry
        Which weights of the checkpoint, where it holds more than one set: ``state_dict_ema``, ``checkpoint.teacher``.
        A warning names what was taken where None and there was a choice.
    device
        ``auto``, ``cpu``, ``cuda``, ``cuda:1``, ``mps``.
    layers
        Layer of a region instead of the committed one: ``{"V1": "features.6"}``, several joined by ``+``.
    store
        Where activations are kept; the one in the home folder where None.
    commitments
        Folder of the layer commitments of named models, one NAME.toml each, which come before those of this package;
        ``fixtures/models`` in the current folder where None.
    untrained
        Seed: return the untrained twin of the network, with weights drawn anew as its architecture does; nothing is
        downloaded. What a factory of the user returns is drawn anew by the ``reset_parameters`` of its modules.
    amp
        Run a network in mixed precision, as PyTorch's autocast does with 16 bits (bfloat16): faster on a GPU, and
        responses differ by about .01. Its scores are compared with no others, and its activations are stored apart.
        Without, single precision is computed exactly on every device. Means nothing for what is no network.
    name
        What the model is called, in errors and by its ``identifier``; a brain model that somebody's factory returns has
        its own where it allows no other. After network and checkpoint where None.
    inputs
        Where prepared images are kept for other checkpoints of a network, so that they are decoded, placed and
        pre-processed once; nowhere where None.

    Returns
    -------
    BrainModel
        In evaluation mode.

    Raises
    ------
    ModelError
        The model cannot be found, built or given its weights; the sentence says what to do.

    Examples
    --------
    >>> model = load_model("pixels")
    >>> model.visual_degrees()
    8.0

    """
    from torch import nn

    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.functions.features_reader import FeaturesReader
    from pytest_brainscore.models.functions.image_function import ImageFunction
    from pytest_brainscore.models.layer_mapped.committed_model import committed_model
    from pytest_brainscore.models.networks.device import resolve_device
    from pytest_brainscore.models.networks.network_reader import NetworkReader
    from pytest_brainscore.models.networks.preprocessing import committed_preprocessing
    from pytest_brainscore.models.sources import build_network, factories
    from pytest_brainscore.models.sources.functions import reader_without_network
    from pytest_brainscore.models.sources.untrained import draw_anew
    from pytest_brainscore.models.sources.weights import load_checkpoint

    if not isinstance(specification, str):
        raise ModelError(
            f"load_model was given a {type(specification).__name__} and takes the name of a model; write a function "
            'that returns your network, and name it: load_model("path/to/file.py:function").'
        )
    parsed = parse_specification(specification)
    if name:
        parsed = replace(parsed, name=name, label="")
    if parsed.checkpoint and weights is not None:
        raise ModelError(f"{parsed.asked} has its checkpoint, and {weights} is another one; give one of the two.")
    weights = parsed.weights or weights
    check_exists(parsed, commitments)
    if weights_entry is not None and weights is None:
        raise ModelError(
            f"{weights_entry!r} is an entry of no checkpoint; give "
            + mend(option="--brainscore-weights, too.", python="weights=FILE, too.")
        )
    if untrained is not None and weights is not None:
        raise ModelError(f"An untrained {parsed.text} has no weights to read; leave out the checkpoint {weights}.")
    keep_freed_memory()
    running_on = resolve_device(device)
    store = store or ActivationStore()
    code = factory_of(parsed, commitments)
    made: nn.Module | ImageFunction | None = None
    sources: tuple[Path, ...] = ()
    if code is not None:
        module = factories.import_module(code)
        returned = factories.call_factory(factories.called(code), module, code.factory)
        if not isinstance(returned, nn.Module | ImageFunction):
            _refuse_settings(parsed, weights, layers)
            _refuse_untrained(parsed, untrained)
            made_by_factory = cast("BrainModel", adapted(returned))
            if parsed.name:
                with suppress(AttributeError):
                    setattr(made_by_factory, "identifier", parsed.name)  # noqa: B010 - not said to be settable
            return made_by_factory
        made, sources = returned, factories.source_files(module)
    file, commitment = commitment_of(parsed, commitments)
    identifier = parsed.identifier if parsed.name or parsed.label else commitment.identifier or parsed.identifier
    committed = commitment.committed_layers()
    reader = reader_without_network(made, parsed, commitment, identifier, store, sources)
    if reader is not None:
        _refuse_settings(parsed, weights, None)
        _refuse_untrained(parsed, untrained)
        if isinstance(reader, FeaturesReader):
            committed = reader.committed() | committed
    else:
        if isinstance(made, nn.Module):
            built = build_network.Built(made, sources=sources)
        elif parsed.kind == "stored":
            _refuse_settings(parsed, weights, None)
            _refuse_untrained(parsed, untrained)
            built = build_network.stored_network(Path(parsed.source).expanduser().resolve())
        else:
            pretrained = weights is None and untrained is None
            built = build_network.build(commitment, pretrained=pretrained, seed=untrained or 0)
        origin = built.weights_from
        if untrained is not None:
            identifier = parsed.twin(untrained).identifier
            if built.sources:  # of somebody's own factory, which may have read weights
                draw_anew(built.network, untrained, parsed.text)
        if weights is not None:
            loaded = load_checkpoint(built.network, Path(weights).expanduser(), weights_entry)
            origin = loaded.origin
            for remark in loaded.remarks:
                warnings.warn(remark, stacklevel=2)
        reader = NetworkReader(
            identifier,
            built.network,
            preprocessing=committed_preprocessing(commitment.preprocessing, built.preprocessing, identifier),
            device=running_on,
            store=store,
            sources=built.sources,
            weights_from=origin,
            amp=amp,
            inputs=inputs,
        )
    return committed_model(
        identifier,
        reader,
        commitment,
        committed=committed,
        layers=layers,
        commitment_file=None if commitment.source == "pixels" else file,
    )


def _refuse_untrained(specification: ModelSpecification, untrained: int | None) -> None:
    if untrained is not None:
        raise ModelError(
            f"{specification.text} {_what_it_is(specification)}, and nothing says how to draw its weights anew: it has "
            "no untrained twin."
        )


def _what_it_is(specification: ModelSpecification) -> str:
    return "is a file with all its weights" if specification.kind == "stored" else "is a brain model of its own"


def _refuse_settings(
    specification: ModelSpecification,
    weights: str | os.PathLike[str] | None,
    layers: Mapping[str, str | Sequence[str]] | None,
) -> None:
    settings = (
        (mend(option="--brainscore-weights", python="weights"), weights),
        (mend(option="--brainscore-layer", python="layers"), layers),
    )
    given = [name for name, value in settings if value]
    if given:
        what = _what_it_is(specification)
        raise ModelError(f"{specification.text} {what}, not a network; leave out {' and '.join(given)}.")
