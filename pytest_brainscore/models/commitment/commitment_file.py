"""Writing layer commitments, in the order and the layout in which people write them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.commitment.commitment import LayerCommitment

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
"""Keys that TOML takes without quotation marks."""
_ORDER: Final = (
    "identifier",
    "source",
    "weights",
    "visual_degrees",
    "evidence",
    "preprocessing",
    "layers",
    "time_course",
    "selection",
)
_INLINE: Final = ("scores", "time_course")
"""Tables whose values are written on a line each."""


def write_commitment(path: str | os.PathLike[str], commitment: LayerCommitment) -> None:
    """Write a commitment file; what ``read_commitment`` reads is equal to it.

    Parameters
    ----------
    path
        Made with its folders, or replaced as a whole: comments in an older file are lost, its ``evidence`` is part of
        the commitment.
    commitment
        Fields with their default values are left out.

    Raises
    ------
    ModelError
        The file cannot be written.

    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(Path(path), commitment_text(commitment).encode())
    except OSError as error:
        raise ModelError(
            f"The layer commitment {path} cannot be written ({error.strerror}); "
            + mend(option="give another file with --to.", python="give another path.")
        ) from error


def commitment_text(commitment: LayerCommitment) -> str:
    """Return a commitment as TOML."""
    default = msgspec.to_builtins(LayerCommitment())
    content = {name: value for name, value in msgspec.to_builtins(commitment).items() if value != default[name]}
    if "preprocessing" in content:
        content["preprocessing"] = {
            name: value
            for name, value in content["preprocessing"].items()
            if name == "kind" or value != default["preprocessing"][name]
        }
    for steps in content.get("time_course", {}).values():
        for step in steps:
            if step["step"] is None:
                del step["step"]
    return "\n".join(_table({name: content[name] for name in _ORDER if name in content})).lstrip() + "\n"


def _table(content: Mapping[str, object], path: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the lines of a table: its own values first, then the tables in it."""
    values = {name: value for name, value in content.items() if not isinstance(value, Mapping)}
    inline = bool(path) and (path[-1] in _INLINE or path[0] in _INLINE)
    if path and (values or inline):
        yield ""
        yield f"[{'.'.join(map(_key, path))}]"
    for name, value in content.items() if inline else values.items():
        yield f"{_key(name)} = {_value(value)}"
    if not inline:
        for name, value in content.items():
            if isinstance(value, Mapping):
                yield from _table(value, (*path, name))


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _string(name)


def _value(value: object) -> str:
    if isinstance(value, str):
        readable = value.endswith("\n") and value.replace("\n", "").isprintable() and not set(value) & {'"', "\\"}
        return f'"""\n{value}"""' if readable else _string(value)
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(name)} = {_value(each)}' for name, each in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _string(text: str) -> str:
    # JSON's escapes are TOML's; the control character that JSON leaves alone is escaped too.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
