"""The words that name a model: read without importing anything but the standard library."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.sources.checkpoints.containers import SUFFIXES, container, is_torchscript
from pytest_brainscore.models.sources.checkpoints.naming import UNSAFE, Value, axes_of, found, given_axes, label

SpecificationKind = Literal["name", "timm", "hf", "file", "module", "stored"]

FORMS = (
    "a name (squeezenet1_1), timm:NAME, path/to/file.py:factory, package.module:factory, hf:ORGANISATION/NAME, or a "
    "file that is the model: net.onnx, net.pt2, TorchScript, features.npz"
)
CHECKPOINTS = "MODEL@CHECKPOINT, MODEL@runs/epoch*.pth (in quotes), NAME=MODEL@CHECKPOINT"
"""What may stand around one of these forms."""
STORED = (".onnx", ".pt2", ".npz", ".torchscript")
"""Endings of files that are models: ONNX, torch.export, features by stimulus, TorchScript (also by its content)."""
_SOURCES: tuple[Literal["timm", "hf"], ...] = ("timm", "hf")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_MODULE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_FACTORY_OF_FILE = re.compile(r".*?\.py:[^\W\d]\w*(?=@|$)")
_GIVEN_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)=(.+)", re.DOTALL)
_GIVEN_AXES = re.compile(r"(.*?)((?:#[A-Za-z_]\w*=[^#]*)+)", re.DOTALL)


@dataclass(frozen=True)
class ModelSpecification:
    """A model as named by the user, taken apart."""

    text: str
    """The words for the network, without name and checkpoint."""
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
    name: str = ""
    """Name given to it, or to all that were found by wildcards; empty where it is called after its network."""
    checkpoint: str = ""
    """File of its weights, as given; empty for those that it comes with."""
    weights: str = ""
    """The same file from wherever the current folder is."""
    label: str = ""
    """What tells it from other checkpoints of its network, in its name."""
    axes: tuple[tuple[str, Value], ...] = ()
    """Epoch, step, seed and what else it was said to be of: what runs are compared along."""

    @cached_property
    def identifier(self) -> str:
        """Name of the model in test ids, reports and file names: letters, digits, dot, dash, underscore.

        After the network's, behind an @, what tells a checkpoint from others.
        """
        twin = "" if self.untrained is None else f".untrained-{self.untrained}"
        at = f"@{self.label}" if self.label else ""
        return f"{self.name or self.network}{at}{twin}"

    @cached_property
    def network(self) -> str:
        """Name of the network, whichever its weights: what layers are committed for."""
        if self.offered_by:
            return UNSAFE.sub("_", self.text)
        parts = {
            "name": self.source,
            "timm": f"timm.{self.source}",
            "hf": f"hf.{PurePath(self.source).name if self.source.startswith(('/', '.', '~')) else self.source}",
            "stored": PurePath(self.source).stem,
            "file": f"{PurePath(self.source).stem}.{self.factory}",
            "module": f"{self.source}.{self.factory}",
        }
        return UNSAFE.sub("_", parts[self.kind])

    @property
    def is_renamed(self) -> bool:
        """Whether it is called otherwise than its network, or its network's twin."""
        return not self.floor and self.identifier != self.network

    @property
    def asked(self) -> str:
        """The words for this very model, which also load it."""
        named, at = f"{self.name}=" if self.name else "", f"@{self.checkpoint}" if self.checkpoint else ""
        return f"{named}{self.text}{at}"

    def record(self) -> dict[str, object]:
        """Return what a report says of the model before it is loaded, as plain values."""
        return {
            "identifier": self.identifier,
            "specification": self.asked,
            "network": self.name if self.name and self.label else self.network,
            "checkpoint": self.checkpoint or None,
            "axes": dict(self.axes),
        }

    def told(self) -> ModelSpecification:
        """Return the model with its checkpoint told in its name."""
        return replace(self, label=label(self.checkpoint, self.checkpoint)) if self.checkpoint else self

    def twin(self, seed: int) -> ModelSpecification:
        """Return the untrained twin with the weights of a seed: all checkpoints of a network have the same."""
        name = "" if self.weights else self.name
        return replace(self, name=name, checkpoint="", weights="", label="", axes=(), floor=True, untrained=seed)

    def with_weights(self, file: str, pattern: str = "", *, told: bool = True) -> ModelSpecification:
        """Return the model with the weights of a file.

        Parameters
        ----------
        file
            The checkpoint.
        pattern
            Path with wildcards that it was found by; `file` where there was none.
        told
            Whether the name tells which checkpoint it is.

        Raises
        ------
        ModelError
            The file is missing, a folder, or clearly no checkpoint; or the model has a checkpoint already.

        """
        if self.checkpoint:
            raise ModelError(f"{self.asked} has its checkpoint, and {file} is another one; give one of the two.")
        path = Path(file).expanduser()
        container(path)
        pattern = pattern or file
        axes = axes_of(pattern, file) | dict(self.axes)
        name = label(pattern, file) if told else ""
        return replace(self, checkpoint=file, weights=str(path.resolve()), label=name, axes=tuple(sorted(axes.items())))


def parse_specification(text: str) -> ModelSpecification:
    """Take the words for one model apart; whether there is such a model is not looked up.

    Parameters
    ----------
    text
        As for :func:`parse_specifications`; wildcards stand for one file.

    Raises
    ------
    ModelError
        The text has none of the forms, or stands for several models.

    """
    models = parse_specifications(text)
    if len(models) > 1:
        raise ModelError(
            f"{text} stands for {len(models)} checkpoints, from {models[0].checkpoint} to {models[-1].checkpoint}; "
            "name one of them."
        )
    return models[0]


def parse_specifications(text: str, weights: str = "") -> tuple[ModelSpecification, ...]:
    """Take the words for models apart; whether there are such models is not looked up, but checkpoints are.

    Parameters
    ----------
    text
        ``[NAME=]MODEL[@CHECKPOINT][#AXIS=VALUE]``. NAME is what it is called; all that wildcards stand for are called
        NAME@ and what tells them apart. MODEL is a name, ``timm:NAME``, ``hf:NAME``,
        ``path/to/file.py:factory``, ``package.module:factory``, or a file that is a model. CHECKPOINT is a file, or a
        path with wildcards, which stands for all files that match. Each axis has a number sign of its own; they add to,
        and come before, what the path of the checkpoint tells. What begins like NAME= and is a file or folder is taken
        for that.
    weights
        A checkpoint, or a path with wildcards, that was given beside the words.

    Returns
    -------
    tuple of ModelSpecification
        One for each checkpoint, sorted naturally.

    Raises
    ------
    ModelError
        The text has none of these forms, or there is no such checkpoint.

    """
    text = text.strip()
    described = None if _is_there(text) else _GIVEN_AXES.fullmatch(text)
    words, axes = described.groups() if described else (text, "")
    named = None if _exists(words) else _GIVEN_NAME.fullmatch(words)
    name, words = named.groups() if named else ("", words)
    network, checkpoint = _split(words)
    model = replace(_network(network), name=name)
    if checkpoint and weights:
        raise ModelError(f"{text} has its checkpoint, and {weights} is another one; give one of the two.")
    if not (checkpoint or weights):
        return (replace(model, axes=tuple(sorted(given_axes(axes, "", "").items()))),)
    pattern = str(Path(checkpoint or weights).expanduser())
    files = found(pattern)
    told = bool(checkpoint and not name) or files != [pattern]  # one of several found, even where the others lack yet
    return tuple(
        replace(model, axes=tuple(given_axes(axes, pattern, file).items())).with_weights(file, pattern, told=told)
        for file in files
    )


def _split(text: str) -> tuple[str, str]:
    """Return the words for the network, and the checkpoint behind an @; there is one in paths as well."""
    of_file = _FACTORY_OF_FILE.match(text)
    if of_file is not None:
        return of_file.group(), _behind(text, of_file.end())
    if text.endswith(STORED) or _is_there(text):
        return text, ""
    places = [each.start() for each in re.finditer("@", text)]
    folders = [place for place in places if Path(text[:place].removeprefix("hf:")).expanduser().is_dir()]
    # The folder of a network may have an @ in its name; other words for networks have none.
    end = next(iter([*reversed(folders), *places] if text.startswith("hf:") else places), len(text))
    return text[:end], _behind(text, end)


def _behind(text: str, end: int) -> str:
    checkpoint = text[end + 1 :]
    if end < len(text) and not checkpoint:
        raise ModelError(f"{text} names no checkpoint behind the @; give {CHECKPOINTS}.")
    return checkpoint


def _exists(text: str) -> bool:
    """Tell whether words begin with a file or folder that there is, which may have an equals sign in its name."""
    first = re.split(r"[/\\]", text, maxsplit=1)[0]
    candidates = {text, text.rpartition(":")[0], *([first] if first != text else [])}
    return any(each not in ("", ".", "..", "~") and _is_there(each) for each in candidates)


def _is_there(path: str) -> bool:
    try:
        return Path(path).exists()
    except (OSError, ValueError):  # no name of a file at all: too long, or with signs that no file has
        return False


def _network(text: str) -> ModelSpecification:
    """Take the words for a network apart.

    Only a file named like a checkpoint is looked into, since TorchScript is often saved under such a name.

    Raises
    ------
    ModelError
        They have none of the forms.

    """
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
                option="name the network that it belongs to, too, with --model NETWORK@FILE or with "
                f"--brainscore-weights {text}.",
                python=f'name the network that it belongs to, and give the file as weights: load_model("NAME", '
                f'weights="{text}").',
            )
        )
    if text.endswith(".py"):
        raise ModelError(
            f"{text} names no factory; write {text}:NAME, where NAME is a function that returns the model."
        )
    if not _NAME.fullmatch(text):
        raise ModelError(f"{text!r} does not name a model; give {FORMS}; with a checkpoint {CHECKPOINTS}.")
    return ModelSpecification(text, "name", text)
