"""How a worker tells the controller what it has collected: test ids alone, which xdist sends, do not say it.

A file in a folder that the controller names; execnet's channel takes none but xdist's own events.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from pytest_brainscore.running.command_line.selection import Selection


def hand_over(folder: str, worker: str, selection: Selection) -> None:
    """Write what a worker has selected, before it reports its test ids."""
    # A worker on another machine does not have the controller's folder.
    if Path(folder).is_dir():
        _file(folder, worker).write_text(json.dumps(asdict(selection)), encoding="utf-8")


def take_over(folder: str, worker: str) -> Selection:
    """Return what a worker has selected; nothing where it could not hand it over."""
    file = _file(folder, worker)
    return Selection(**json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else Selection({})


def _file(folder: str, worker: str) -> Path:
    return Path(folder) / f"{worker}.json"
