"""What modules return, taken for responses: one tensor with one row an image."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import torch

from pytest_brainscore.models.activations.layer_reader import OutputError
from pytest_brainscore.models.commitment.layer_name import MARK, unknown_word


def outline_of(output: object, count: int, layer: str) -> object:
    """Return what a module returned without the numbers: its parts, with tensors on the device "meta".

    Parameters
    ----------
    output
        Whatever it returned. Mappings and dataclasses become dictionaries, tuples and lists tuples; what is neither,
        nor a tensor, stays.
    count, layer
        As for :func:`rows_of`. A tensor that cannot be taken for responses becomes the error.

    """
    if isinstance(output, torch.Tensor):
        try:
            return rows_of(output, count, layer).detach().to("meta")
        except OutputError as error:
            return error
    if isinstance(output, tuple | list):
        parts = tuple(outline_of(part, count, layer) for part in output)
        return type(output)._make(parts) if isinstance(output, tuple) and hasattr(output, "_make") else parts
    if named := _named_parts(output):
        return {name: outline_of(part, count, layer) for name, part in named.items()}
    return output


def part_of(output: object, keys: Sequence[str], layer: str) -> object:
    """Return a part of what a module returned.

    Parameters
    ----------
    output
        What it returned, or its outline.
    keys
        From outside in: the key in a mapping, the field of a dataclass or named tuple, or the position in any of them.
    layer
        Names the layer and the model, for errors.

    Raises
    ------
    ModelError
        There is no such part; the sentence tells which there are.

    """
    part = output
    for key in keys:
        named = _named_parts(part)
        places = list(named.values()) if named else list(part) if isinstance(part, tuple | list) else []
        if key in named:
            part = named[key]
        elif key.isascii() and key.isdecimal() and int(key) < len(places):
            part = places[int(key)]
        else:
            raise unknown_word(key, layer, list(named) or [str(number) for number in range(len(places))])
    return part


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
        if isinstance(part, OutputError):  # of an outline
            raise part
        if isinstance(part, tuple | list) and part:
            part = part[0]
        elif named := _named_parts(part):
            tensors = {name: value for name, value in named.items() if isinstance(value, torch.Tensor | OutputError)}
            if len(tensors) != 1:
                raise OutputError(
                    f"{layer} returns a {type(part).__name__} with {len(tensors)} tensors ({', '.join(named)}) instead "
                    f"of one tensor; name a layer inside or after it, or one of them, as in {MARK}{next(iter(named))}."
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
    if isinstance(output, tuple) and hasattr(output, "_fields"):
        return dict(zip(output._fields, output, strict=True))
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
