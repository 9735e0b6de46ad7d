"""What operations do with places: which of a tensor's axes are rows and columns after them, and what a place sees.

An operation is known here or it is not: of what is not known, every place counts as seeing the whole image. Names are
those of PyTorch's dispatcher, to which every way of writing a network comes down.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import torch

from pytest_brainscore.models.networks.fields.steps import STILL, Along

Axes = tuple[int, int]
"""Which axes of a tensor are rows and columns."""


@dataclass(frozen=True)
class Effect:
    """What an operation does."""

    axes: Axes
    """Rows and columns of what comes out."""
    along: tuple[Along, Along] = (STILL, STILL)
    told: str = ""
    """What it was told besides tensors and sizes."""


@dataclass(frozen=True)
class Call:
    """One call of an operation."""

    name: str
    """Without the underscore of operations in place."""
    pointwise: bool
    named: Mapping[str, Any]
    """Arguments by name, defaults included."""
    seeing: Mapping[int, Axes]
    """Rows and columns of the tensors that depend on the image, by their identity."""
    result: torch.Tensor
    """The first tensor that came out."""

    @property
    def tensors(self) -> list[torch.Tensor]:
        """All tensors that go in."""
        return tensors_in(self.named)

    @property
    def main(self) -> torch.Tensor:
        """The first tensor that goes in."""
        return self.tensors[0]

    @property
    def axes(self) -> Axes:
        """Rows and columns of the first tensor."""
        return self.seeing[id(self.main)]

    def alone(self) -> bool:
        """Tell whether only the first tensor depends on the image, and not its settings."""
        return {id(self.main)} == {id(each) for each in self.tensors if id(each) in self.seeing}


def is_known(name: str, *, pointwise: bool) -> bool:
    """Tell whether there is a rule for an operation."""
    return pointwise or name in _COPIES or name in _RULES


def effect(call: Call) -> Effect | None:
    """Return what an operation does with places; None where that is not known, or every place may see all others."""
    if call.pointwise or call.name in _COPIES:
        return _pointwise(call)
    rule = _RULES.get(call.name)
    if rule is None or (call.name not in _JOINS and not call.alone()):
        return None
    return rule(call)


def tensors_in(values: object) -> list[torch.Tensor]:
    """Return the tensors among values and in lists of them, in order."""
    if isinstance(values, torch.Tensor):
        return [values]
    if isinstance(values, Mapping):
        return [each for value in values.values() for each in tensors_in(value)]
    if isinstance(values, list | tuple):
        return [each for value in values for each in tensors_in(value)]
    return []


def _pointwise(call: Call) -> Effect | None:
    """Everything at one place: all images have the same rows and columns, all else is the same at every place."""
    if call.named.get("train") is True or call.named.get("training") is True:
        return None
    from_end = {
        (axes[0] - each.ndim, axes[1] - each.ndim, each.shape[axes[0]], each.shape[axes[1]])
        for each in call.tensors
        if (axes := call.seeing.get(id(each)))
    }
    if len(from_end) != 1:
        return None
    rows, columns, height, width = next(iter(from_end))
    for each in call.tensors:
        if id(each) not in call.seeing and any(
            each.ndim >= -axis and each.shape[axis] != 1 for axis in (rows, columns)
        ):
            return None
    axes = rows + call.result.ndim, columns + call.result.ndim
    if min(axes) < 0 or (call.result.shape[axes[0]], call.result.shape[axes[1]]) != (height, width):
        return None
    return Effect(axes, told=_settings(call))


def _same(call: Call) -> Effect | None:
    return Effect(call.axes, told=_settings(call)) if call.result.shape == call.main.shape else None


def _convolution(call: Call) -> Effect | None:
    if call.named.get("transposed") or isinstance(call.named["padding"], str):
        return None
    return _sliding(call, call.named["weight"].shape[2:], call.named["stride"])


def _pooling(call: Call) -> Effect | None:
    kernel = call.named["kernel_size"]
    return _sliding(call, kernel, call.named["stride"] or kernel)


def _sliding(call: Call, kernel: Sequence[int], stride: Sequence[int]) -> Effect | None:
    if call.main.ndim != 4 or call.axes != (2, 3):
        return None
    pairs = [_pair(each) for each in (kernel, stride, call.named["padding"], call.named.get("dilation", 1))]
    rows, columns = (Along(*each) for each in zip(*pairs, strict=True))
    return Effect((2, 3), (rows, columns), _settings(call))


def _padding(call: Call) -> Effect | None:
    pad = list(call.named["pad"])
    along = []
    for axis in call.axes:
        place = 2 * (call.main.ndim - 1 - axis)
        along.append(Along(before=pad[place] if place < len(pad) else 0))
    return Effect(call.axes, (along[0], along[1]), _settings(call))


def _slice(call: Call) -> Effect | None:
    dim, step = call.named["dim"] % call.main.ndim, call.named["step"]
    if dim not in call.axes:
        return Effect(call.axes, told=_settings(call))
    size = call.main.shape[dim]
    start, end = call.named["start"] or 0, call.named["end"]
    if start not in (0, -size) or (end is not None and end < size):
        return None
    along = Along(stride=step)
    rows, columns = (along if axis == dim else STILL for axis in call.axes)
    return Effect(call.axes, (rows, columns))


def _stored_statistics(call: Call) -> Effect | None:
    if call.named.get("training") or call.named.get("running_mean") is None or call.main.ndim != 4:
        return None
    return Effect(call.axes, told=_settings(call)) if 1 not in call.axes else None


def _last_axes(call: Call) -> Effect | None:
    """Everything at one place, where rows and columns are none of the last axes: linear layers, layer norm."""
    count = len(call.named["normalized_shape"]) if "normalized_shape" in call.named else 1
    return Effect(call.axes, told=_settings(call)) if max(call.axes) < call.main.ndim - count else None


def _along_others(call: Call) -> Effect | None:
    """Softmax, sums and parts along other axes than rows and columns."""
    ndim = call.main.ndim
    dims = call.named.get("dim")
    others = [each % ndim for each in (dims if isinstance(dims, list | tuple) else [dims]) if each is not None]
    if not others or set(others) & set(call.axes):
        return None
    gone = others if call.result.ndim < ndim else []
    rows, columns = (axis - sum(each < axis for each in gone) for axis in call.axes)
    return Effect((rows, columns), told=_settings(call))


def _join(call: Call) -> Effect | None:
    axes = {call.seeing.get(id(each)) for each in call.tensors}
    sizes = {
        (each.shape[found[0]], each.shape[found[1]]) for each in call.tensors if (found := call.seeing.get(id(each)))
    }
    if len(axes) != 1 or len(sizes) != 1:
        return None
    found = next(iter(axes))
    if found is None or call.named["dim"] % call.main.ndim in found:
        return None
    return Effect(found, told=_settings(call))


def _permute(call: Call) -> Effect:
    dims = [each % call.main.ndim for each in call.named["dims"]]
    return Effect((dims.index(call.axes[0]), dims.index(call.axes[1])), told=_settings(call))


def _transpose(call: Call) -> Effect:
    dims = call.named["dim0"] % call.main.ndim, call.named["dim1"] % call.main.ndim
    swapped = {dims[0]: dims[1], dims[1]: dims[0]}
    rows, columns = (swapped.get(axis, axis) for axis in call.axes)
    return Effect((rows, columns), told=_settings(call))


def _unsqueeze(call: Call) -> Effect:
    dim = call.named["dim"] % (call.main.ndim + 1)
    rows, columns = (axis + (dim <= axis) for axis in call.axes)
    return Effect((rows, columns), told=_settings(call))


def _view(call: Call) -> Effect | None:
    """Return where rows and columns are, if the other axes are only cut up or put together among themselves."""
    before, after = call.main.shape, call.result.shape
    found = []
    for axis in call.axes:
        places = [
            place
            for place, size in enumerate(after)
            if size == before[axis] and math.prod(after[:place]) == math.prod(before[:axis])
        ]
        if len(places) != 1 or before[axis] == 1:
            return None
        found.append(places[0])
    return Effect((found[0], found[1]))


def _settings(call: Call) -> str:
    """Return all that an operation is told besides tensors."""
    return repr({name: each for name, each in call.named.items() if not tensors_in(each)})


def _pair(value: Sequence[int] | int) -> tuple[int, int]:
    values = [value] if isinstance(value, int) else list(value)
    return values[0], values[-1]


_COPIES: Final = frozenset(
    [
        "alias",
        "clone",
        "contiguous",
        "copy",
        "detach",
        "dropout",
        "alpha_dropout",
        "feature_dropout",
        "lift_fresh",
        "to",
        "_to_copy",
        "type_as",
    ]
)
"""Operations that leave every number at its place."""
LISTS: Final = frozenset(["chunk", "split", "split_with_sizes", "unbind"])
"""Operations whose results are all alike; of what else returns several, only the first are responses."""
_JOINS: Final = frozenset(["cat", "concat", "concatenate"])
_RULES: Final[Mapping[str, Callable[[Call], Effect | None]]] = {
    **dict.fromkeys(["hardsigmoid", "hardswish", "log_sigmoid", "prelu"], _same),
    **dict.fromkeys(["conv2d", "convolution", "_convolution"], _convolution),
    **dict.fromkeys(["max_pool2d", "max_pool2d_with_indices", "avg_pool2d"], _pooling),
    **dict.fromkeys(["batch_norm", "native_batch_norm", "cudnn_batch_norm"], _stored_statistics),
    "_native_batch_norm_legit_no_training": _stored_statistics,
    **dict.fromkeys(["linear", "layer_norm", "native_layer_norm", "rms_norm"], _last_axes),
    **dict.fromkeys(["softmax", "_softmax", "log_softmax", "mean", "sum", "amax", "amin"], _along_others),
    **dict.fromkeys([*LISTS, "select", "narrow", "squeeze"], _along_others),
    **dict.fromkeys(_JOINS, _join),
    **dict.fromkeys(["view", "reshape", "_unsafe_view", "unflatten", "flatten"], _view),
    "constant_pad_nd": _padding,
    "slice": _slice,
    "permute": _permute,
    "transpose": _transpose,
    "unsqueeze": _unsqueeze,
}
