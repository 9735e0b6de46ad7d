"""The state dicts in a checkpoint, wherever in it they are: tensors only, nothing in the file is executed."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.checkpoints.containers import container
from pytest_brainscore.models.sources.checkpoints.harmless import harmless

StateDict = dict[str, torch.Tensor]

_REFUSED: Final = re.compile(r"GLOBAL ([\w.]+)")
"""Where torch names the type or function that it does not read."""


def read_state_dicts(path: Path, *, lazily: bool = False) -> dict[str, StateDict]:
    """Read every state dict of a checkpoint.

    Parameters
    ----------
    path
        A safetensors file, or any file of ``torch.save``, whatever its name.
    lazily
        Map the numbers instead of reading them, where the file allows it: for who asks for names and shapes only.

    Returns
    -------
    dict of str to dict of str to Tensor
        On the CPU. Each mapping in the file that holds tensors, by the keys that lead to it with dots between them: the
        file itself is ``""``, and ``state_dict``, ``checkpoint.model`` and the like lie in it. NumPy arrays count as
        tensors; all other values are left out.

    Raises
    ------
    ModelError
        The file is missing, empty, damaged, something else, or holds no tensor by name; or it holds objects that would
        run code.

    """
    content = load_file_safely(path) if container(path) == "safetensors" else _read_torch(path, lazily)
    found = dict(_state_dicts(content))
    if not found:
        raise ModelError(
            f"The weights file {path} holds no state dict; save torch.save(network.state_dict(), {path.name!r})."
        )
    return found


def load_file_safely(path: Path) -> StateDict:
    """Read a safetensors file.

    Raises
    ------
    ModelError
        The file is damaged.

    """
    try:
        return load_file(path)
    except (SafetensorError, OSError, ValueError, KeyError) as error:
        reason = one_line(error)
    raise _damaged(path, reason)


def one_line(error: Exception) -> str:
    """Return the first sentence of an error: torch adds advice about loading files unsafely."""
    text = str(error).partition("\n")[0].partition(". ")[0].rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _read_torch(path: Path, lazily: bool) -> object:
    if lazily and zipfile.is_zipfile(path):
        with (
            suppress(Exception),  # what is wrong is told by the other way
            warnings.catch_warnings(action="ignore"),
            torch.serialization.safe_globals(list(harmless())),
        ):
            return torch.load(str(path), map_location="cpu", weights_only=True, mmap=True)
    try:
        # A file object, since newer versions of torch take the name of a file for its format.
        with (
            warnings.catch_warnings(action="ignore"),
            torch.serialization.safe_globals(list(harmless())),
            path.open("rb") as file,
        ):
            return torch.load(file, map_location="cpu", weights_only=True)
    except Exception as error:  # damaged files end in KeyError, EOFError, RuntimeError, ValueError ...
        named, reason = _REFUSED.search(str(error)), one_line(error)
    # Raised out here, so that torch's text, which advises to load the file unsafely, is no part of what is shown.
    if named is None:
        raise _damaged(path, reason)
    raise ModelError(
        f"The weights file {path} holds Python objects ({named[1]}), which would run code when read; save the tensors "
        f"only, with torch.save(network.state_dict(), {path.name!r})."
    )


def _damaged(path: Path, reason: str) -> ModelError:
    return ModelError(f"The weights file {path} is damaged or no checkpoint ({reason}); copy or download it again.")


def _state_dicts(content: object) -> Iterable[tuple[str, StateDict]]:
    """Yield each mapping that holds tensors, those above first; a value that contains itself is met once."""
    waiting: deque[tuple[tuple[str, ...], object]] = deque([((), content)])
    met: set[int] = set()
    while waiting:
        keys, value = waiting.popleft()
        if id(value) in met or not isinstance(value, Mapping | list | tuple):
            continue
        met.add(id(value))
        entries = list(value.items() if isinstance(value, Mapping) else enumerate(value))
        waiting.extend(((*keys, str(key)), inner) for key, inner in entries)
        if isinstance(value, Mapping):
            tensors = {str(key): tensor for key, inner in entries if (tensor := _tensor(inner)) is not None}
            if tensors:
                yield ".".join(keys), tensors


def _tensor(value: object) -> torch.Tensor | None:
    if isinstance(value, torch.Tensor):
        return value.detach()
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiubc":
        try:
            native = value.astype(value.dtype.newbyteorder("="), order="C")
            return torch.from_numpy(native)
        except TypeError:  # a type that torch has not
            return None
    return None
