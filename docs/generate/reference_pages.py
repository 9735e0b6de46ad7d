"""Pages of reference that the package can write itself: options, commands, keys of files, the report, Python."""

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
from pytest_brainscore import commands
from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording, described
from pytest_brainscore.models.commitment import commitment
from pytest_brainscore.report import record
from pytest_brainscore.running.command_line.option_table import OPTIONS, Option
from pytest_brainscore.scoring import comparison, floor, tree

_VARIABLE: Final = re.compile(r"\$(BRAINSCORE_\w+)")
_STRUCTS: Final = (record, comparison, floor, tree)
"""Modules with the structures that a report is made of."""


def write_reference_pages(pages: Pages) -> None:
    """Write the pages into the folder ``reference``."""
    pages.write("options.md", _options())
    pages.write("commands.md", _commands())
    pages.write("report.md", _report())
    pages.write("commitment-keys.inc", _commitment_keys())
    pages.write("benchmark-keys.inc", _benchmark_keys())
    pages.write("api.md", _api())


def _options() -> str:
    def row(option: Option) -> tuple[str, ...]:
        flag = f"`{option.flag}{f'={option.metavar}' if option.metavar else ''}`"
        default = "off" if option.switch else f"`{option.default}`" if option.default else "-"
        variables = ", ".join(f"`{name}`" for name in _VARIABLE.findall(option.help)) or "-"
        words = prose(option.help)
        if option.choices:
            words += f" One of {', '.join(f'`{choice}`' for choice in option.choices)}."
        return flag, f"`{option.name}`", variables, default, words

    return "\n".join(
        [
            "# Options of pytest\n",
            "This page lists every option of `pytest` that comes with this package. Each has a twin in the ini file "
            "(`pytest.ini`, `[tool.pytest.ini_options]` of `pyproject.toml`, `setup.cfg`, `tox.ini`), so that a project "
            "can keep its settings: the command line comes before the ini file, this before the environment.\n",
            "Repeatable options are lists in the ini file, a value a line. `--model NAME` is short for "
            "`--brainscore-model NAME`, unless another plugin or `conftest.py` has an option of that name.\n",
            table(("option", "ini twin", "environment variable", "default", "meaning"), map(row, OPTIONS)),
            "`--brainscore-list` lists every benchmark and ends; it is no setting, and has no twin.\n",
            "## Further environment variables\n",
            table(
                ("variable", "meaning"),
                [
                    ("`BRAINSCORE_HOME`", "Folder of fetched data and stored activations; by default "
                     "`pytest-brainscore` in the cache folder of the user. See [the store](store.md)."),
                    ("`BRAINIO_HOME`", "Folder of data that the published system has fetched; they are used where they "
                     "are."),
                    ("`OMP_NUM_THREADS` ...", "Threads of one process. Workers (`-n`) divide the cores among them unless "
                     "it is set."),
                    ("`AWS_ACCESS_KEY_ID` ...", "Credentials for restricted data, as every client of S3 reads them."),
                    ("`MALLOC_MMAP_MAX_`", "On Linux, `65536` leaves the allocator of memory as it is."),
                ],
            ),
        ]
    )


def _commands() -> str:
    parts = [
        "# The command brainscore\n",
        "This page lists what the command `brainscore` can do: everything around a run. The scoring itself is "
        "`pytest --model NAME`, see [options](options.md).\n",
        "Every command exits with 0 when it did what it was asked, with 1 when something is wrong or a report is red, "
        "and with 2 for a command line that it does not understand.\n",
    ]
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
    parts = [
        "# The report\n",
        "This page lists every field of `brainscore-report.json`. `brainscore schema` prints the JSON Schema, which is "
        "what programs should check with; `brainscore-report.jsonl` has the objects of "
        "[benchmarks](#benchmarkrecord), a line each, as they arrived.\n",
        "`schema` counts changes of the format; fields are added with defaults, and neither renamed nor given another "
        "meaning ([what is public](../stability.md)).\n",
    ]
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
    parts = [
        "# Python\n",
        "This page documents the names that `from pytest_brainscore import ...` has, the errors, and what a benchmark may "
        "ask of a model. Nothing else of the package is public.\n",
    ]
    for name in pytest_brainscore.__all__:
        found = getattr(pytest_brainscore, name)
        kind = "autoclass" if inspect.isclass(found) else "autofunction"
        members = "\n:members:" if inspect.isclass(found) else ""
        parts.append(f"## {name}\n\n```{{eval-rst}}\n.. {kind}:: {found.__module__}.{found.__name__}{_indented(members)}\n```\n")
    parts.append("## Errors\n\nEvery error that a user can mend derives from `BrainScoreError`.\n")
    parts.append("```{eval-rst}\n.. automodule:: pytest_brainscore.errors\n   :members:\n   :exclude-members: mend, options_spoken\n```\n")
    parts.append("## What a benchmark asks of a model\n")
    for name in _PROTOCOLS:
        parts.append(f"```{{eval-rst}}\n.. autoclass:: pytest_brainscore.models.interface.{name}\n   :members:\n```\n")
    parts.append("## The hook\n\n```{eval-rst}\n.. autofunction:: pytest_brainscore.hookspecs.pytest_brainscore_benchmarks\n```\n")
    return "\n".join(parts)


def _indented(text: str) -> str:
    return text.replace("\n", "\n   ")
