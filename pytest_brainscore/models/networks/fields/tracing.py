"""How a network gets from an image to its layers, operation by operation: watched while two images go through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.weak import WeakIdKeyDictionary

from pytest_brainscore.models.networks.fields.operations import LISTS, Axes, Call, effect, is_known, tensors_in
from pytest_brainscore.models.networks.fields.steps import STILL, Step, on_the_way, scales
from pytest_brainscore.models.networks.probing.execution import AllRecorded, Execution
from pytest_brainscore.models.networks.probing.survey import Hook, Survey, hooks
from pytest_brainscore.models.networks.seeding import seeded

_HARMLESS: Final = frozenset(["is_same_size", "is_nonzero_size", "sym_size", "sym_numel", "sym_stride"])
"""Operations that return no tensors, and look at no numbers."""


@dataclass(frozen=True)
class Target:
    """A layer on the way."""

    step: int
    axes: Axes
    """Which axes of its output for one image are rows and columns."""
    shape: tuple[int, ...]
    """Of its output for one image."""


@dataclass(frozen=True)
class Route:
    """The steps from an image to some layers."""

    steps: tuple[Step, ...]
    targets: Mapping[str, Target]


class NoRoute(Exception):
    """Units of a layer see all of the image, or nobody can tell what they see; says which operation it is."""


def trace(survey: Survey, execution: Execution, layers: tuple[str, ...], pixels: NDArray[np.float32]) -> Route:
    """Find out the way to layers.

    Parameters
    ----------
    survey, execution
        The network.
    layers
        Names of layers, which can be read.
    pixels
        Images for it: float32, images x height x width x 3.

    Raises
    ------
    NoRoute
        A layer sees the whole image, or what it sees is not known.
    Exception
        Whatever the network raises, for example for images of this size.

    """
    if any(isinstance(each, torch.jit.ScriptModule) for each in execution.whole.modules()):
        raise NoRoute("it is compiled by torch.jit")
    watching = _Watching()
    found: dict[str, tuple[int, Axes, tuple[int, ...]]] = {}
    seen: dict[str, int] = {}

    def make(layer: str) -> Hook:
        def note(_module: nn.Module, _inputs: object, output: object) -> None:
            seen[layer] = seen.get(layer, 0) + 1
            if seen[layer] == survey.reading(layer).calls:
                rows = survey.rows(layer, output, len(pixels))
                found[layer] = (*watching.place_of(rows), tuple(rows.shape[1:]))
                if len(found) == len(layers):
                    raise AllRecorded

        return note

    def begin(_whole: nn.Module, arguments: tuple[torch.Tensor, ...]) -> None:
        watching.begin(arguments[0])

    handle = execution.whole.register_forward_pre_hook(begin, prepend=True)
    try:
        with hooks({layer: survey.module(layer) for layer in layers}, make), seeded(), watching:
            execution.forward(pixels)
    finally:
        handle.remove()
    if watching.looked:
        raise NoRoute(f"{watching.looked} looks at numbers on the way")
    if len(found) < len(layers):
        raise NoRoute("a layer is used otherwise than before")
    steps, numbers = on_the_way(watching.steps, [found[layer][0] for layer in layers])
    targets = {}
    for layer, number in zip(layers, numbers, strict=True):
        _, axes, shape = found[layer]
        if 0 in axes:
            raise NoRoute("its first axis is not that of the images")
        targets[layer] = Target(number, (axes[0] - 1, axes[1] - 1), shape)
    return Route(tuple(steps), targets)


@dataclass(frozen=True)
class _Place:
    """Where a tensor stands on the way; with no step, it may depend on everything."""

    step: int | None
    axes: Axes
    why: str = ""


class _Watching(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Notes for every tensor how it came from the image."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.steps: list[Step] = []
        self.looked = ""
        """An operation that gave numbers of images to Python, which may have decided by them."""
        self._places: WeakIdKeyDictionary = WeakIdKeyDictionary()
        self._mixed: dict[int, str] = {}
        """Memory that was written to in a way that is not kept track of, and by what."""

    def begin(self, images: torch.Tensor) -> None:
        """Take a tensor for the images."""
        self.steps = [Step("image", (), (STILL, STILL), (images.shape[2], images.shape[3]))]
        self._places[images] = _Place(0, (2, 3))

    def place_of(self, tensor: torch.Tensor) -> tuple[int, Axes]:
        """Return step and axes of a tensor; NoRoute where they are not known."""
        place = self._place(tensor)
        if place is None:
            raise NoRoute("it does not depend on the image")
        if place.step is None:
            raise NoRoute(f"{place.why} may see all of the image")
        return place.step, place.axes

    def __torch_dispatch__(
        self,
        function: torch._ops.OpOverload,
        types: object,
        arguments: tuple[Any, ...] = (),
        named: Mapping[str, Any] | None = None,
    ) -> object:
        """Run an operation, and note what it did with places."""
        named = named or {}
        bound = _bound(function, arguments, named)
        tensors = tensors_in(bound)
        places = {id(each): place for each in tensors if (place := self._place(each)) is not None}
        if not places:
            return function(*arguments, **named)
        name = function.overloadpacket.__name__.rstrip("_")
        drawn = torch.Tag.nondeterministic_seeded in function.tags
        pointwise = torch.Tag.pointwise in function.tags and not drawn
        why = next((place.why for place in places.values() if place.step is None), "")
        parts = function._can_decompose() and not why
        if parts and not is_known(name, pointwise=pointwise):
            return self._in_parts(function, arguments, named)
        written = _written(function, bound)
        before = [self._place(each) for each in written]
        result = function(*arguments, **named)
        made = tensors_in(result)
        if not made and result is not None and name not in _HARMLESS:
            self.looked = self.looked or name
        place = None
        if made and not why:
            place = self._stepped(Call(name, pointwise, bound, _axes(places), made[0]), places)
            if place is None and parts and not written:
                return self._in_parts(function, arguments, named)
        place = place or _Place(None, (0, 0), why or name)
        for number, each in enumerate(made):
            self._places[each] = place if number == 0 or name in LISTS else _Place(None, (0, 0), name)
        for each, earlier in zip(written, before, strict=True):
            self._wrote(each, place, earlier)
        return result

    def _in_parts(
        self, function: torch._ops.OpOverload, arguments: tuple[Any, ...], named: Mapping[str, Any]
    ) -> object:
        with self:
            return function.decompose(*arguments, **named)

    def _stepped(self, call: Call, places: Mapping[int, _Place]) -> _Place | None:
        """Note a step, and return where it leads to; None where it is not known what it does."""
        done = effect(call)
        sources = tuple(dict.fromkeys(place.step for place in places.values() if place.step is not None))
        if done is None or len({self._distances(source) for source in sources}) != 1:
            return None
        size = call.result.shape[done.axes[0]], call.result.shape[done.axes[1]]
        self.steps.append(Step(f"{call.name} {done.told}", sources, done.along, size))
        return _Place(len(self.steps) - 1, done.axes)

    def _distances(self, number: int) -> tuple[int, int]:
        return scales(self.steps, 0)[number], scales(self.steps, 1)[number]

    def _place(self, tensor: torch.Tensor) -> _Place | None:
        """Return where a tensor stands; None where it does not depend on the image."""
        mixed = self._mixed.get(_memory(tensor))
        if mixed is not None:
            return _Place(None, (0, 0), mixed)
        place: _Place | None = self._places.get(tensor)  # type: ignore[no-untyped-call]
        return place

    def _known(self) -> list[torch.Tensor]:
        return list(self._places.keys())  # type: ignore[no-untyped-call]

    def _wrote(self, tensor: torch.Tensor, place: _Place, before: _Place | None) -> None:
        """Note that a tensor was written to: whoever shares its memory, in whole or part, has other numbers now."""
        memory = _memory(tensor)
        others = [each for each in self._known() if each is not tensor and _memory(each) == memory]
        whole = tensor.numel() * tensor.element_size() == tensor.untyped_storage().nbytes()
        if before is None or place.step is None or others or not whole:
            self._mixed[memory] = place.why or "an operation in place"
        else:
            self._places[tensor] = place


def _bound(function: torch._ops.OpOverload, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a call by name, defaults included."""
    schema = function._schema.arguments
    given = {each.name: value for each, value in zip(schema, arguments, strict=False)} | dict(named)
    return {each.name: given.get(each.name, each.default_value) for each in schema}


def _written(function: torch._ops.OpOverload, bound: Mapping[str, Any]) -> list[torch.Tensor]:
    names = [each.name for each in function._schema.arguments if each.alias_info and each.alias_info.is_write]
    return [tensor for name in names for tensor in tensors_in(bound[name])]


def _axes(places: Mapping[int, _Place]) -> dict[int, Axes]:
    return {number: place.axes for number, place in places.items()}


def _memory(tensor: torch.Tensor) -> int:
    address: int = tensor.untyped_storage()._cdata
    return address
