"""Python files and modules of users: imported under names of their own, and what they raise told with its place."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.neighbours import own_neighbours


def import_file(path: Path, defines: str = "model") -> ModuleType:
    """Import a Python file under a name of its own, without leaving compiled files behind.

    Parameters
    ----------
    path
        The file.
    defines
        What it is to define, for errors.

    Raises
    ------
    ModelError
        There is no such file, or it raises.

    """
    path = path.expanduser().resolve()
    if not path.is_file():
        raise ModelError(f"There is no file {path}; give the path of the Python file that defines the {defines}.")
    name = f"brainscore_{defines}_{path.stem}_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}"
    specification = importlib.util.spec_from_file_location(name, path)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module  # dataclasses and inspect look classes up there
    try:
        with as_a_script(module):
            specification.loader.exec_module(module)
    except Exception as error:  # the file is the user's code
        del sys.modules[name]
        raise ModelError(f"{path} cannot be imported, it raised {place(error)}; mend it there.") from error
    return module


def import_package(name: str) -> ModuleType:
    """Import a module by its dotted name.

    Raises
    ------
    ModelError
        There is no such module, or it raises.

    """
    try:
        return importlib.import_module(name)
    except Exception as error:  # the module is the user's code
        raise ModelError(
            f"The module {name} cannot be imported ({place(error)}); install it, or give path/to/file.py:NAME."
        ) from error


@contextmanager
def as_a_script(module: ModuleType) -> Iterator[None]:
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


def place(error: Exception) -> str:
    """Return an error with the innermost line that raised it."""
    frames = inspect.getinnerframes(error.__traceback__) if error.__traceback__ else []
    line = f" (line {frames[-1].lineno} of {frames[-1].filename})" if frames else ""
    return f"{type(error).__name__}: {error}{line}"
