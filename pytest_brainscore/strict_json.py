"""The one reader of JSON files: what is not plainly right is one reason, whatever the bytes are."""

from __future__ import annotations

import codecs
import json
from typing import Any


class NotJson(ValueError):
    """The bytes are no JSON text; the message is the reason, without the name of the file."""


def parse(content: bytes) -> Any:
    """Return what a JSON text holds, as dicts, lists, texts, numbers, truth values and None.

    A byte order mark before UTF-8 is left out. A key that stands twice in an object is refused, since one of its values
    would be lost unsaid. NaN and infinities, which are no JSON, are read: who knows their place can name it.

    Raises
    ------
    NotJson
        For anything else: other encodings, damaged bytes, text that ends early, nesting too deep to be read.

    """
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise NotJson("it is in UTF-16; save it as UTF-8")
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_object)
    except UnicodeDecodeError as error:
        raise NotJson(f"byte {content[error.start]:#04x} at position {error.start} is not UTF-8") from error
    except RecursionError as error:
        raise NotJson("it is nested too deeply") from error
    except ValueError as error:  # no JSON, or an integer of more digits than Python reads
        raise NotJson(str(error)) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise NotJson(f"the key {next(name for name in names if names.count(name) > 1)!r} stands twice in one object")
    return found
