"""What pytest shows of a failed or skipped test, made safe to print: it quotes what models and files say as it is.

Duck-typed, since only the plugin imports pytest: these are ``longrepr`` of a report and what hangs on it.
"""

from __future__ import annotations

from typing import Any

from pytest_brainscore.text import printable, printable_line


def harmless(longrepr: Any) -> Any:
    """Return the text of a report without what acts on a terminal or on a runner; tracebacks are changed in place."""
    if isinstance(longrepr, str):
        return "\n".join(map(printable_line, longrepr.split("\n")))
    if isinstance(longrepr, tuple):  # of a skip: file, line, reason
        return (*longrepr[:-1], printable(str(longrepr[-1])))
    _clean_message(getattr(longrepr, "reprcrash", None))
    tracebacks = [part[0] for part in getattr(longrepr, "chain", ())] or [getattr(longrepr, "reprtraceback", None)]
    for traceback in tracebacks:
        for entry in getattr(traceback, "reprentries", ()):
            _clean_lines(entry)
            _clean_lines(getattr(entry, "reprlocals", None))
            _clean_message(getattr(entry, "reprfileloc", None))
    return longrepr


def _clean_lines(holder: Any) -> None:
    lines = getattr(holder, "lines", None)
    if lines is not None:
        holder.lines = [printable_line(part) for line in lines for part in line.split("\n")]


def _clean_message(holder: Any) -> None:
    if getattr(holder, "message", None) is not None:
        holder.message = "\n".join(map(printable_line, holder.message.split("\n")))
