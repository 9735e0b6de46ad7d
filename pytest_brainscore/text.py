"""Text that came from elsewhere (messages of models, names of files), made safe to print as one line.

Everything this package prints goes to terminals and to the logs of continuous integration, which obey what they read:
an escape sequence rewrites the screen, and a runner takes a line for a command. Records keep a text as it was; whoever
writes it escapes it, once, for the format at hand. This is the terminal's.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_SEQUENCES: Final = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]"  # CSI, ECMA-48 5.4: colours, cursor
    "|(?:\x1b[\\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"  # OSC, DCS: titles, links
    "|\x1b[ -/]*[0-~]"
)
_LEGACY_COMMAND: Final = re.compile(r"##(?=\w*\[)")
"""``##[error]`` and ``##vso[...]``: commands of a runner wherever in a line they stand."""


def printable(text: str) -> str:
    """Return text as one line that a terminal and a runner of continuous integration take for nothing but text.

    White space, line breaks among it, becomes single spaces; escape sequences are left out; other control characters,
    and those that reverse the direction of reading, become U+FFFD; the marks of workflow commands (``::`` at the start
    of a line, ``##[``) are broken by a space.
    """
    text = " ".join(_SEQUENCES.sub("", text).split())
    if not text.isprintable():
        text = "".join("\N{REPLACEMENT CHARACTER}" if _acts(character) else character for character in text)
    text = _LEGACY_COMMAND.sub("# #", text)
    return f": :{text[2:]}" if text.startswith("::") else text


def _acts(character: str) -> bool:
    """Tell whether a character does something to its surroundings, rather than be seen."""
    category = unicodedata.category(character)
    # Cc: controls; Cf: directions of reading and the like (the joiners of emoji and scripts stay); Cs: half characters.
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and character not in "\u200b\u200c\u200d\u00ad")
