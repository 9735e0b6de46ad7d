"""What modules hold and call besides their weights: an input that the probe lacks may be where it matters.

The probe tells networks apart that answer differently to it. Should two differ only elsewhere, for one value of a pixel
or one size of a response, their attributes, buffers, hooks and replaced functions still do; and so does what the user's
own code refers to: attributes of classes, functions, globals of modules.
"""

from __future__ import annotations

import argparse
import collections
import functools
import hashlib
import numbers
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from types import CodeType, FunctionType, MethodType, ModuleType, SimpleNamespace
from typing import Final

import numpy as np
import torch
from torch import nn

from pytest_brainscore.models.networks.probing.installed import is_installed
from pytest_brainscore.models.networks.seeding import Generator

DEPTH: Final = 16
"""How far into attributes of attributes."""
_PLAIN: Final = (
    *(type(None), str, bytes, bytearray, range, slice, numbers.Number, type(...), re.Pattern),
    *(torch.dtype, torch.device, torch.layout, torch.memory_format, torch.Size, np.generic, np.dtype),
)
_SIMPLE: Final = frozenset({type(None), bool, int, float, str, bytes})
"""Types of which long lists are made."""
_COMPILED: Final = (tuple, frozenset, CodeType)
"""Constants in code: which of them are one object depends on whether the code was compiled just now."""
_ELSEWHERE: Final = frozenset({"_parameters", "_modules", "_backward_hooks", "_compiled_call_impl", "training"})
"""Attributes that the state dict and the structure hold, or that change nothing."""
_OF_EVERY_CLASS: Final = frozenset(
    [
        "__module__",
        "__doc__",
        "__dict__",
        "__weakref__",
        "__annotations__",
        "__annotate__",
        "__annotate_func__",
        "__annotations_cache__",
        "__firstlineno__",
        "__static_attributes__",
        "__qualname__",
        "__orig_bases__",
        "__parameters__",
        "__abstractmethods__",
        "_abc_impl",
    ]
)
"""Entries of a class that say nothing of what it computes."""
_BUNDLES: Final = (SimpleNamespace, argparse.Namespace)
"""Classes of the standard library whose instances are looked into; others are of a process, such as loggers."""


def attributes_digest(network: nn.Module) -> str:
    """Return a digest of what all modules hold, and of what the user's code refers to.

    Code that is installed, such as PyTorch's and timm's, is known by the files of its classes or its version; only what
    the user replaced in its classes enters. Of values of a kind that is not known, only the type does.
    """
    return _told_of(network).digest.hexdigest()


def generators_of(network: nn.Module) -> list[Generator]:
    """Return the generators of random numbers that modules hold, or the user's code refers to."""
    return _told_of(network).generators


def state_digest(network: nn.Module) -> str:
    """Return a digest that changes with the attributes, and in all likelihood with the weights: of these, the sums."""
    sums = [_sum(each.detach()) for each in [*network.parameters(), *network.buffers()]]
    return hashlib.sha256(f"{attributes_digest(network)} {sums}".encode()).hexdigest()


def _sum(tensor: torch.Tensor) -> object:
    try:
        return (tensor.sum(dtype=torch.float32) if tensor.is_floating_point() else tensor.sum()).item()
    except (RuntimeError, NotImplementedError):  # of a kind that has no sums
        return tensor._version


def _told_of(network: nn.Module) -> _Telling:
    telling = _Telling(network)
    kinds: dict[type, None] = {}
    for name, module in network.named_modules():
        telling.tell(name, 0)
        telling.tell(dict(_attributes(module)), DEPTH)
        kinds |= dict.fromkeys(type(module).__mro__)
    for kind in kinds:
        for name, value in _class_entries(kind):
            telling.tell(name, 0)
            telling.tell(value, DEPTH)
    return telling


def _attributes(module: nn.Module) -> Iterator[tuple[str, object]]:
    for name, value in sorted(vars(module).items()):
        if name == "_buffers":
            yield name, {key: each for key, each in value.items() if key in module._non_persistent_buffers_set}
        elif "hooks" in name and isinstance(value, Mapping):
            if value:
                yield name, list(value.values())  # their numbers count the hooks of a process
        elif name not in _ELSEWHERE:
            yield name, value


def _class_entries(kind: type) -> Iterator[tuple[str, object]]:
    """Yield what a class of the user's holds; of an installed one, only functions that are the user's."""
    installed = is_installed(kind.__module__)
    for name, value in sorted(vars(kind).items()):
        if installed:
            function = getattr(value, "__func__", value)
            if isinstance(function, FunctionType) and not is_installed(function.__module__):
                yield name, function
        elif name not in _OF_EVERY_CLASS:
            yield name, value


class _Telling:
    """Feeds a digest with bytes that are equal in every process where the values are."""

    def __init__(self, network: nn.Module) -> None:
        self.digest = hashlib.sha256()
        self.generators: list[Generator] = []
        """Of random numbers, as they were met."""
        self._names = {module: name for name, module in network.named_modules()}
        self._told: dict[int, tuple[int, object]] = {}
        """Number and value of what was told, by its address, which is its own as long as it is kept here."""

    def tell(self, value: object, depth: int) -> None:
        kind = type(value)
        if kind in _SIMPLE:
            self._say(f"{kind.__name__} {value!r}")
            return
        self._say(f"{kind.__module__}.{kind.__qualname__}")
        if isinstance(value, _PLAIN):
            self._say(repr(value))
            return
        if id(value) in self._told or depth <= 0:
            self._say(f"as {self._told.get(id(value), (None,))[0]}")
            return
        if not isinstance(value, _COMPILED):
            self._told[id(value)] = len(self._told), value
        if isinstance(value, Generator):
            self.generators.append(value)
        elif isinstance(value, torch.Tensor):
            self._say(f"{value.dtype} {tuple(value.shape)}")
            if value.layout == torch.strided and not value.is_meta and not value.is_quantized:
                self._hold(value.detach().cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
        elif isinstance(value, np.ndarray) and not value.dtype.hasobject:
            self._say(f"{value.dtype} {value.shape}")
            self._hold(np.ascontiguousarray(value).reshape(-1).view(np.uint8))
        elif isinstance(value, nn.Module) and value in self._names:
            self._say(self._names[value])
        else:
            with suppress(Exception):  # somebody's class need not allow to be looked into
                if isinstance(value, list | tuple) and _SIMPLE.issuperset(map(type, value)):
                    self._say(repr(value))
                    return
                for part in self._parts(value):
                    self.tell(part, depth - 1)
            self._say("end")

    def _say(self, text: str) -> None:
        self.digest.update(f"{text}\0".encode(errors="backslashreplace"))

    def _hold(self, values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> None:
        self.digest.update(values.data)

    def _parts(self, value: object) -> Iterator[object]:
        """Yield what a value is made of, in an order that does not depend on the process."""
        if isinstance(value, Mapping):
            for key, each in sorted(value.items(), key=lambda item: str(item[0])):
                yield from (str(key), each)
        elif isinstance(value, set | frozenset):
            yield from sorted(map(str, value))
        elif isinstance(value, list | tuple | collections.deque):
            yield from value
        elif isinstance(value, np.ndarray):
            yield from value.ravel().tolist()
        elif isinstance(value, nn.Module):  # in no list that PyTorch knows of
            yield from (dict(_attributes(value)), value._parameters, value._buffers, value._modules)
        elif isinstance(value, ModuleType):
            yield value.__name__
        elif isinstance(value, type):
            yield f"{value.__module__}.{value.__qualname__}"
            if not is_installed(value.__module__):
                yield from (*value.__bases__, dict(_class_entries(value)))
        elif isinstance(value, functools.partial):
            yield from (value.func, value.args, value.keywords)
        elif isinstance(value, property):
            yield from (value.fget, value.fset)
        elif isinstance(value, staticmethod | classmethod):
            yield value.__func__
        elif isinstance(value, MethodType):
            yield from (value.__func__, value.__self__)
        elif isinstance(value, FunctionType):
            yield from _function_parts(value)
        elif isinstance(value, CodeType):
            yield from (value.co_code, value.co_names, value.co_consts)
        elif isinstance(value, _BUNDLES) or not _is_standard(type(value)):
            yield getattr(value, "__dict__", None) or {}
            yield {name: getattr(value, name) for name in _slots(type(value)) if hasattr(value, name)}
        else:
            yield getattr(value, "__wrapped__", None)  # functions that remember what they returned


def _function_parts(function: FunctionType) -> Iterator[object]:
    yield function.__qualname__.rpartition(".")[2]
    yield from (function.__code__, function.__defaults__, function.__kwdefaults__, function.__dict__)
    yield from (cell.cell_contents for cell in function.__closure__ or () if not _empty(cell))
    if is_installed(function.__module__):
        return
    names = sorted(set(_names(function.__code__)))
    for name in names:
        if name in function.__globals__:
            value = function.__globals__[name]
            yield from (name, value)
            if isinstance(value, ModuleType) and not is_installed(value.__name__):
                yield {each: vars(value)[each] for each in names if each in vars(value)}


def _names(code: CodeType) -> Iterator[str]:
    """Yield the names that code refers to, functions inside included."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


def _is_standard(kind: type) -> bool:
    return kind.__module__.partition(".")[0] in sys.stdlib_module_names


def _slots(kind: type) -> list[str]:
    slots = [vars(each).get("__slots__", ()) for each in kind.__mro__]
    return [name for each in slots for name in ([each] if isinstance(each, str) else each) if not name.startswith("__")]


def _empty(cell: object) -> bool:
    try:
        cell.cell_contents  # type: ignore[attr-defined] # noqa: B018 - only whether it is there
    except ValueError:
        return True
    return False
