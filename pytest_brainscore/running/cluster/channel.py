"""Messages between a Dask worker and the process beside it: plain values through pipes, in execnet's format.

The format that ``-n N`` sends reports in: it knows tuples and bytes, refuses everything but plain values, and reading
it runs no code.
"""

from __future__ import annotations

import os
import struct
from typing import Any, BinaryIO

import execnet

_LENGTH = struct.Struct(">Q")
DumpError = execnet.DumpError
"""Raised for what is no plain value."""


def packed(message: object) -> bytes:
    """Return a plain value as bytes; DumpError for what is none."""
    content: bytes = execnet.dumps(message)
    return content


def unpacked(content: bytes) -> Any:
    """Return what was packed."""
    return execnet.loads(content)


def send(pipe: BinaryIO, message: object) -> None:
    """Write a message; BrokenPipeError when nobody listens."""
    content = packed(message)
    pipe.write(_LENGTH.pack(len(content)) + content)
    pipe.flush()


def receive(pipe: BinaryIO) -> Any:
    """Read the next message; EOFError when the other side has gone, also in the middle of one."""
    (length,) = _LENGTH.unpack(_read(pipe, _LENGTH.size))
    return unpacked(_read(pipe, length))


def _read(pipe: BinaryIO, size: int) -> bytes:
    content = pipe.read(size)
    if len(content) < size:
        raise EOFError
    return content


def own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Keep this process's standard input and output for messages, and whatever else it prints out of them."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, outgoing
