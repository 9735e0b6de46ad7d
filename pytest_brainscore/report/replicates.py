"""The bootstrap values of a report's scores, in a file beside it: ``report.json`` and ``report.replicates.npz``."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.record import ReplicatesFile, Report
from pytest_brainscore.scoring.replicate_files import SUFFIX, NotReplicates, name_of, packed, unpacked

if TYPE_CHECKING:
    from pytest_brainscore.inference.levels import Replicates


def replicates_path(report: str | os.PathLike[str]) -> Path:
    """Return where the bootstrap values of a JSON report are, or would be."""
    path = Path(report)
    return path.with_name(path.name.removesuffix(".json") + SUFFIX)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=3)  # of whoever reads


def write_replicates(report: str | os.PathLike[str], replicates: Mapping[Key, Replicates]) -> ReplicatesFile | None:
    """Write bootstrap values beside a JSON report, at once, and return what the report says of them.

    Parameters
    ----------
    report
        Path of the report; where it is no file (a pipe, a device), nothing stands beside it.
    replicates
        By model, identifier and version; without any, nothing is written.

    Raises
    ------
    ReportError
        When the file cannot be written.

    """
    path = replicates_path(report)
    if not replicates or (Path(report).exists() and not Path(report).is_file()):
        return None
    content = packed({name_of(*key): each for key, each in replicates.items()})
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ReportError(
            f"The bootstrap values {path} cannot be written ({error.strerror}); free space on the disk or write the "
            "report elsewhere."
        ) from error
    return ReplicatesFile(file=path.name, sha256=hashlib.sha256(content).hexdigest(), count=len(replicates))


def read_replicates(
    path: str | os.PathLike[str], report: Report, tell: Callable[[str], None] = _warn
) -> dict[Key, Replicates]:
    """Return the bootstrap values of a report that was read from a file.

    Parameters
    ----------
    path
        Of the report.
    report
        What is in it.
    tell
        Is told in one sentence why there are none where there should be some; by default, it is a warning.

    Returns
    -------
    dict
        By model, identifier and version, of scored benchmarks that have some. Empty for a report that has none; and,
        as `tell` is told, where their file is missing, or not the one that was written with the report.

    """
    if report.replicates is None:
        return {}
    file = Path(path).parent / Path(report.replicates.file).name  # beside the report, whatever it says
    without = "differences are judged without them"
    try:
        content = file.read_bytes()
    except OSError as error:
        tell(f"The bootstrap values of {path} cannot be read from {file} ({error.strerror}); {without}.")
        return {}
    if hashlib.sha256(content).hexdigest() != report.replicates.sha256:
        tell(f"{file} is not the file of bootstrap values that was written with {path}; {without}.")
        return {}
    try:
        found = unpacked(content)
    except NotReplicates as error:
        tell(f"{file} holds no bootstrap values ({error}); {without}.")
        return {}
    keys = [(each.model, each.identifier, each.version) for each in report.benchmarks if each.status == "scored"]
    return {key: found[name] for key in keys if (name := name_of(*key)) in found}


def replicates_of_reports(reports: Mapping[Path, Report], tell: Callable[[str], None] = _warn) -> dict[Key, Replicates]:
    """Return the bootstrap values of several reports, by their paths, in which each score is once."""
    each = (read_replicates(path, report, tell) for path, report in reports.items())
    return {key: drawn for found in each for key, drawn in found.items()}
