"""Weights: read from files without running code, identified by their content, downloaded once."""

from __future__ import annotations

import hashlib
import pickle
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import torch
from filelock import FileLock
from safetensors import SafetensorError
from safetensors.torch import load_file

from pytest_brainscore.errors import ModelError, mend

StateDict = dict[str, torch.Tensor]

ENVELOPES = ("state_dict", "model_state_dict", "model")
"""Keys under which training scripts save the state dict beside optimizer and epoch."""
DATA_PARALLEL_PREFIX = "module."
"""Put before every key by ``torch.nn.DataParallel``."""
BATCH_COUNTER = "num_batches_tracked"
"""A counter of batch normalisation used in training only; checkpoints older than PyTorch 0.4.1 have none."""
SHOWN = 3
"""Keys named in an error."""


def read_state_dict(path: Path) -> StateDict:
    """Read a checkpoint: tensors only, nothing in the file is executed.

    Parameters
    ----------
    path
        A ``.safetensors`` file, or any file of ``torch.save`` (``.pth``, ``.pt``, ``.bin``, ``.ckpt``). A state dict
        under ``state_dict``, ``model_state_dict`` or ``model``, and the prefix ``module.``, are unwrapped.

    Returns
    -------
    dict of str to Tensor
        On the CPU.

    Raises
    ------
    ModelError
        The file is missing, empty, damaged, or holds something else than tensors.

    """
    if not path.is_file():
        raise ModelError(f"There is no weights file {path}; give the path of a .safetensors or .pth checkpoint.")
    if path.stat().st_size == 0:
        raise ModelError(f"The weights file {path} is empty; copy or download it again.")
    content = _read_safetensors(path) if path.suffix == ".safetensors" else _read_torch(path)
    for envelope in ENVELOPES:
        if isinstance(content, Mapping) and isinstance(content.get(envelope), Mapping):
            content = content[envelope]
            break
    if not isinstance(content, Mapping) or not content or not all(map(torch.is_tensor, content.values())):
        raise ModelError(
            f"The weights file {path} holds no state dict; save torch.save(network.state_dict(), {path.name!r})."
        )
    state = {str(key): cast("torch.Tensor", value) for key, value in content.items()}
    if all(key.startswith(DATA_PARALLEL_PREFIX) for key in state):
        return {key.removeprefix(DATA_PARALLEL_PREFIX): value for key, value in state.items()}
    return state


def load_weights(network: torch.nn.Module, state: StateDict, origin: str) -> None:
    """Copy weights into a network, every one of them.

    Parameters
    ----------
    network
        Changed in place.
    state
        Weights by name.
    origin
        Where the weights come from, for the error.

    Raises
    ------
    ModelError
        Names are missing or unexpected, or a shape differs; nothing has been copied then.

    """
    own = network.state_dict()
    missing = [key for key in own if key not in state and not key.endswith(BATCH_COUNTER)]
    unexpected = [key for key in state if key not in own]
    if missing or unexpected:
        wrong = [f"{len(keys)} {what} ({_first(keys)})" for what, keys in _named(missing, unexpected) if keys]
        raise ModelError(
            f"The weights in {origin} do not belong to {type(network).__name__}: {' and '.join(wrong)} of "
            f"{len(own)} names; give the weights of this network."
        )
    shapes = [
        f"{key} is {tuple(state[key].shape)} instead of {tuple(own[key].shape)}"
        for key in own
        if key in state and state[key].shape != own[key].shape
    ]
    if shapes:
        raise ModelError(
            f"The weights in {origin} have {len(shapes)} wrong shapes for {type(network).__name__}: "
            f"{_first(shapes)}; give the weights of this network."
        )
    network.load_state_dict(state, strict=False)


def state_dict_sha256(network: torch.nn.Module) -> str:
    """Return the SHA-256 of a network's weights: equal content gives equal digests, whatever file it came in.

    Over name, type, shape and bytes (C order) of every entry of the state dict, sorted by name.
    """
    digest = hashlib.sha256()
    for key, value in sorted(network.state_dict().items()):
        if not torch.is_tensor(value):  # extra state of a module: quantisation settings and the like
            digest.update(f"{key} {value!r}\n".encode())
            continue
        digest.update(f"{key} {value.dtype} {tuple(value.shape)}\n".encode())
        digest.update(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return digest.hexdigest()


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
        There are no such weights, or they are not on this machine and cannot be downloaded.

    """
    from torchvision.models import get_model_weights

    try:
        entry = get_model_weights(name)[weights]
    except KeyError as error:
        names = ", ".join(member.name for member in get_model_weights(name))
        raise ModelError(f"{name} has no weights {weights!r}; commit to one of {names}.") from error
    folder = Path(torch.hub.get_dir()) / "checkpoints"
    file = folder / Path(entry.url).name
    try:
        if file.exists():  # moved into place when complete, so there is nothing to wait for
            return cast("StateDict", entry.get_state_dict(weights_only=True, check_hash=True, progress=False))
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{file}.lock"):
            return cast("StateDict", entry.get_state_dict(weights_only=True, check_hash=True, progress=False))
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"The weights {weights} of {name} cannot be had from {entry.url} or {file} ({_one_line(error)}); download "
            + mend(
                option="them elsewhere and pass the file with --brainscore-weights.",
                python="them elsewhere and give load_model the file: weights=FILE.",
            )
        ) from error


def _read_safetensors(path: Path) -> object:
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise _damaged(path, error) from error


def _read_torch(path: Path) -> object:
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged files end in KeyError, EOFError, RuntimeError, ValueError ...
        if _holds_objects(path, error):
            raise ModelError(
                f"The weights file {path} holds Python objects, which would run code when read; save the tensors "
                f"only, with torch.save(network.state_dict(), {path.name!r})."
            ) from error
        raise _damaged(path, error) from error


def _holds_objects(path: Path, error: Exception) -> bool:
    if "TorchScript" in str(error):
        return True
    with path.open("rb") as file:
        pickled = file.read(1) == pickle.PROTO
    return isinstance(error, pickle.UnpicklingError) and (pickled or zipfile.is_zipfile(path))


def _damaged(path: Path, error: Exception) -> ModelError:
    return ModelError(
        f"The weights file {path} is damaged or no checkpoint ({_one_line(error)}); copy or download it again."
    )


def _one_line(error: Exception) -> str:
    """Return the first sentence of an error: torch adds advice about loading files unsafely."""
    text = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _named(missing: list[str], unexpected: list[str]) -> tuple[tuple[str, list[str]], ...]:
    return ("missing", missing), ("unexpected", unexpected)


def _first(words: list[str]) -> str:
    return ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
