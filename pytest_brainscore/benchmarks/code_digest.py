"""What code does, as a checksum: that of a function and of what it calls in the project or package that it is from.

A benchmark of somebody's own has no published version that would say that its scores mean something else now. Its code
does: baselines of other code are not comparable. Formatting, comments and docstrings do not count.
"""

from __future__ import annotations

import ast
import dis
import enum
import functools
import hashlib
import importlib
import importlib.util
import inspect
import os
import re
import sys
import sysconfig
import textwrap
import types
from collections.abc import Iterator
from contextlib import suppress
from importlib.machinery import ModuleSpec
from typing import Any, Final, NamedTuple

_INSTALLED: Final = tuple(os.path.realpath(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "platlib"))
_DIGITS: Final = 16
_CONSTRUCTORS: Final = ("__init__", "__new__", "__post_init__", "__setstate__")
Plain: Final = (type(None), bool, int, float, complex, bytes)


class _Walk(NamedTuple):
    """What is known while functions are followed."""

    home: str
    """Package whose code counts."""
    seen: set[int]
    """What was met already."""
    assigned: dict[int, frozenset[str]]
    """Names that the code of a module assigns while it runs, by the module."""


def code_digest(*values: object) -> str:
    """Return a checksum of functions, and of plain values beside them.

    Of a function count its source, what it closes over, its defaults, and the constants, functions and classes that it
    names, also in modules (``helpers.mean``) and imported within, as far as they are of the same package or of no
    installed one; what it names of others (numpy) counts by name. What may change while a process runs does not count:
    lists, dictionaries, names that code declares ``global``, and attributes that are set elsewhere than in the
    constructor. Nor do absolute paths, which differ between machines.

    Returns
    -------
    str
        16 hexadecimal digits, the same in every process and on every machine.

    """
    digest = hashlib.sha256()
    seen: set[int] = set()
    for value in values:
        for line in _lines(value, _Walk(_package(value), seen, {})):
            digest.update(line.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()[:_DIGITS]


def _lines(value: Any, walk: _Walk) -> Iterator[str]:
    """Yield what a value is, in words that do not depend on the process."""
    if isinstance(value, Plain):
        yield repr(value)
    elif isinstance(value, str):
        yield "a path" if os.path.isabs(value) else repr(value)  # noqa: PTH117 - a text, maybe
    elif isinstance(value, tuple):
        yield f"{len(value)} values"
        for each in value:
            yield from _lines(each, walk)
    elif hasattr(value, "dtype") and hasattr(value, "tobytes") and not isinstance(value, type):
        # An array of numpy, which is not imported for this. Objects have addresses for bytes.
        objects = getattr(value.dtype, "hasobject", False)
        yield f"{value.dtype} {getattr(value, 'shape', ())} "
        yield from (
            _lines(tuple(value.ravel().tolist()), walk) if objects else [hashlib.sha256(value.tobytes()).hexdigest()]
        )
    elif isinstance(value, functools.partial):
        yield from _lines((value.func, value.args, tuple(sorted(value.keywords.items()))), walk)
    elif isinstance(value, types.MethodType):
        yield from _lines(value.__func__, walk)
        yield from _state(value.__self__, walk)
    elif isinstance(value, types.FunctionType | type):
        yield f"{value.__module__ if _is_foreign(value, walk.home) else ''}.{value.__qualname__}"
        if id(value) not in walk.seen and not _is_foreign(value, walk.home):
            walk.seen.add(id(value))
            yield from _code(value, walk)
    elif isinstance(value, types.BuiltinFunctionType):
        yield f"{value.__module__}.{value.__qualname__}"
    elif isinstance(value, re.Pattern):
        yield f"{value.pattern!r} {value.flags}"
    elif isinstance(value, enum.Enum):
        yield f"{value}"
        yield from _lines(value.value, walk)
    elif callable(value) or _is_frozen(value):
        yield from _lines(type(value), walk)
        yield from _state(value, walk)
    else:
        yield type(value).__qualname__


def _is_frozen(value: object) -> bool:
    """Tell an object of a dataclass that cannot change."""
    return bool(getattr(vars(type(value)).get("__dataclass_params__"), "frozen", False))


def _state(value: object, walk: _Walk) -> Iterator[str]:
    """Yield the attributes of the object that a method or a call belongs to."""
    if id(value) not in walk.seen:
        walk.seen.add(id(value))
        changing = _assigned_attributes(type(value))
        for name, attribute in sorted(getattr(value, "__dict__", {}).items()):
            if name not in changing:
                yield name
                yield from _lines(attribute, walk)


def _code(value: types.FunctionType | type, walk: _Walk) -> Iterator[str]:
    yield _source(value)
    functions = [value] if isinstance(value, types.FunctionType) else _methods(value)
    for function in functions:
        yield from _lines((function.__defaults__, tuple(sorted((function.__kwdefaults__ or {}).items()))), walk)
        for cell in function.__closure__ or ():
            try:
                yield from _lines(cell.cell_contents, walk)
            except ValueError:  # not filled yet
                continue
        names = frozenset(_names(function.__code__))
        yield from _named(function.__globals__, names, walk, set())
        for module in _imported(function):
            yield module.__name__
            yield from _named(vars(module), names, walk, {id(module)})


def _named(namespace: dict[str, Any], names: frozenset[str], walk: _Walk, inside: set[int]) -> Iterator[str]:
    """Yield what names mean in a module, and in the modules that some of them are."""
    for name in sorted(names - _assigned_globals(namespace, walk)):
        if name in namespace:
            value = namespace[name]
            yield name
            yield from _lines(value, walk)
            if isinstance(value, types.ModuleType) and id(value) not in inside and not _is_installed(value):
                yield from _named(vars(value), names, walk, {*inside, id(value)})


def _imported(function: types.FunctionType) -> Iterator[types.ModuleType]:
    """Yield the modules that a function imports while it runs, of those that are not installed."""
    package = function.__globals__.get("__package__") or ""
    for name in sorted({*_imports(function.__code__, package)}):
        module = None
        with suppress(Exception):  # of somebody's module: whoever scores meets the same
            found = importlib.util.find_spec(name.partition(".")[0])
            if found is not None and not _is_installed(found):
                module = importlib.import_module(name)
        if module is not None:
            yield module


def _imports(code: types.CodeType, package: str) -> Iterator[str]:
    """Yield names of modules that code imports."""
    instructions = list(dis.get_instructions(code))
    for place, each in enumerate(instructions):
        if each.opname == "IMPORT_NAME":
            level = instructions[place - 2].argval
            with suppress(ImportError, TypeError):  # beyond the top
                yield importlib.util.resolve_name("." * level + each.argval, package)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _imports(constant, package)


def _methods(value: type) -> list[types.FunctionType]:
    """Return the functions of a class, those of properties and the like among them."""
    return [function for _, each in sorted(vars(value).items()) for function in _functions_in(each)]


def _functions_in(member: object) -> list[types.FunctionType]:
    """Return what a name in a class or module calls; looks for no attributes, which some objects make up."""
    if isinstance(member, property):
        held: tuple[object, ...] = (member.fget, member.fset)
    elif isinstance(member, functools.cached_property):
        held = (member.func,)
    elif isinstance(member, staticmethod | classmethod):
        held = (member.__func__,)
    elif isinstance(member, types.FunctionType):
        held = (member,)
    else:
        held = (getattr(member, "__dict__", {}).get("__wrapped__"),)  # functools.cache
    return [each for each in held if isinstance(each, types.FunctionType)]


def _assigned_globals(namespace: dict[str, Any], walk: _Walk) -> frozenset[str]:
    """Return the names of a module that its own functions assign."""
    if id(namespace) not in walk.assigned:
        functions = [
            function
            for member in namespace.values()
            for function in (_methods(member) if isinstance(member, type) else _functions_in(member))
        ]
        walk.assigned[id(namespace)] = frozenset(
            name
            for function in functions
            if getattr(function, "__globals__", None) is namespace
            for name in _stored(function.__code__, "STORE_GLOBAL")
        )
    return walk.assigned[id(namespace)]


def _assigned_attributes(kind: type) -> set[str]:
    """Return the attributes that methods of a class set once an object has been made."""
    names: set[str] = set()
    for each in kind.__mro__:
        names.update(name for name, member in vars(each).items() if isinstance(member, functools.cached_property))
        for method in _methods(each):
            if method.__name__ not in _CONSTRUCTORS:
                names.update(_stored(method.__code__, "STORE_ATTR"))
    return names


def _stored(code: types.CodeType, operation: str) -> Iterator[str]:
    if dis.opmap[operation] in code.co_code[::2]:
        yield from (str(each.argval) for each in dis.get_instructions(code) if each.opname == operation)
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            yield from _stored(constant, operation)


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
    # The lines of a lambda may have others.
    return ast.unparse(tree) + (compiled if value.__name__ == "<lambda>" else "")


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
    file = getattr(inspect.getmodule(value), "__file__", None)
    return file is None or os.path.realpath(file).startswith(_INSTALLED)


def _is_installed(module: types.ModuleType | ModuleSpec) -> bool:
    """Tell whether a module is of this package, or installed: what others import of it would change what it names."""
    spec = getattr(module, "__spec__", None) or module
    # What is built in has no file, and names what changes with a run (sys.stdout).
    if str(getattr(spec, "name", "")).partition(".")[0] in {"pytest_brainscore", *sys.stdlib_module_names}:
        return True
    file = getattr(module, "__file__", None) or getattr(spec, "origin", None)
    places = [file] if file else list(getattr(spec, "submodule_search_locations", None) or ())
    return not places or any(os.path.realpath(str(place)).startswith(_INSTALLED) for place in places)
