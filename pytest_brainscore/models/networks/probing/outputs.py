"""What modules return, taken for responses: one tensor with one row an image."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import torch

from pytest_brainscore.models.activations.layer_reader import OutputError


def tensor_of(output: object, layer: str) -> torch.Tensor:
    """Return the tensor of what a module returned.

    Parameters
    ----------
    output
        A tensor; or a tuple or list, of which element 0 counts, as in other tools (attention returns its output
        before its weights); or a mapping or dataclass with one tensor.
    layer
        Names the layer and the model, for errors.

    Raises
    ------
    OutputError
        There is no tensor, or there are several and none comes first; or its numbers are complex or quantised, or it
        is sparse or nested.

    """
    part = output
    while not isinstance(part, torch.Tensor):
        if isinstance(part, tuple | list) and part:
            part = part[0]
        elif named := _named_parts(part):
            tensors = {name: value for name, value in named.items() if isinstance(value, torch.Tensor)}
            if len(tensors) != 1:
                raise OutputError(
                    f"{layer} returns a {type(part).__name__} with {len(tensors)} tensors ({', '.join(named)}) instead "
                    "of one tensor; name a layer inside or after it."
                )
            part = next(iter(tensors.values()))
        else:
            raise OutputError(
                f"{layer} returns a {type(output).__name__} instead of one tensor; name a layer inside or after it."
            )
    kind = _unusual(part)
    if kind is not None:
        raise OutputError(
            f"{layer} returns {kind}, which are no real responses; name a layer before or after it, or have the "
            "network convert them."
        )
    return part


def rows_of(output: object, count: int, layer: str) -> torch.Tensor:
    """Return the tensor of what a module returned for so many images.

    Raises
    ------
    OutputError
        As :func:`tensor_of`, or the first axis is not that of the images.

    """
    tensor = tensor_of(output, layer)
    if tensor.ndim == 0 or tensor.shape[0] != count:
        raise OutputError(
            f"{layer} returns shape {tuple(tensor.shape)} for {count} images, so its first axis is not the images; "
            "name a layer before or after it."
        )
    return tensor


def _named_parts(output: object) -> dict[str, object]:
    if isinstance(output, Mapping):
        return {str(name): value for name, value in output.items()}
    if dataclasses.is_dataclass(output) and not isinstance(output, type):
        return {field.name: getattr(output, field.name) for field in dataclasses.fields(output)}
    return {}


def _unusual(tensor: torch.Tensor) -> str | None:
    if tensor.is_complex():
        return "complex numbers"
    if tensor.is_quantized:
        return "quantised numbers"
    if tensor.is_nested:
        return "nested tensors"
    return None if tensor.layout == torch.strided else "sparse tensors"
