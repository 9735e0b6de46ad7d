"""Weights: whole or not at all, identified by their content, downloaded once."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import torch
from filelock import FileLock

from pytest_brainscore.data.user_folder import OFFLINE_VARIABLE, offline
from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.sources.checkpoints.choosing import choose_weights, is_counter, location, missing_names
from pytest_brainscore.models.sources.checkpoints.reading import StateDict, one_line
from pytest_brainscore.models.sources.torchvision_import import import_torchvision

if TYPE_CHECKING:
    from torchvision.models import WeightsEnum

SHOWN = 3
"""Names shown in an error."""


@dataclass(frozen=True)
class Loaded:
    """Where the weights of a network come from."""

    origin: str
    """Name of the file, and the place in it where there is more than the weights."""
    remarks: tuple[str, ...] = ()
    """Sentences about what was chosen, left out or rounded; empty where the file is the weights and nothing else."""


def load_checkpoint(network: torch.nn.Module, path: str | os.PathLike[str], entry: str | None = None) -> Loaded:
    """Give a network the weights in a file.

    Parameters
    ----------
    network
        Changed in place.
    path
        A safetensors file, or any file of ``torch.save``, whatever its name; nothing in it is executed.
    entry
        Place of the weights in the file, see
        :func:`~pytest_brainscore.models.sources.checkpoints.choosing.choose_weights`; found where None.

    Raises
    ------
    ModelError
        The file cannot be read, more than one place in it would do, or the weights are not those of this network;
        nothing has been copied then.

    """
    path = Path(path)
    choice = choose_weights(network, path, entry)
    place = choice.place
    rounded = load_weights(network, choice.state, f"{path} ({place})" if place else str(path))
    remarks = []
    if choice.others and entry is None:
        remarks.append(
            f"{path.name} holds more than one set of weights: {place or 'the file itself'} was taken and not "
            f"{_first(list(choice.others))}; choose with "
            + mend(option="--brainscore-weights-entry.", python="load_model(weights_entry=...).")
        )
    if choice.prefix and choice.left_out:
        remarks.append(
            f"{path.name}: the weights are those under {place}; {choice.left_out} other tensors beside them are not "
            "used."
        )
    if rounded:
        remarks.append(f"{path.name}: {rounded} to the type of the network.")
    return Loaded(f"{path.name}: {place}" if place else path.name, tuple(remarks))


def load_weights(network: torch.nn.Module, state: StateDict, origin: str) -> str:
    """Copy weights into a network, every one of them.

    Parameters
    ----------
    network
        Changed in place.
    state
        Weights by name. A tensor that the network has under several names may be there once.
    origin
        Where the weights come from, for the error.

    Returns
    -------
    str
        Which of them were rounded; empty where the network's numbers are those of `state`.

    Raises
    ------
    ModelError
        Names are missing or unexpected, a shape differs, or a tensor holds no numbers for its place: integers for real
        numbers, complex or quantised ones, NaN or infinity. Nothing has been copied then.

    """
    check_fits(network, state, origin)
    own = network.state_dict(keep_vars=True)
    unusable = [*_unusable(own, state), *_contradicting(own, state)]
    if unusable:
        raise ModelError(
            f"The weights in {origin} cannot be those of {type(network).__name__}: {_first(unusable)}; save the "
            "trained, floating-point state dict of this network."
        )
    rounded = [key for key, value in state.items() if value.is_floating_point() and _is_rounded(value, own[key])]
    network.load_state_dict(state, strict=False)
    if not rounded:
        return ""
    types = sorted({_name(state[key].dtype) for key in rounded})
    return f"{len(rounded)} tensors of type {' and '.join(types)} were rounded ({_first(rounded)})"


def check_fits(network: torch.nn.Module, state: StateDict, origin: str) -> None:
    """Check that weights have the names and shapes of a network; their numbers are not looked at.

    Parameters
    ----------
    network, state, origin
        As for :func:`load_weights`.

    Raises
    ------
    ModelError
        Names are missing or unexpected, or a shape differs.

    """
    own = network.state_dict(keep_vars=True)
    kind = type(network).__name__
    missing, unexpected = missing_names(network, state), [key for key in state if key not in own]
    if missing or unexpected:
        wrong = [f"{len(keys)} {what} ({_first(keys)})" for what, keys in _named(missing, unexpected) if keys]
        raise ModelError(
            f"The weights in {origin} do not belong to {kind}: {' and '.join(wrong)} of {len(own)} names; give the "
            "weights of this network."
        )
    shapes = [
        f"{key} is {tuple(value.shape)} instead of {tuple(own[key].shape)}"
        for key, value in state.items()
        if not torch.nn.parameter.is_lazy(own[key]) and value.shape != own[key].shape
    ]
    if shapes:
        raise ModelError(
            f"The weights in {origin} have {len(shapes)} wrong shapes for {kind}: {_first(shapes)}; give the weights "
            "of this network."
        )


def torchvision_weights(name: str, weights: str) -> WeightsEnum:
    """Return torchvision's entry for weights: where they are, and how their images are prepared.

    Raises
    ------
    ModelError
        There is no such classifier, or no such weights.

    """
    import_torchvision()
    from torchvision.models import get_model_weights

    try:
        entries = get_model_weights(name)
    except ValueError as error:
        raise ModelError(
            f"torchvision has no network {name}; give source in its layer commitment, or another name."
        ) from error
    try:
        return entries[weights]
    except KeyError as error:
        names = ", ".join(member.name for member in entries)
        raise ModelError(f"{name} has no weights {weights!r}; commit to one of {names}.") from error


def _unusable(own: Mapping[str, torch.Tensor], state: StateDict) -> Iterator[str]:
    """Yield what is wrong with tensors whose names and shapes are right."""
    for key, value in state.items():
        wanted, given = own[key].dtype, _name(value.dtype)
        if is_counter(key):
            continue
        if value.is_quantized or value.layout != torch.strided or value.device.type == "meta":
            how = "quantised" if value.is_quantized else "empty" if value.device.type == "meta" else "sparse"
            yield f"{key} is {how}"
        elif value.is_complex() != wanted.is_complex or value.is_floating_point() != wanted.is_floating_point:
            yield f"{key} is {given} instead of {_name(wanted)}"
        elif value.is_floating_point() and value.dtype != wanted and value.element_size() == 1:
            yield f"{key} is {given}, whose scale is not known"
        elif value.is_floating_point() or value.is_complex():
            yield from _not_finite(key, value, own[key])
        elif not torch.equal(value.to(wanted).to(value.dtype), value):
            yield f"{key} is {given} with values that {_name(wanted)} cannot hold"


def _not_finite(key: str, value: torch.Tensor, own: torch.Tensor) -> Iterator[str]:
    copied = value.to(own.dtype)
    if bool(torch.isfinite(copied).all()):
        return
    if bool(torch.isnan(copied).any()):
        yield f"{key} contains NaN"
    # A mask that the network itself fills with infinities is no result of training.
    elif torch.nn.parameter.is_lazy(own) or not torch.equal(torch.isinf(copied).cpu(), torch.isinf(own).cpu()):
        yield f"{key} contains infinite values" + (
            "" if bool(torch.isinf(value).any()) else f" once it is {_name(own.dtype)}"
        )


def _contradicting(own: Mapping[str, torch.Tensor], state: StateDict) -> Iterator[str]:
    """Yield names of one tensor of the network that are two in the file."""
    first: dict[object, str] = {}
    for key, value in state.items():
        other = first.setdefault(location(own[key]), key)
        if other != key and not is_counter(key) and not torch.equal(value, state[other]):
            yield f"{other} and {key} are one tensor in the network and two in the file"


def _is_rounded(value: torch.Tensor, own: torch.Tensor) -> bool:
    return value.dtype != own.dtype and not torch.equal(value.to(own.dtype).to(value.dtype), value)


def published_weights(name: str, weights: str) -> StateDict:
    """Return torchvision's weights of a classifier, downloaded once and checked against their hash.

    Parameters
    ----------
    name
        Name of the classifier, for example ``squeezenet1_1``.
    weights
        Name of the weights, for example ``IMAGENET1K_V1`` or ``DEFAULT``.

    Raises
    ------
    ModelError
        There are no such weights, or they are not on this machine and cannot, or may not, be downloaded.

    """
    entry = torchvision_weights(name, weights)
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    file = folder / Path(entry.url).name
    if offline() and not file.exists():
        raise ModelError(
            f"The weights {weights} of {name} are not on this machine ({file}) and nothing may be fetched: "
            + mend(option=f"leave out --brainscore-offline ({OFFLINE_VARIABLE})", python=f"unset {OFFLINE_VARIABLE}")
            + f", or download {entry.url} elsewhere "
            + mend(option="and pass the file with --brainscore-weights.", python="and give load_model weights=FILE.")
        )
    try:
        if file.exists():  # moved into place when complete, so there is nothing to wait for
            return cast("StateDict", entry.get_state_dict(weights_only=True, check_hash=True, progress=False))
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):
            return cast("StateDict", entry.get_state_dict(weights_only=True, check_hash=True, progress=False))
    except Exception as error:  # no connection; or a damaged file, which ends in errors of all kinds
        reason = one_line(error)
    raise ModelError(
        f"The weights {weights} of {name} cannot be had from {entry.url} or {file} ({reason}); download them elsewhere "
        + mend(option="and pass the file with --brainscore-weights.", python="and give load_model weights=FILE.")
    )


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _named(missing: list[str], unexpected: list[str]) -> tuple[tuple[str, list[str]], ...]:
    return ("missing", missing), ("unexpected", unexpected)


def _first(words: list[str]) -> str:
    return ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
