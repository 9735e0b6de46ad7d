"""The user's own code: files and packages with functions that return a network or a brain model."""

from __future__ import annotations

import difflib
import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import reduce
from pathlib import Path
from types import ModuleType
from typing import cast

from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import BrainModel
from pytest_brainscore.models.networks.seeding import seeded
from pytest_brainscore.models.sources.neighbours import own_neighbours
from pytest_brainscore.models.sources.specification import ModelSpecification


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


def call_factory(where: str, module: ModuleType, factory: str) -> nn.Module | BrainModel:
    """Call a factory of the user.

    Parameters
    ----------
    where
        The specification, for errors.
    module
        Holds the factory.
    factory
        Name of a function without required arguments that returns a network or a brain model.

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
        with seeded(), _as_a_script(module):
            model = cast("Callable[[], object]", function)()
    except (Exception, SystemExit) as error:  # the factory is the user's code
        raise ModelError(f"{where}: the factory raised {_place(error)}; mend it there.") from error
    if isinstance(model, nn.Module | BrainModel):
        return model
    raise ModelError(
        f"{where}: the factory returned a {type(model).__name__}; return a torch.nn.Module or an object with the "
        "members of a BrainModel."
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


def import_file(path: Path) -> ModuleType:
    """Import a Python file under a name of its own, without leaving compiled files behind.

    Raises
    ------
    ModelError
        There is no such file, or it raises.

    """
    path = path.expanduser().resolve()
    if not path.is_file():
        raise ModelError(f"There is no file {path}; give the path of the Python file that defines the model.")
    name = f"brainscore_model_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # dataclasses and inspect look classes up there
    try:
        with _as_a_script(module):
            specification.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # the file is the user's code
        del sys.modules[name]
        raise ModelError(f"{path} cannot be imported, it raised {_place(error)}; mend it there.") from error
    return module


def import_package(name: str, offered_by: str = "") -> ModuleType:
    """Import a module by its dotted name.

    Parameters
    ----------
    name
        Of the module.
    offered_by
        Package that offers a model of the module, for the error.

    Raises
    ------
    ModelError
        There is no such module, or it raises.

    """
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # the module is the user's code
        what = f"The module {name}{f', which {offered_by} offers a model of,' if offered_by else ''}"
        advice = "mend or uninstall that package" if offered_by else "install it, or give path/to/file.py:factory"
        raise ModelError(f"{what} cannot be imported ({_place(error)}); {advice}.") from error


@contextmanager
def _as_a_script(module: ModuleType) -> Iterator[None]:
    """Let a file import its neighbours, as when it is run itself, and write no compiled files."""
    folder, writes_none = Path(module.__file__ or "").parent, sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    try:
        with own_neighbours(folder):
            yield
    finally:
        sys.dont_write_bytecode = writes_none
        if str(folder) in sys.path:
            sys.path.remove(str(folder))


def _place(error: BaseException) -> str:
    """Return an error with the innermost line that raised it."""
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    line = f" (line {frames[-1].lineno} of {frames[-1].filename})" if frames else ""
    return f"{type(error).__name__}: {error}{line}"
