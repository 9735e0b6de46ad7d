"""What stands beside a report, ``report.json``: two files that each have their checksum in it.

Bootstrap values of the scores in ``report.replicates.npz``, and what images, neuroids and people contribute to them in
``report.contributions.npz``.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.aggregates import Key
from pytest_brainscore.report.record import FileBeside, Report
from pytest_brainscore.scoring import attribution_files
from pytest_brainscore.scoring.attribution_files import NotContributions, packed_attributions, unpacked_attributions
from pytest_brainscore.scoring.replicate_files import SUFFIX, NotReplicates, name_of, packed, unpacked

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates

Value = TypeVar("Value")


def replicates_path(report: str | os.PathLike[str]) -> Path:
    """Return where the bootstrap values of a JSON report are, or would be."""
    path = Path(report)
    return path.with_name(path.name.removesuffix(".json") + SUFFIX)


def attributions_path(report: str | os.PathLike[str]) -> Path:
    """Return where what units contribute to the scores of a JSON report is, or would be."""
    path = Path(report)
    return path.with_name(path.name.removesuffix(".json") + attribution_files.SUFFIX)


def _warn(sentence: str) -> None:
    warnings.warn(sentence, stacklevel=4)  # of whoever reads


def write_replicates(report: str | os.PathLike[str], replicates: Mapping[Key, Replicates]) -> FileBeside | None:
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
    if not replicates or not _can_have_files_beside(report):
        return None
    content = packed({name_of(*key): each for key, each in replicates.items()})
    return _written(replicates_path(report), content, len(replicates), "bootstrap values")


def write_attributions(report: str | os.PathLike[str], attributions: Mapping[Key, Attribution]) -> FileBeside | None:
    """Write what images, neuroids and people contribute to scores beside a JSON report, as `write_replicates` does."""
    if not attributions or not _can_have_files_beside(report):
        return None
    content = packed_attributions({name_of(*key): each for key, each in attributions.items()})
    return _written(attributions_path(report), content, len(attributions), "contributions")


def _can_have_files_beside(report: str | os.PathLike[str]) -> bool:
    return not Path(report).exists() or Path(report).is_file()


def _written(path: Path, content: bytes, count: int, what: str) -> FileBeside:
    try:
        write_atomically(path, content)
    except OSError as error:
        raise ReportError(
            f"The {what} {path} cannot be written ({error.strerror}); free space on the disk or write the report "
            "elsewhere."
        ) from error
    return FileBeside(file=path.name, sha256=hashlib.sha256(content).hexdigest(), count=count)


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
    return _read(path, report, report.replicates, unpacked, _REPLICATES, tell)


def read_attributions(
    path: str | os.PathLike[str], report: Report, tell: Callable[[str], None] = _warn
) -> dict[Key, Attribution]:
    """Return what images, neuroids and people contribute to the scores of a report, as `read_replicates` does."""
    return _read(path, report, report.contributions, unpacked_attributions, _CONTRIBUTIONS, tell)


class _Words(NamedTuple):
    what: str
    without: str


_REPLICATES: Final = _Words("bootstrap values", "differences are judged without them")
_CONTRIBUTIONS: Final = _Words("contributions", "nothing says who carries a difference")


def _read(
    path: str | os.PathLike[str],
    report: Report,
    known: FileBeside | None,
    read: Callable[[bytes], dict[str, Value]],
    words: _Words,
    tell: Callable[[str], None],
) -> dict[Key, Value]:
    if known is None:
        return {}
    file = Path(path).parent / Path(known.file).name  # beside the report, whatever it says
    what, without = words
    try:
        content = file.read_bytes()
    except OSError as error:
        tell(f"The {what} of {path} cannot be read from {file} ({error.strerror}); {without}.")
        return {}
    if hashlib.sha256(content).hexdigest() != known.sha256:
        tell(f"{file} is not the file of {what} that was written with {path}; {without}.")
        return {}
    try:
        found = read(content)
    except (NotReplicates, NotContributions) as error:
        tell(f"{file} holds no {what} ({error}); {without}.")
        return {}
    keys = [(each.model, each.identifier, each.version) for each in report.benchmarks if each.status == "scored"]
    return {key: found[name] for key in keys if (name := name_of(*key)) in found}


def replicates_of_reports(reports: Mapping[Path, Report], tell: Callable[[str], None] = _warn) -> dict[Key, Replicates]:
    """Return the bootstrap values of several reports, by their paths, in which each score is once."""
    each = (read_replicates(path, report, tell) for path, report in reports.items())
    return {key: drawn for found in each for key, drawn in found.items()}


def attributions_of_reports(
    reports: Mapping[Path, Report], tell: Callable[[str], None] = _warn
) -> dict[Key, Attribution]:
    """Return the contributions of several reports, by their paths, in which each score is once."""
    each = (read_attributions(path, report, tell) for path, report in reports.items())
    return {key: attribution for found in each for key, attribution in found.items()}
