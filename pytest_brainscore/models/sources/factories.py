"""The user's own code: files and packages with functions that return a network or a brain model."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import cast

import numpy as np
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.functions.image_function import ImageFunction
from pytest_brainscore.models.interface import MEMBERS, BrainModel, lacking_members
from pytest_brainscore.models.networks.seeding import seeded
from pytest_brainscore.models.sources.specification import ModelSpecification
from pytest_brainscore.models.sources.user_code import as_a_script, import_file, import_package, place


def source_files(module: ModuleType) -> tuple[Path, ...]:
    """Return the file of a module, if it has one."""
    return (Path(module.__file__),) if module.__file__ else ()


def called(specification: ModelSpecification) -> str:
    """Return what a factory is called in errors: as the user named it, and where a package has it."""
    where = f"{specification.source}:{specification.factory} of the package {specification.offered_by}"
    return f"{specification.text} ({where})" if specification.offered_by else specification.text


def file_of(specification: ModelSpecification) -> Path:
    """Return the file of a file or module; a module is imported, and without a file it is taken to lie here."""
    if specification.kind == "file":
        return Path(specification.source).expanduser().resolve()
    module = import_module(specification)
    return Path(module.__file__ or f"{specification.source}.py")


def call_factory(where: str, module: ModuleType, factory: str) -> nn.Module | BrainModel | ImageFunction:
    """Call a factory of the user.

    Parameters
    ----------
    where
        The specification, for errors.
    module
        Holds the factory.
    factory
        Name of a function without required arguments that returns a network, a brain model, an ``ImageFunction``, or
        any function of images, which becomes one.

    Raises
    ------
    ModelError
        There is no such function, it raises, or it returns something else.

    """
    function = reduce(lambda holder, name: getattr(holder, name, None), factory.split("."), cast("object", module))
    if not callable(function):
        public = [name for name, value in vars(module).items() if callable(value) and not name.startswith("_")]
        near = difflib.get_close_matches(factory, public)
        advice = f"did you mean {' or '.join(near)}?" if near else "define it, without required arguments."
        raise ModelError(f"{where}: there is no function {factory!r} in {module.__file__}; {advice}")
    try:
        with seeded(), as_a_script(module):
            model = cast("Callable[[], object]", function)()
    except (Exception, SystemExit) as error:  # the factory is the user's code
        raise ModelError(f"{where}: the factory raised {place(error)}; mend it there.") from error
    lacking = [] if isinstance(model, nn.Module | ImageFunction) else lacking_members(model)
    if lacking == list(MEMBERS) and callable(model) and not isinstance(model, type):
        return ImageFunction(cast("Callable[[NDArray[np.float32]], object]", model))
    if not lacking:
        return cast("nn.Module | BrainModel | ImageFunction", model)
    without = "" if lacking == list(MEMBERS) else f" without {', '.join(lacking)}"
    raise ModelError(
        f"{where}: the factory returned a {type(model).__name__}{without}; return a torch.nn.Module or an object with "
        f"the members of a BrainModel: {', '.join(MEMBERS)}; or a function of images, or an ImageFunction."
    )


def import_module(specification: ModelSpecification) -> ModuleType:
    """Import the file or module of a specification.

    Raises
    ------
    ModelError
        There is no such file or module, or it raises.

    """
    with seeded():  # some modules make their weights when imported
        if specification.kind == "file":
            return import_file(Path(specification.source))
        return import_package(specification.source, specification.offered_by)
