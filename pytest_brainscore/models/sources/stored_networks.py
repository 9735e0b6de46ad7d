"""Networks that are files: ``torch.export`` and TorchScript. Naming one as a model is naming its code.

What it computes is written in PyTorch's own operations. Besides that, both formats can hold pickles, which run code
when they are read: TorchScript's are read by PyTorch's reader in C++, which builds tensors and plain values only; a
``.pt2`` with any that holds more than tensors is refused before it is loaded.
"""

from __future__ import annotations

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final, cast

import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.checkpoints.reading import one_line

_FUNCTION: Final = re.compile(
    "Symbol|Integer|Rational|Float|Add|Mul|Pow|Max|Min|Mod|FloorDiv|CeilDiv|PythonMod|CleanDiv|"
    "ModularIndexing|IntTrueDiv|FloatTrueDiv|ToFloat|TruncToInt|RoundToInt|Where|Identity|floor|ceiling|Eq|Ne|"
    "Lt|Le|Gt|Ge|Equality|Unequality|StrictLessThan|LessThan|StrictGreaterThan|GreaterThan|And|Or|Not"
)
"""What may be called in a formula for a size."""
_ARITHMETIC: Final = (
    *(ast.Expression, ast.Call, ast.Name, ast.Load, ast.Constant, ast.keyword),
    *(ast.BinOp, ast.UnaryOp, ast.Compare, ast.operator, ast.unaryop, ast.cmpop),
)
"""What a formula for a size consists of."""
_SYMBOL: Final = re.compile(r"[a-z]+\d*")


def exported_network(path: Path) -> tuple[nn.Module, int]:
    """Return the network of a file that ``torch.export.save`` wrote, with the names that its modules had.

    Parameters
    ----------
    path
        A ``.pt2`` file, exported with any number of images.

    Returns
    -------
    network
        Modules can be read as those of the network that was exported.
    image_size
        Side of the images that it takes in, in pixels.

    Raises
    ------
    ModelError
        The file is none, holds pickles of more than tensors, or takes in anything but any number of square images.

    """
    _check_exported(path)
    try:
        program = torch.export.load(path)
        network = torch.export.unflatten(program)
    except Exception as error:  # of torch.export, of all kinds
        raise ModelError(
            f"{path} cannot be loaded by torch {torch.__version__} ({one_line(error)}); export the network again with "
            "this version."
        ) from error
    inputs = [each for each in program.graph.nodes if each.name in program.graph_signature.user_inputs]
    shape = tuple(inputs[0].meta["val"].shape) if len(inputs) == 1 else ()
    if len(shape) != 4 or shape[2] != shape[3] or not isinstance(shape[2], int):
        raise ModelError(
            f"{path} takes in {' and '.join(str(tuple(each.meta['val'].shape)) for each in inputs)}; export a network "
            "of square images, (images, channels, rows, columns)."
        )
    if isinstance(shape[0], int):
        raise ModelError(
            f"{path} was exported for {shape[0]} images at once; export it for any number: "
            'torch.export.export(network, (images,), dynamic_shapes=({0: torch.export.Dim("images")},)).'
        )
    return cast("nn.Module", network), shape[2]


def scripted_network(path: Path) -> nn.Module:
    """Return the network of a TorchScript file, which can be read as a whole only.

    Raises
    ------
    ModelError
        The file is none.

    """
    try:
        return cast("nn.Module", torch.jit.load(str(path), map_location="cpu"))  # type: ignore[no-untyped-call]
    except Exception as error:  # of torch.jit, of all kinds
        raise ModelError(
            f"{path} cannot be loaded as TorchScript ({one_line(error)}); save the network again, or give it as "
            "path/to/file.py:factory."
        ) from error


def _check_exported(path: Path) -> None:
    """Refuse a file whose loading could run code.

    Raises
    ------
    ModelError
        It is no archive of torch.export, or holds pickles of more than tensors.

    """
    advice = "export the network again with torch.export.save and a current version of torch"
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} is no file of torch.export ({error}); {advice}.") from error
    with archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        inner = {name: PurePosixPath(name).parts[1:] for name in names}
        if not any(parts[:1] == ("models",) for parts in inner.values()):
            raise ModelError(f"{path} holds no network in the present format of torch.export; {advice}.")
        for name, parts in inner.items():
            try:
                problem = _problem(parts, archive.read(name))
            except Exception as error:  # whatever is wrong with the archive
                raise ModelError(f"{path} cannot be read at {name} ({one_line(error)}); {advice}.") from error
            if problem:
                raise ModelError(
                    f"{path} is not loaded, because reading {name} could run code: {problem}; export a network of "
                    "ordinary tensors, or give it as path/to/file.py:factory."
                )


def _problem(parts: tuple[str, ...], content: bytes) -> str:
    """Return what is wrong with one file of the archive; empty where nothing is."""
    if parts[:2] == ("data", "sample_inputs"):
        try:
            torch.load(io.BytesIO(content), weights_only=True)
        except Exception as error:  # torch.export would then read it as any pickle
            return f"it holds more than tensors ({one_line(error)})"
    elif parts[:2] in (("data", "weights"), ("data", "constants")) and parts[-1].endswith(".json"):
        pickled = [name for name, each in json.loads(content)["config"].items() if each.get("use_pickle")]
        return f"{pickled[0]} is pickled" if pickled else ""
    elif parts[:1] == ("models",):
        strange = [each for each in _expressions(json.loads(content)) if not _is_arithmetic(each)]
        return f"{strange[0]!r} is no size" if strange else ""
    elif parts[:2] == ("data", "aotinductor"):
        return "it is compiled"
    return ""


def _expressions(value: object) -> Iterator[str]:
    """Yield what torch.export reads as formulas for sizes, which is evaluated."""
    if isinstance(value, dict):
        if isinstance(value.get("expr_str"), str):
            yield value["expr_str"]
        for each in value.values():
            yield from _expressions(each)
    elif isinstance(value, list):
        for each in value:
            yield from _expressions(each)


def _is_arithmetic(expression: str) -> bool:
    try:
        nodes = list(ast.walk(ast.parse(expression, mode="eval")))
    except (SyntaxError, ValueError, RecursionError):
        return False
    called = [node.func for node in nodes if isinstance(node, ast.Call)]
    texts = [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return (
        all(isinstance(node, _ARITHMETIC) for node in nodes)
        and all(isinstance(function, ast.Name) and _FUNCTION.fullmatch(function.id) for function in called)
        and all(_SYMBOL.fullmatch(text) for text in texts)
    )
