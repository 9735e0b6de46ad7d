"""What modules hold besides their weights: an input that the probe lacks may be where it matters.

The probe tells networks apart that answer differently to it. Should two differ only elsewhere, for one value of a pixel
or one size of a response, their attributes, buffers, hooks and replaced functions still do.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Final

import numpy as np
import torch
from torch import nn

DEPTH: Final = 5
"""How far into attributes of attributes."""
_PLAIN: Final = (type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.device, torch.Size, np.generic)
_ELSEWHERE: Final = frozenset({"_parameters", "_modules", "_backward_hooks", "_compiled_call_impl", "training"})
"""Attributes that the state dict and the structure hold, or that change nothing."""


def attributes_digest(network: nn.Module) -> str:
    """Return a digest of the attributes of all modules; of values of a kind that is not known, only the type enters."""
    digest = hashlib.sha256()
    for name, module in network.named_modules():
        for part in _told(dict(_attributes(module)), DEPTH):
            digest.update(f"{name}\0".encode() + part)
    return digest.hexdigest()


def _attributes(module: nn.Module) -> Iterator[tuple[str, object]]:
    for name, value in sorted(vars(module).items()):
        if name == "_buffers":
            yield name, {key: each for key, each in value.items() if key in module._non_persistent_buffers_set}
        elif "hooks" in name and isinstance(value, Mapping):
            yield name, list(value.values())  # their numbers count the hooks of a process
        elif name not in _ELSEWHERE:
            yield name, value


def _told(value: object, depth: int) -> Iterator[bytes]:
    """Yield bytes that are equal in every process where the value is."""
    yield f"{type(value).__module__}.{type(value).__qualname__}".encode()
    if isinstance(value, _PLAIN):
        yield repr(value).encode()
    elif isinstance(value, torch.Tensor):
        yield f"{value.dtype} {tuple(value.shape)}".encode()
        if value.layout == torch.strided and not value.is_meta and not value.is_quantized:
            yield value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy().tobytes()
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape}".encode()
        yield b"" if value.dtype.hasobject else np.ascontiguousarray(value).tobytes()
    elif depth and not isinstance(value, ModuleType | nn.Module | type):
        for part in _parts(value):
            yield from _told(part, depth - 1)


def _parts(value: object) -> Iterator[object]:
    """Yield what a value is made of, in an order that does not depend on the process."""
    if isinstance(value, Mapping):
        for key, each in sorted(value.items(), key=lambda item: str(item[0])):
            yield from (str(key), each)
    elif isinstance(value, set | frozenset):
        yield from sorted(map(str, value))
    elif isinstance(value, list | tuple):
        yield from value
    elif isinstance(value, functools.partial):
        yield from (value.func, value.args, value.keywords)
    elif isinstance(value, MethodType):
        yield value.__func__
    elif isinstance(value, FunctionType):
        cells = value.__closure__ or ()
        yield from (value.__code__, value.__defaults__, value.__kwdefaults__)
        yield from (cell.cell_contents for cell in cells if not _empty(cell))
    elif isinstance(value, CodeType):
        yield from (value.co_code, value.co_names, value.co_consts)
    else:
        yield from (getattr(value, "__dict__", None) or {}).items()


def _empty(cell: object) -> bool:
    try:
        cell.cell_contents  # type: ignore[attr-defined] # noqa: B018 - only whether it is there
    except ValueError:
        return True
    return False
