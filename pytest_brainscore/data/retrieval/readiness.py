"""Whether data are on this machine, can be fetched, or must be brought. Light, and no network is touched."""

from __future__ import annotations

import importlib.util
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from pytest_brainscore.data.catalogue import CatalogueFile, FileSet, FileSetKind, file_set
from pytest_brainscore.data.retrieval import find_local
from pytest_brainscore.data.retrieval.sizes import size_in_words
from pytest_brainscore.data.user_folder import OFFLINE_VARIABLE, name_the_folder, offline, user_folder
from pytest_brainscore.errors import mend

State = Literal["ready", "fetchable", "restricted", "user-supplied"]
"""On this machine (or part of the package); will be fetched when needed; needs credentials; needs a folder of yours."""


class Readiness(NamedTuple):
    """The state of some data."""

    state: State
    reason: str | None
    """What is missing, why, and how to get it, in one sentence; None when ready."""


def readiness(kind: FileSetKind, identifier: str) -> Readiness:
    """Return whether a stimulus set or an assembly is at hand.

    It is when all its files are found by name (``find_local.find``), or the files of its original
    publisher lie in the user's folder. Contents are verified when they are used, not here.

    Raises
    ------
    CatalogueError
        When there is none of that kind and name.

    """
    wanted = file_set(kind, identifier)
    missing = _missing(wanted)
    if wanted.files and not missing:
        return Readiness("ready", None)
    not_published = publisher_lacks(wanted)
    if wanted.publisher is not None and not_published is None:
        return Readiness("ready", None)
    if wanted.access == "user-supplied":
        return Readiness("user-supplied", not_published or not_here(wanted))
    lacking = lacks_credentials() if wanted.access == "restricted" else None
    if lacking is not None:
        return Readiness("restricted", not_published or not_here(wanted, lacking))
    if offline():
        return Readiness("fetchable", not_published or nothing_may_be_fetched(wanted, missing))
    return Readiness("fetchable", _will_be_fetched(wanted, missing))


def publisher_lacks(wanted: FileSet) -> str | None:
    """Return in one sentence what the user's folder lacks of the publisher's layout; None if nothing, or no layout."""
    if wanted.publisher is None:
        return None
    from pytest_brainscore.data import publishers

    return publishers.missing(wanted)


def lacks_credentials() -> str | None:
    """Return what is missing for reading a restricted store, as words of a sentence; None when nothing seems to be.

    Credentials are looked for and not tried: whether the store accepts them shows when fetching.
    """
    from pytest_brainscore.data.retrieval.s3 import credentials_configured

    if credentials_configured():
        return None
    if importlib.util.find_spec("boto3") is None:
        return "boto3 (pip install 'pytest-brainscore[s3]') and AWS credentials"
    return "AWS credentials (AWS_PROFILE or ~/.aws/credentials)"


def not_here(wanted: FileSet, lacking: str | None = None) -> str:
    """Return the sentence that says that a file set is not on this machine, what it lacks, and who can have it.

    Files that are missing are named where others of the set are here.
    """
    missing = _missing(wanted)
    why = f" and cannot be fetched without {lacking}" if lacking else ""
    if not 0 < len(missing) < len(wanted.files):
        return f"{wanted.title} is not on this machine{why}: {wanted.note}"
    names = " and ".join(file.name for file in missing)
    return f"{wanted.title} is on this machine in part: {names} is missing{why}: {wanted.note}"


def _missing(wanted: FileSet) -> list[CatalogueFile]:
    return [file for file in wanted.files if find_local.find(file) is None]


def nothing_may_be_fetched(wanted: FileSet, missing: list[CatalogueFile]) -> str:
    """Return the sentence that says what to do about missing files when nothing may be fetched."""
    names = " and ".join(file.name for file in missing)
    folder = user_folder() or f"a folder DIR and {name_the_folder()}"
    allow = mend(
        option=f"leave out --brainscore-offline ({OFFLINE_VARIABLE})",
        python=f"unset {OFFLINE_VARIABLE} in the environment",
    )
    return f"{wanted.title} is not on this machine and nothing may be fetched: {allow}, or put {names} into {folder}."


def _will_be_fetched(wanted: FileSet, missing: list[CatalogueFile]) -> str:
    sizes = [file.size for file in missing if file.size is not None]
    known = f" ({size_in_words(sum(sizes))})" if len(sizes) == len(missing) else ""
    host = urlsplit(missing[0].addresses[0]).hostname
    using = " with your AWS credentials" if wanted.access == "restricted" else ""
    return (
        f"{wanted.title} will be fetched{known} from {host}{using} when needed: brainscore data fetch "
        f"{wanted.identifier}."
    )
