"""Which models there are by name, and what is committed for each. Light to import.

A name is that of a commitment file of the project, of a model that comes with this package, of one that an installed
package offers, or of a classifier of torchvision. The project comes first; otherwise a name has one definition.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.offered import OfferedModel, offered_models
from pytest_brainscore.models.sources.specification import FORMS, ModelSpecification
from pytest_brainscore.resources import resource_folder

if TYPE_CHECKING:
    from pytest_brainscore.models.commitment.commitment import LayerCommitment


class _Package(NamedTuple):
    """A package that a kind of models comes from."""

    name: str
    install: str


_PACKAGES: Final = {
    "timm": _Package("timm", "timm"),
    "hf": _Package("transformers", '"pytest-brainscore[hf]"'),
}
_WITH_WEIGHTS: Final = ("efficientnet-lite0", "pixels")
"""Sources of commitments that have all their numbers in a package."""
NAMES_SHOWN = 3
"""Near names offered for an unknown one."""


def commitment_of(
    specification: ModelSpecification, folder: str | os.PathLike[str] | None = None
) -> tuple[Path, LayerCommitment]:
    """Return the layer commitment of a model, and where the user's own is or would be.

    Parameters
    ----------
    specification
        The model as named; a module that it names is imported.
    folder
        The user's commitments, as for :func:`~pytest_brainscore.models.loading.load_model`; they come before those of
        this package and of others.

    Returns
    -------
    Path
        The user's file, whether it is there or not: what comes with an installed package is never written to. Of a
        named file or module, what lies, or would, beside it.
    LayerCommitment
        The user's; else the one that comes with the model; else what is known of a published network.

    Raises
    ------
    ModelError
        The file cannot be read.

    """
    from msgspec.structs import replace

    from pytest_brainscore.models.commitment.commitment import NO_COMMITMENT, read_commitment
    from pytest_brainscore.models.sources import build_network, factories

    own, shipped = _own_commitment(specification.network, folder), _shipped_commitment(specification.network)
    if specification.kind == "stored":
        beside = Path(specification.source).expanduser().resolve().with_suffix(".toml")
        file = own if own.exists() else beside
        return file, read_commitment(file) if file.exists() else NO_COMMITMENT
    code = factory_of(specification, folder)
    if code is not None:
        beside = _commitment_beside(factories.file_of(code), code.factory)
        file = own if code.offered_by else beside
        found = next((each for each in (file, beside) if each.exists()), None)
        return file, NO_COMMITMENT if found is None else read_commitment(found)
    file = own if own.exists() else shipped
    if not file.exists():
        return own, build_network.published_commitment(specification)
    commitment = read_commitment(file)
    if commitment.source:
        return own, commitment
    # A file of a few layers leaves open where the network comes from: from where its name would without the file.
    known = read_commitment(shipped) if shipped.exists() else build_network.published_commitment(specification)
    return own, replace(commitment, source=known.source, weights=commitment.weights or known.weights)


def commitment_files(
    specification: ModelSpecification, folder: str | os.PathLike[str] | None = None
) -> tuple[Path, ...]:
    """Return the files that a commitment may be in, whether they are there or not; no code is imported.

    Of a named module, which would have to be imported, not those beside it.
    """
    places = [_own_commitment(specification.network, folder), _shipped_commitment(specification.network)]
    if specification.kind in ("file", "stored"):
        file = Path(specification.source).expanduser().resolve()
        places.append(file.with_suffix(".toml"))
        if specification.factory:
            places.append(file.with_name(f"{specification.factory}.toml"))
    return tuple(places)


def without_code(
    specification: ModelSpecification, folder: str | os.PathLike[str] | None = None, *, weights: bool
) -> bool:
    """Tell whether names and files say which network it is, so that nobody's code has to be asked.

    Imports nothing heavy.

    Parameters
    ----------
    specification
        The model as named.
    folder
        The user's commitments, as for :func:`~pytest_brainscore.models.loading.load_model`.
    weights
        Whether the user gives the file of the weights. Without, only weights count that are published under a
        checksum, or lie in a package.

    Raises
    ------
    ModelError
        A commitment cannot be read.

    """
    from pytest_brainscore.models.commitment.commitment import read_commitment

    source = specification.text
    if specification.kind == "name":
        if offered_models().get(specification.source):
            return False
        files = (file for file in commitment_files(specification, folder) if file.exists())
        sources = (read_commitment(file).source for file in files)
        source = next((source for source in sources if source), f"torchvision:{specification.source}")
    if source.startswith("timm:"):
        return weights
    return source.startswith("torchvision:") or source in _WITH_WEIGHTS


def check_exists(specification: ModelSpecification, commitments: str | os.PathLike[str] | None = None) -> None:
    """Check that there is such a model, as far as can be told without loading it.

    Imports torchvision only for a name that has no commitment.

    Parameters
    ----------
    specification
        The model as named.
    commitments
        Folder of the user's layer commitments, as for :func:`~pytest_brainscore.models.loading.load_model`.

    Raises
    ------
    ModelError
        The name is unknown (the message names those that come near), the file is missing, or the package that it comes
        from is not installed.

    """
    if specification.kind == "file" and not Path(specification.source).expanduser().is_file():
        raise ModelError(
            f"There is no file {specification.source} for the model {specification.text}; give the path of the Python "
            "file that defines it."
        )
    if specification.kind == "stored" and not Path(specification.source).expanduser().is_file():
        raise ModelError(f"There is no file {specification.source}; give the path of a file that is a model.")
    package = _PACKAGES.get(specification.kind)
    if package is not None and importlib.util.find_spec(package.name) is None:
        raise ModelError(
            f"{specification.text} needs the package {package.name}, which is not installed; pip install "
            f"{package.install}."
        )
    own = _own_commitment(specification.network, commitments)
    if specification.kind != "name" or own.exists():
        return
    offered = offered_models()
    if specification.source in offered:
        _require_one_definition(specification.source, offered[specification.source], own)
        return
    if _shipped_commitment(specification.network).is_file():
        return
    from pytest_brainscore.models.sources.build_network import torchvision_classifiers

    projects = [file.stem for file in own.parent.glob("*.toml")]
    names = [*projects, *committed_names(), *offered, *torchvision_classifiers()]
    if specification.source not in names:
        near = difflib.get_close_matches(specification.source, dict.fromkeys(names), n=NAMES_SHOWN)
        advice = f"did you mean {' or '.join(near)}?" if near else f"give {FORMS}."
        raise ModelError(f"There is no model {specification.source!r}; {advice}")


def factory_of(
    specification: ModelSpecification, folder: str | os.PathLike[str] | None = None
) -> ModelSpecification | None:
    """Return the factory, of the user or of a package, that makes a model; None for a published network, or pixels.

    Parameters
    ----------
    specification
        The model as named.
    folder
        The user's commitments, as for :func:`~pytest_brainscore.models.loading.load_model`. One that says where the
        network comes from decides.

    Raises
    ------
    ModelError
        The name has two definitions, or a package offers it as something else than a factory.

    """
    if specification.kind in ("file", "module"):
        return specification
    offered = offered_models().get(specification.source, ()) if specification.kind == "name" else ()
    if not offered:
        return None
    from pytest_brainscore.models.commitment.commitment import read_commitment
    from pytest_brainscore.models.sources.build_network import torchvision_classifiers

    own = _own_commitment(specification.network, folder)
    if own.exists() and read_commitment(own).source:
        return None
    name = specification.source
    published = f"torchvision:{name}" if name in torchvision_classifiers() else ""
    _require_one_definition(name, offered, own, published)
    return offered[0].specification(name)


def _require_one_definition(name: str, offered: Sequence[OfferedModel], own: Path, published: str = "") -> None:
    """Check that what packages offer under a name is all that there is of the name.

    Raises
    ------
    ModelError
        There is another one: of this package, of `published`, or of another package.

    """
    places = {each.value: f"{each.value} of the package {each.package}" for each in offered}
    if _shipped_commitment(name).is_file():
        from pytest_brainscore.models.commitment.commitment import read_commitment

        shipped = read_commitment(_shipped_commitment(name)).source
        places = {shipped: f"{shipped} as it comes with pytest-brainscore", **places}
    elif published:
        places = {published: published, **places}
    if len(places) > 1:
        raise ModelError(
            f"The name {name} has {len(places)} definitions, {' and '.join(places.values())}; say which in "
            f"{own} with source = {' or '.join(map(repr, places))}, or name {offered[0].value} itself."
        )


def committed_names() -> list[str]:
    """Return the names of the models that come with a layer commitment."""
    return sorted(file.stem for file in resource_folder("fixtures/models").glob("*.toml"))


def _own_commitment(identifier: str, folder: str | os.PathLike[str] | None) -> Path:
    return Path("fixtures/models" if folder is None else folder).expanduser().absolute() / f"{identifier}.toml"


def _shipped_commitment(identifier: str) -> Path:
    return resource_folder("fixtures/models") / f"{identifier}.toml"


def _commitment_beside(file: Path, factory: str) -> Path:
    """Return FACTORY.toml beside the file where there is one, else the path of the file's own .toml."""
    own = file.with_name(f"{factory}.toml")
    return own if own.exists() else file.with_suffix(".toml")
