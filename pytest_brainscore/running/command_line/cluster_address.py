"""Which Dask cluster is meant: an address, a scheduler file, or workers on this machine. Light to import."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from pathlib import Path

from pytest_brainscore.errors import BrainScoreError

PROTOCOLS = ("tcp", "tls", "ws", "wss", "ucx")
"""Beginnings of the addresses that Dask's schedulers have."""
FORMS = "tcp://HOST:PORT (or tls://), the scheduler's file, or local:N for N workers on this machine"


class ClusterError(BrainScoreError):
    """A cluster cannot be used as asked: no such scheduler, workers that are not like this process, workers lost."""


@dataclass(frozen=True)
class ClusterAddress:
    """Where the scheduler is; one of `address`, `file` and `local` is given."""

    text: str
    """As the user named it."""
    address: str | None = None
    file: Path | None = None
    local: int = 0
    """Workers to start on this machine."""


def parse_cluster(text: str, where: Path) -> ClusterAddress | None:
    """Return which cluster is meant; None for an empty text.

    Parameters
    ----------
    text
        The value of ``--brainscore-cluster``.
    where
        Folder that the path of a scheduler file starts from.

    Raises
    ------
    ClusterError
        It is none of the three, there is no such file, or Dask is not installed.

    """
    if not text:
        return None
    cluster = _parsed(text, where)
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError(
            '--brainscore-cluster needs the package distributed; pip install "pytest-brainscore[cluster]".'
        )
    return cluster


def _parsed(text: str, where: Path) -> ClusterAddress:
    scheme, _, rest = text.partition("://")
    if rest and scheme in PROTOCOLS:
        return ClusterAddress(text, address=text)
    if text.startswith("local:"):
        number = text.removeprefix("local:")
        if not (number.isascii() and number.isdecimal() and int(number) >= 1):
            raise ClusterError(f"--brainscore-cluster {text} asks for {number!r} workers; give local:1 or more.")
        return ClusterAddress(text, local=int(number))
    file = where / Path(text).expanduser()
    if rest or not file.is_file():
        raise ClusterError(f"--brainscore-cluster {text} is no cluster, and there is no such file; give {FORMS}.")
    return ClusterAddress(text, file=file)
