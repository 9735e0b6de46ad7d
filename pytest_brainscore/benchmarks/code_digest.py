"""What code does, as a checksum: that of a function and of what it calls in the project or package that it is from.

A benchmark of somebody's own has no published version that would say that its scores mean something else now. Its code
does: baselines of other code are not comparable. Formatting, comments and docstrings do not count.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import inspect
import os
import sysconfig
import textwrap
import types
from collections.abc import Iterator
from typing import Any, Final

_INSTALLED: Final = tuple(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib"))
_DIGITS: Final = 16
Plain: Final = (type(None), bool, int, float, complex, bytes)


def code_digest(*values: object) -> str:
    """Return a checksum of functions, and of plain values beside them.

    Of a function count its source, what it closes over, its defaults, and the constants, functions and classes that it
    names, as far as they are of the same package or of no installed one; what it names of others (numpy) counts by
    name. What may change while a process runs (lists, dictionaries) does not count, nor do absolute paths, which differ
    between machines.

    Returns
    -------
    str
        16 hexadecimal digits, the same in every process and on every machine.

    """
    digest = hashlib.sha256()
    seen: set[int] = set()
    for value in values:
        home = _package(value)
        for line in _lines(value, home, seen):
            digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()[:_DIGITS]


def _lines(value: Any, home: str, seen: set[int]) -> Iterator[str]:
    """Yield what a value is, in words that do not depend on the process."""
    if isinstance(value, Plain):
        yield repr(value)
    elif isinstance(value, str):
        yield "a path" if os.path.isabs(value) else repr(value)  # noqa: PTH117 - a text, maybe
    elif isinstance(value, tuple):
        yield f"{len(value)} values"
        for each in value:
            yield from _lines(each, home, seen)
    elif hasattr(value, "dtype") and hasattr(value, "tobytes"):  # an array of numpy, which is not imported for this
        yield f"{value.dtype} {getattr(value, 'shape', ())} {hashlib.sha256(value.tobytes()).hexdigest()}"
    elif isinstance(value, functools.partial):
        yield from _lines((value.func, value.args, tuple(sorted(value.keywords.items()))), home, seen)
    elif isinstance(value, types.MethodType):
        yield from _lines(value.__func__, home, seen)
        yield from _state(value.__self__, home, seen)
    elif isinstance(value, types.FunctionType | type):
        yield f"{value.__module__ if _is_foreign(value, home) else ''}.{value.__qualname__}"
        if id(value) not in seen and not _is_foreign(value, home):
            seen.add(id(value))
            yield from _code(value, home, seen)
    elif isinstance(value, types.BuiltinFunctionType):
        yield f"{value.__module__}.{value.__qualname__}"
    elif callable(value):
        yield from _lines(type(value), home, seen)
        yield from _state(value, home, seen)
    else:
        yield type(value).__qualname__


def _state(value: object, home: str, seen: set[int]) -> Iterator[str]:
    """Yield the attributes of the object that a method or a call belongs to."""
    if id(value) not in seen:
        seen.add(id(value))
        for name, attribute in sorted(getattr(value, "__dict__", {}).items()):
            yield name
            yield from _lines(attribute, home, seen)


def _code(value: types.FunctionType | type, home: str, seen: set[int]) -> Iterator[str]:
    yield _source(value)
    functions = [value] if isinstance(value, types.FunctionType) else _methods(value)
    for function in functions:
        yield from _lines((function.__defaults__, tuple(sorted((function.__kwdefaults__ or {}).items()))), home, seen)
        for cell in function.__closure__ or ():
            try:
                yield from _lines(cell.cell_contents, home, seen)
            except ValueError:  # not filled yet
                continue
        for name in sorted(set(_names(function.__code__))):
            if name in function.__globals__:
                yield name
                yield from _lines(function.__globals__[name], home, seen)


def _methods(value: type) -> list[types.FunctionType]:
    return [each for _, each in sorted(vars(value).items()) if isinstance(each, types.FunctionType)]


def _source(value: types.FunctionType | type) -> str:
    """Return source as it is without formatting; where there is none, the compiled code."""
    code = getattr(value, "__code__", None)
    compiled = "" if code is None else repr((*sorted(set(_names(code))), *_constants(code)))
    try:
        text = textwrap.dedent(inspect.getsource(value))
    except (OSError, TypeError):
        return f"{compiled} {code.co_code.hex() if code is not None else ''}"
    try:
        tree = ast.parse(text)
    except SyntaxError:  # a lambda within an expression: its lines, of which some may be missing
        return " ".join(text.split()) + compiled
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and ast.get_docstring(node):
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
    return ast.unparse(tree)


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _names(constant)


def _constants(code: types.CodeType) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _constants(constant)
        else:
            yield repr(sorted(constant, key=repr) if isinstance(constant, frozenset) else constant)


def _package(value: object) -> str:
    """Return the top-level package of a function, or of what a partial calls."""
    if isinstance(value, functools.partial):
        return _package(value.func)
    return str(getattr(value, "__module__", None) or "").partition(".")[0]


def _is_foreign(value: types.FunctionType | type, home: str) -> bool:
    """Tell whether a function or class is of this package, or of another installed one: it counts by its name."""
    if _package(value) == "pytest_brainscore":
        return True
    if _package(value) == home:
        return False
    module = inspect.getmodule(value)
    file = getattr(module, "__file__", None)
    return file is None or os.path.realpath(file).startswith(_INSTALLED)
