"""Which network it is: digests of its weights, and of what it computes with them."""

from __future__ import annotations

import hashlib
import inspect
import uuid
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

import torch

VERSIONED_PACKAGES: Final = ("torch", "torchvision")
"""Packages whose modules are identified by the version of the package, not by the text of their files."""


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


def architecture_digest(network: torch.nn.Module, sources: Sequence[Path] = ()) -> str:
    """Return a digest of what a network computes besides its weights.

    Over the printed structure, the source files of the modules' classes with their bases, and `sources`. Modules of
    PyTorch and torchvision enter by the version of the package. Code in other files that the classes call does not
    enter: the probe tells what it does.
    """
    digest = hashlib.sha256(repr(network).encode())
    packages: set[str] = set()
    files: set[Path | None] = set(sources)
    for module in network.modules():
        for each in type(module).__mro__:
            package = each.__module__.partition(".")[0]
            if package in VERSIONED_PACKAGES:
                packages.add(package)
            elif each is not object:
                files.add(_source_file(each))
    texts = sorted(hashlib.sha256(file.read_bytes()).hexdigest() for file in files if file is not None)
    versions = sorted(f"{package} {version(package)}" for package in packages)
    # A class typed into a session has no file that could be compared: nothing stored may be taken for its output.
    unknown = [uuid.uuid4().hex] if None in files else []
    digest.update("\n".join([*texts, *versions, *unknown]).encode())
    return digest.hexdigest()


def _source_file(kind: type) -> Path | None:
    try:
        file = inspect.getsourcefile(kind)
    except TypeError:  # defined in a session
        return None
    return Path(file) if file and Path(file).is_file() else None
