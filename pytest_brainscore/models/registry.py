"""From a specification to a model. Importing this module is light; loading imports torch."""

from __future__ import annotations

import difflib
import importlib.util
import os
import warnings
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.sources.offered import OfferedModel, offered_models
from pytest_brainscore.models.sources.specification import FORMS, ModelSpecification, parse_specification
from pytest_brainscore.resources import resource_folder

if TYPE_CHECKING:
    from pytest_brainscore.models.activations.activation_store import ActivationStore
    from pytest_brainscore.models.commitment.commitment import LayerCommitment
    from pytest_brainscore.models.interface import BrainModel

NAMES_SHOWN = 3
"""Near names offered for an unknown one."""


def load_model(
    specification: str,
    *,
    weights: str | os.PathLike[str] | None = None,
    weights_entry: str | None = None,
    device: str = "auto",
    layers: Mapping[str, str | Sequence[str]] | None = None,
    store: ActivationStore | None = None,
    commitments: str | os.PathLike[str] | None = None,
) -> BrainModel:
    """Load a model.

    Parameters
    ----------
    specification
        A name (a committed model, one that an installed package offers, or any torchvision classifier), ``timm:NAME``,
        ``path/to/file.py:factory`` or ``package.module:factory``, where the factory returns a ``torch.nn.Module`` or a
        brain model.
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
    from pytest_brainscore.models.activations.pixels_reader import PixelsReader
    from pytest_brainscore.models.commitment.commitment import override_layers
    from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
    from pytest_brainscore.models.layer_mapped.temporal_model import TemporalBrainModel
    from pytest_brainscore.models.networks.device import resolve_device
    from pytest_brainscore.models.networks.network_reader import NetworkReader
    from pytest_brainscore.models.networks.preprocessing import committed_preprocessing
    from pytest_brainscore.models.sources import build_network, factories
    from pytest_brainscore.models.sources.weights import load_checkpoint

    if not isinstance(specification, str):
        raise ModelError(
            f"load_model was given a {type(specification).__name__} and takes the name of a model; write a function "
            'that returns your network, and name it: load_model("path/to/file.py:function").'
        )
    parsed = parse_specification(specification)
    check_exists(parsed, commitments)
    if weights_entry is not None and weights is None:
        raise ModelError(
            f"{weights_entry!r} is an entry of no checkpoint; give "
            + mend(option="--brainscore-weights, too.", python="weights=FILE, too.")
        )
    running_on = resolve_device(device)
    store = store or ActivationStore()
    code = _own_code(parsed, commitments)
    built = None
    if code is not None:
        module = factories.import_module(code)
        made = factories.call_factory(factories.called(code), module, code.factory)
        if not isinstance(made, nn.Module):
            _refuse_settings(parsed, weights, layers)
            return made
        built = build_network.Built(made, sources=factories.source_files(module))
    file, commitment = commitment_of(parsed, commitments)
    identifier = commitment.identifier or parsed.identifier
    chosen = override_layers(commitment.committed_layers(), layers or {})
    if built is None:
        if commitment.source == "pixels":
            _refuse_settings(parsed, weights, None)
            reader = PixelsReader(identifier, store)
            return LayerMappedModel(identifier, reader, layers=chosen, visual_degrees=commitment.visual_degrees)
        built = build_network.build(commitment, pretrained=weights is None)
    origin = built.weights_from
    if weights is not None:
        loaded = load_checkpoint(built.network, Path(weights).expanduser(), weights_entry)
        origin = loaded.origin
        for remark in loaded.remarks:
            warnings.warn(remark, stacklevel=2)
    # A layer that the caller gives for a region replaces its time course.
    time_course = {
        str(region): steps for region, steps in commitment.time_course.items() if region not in (layers or {})
    }
    made_of = partial(TemporalBrainModel, time_course=time_course) if time_course else LayerMappedModel
    return made_of(
        identifier,
        NetworkReader(
            identifier,
            built.network,
            preprocessing=committed_preprocessing(commitment.preprocessing, built.preprocessing, identifier),
            device=running_on,
            store=store,
            sources=built.sources,
            weights_from=origin,
        ),
        layers=chosen,
        visual_degrees=commitment.visual_degrees,
        commitment_file=file,
    )


def commitment_of(
    specification: ModelSpecification, folder: str | os.PathLike[str] | None = None
) -> tuple[Path, LayerCommitment]:
    """Return the layer commitment of a model, and where the user's own is or would be.

    Parameters
    ----------
    specification
        The model as named; a module that it names is imported.
    folder
        The user's commitments, as for :func:`load_model`; they come before those of this package and of others.

    Returns
    -------
    Path
        The user's file, whether it is there or not: what comes with an installed package is never written to. Of a
        named file or module, what lies, or would, beside it.
    LayerCommitment
        The user's; else the one that comes with the model; else what is known of a published network.

    Raises
    ------
    ModelError
        The file cannot be read.

    """
    from msgspec.structs import replace

    from pytest_brainscore.models.commitment.commitment import NO_COMMITMENT, read_commitment
    from pytest_brainscore.models.sources import build_network, factories

    own, shipped = _own_commitment(specification.identifier, folder), _shipped_commitment(specification.identifier)
    code = _own_code(specification, folder)
    if code is not None:
        beside = _commitment_beside(factories.file_of(code), code.factory)
        file = own if code.offered_by else beside
        found = next((each for each in (file, beside) if each.exists()), None)
        return file, NO_COMMITMENT if found is None else read_commitment(found)
    file = own if own.exists() else shipped
    if not file.exists():
        return own, build_network.published_commitment(specification)
    commitment = read_commitment(file)
    if commitment.source:
        return own, commitment
    # A file of a few layers leaves open where the network comes from: from where its name would without the file.
    known = read_commitment(shipped) if shipped.exists() else build_network.published_commitment(specification)
    return own, replace(commitment, source=known.source, weights=commitment.weights or known.weights)


def check_exists(specification: ModelSpecification, commitments: str | os.PathLike[str] | None = None) -> None:
    """Check that there is such a model, as far as can be told without loading it.

    Imports torchvision only for a name that has no commitment.

    Parameters
    ----------
    specification
        The model as named.
    commitments
        Folder of the user's layer commitments, as for :func:`load_model`.

    Raises
    ------
    ModelError
        The name is unknown (the message names those that come near), the file is missing, or timm is not installed.

    """
    if specification.kind == "file" and not Path(specification.source).expanduser().is_file():
        raise ModelError(
            f"There is no file {specification.source} for the model {specification.text}; give the path of the Python "
            "file that defines it."
        )
    if specification.kind == "timm" and importlib.util.find_spec("timm") is None:
        raise ModelError(f"{specification.text} needs the package timm, which is not installed; pip install timm.")
    own = _own_commitment(specification.identifier, commitments)
    if specification.kind != "name" or own.exists():
        return
    offered = offered_models()
    if _one_definition(specification.source, offered.get(specification.source, ()), own) is not None:
        return
    if _shipped_commitment(specification.identifier).is_file():
        return
    from pytest_brainscore.models.sources.build_network import torchvision_classifiers

    projects = [file.stem for file in own.parent.glob("*.toml")]
    names = [*projects, *committed_names(), *offered, *torchvision_classifiers()]
    if specification.source not in names:
        near = difflib.get_close_matches(specification.source, dict.fromkeys(names), n=NAMES_SHOWN)
        advice = f"did you mean {' or '.join(near)}?" if near else f"give {FORMS}."
        raise ModelError(f"There is no model {specification.source!r}; {advice}")


def committed_names() -> list[str]:
    """Return the names of the models that come with a layer commitment."""
    return sorted(file.stem for file in resource_folder("fixtures/models").glob("*.toml"))


def _own_code(specification: ModelSpecification, folder: str | os.PathLike[str] | None) -> ModelSpecification | None:
    """Return the factory of the user or of a package that makes a model; None for a published network, or pixels.

    A name has one definition. The user's commitment file comes first where it says where the network comes from.
    """
    if specification.kind in ("file", "module"):
        return specification
    offered = offered_models().get(specification.source, ()) if specification.kind == "name" else ()
    if not offered:
        return None
    from pytest_brainscore.models.commitment.commitment import read_commitment
    from pytest_brainscore.models.sources.build_network import torchvision_classifiers

    own = _own_commitment(specification.identifier, folder)
    if own.exists() and read_commitment(own).source:
        return None
    name = specification.source
    published = f"torchvision:{name}" if name in torchvision_classifiers() else ""
    return _one_definition(name, offered, own, published)


def _one_definition(
    name: str, offered: Sequence[OfferedModel], own: Path, published: str = ""
) -> ModelSpecification | None:
    """Return the one model that packages offer under a name, None where there is none.

    Raises
    ------
    ModelError
        There is another one of this name: of this package, of `published`, or of another package.

    """
    if not offered:
        return None
    places = {each.value: f"{each.value} of the package {each.package}" for each in offered}
    if _shipped_commitment(name).is_file():
        from pytest_brainscore.models.commitment.commitment import read_commitment

        shipped = read_commitment(_shipped_commitment(name)).source
        places = {shipped: f"{shipped} as it comes with pytest-brainscore", **places}
    elif published:
        places = {published: published, **places}
    if len(places) > 1:
        raise ModelError(
            f"The name {name} has {len(places)} definitions, {' and '.join(places.values())}; say which in "
            f"{own} with source = {' or '.join(map(repr, places))}, or name {offered[0].value} itself."
        )
    return offered[0].specification(name)


def _own_commitment(identifier: str, folder: str | os.PathLike[str] | None) -> Path:
    return Path("fixtures/models" if folder is None else folder).expanduser().absolute() / f"{identifier}.toml"


def _shipped_commitment(identifier: str) -> Path:
    return resource_folder("fixtures/models") / f"{identifier}.toml"


def _commitment_beside(file: Path, factory: str) -> Path:
    """Return FACTORY.toml beside the file where there is one, else the path of the file's own .toml."""
    own = file.with_name(f"{factory}.toml")
    return own if own.exists() else file.with_suffix(".toml")


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
        raise ModelError(
            f"{specification.text} is a brain model of its own, not a network; leave out {' and '.join(given)}."
        )
