"""Objects that training scripts save beside the tensors, and what stands in for them: nothing of theirs is executed.

``torch.load`` reads tensors and plain values only, and refuses a whole file for one settings object in it. The types
listed here hold settings and results. Instead of them an empty object is made, that takes whatever it is given and does
nothing; only NumPy's arrays and scalars are read as they are, since weights are kept in them, too.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import cache
from typing import Any, Final, cast

import numpy as np

# Nothing here may be a function or a class that does something when called: all of them are replaced.
_OBJECTS: Final = (
    "argparse.Namespace",
    "types.SimpleNamespace",
    "typing.Any",
    *(f"pathlib.{name}" for name in ("Path", "PosixPath", "WindowsPath", "PurePath", "PurePosixPath")),
    "pathlib.PureWindowsPath",
    *(f"pathlib._local.{name}" for name in ("Path", "PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath")),
    *(f"datetime.{name}" for name in ("datetime", "date", "time", "timedelta", "timezone")),
    "decimal.Decimal",
    "fractions.Fraction",
    "uuid.UUID",
    *(f"builtins.{name}" for name in ("int", "float", "bool", "str", "bytes", "list", "tuple", "dict", "frozenset")),
    *(f"builtins.{name}" for name in ("range", "slice", "object")),
    "torch.torch_version.TorchVersion",
    "torch._C.Generator",
    *(f"omegaconf.base.{name}" for name in ("ContainerMetadata", "Metadata", "SCMode")),
    "omegaconf.dictconfig.DictConfig",
    "omegaconf.listconfig.ListConfig",
    *(
        f"omegaconf.nodes.{kind}Node"
        for kind in ("Any", "String", "Integer", "Float", "Boolean", "Path", "Bytes", "Enum")
    ),
    "mmengine.logging.history_buffer.HistoryBuffer",
    "mmengine.config.config.ConfigDict",
    "ml_collections.config_dict.config_dict.ConfigDict",
)
"""Types of values, settings and logs."""
_MAPPINGS: Final = (
    "collections.defaultdict",
    "yacs.config.CfgNode",
    "fvcore.common.config.CfgNode",
    "easydict.EasyDict",
    "addict.addict.Dict",
    "timm.utils.misc.AttrDict",
    "pytorch_lightning.utilities.parsing.AttributeDict",
    "lightning.pytorch.utilities.parsing.AttributeDict",
    "lightning_fabric.utilities.data.AttributeDict",
    "lightning.fabric.utilities.data.AttributeDict",
    "transformers.feature_extraction_utils.BatchFeature",
)
"""Types of mappings, which may hold the tensors: an ordered dictionary stands in for them."""
_LISTS: Final = ("collections.deque",)
"""Types of lists, which a list stands in for."""


class _StandIn:
    """Takes everything, and does nothing."""

    def __new__(cls, *_arguments: object, **_settings: object) -> _StandIn:
        return super().__new__(cls)

    def __init__(self, *_arguments: object, **_settings: object) -> None: ...

    def __setstate__(self, _state: object) -> None: ...


class _MappingStandIn:
    """Becomes an ordered dictionary, the only mapping with attributes that torch fills."""

    def __new__(cls, *_arguments: object, **_settings: object) -> OrderedDict[object, object]:  # type: ignore[misc]
        return OrderedDict()


class _ListStandIn:
    """Becomes a list, the only type that torch appends to."""

    def __new__(cls, *_arguments: object, **_settings: object) -> list[object]:  # type: ignore[misc]
        return []


@cache
def harmless() -> tuple[Any, ...]:
    """Return what ``torch.serialization.safe_globals`` takes: for each name in a file, what is made of it."""
    stand_ins = [
        type(name.rpartition(".")[2], (base,), {"__module__": name.rpartition(".")[0]})
        for base, names in ((_StandIn, _OBJECTS), (_MappingStandIn, _MAPPINGS), (_ListStandIn, _LISTS))
        for name in names
    ]
    return (*stand_ins, *_numpy())


def _numpy() -> list[object]:
    """Return NumPy's types and the two functions that make arrays and scalars, under their old names, too."""
    # Asked of NumPy, since their module has another name in NumPy 1.
    scalar, reconstruct = (cast("Callable[..., object]", each.__reduce__()[0]) for each in (np.float64(), np.empty(0)))
    functions = [
        _named(function, f"{module}.multiarray", name)
        for module in ("numpy.core", "numpy._core")
        for name, function in (("scalar", scalar), ("_reconstruct", reconstruct))
    ]
    kinds = {type(np.dtype(code)) for code in np.typecodes["All"]}
    return [np.ndarray, np.dtype, *kinds, *functions]


def _named(function: Callable[..., object], module: str, name: str) -> Callable[..., object]:
    def call(*arguments: object) -> object:
        return function(*arguments)

    call.__module__, call.__name__, call.__qualname__ = module, name, name
    return call
