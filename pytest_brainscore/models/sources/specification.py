"""The words that name a model: read without importing anything but the standard library."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.sources.checkpoints.containers import SUFFIXES, is_torchscript

SpecificationKind = Literal["name", "timm", "hf", "file", "module", "stored"]

FORMS = (
    "a name (squeezenet1_1), timm:NAME, path/to/file.py:factory, package.module:factory, hf:ORGANISATION/NAME, or a "
    "file that is the model: net.onnx, net.pt2, TorchScript, features.npz"
)
STORED = (".onnx", ".pt2", ".npz", ".torchscript")
"""Endings of files that are models: ONNX, torch.export, features by stimulus, TorchScript (also by its content)."""
_SOURCES: tuple[Literal["timm", "hf"], ...] = ("timm", "hf")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True)
class ModelSpecification:
    """A model as named by the user, taken apart."""

    text: str
    """The words as given."""
    kind: SpecificationKind
    """``name`` (committed, offered by a package, or torchvision's), ``timm``, ``hf``, ``file`` or ``module``;
    ``stored`` is a file that is the model itself."""
    source: str
    """Name of the model, path of the file, or dotted name of the module."""
    factory: str = ""
    """Function that returns the model; empty for names."""
    offered_by: str = ""
    """Package that offers the module's factory under the name `text`; empty where the user names it."""
    floor: bool = False
    """Whether it is scored as the floor beside other models: their untrained twins, and pixels."""
    untrained: int | None = None
    """Seed of the weights of an untrained twin; None for the model itself."""

    @cached_property
    def identifier(self) -> str:
        """Name of the model in test ids, reports and file names: letters, digits, dot, dash, underscore."""
        twin = "" if self.untrained is None else f".untrained-{self.untrained}"
        if self.offered_by:
            return _UNSAFE.sub("_", self.text) + twin
        parts = {
            "name": self.source,
            "timm": f"timm.{self.source}",
            "hf": f"hf.{PurePath(self.source).name if self.source.startswith(('/', '.', '~')) else self.source}",
            "stored": PurePath(self.source).stem,
            "file": f"{PurePath(self.source).stem}.{self.factory}",
            "module": f"{self.source}.{self.factory}",
        }
        return _UNSAFE.sub("_", parts[self.kind]) + twin


def parse_specification(text: str) -> ModelSpecification:
    """Take the name of a model apart; whether there is such a model is not looked up.

    Parameters
    ----------
    text
        A name, ``timm:NAME``, ``hf:NAME``, ``path/to/file.py:factory``, ``package.module:factory``, or a file that is a
        model. Only a file named like a checkpoint is looked into, since TorchScript is often saved under such a name.

    Raises
    ------
    ModelError
        The text has none of these forms.

    """
    text = text.strip()
    for kind in _SOURCES:
        if text.startswith(f"{kind}:") and text != f"{kind}:":
            return ModelSpecification(text, kind, text.removeprefix(f"{kind}:"))
    if text.endswith(STORED) or (text.endswith(SUFFIXES) and is_torchscript(Path(text).expanduser())):
        return ModelSpecification(text, "stored", text)
    source, colon, factory = text.rpartition(":")
    if colon and factory.isidentifier():
        if source.endswith(".py"):
            return ModelSpecification(text, "file", source, factory)
        if _MODULE.fullmatch(source):
            return ModelSpecification(text, "module", source, factory)
    if text.endswith(SUFFIXES):
        raise ModelError(
            f"{text} is a weights file; "
            + mend(
                option="name the network that it belongs to with --model, and give the file with --brainscore-weights "
                f"{text}.",
                python=f'name the network that it belongs to, and give the file as weights: load_model("NAME", '
                f'weights="{text}").',
            )
        )
    if text.endswith(".py"):
        raise ModelError(
            f"{text} names no factory; write {text}:NAME, where NAME is a function that returns the model."
        )
    if not _NAME.fullmatch(text):
        raise ModelError(f"{text!r} does not name a model; give {FORMS}.")
    return ModelSpecification(text, "name", text)
