"""Bootstrap values beside a report: ``NAME.replicates.npz`` beside ``NAME.json``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ReportError
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.report.record import ReplicatesFile, Report
from pytest_brainscore.scoring.replicates_archive import packed, unpacked

Key = tuple[str, str, int]
"""Model, benchmark and its version."""


def read_replicates(report_path: Path, report: Report) -> dict[Key, Replicates]:
    """Return the bootstrap values that stand beside a report; nothing where it has none.

    Raises
    ------
    ReportError
        When the file is not there, or is not the one that the report is of.

    """
    if report.replicates is None:
        return {}
    path = Path(report_path).with_name(report.replicates.file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ReportError(f"{path} of the report {report_path} cannot be read ({error.strerror}).") from error
    if hashlib.sha256(content).hexdigest() != report.replicates.sha256:
        raise ReportError(f"{path} is not the file that the report {report_path} was written with.")
    found = {}
    for name, each in unpacked(content).items():
        model, identifier, version = name.split("\n")
        found[model, identifier, int(version)] = each
    return found


def write_replicates(path: Path, mapping: Mapping[Key, Replicates]) -> ReplicatesFile:
    """Write bootstrap values to a file, and return what a report says of it."""
    content = packed({"\n".join(map(str, key)): each for key, each in mapping.items()})
    write_atomically(Path(path), content)
    return ReplicatesFile(file=Path(path).name, sha256=hashlib.sha256(content).hexdigest(), count=len(mapping))
