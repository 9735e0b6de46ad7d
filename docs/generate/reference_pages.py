"""What the package can tell of the reference, for pages to include: options, commands, keys of files, report."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click
import msgspec

import pytest_brainscore
from generate.pages import Pages, prose, table
from pytest_brainscore import commands, errors
from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording, described
from pytest_brainscore.models.commitment import commitment
from pytest_brainscore.report import record
from pytest_brainscore.running.command_line.option_table import OPTIONS, Option
from pytest_brainscore.scoring import comparison, floor, tree

_VARIABLE: Final = re.compile(r"\$(BRAINSCORE_\w+)")
_STRUCTS: Final = (record, comparison, floor, tree)
"""Modules with the structures that a report is made of."""


def write_reference_parts(pages: Pages) -> None:
    """Write what the pages in the folder ``reference`` include."""
    pages.write("options.inc", _options())
    pages.write("commands.inc", _commands())
    pages.write("report.inc", _report())
    pages.write("commitments.inc", _commitment_keys())
    pages.write("benchmark-files.inc", _benchmark_keys())
    pages.write("api.inc", _api())


def _options() -> str:
    def row(option: Option) -> tuple[str, ...]:
        flag = f"`{option.flag}{f'={option.metavar}' if option.metavar else ''}`<br>`{option.name}`"
        default = "off" if option.switch else f"`{option.default}`" if option.default else "-"
        variables = [f"`{name}`" for name in dict.fromkeys(_VARIABLE.findall(option.help))]
        words = prose(option.help)
        if option.choices:
            words += f" One of {', '.join(f'`{choice}`' for choice in option.choices)}."
        return flag, "<br>".join([default, *variables]), words

    return table(("option, and its ini twin", "default, and environment variable", "meaning"), map(row, OPTIONS))


def _commands() -> str:
    parts: list[str] = []
    for name in commands.main.list_commands(click.Context(commands.main)):
        command = commands.main.get_command(click.Context(commands.main), name)
        assert command is not None
        parts += _command(f"brainscore {name}", command, 2)
    return "\n".join(parts)


def _command(name: str, command: click.Command, level: int) -> Iterator[str]:
    yield f"{'#' * level} {name}\n"
    yield f"{_help(command)}\n"
    if isinstance(command, click.Group):
        for each in command.commands.values():
            yield from _command(f"{name} {each.name}", each, level + 1)
        return
    context = click.Context(command, info_name=name)
    yield f"Usage: `{command.get_usage(context).removeprefix('Usage: ')}`\n".replace("\n ", " ")
    options = [each.get_help_record(context) for each in command.params if isinstance(each, click.Option)]
    rows = [(f"`{flags}`", prose(words)) for flags, words in filter(None, options)]
    if rows:
        yield table(("option", "meaning"), rows)


def _help(command: click.Command) -> str:
    return prose(inspect.cleandoc((command.help or "").replace("\b\n", "")))


def _report() -> str:
    structs = {
        name: each
        for module in _STRUCTS
        for name, each in vars(module).items()
        if inspect.isclass(each) and issubclass(each, msgspec.Struct)
    }
    from pytest_brainscore.resources import resource_folder

    text = (resource_folder("report") / "report.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    parts: list[str] = []
    for name, definition in schema["$defs"].items():
        meanings = described(structs[name]) if name in structs else {}
        required = set(definition.get("required", ()))
        rows = [
            (
                f"`{key}`",
                _type(each),
                "required" if key in required else f"`{json.dumps(each.get('default'))}`",
                prose(meanings.get(key, "")),
            )
            for key, each in definition["properties"].items()
        ]
        parts += [
            f"## {name}\n",
            f"{prose(definition.get('description', ''))}\n",
            table(("field", "type", "default", "meaning"), rows),
        ]
    return "\n".join(parts)


def _type(definition: Mapping[str, Any]) -> str:
    if "$ref" in definition:
        name = definition["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in definition:
        return " or ".join(map(_type, definition["anyOf"]))
    if "enum" in definition:
        return ", ".join(f"`{json.dumps(each)}`" for each in definition["enum"])
    kind = definition.get("type", "anything")
    if kind == "array":
        return f"list of {_type(definition.get('items', {}))}"
    if kind == "object" and isinstance(definition.get("additionalProperties"), dict):
        return f"object, each value {_type(definition['additionalProperties'])}"
    return " or ".join(kind) if isinstance(kind, list) else str(kind)


def _keys(kind: type[msgspec.Struct]) -> str:
    meanings = described(kind)
    fields = msgspec.structs.fields(kind)
    rows = []
    for field in fields:
        default = "required" if field.required else "-"
        if field.default is not msgspec.NODEFAULT and field.default not in (None, ""):
            default = f"`{json.dumps(msgspec.to_builtins(field.default))}`"
        rows.append((f"`{field.encode_name}`", default, prose(meanings.get(field.name, ""))))
    return table(("key", "default", "meaning"), rows)


def _commitment_keys() -> str:
    parts = []
    for title, kind in (
        ("At the head", commitment.LayerCommitment),
        ("`[preprocessing]`", commitment.PreprocessingCommitment),
        ("`[[time_course.REGION]]`", commitment.TimedStep),
        ("`[selection.REGION]`", commitment.LayerSelection),
    ):
        parts += [f"### {title}\n", f"{prose(inspect.getdoc(kind) or '')}\n", _keys(kind)]
    return "\n".join(parts)


def _benchmark_keys() -> str:
    return "\n".join(["### At the head\n", _keys(Definition), "### `[recording]`\n", _keys(Recording)])


_RETURNED: Final = ("benchmarks.own.power.Power", "data.retrieval.readiness.Readiness")
"""Public as what public names return or take."""
_PROTOCOLS: Final = (
    "BrainModel",
    "CanDescribe",
    "CanRecord",
    "CanTellWhyNot",
    "CanTellTemporal",
    "CanTrainDecoder",
    "ModelDescription",
)


def _api() -> str:
    parts: list[str] = []
    for name in pytest_brainscore.__all__:
        found = getattr(pytest_brainscore, name)
        kind = "autoclass" if inspect.isclass(found) else "autofunction"
        parts += [f"## {name}\n", _directive(kind, f"{found.__module__}.{found.__name__}")]
    parts += ["## What these return or take\n"]
    parts += [_directive("autoclass", f"pytest_brainscore.{name}") for name in _RETURNED]
    parts += ["## Errors\n", "Every error that a user can mend derives from `BrainScoreError`.\n"]
    parts += [
        _directive("autoexception", f"{each.__module__}.{each.__name__}")
        for each in vars(errors).values()
        if inspect.isclass(each) and issubclass(each, errors.BrainScoreError)
    ]
    parts += ["## What a benchmark asks of a model\n"]
    parts += [_directive("autoclass", f"pytest_brainscore.models.interface.{name}") for name in _PROTOCOLS]
    parts += ["## The hook\n", _directive("autofunction", "pytest_brainscore.hookspecs.pytest_brainscore_benchmarks")]
    return "\n".join(parts)


def _directive(kind: str, name: str) -> str:
    members = "   :members:\n" if kind == "autoclass" else ""
    return f"```{{eval-rst}}\n.. {kind}:: {name}\n{members}```\n"
