"""The catalogue: every stimulus set and assembly, where its files are, and who may have them. Light to import.

It is written down in ``fixtures/catalogue/``, one file per family of benchmarks:

* The head of a file holds what its entries share: ``citation``, ``licence``, ``access``, ``publisher``, the bucket and
  folder of the ``store``, the bucket before it (``store_in_2024``), and a note for each kind of access.
* ``[stimulus_set.IDENTIFIER]`` and ``[assembly.IDENTIFIER]`` are the entries. A stimulus set has a ``table`` (csv) and
  ``images`` (zip), an assembly has ``recordings`` (netCDF); an entry may say for itself what the head says for all.
* ``version`` is the S3 version id of a file in the store, where it has a real one: it becomes part of the first address
  (``?versionId=``), and the plain address comes second. The published system asks for the version called ``null``
  otherwise, which is the object kept without versions: the plain address gives the same object, and reading it takes no
  permission to read versions. The SHA-1 refuses anything else.
* ``version_in_2024`` is the version id under the same name in the bucket before, ``before_2024`` the bucket and name
  before that. All three generations hold the same content; what came later was never there.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, cast, get_args

from pytest_brainscore.data.reading import read_text, reading
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.resources import resource_folder

FileSetKind = Literal["stimulus_set", "assembly"]
Access = Literal["public", "restricted", "user-supplied"]
"""Anybody may read it; only those with credentials; only whoever brings it (ImageNet, ...)."""

_ROLES: Mapping[FileSetKind, tuple[str, ...]] = {"stimulus_set": ("table", "images"), "assembly": ("recordings",)}
"""The files of an entry, in the order in which they are handed out."""

_SHARED = frozenset({"access", "citation", "licence", "publisher"})
_HEAD = _SHARED | {"published", "store", "store_in_2024", "notes", *_ROLES}
_ENTRY = _SHARED | {"store_identifier", "note", "shape"}
_ASSEMBLY = _ENTRY | {"class", "stimulus_set", "join_stimulus_columns"}
_FILE = frozenset({"name", "sha1", "size", "version", "version_in_2024", "before_2024"})

# Names become parts of paths and addresses: nothing in them may need quoting or lead out of a folder.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
# Only the first slash separates bucket and folder: a folder that ends with one has two slashes before the names in it.
_PLACE = re.compile(rf"{_NAME.pattern}(/{_NAME.pattern})*/?")
_SHA1 = re.compile(r"[0-9a-f]{40}")
# Version ids of S3 are opaque; those in use need no quoting.
_VERSION = re.compile(r"[A-Za-z0-9._-]+")

_NAMES_SHOWN = 3
"""Near names offered for an unknown one."""


class CatalogueError(BrainScoreError):
    """Something is asked for that is not in the catalogue, or the catalogue itself is wrong."""


@dataclass(frozen=True, kw_only=True)
class CatalogueFile:
    """One file of a file set."""

    name: str
    """Name in the store, for example ``assy_dicarlo_MajajHong2015_public.nc``."""
    sha1: str
    """SHA-1 of the content, 40 hexadecimal digits; the identity of the file wherever it comes from."""
    addresses: tuple[str, ...]
    """HTTPS addresses, in the order in which they are tried; with the version id where there is a real one."""
    version: str | None = None
    """S3 version id at the first address; None where the store keeps no versions."""
    size: int | None = None
    """Bytes, where known."""


@dataclass(frozen=True, kw_only=True)
class FileSet:
    """A stimulus set or an assembly: what it is, and the files that it consists of."""

    kind: FileSetKind
    identifier: str
    """Name in the benchmarks; a stimulus set and an assembly may share it."""
    store_identifier: str
    """Name in the published store; assemblies often carry a laboratory's prefix there."""
    files: tuple[CatalogueFile, ...]
    """An assembly has one (netCDF), a stimulus set two (table, archive of images); none where users bring their own."""
    access: Access
    note: str
    """Who can have it and how, in one sentence: shown when it is not on the machine."""
    shape: str = ""
    """Expected size, for example ``148480 presentations x 256 neuroids``; empty where not known."""
    licence: str = ""
    """Empty where not known, which is no permission."""
    citation: str = ""
    assembly_class: str = ""
    """Class in the published system, for example ``NeuronRecordingAssembly``; empty for stimulus sets."""
    linked_stimulus_set: str | None = None
    """Stimulus set that an assembly was recorded with."""
    join_stimulus_columns: bool = True
    """Whether the columns of the linked stimulus set become coordinates of the assembly."""
    publisher: str | None = None
    """Layout of the original publisher that can stand in for the files (``geirhos2021``, ``imagenet`` ...)."""
    published: bool = True
    """Whether the published system has it; False for data that users may bring besides."""

    @property
    def title(self) -> str:
        """Kind and identifier, as words to begin a sentence with."""
        return f"{'Assembly' if self.kind == 'assembly' else 'Stimulus set'} {self.identifier}"


@cache
def catalogue() -> Mapping[tuple[FileSetKind, str], FileSet]:
    """Return all file sets by kind and identifier, in the order of the catalogue's files.

    Raises
    ------
    CatalogueError
        When a file of the catalogue is wrong; the message names file and field.

    """
    return read_catalogue(resource_folder("fixtures/catalogue"))


def read_catalogue(folder: Path) -> Mapping[tuple[FileSetKind, str], FileSet]:
    """Return all file sets of a folder of catalogue files, which are read in the order of their names.

    Raises
    ------
    CatalogueError
        When there is none, or a field is missing, unknown or of the wrong type; the message names file and field.

    """
    entries: dict[tuple[FileSetKind, str], FileSet] = {}
    for path in sorted(folder.glob("*.toml")):
        for entry in _read_family(path):
            key = (entry.kind, entry.identifier)
            if key in entries:
                raise CatalogueError(f"{path} has {entry.title}, which another file of the catalogue has: remove one.")
            entries[key] = entry
    if not entries:
        raise CatalogueError(f"There is no catalogue in {folder}: install pytest-brainscore again.")
    for entry in entries.values():
        linked = entry.linked_stimulus_set
        if linked is not None and ("stimulus_set", linked) not in entries:
            raise CatalogueError(
                f"{entry.title} names the stimulus set {linked}, which is not in the catalogue {folder}: add it."
            )
    return entries


def file_set(kind: FileSetKind, identifier: str) -> FileSet:
    """Return one file set.

    Raises
    ------
    CatalogueError
        When there is none of that kind and name; the message names those that come near.

    """
    found = catalogue().get((kind, identifier))
    if found is not None:
        return found
    from difflib import get_close_matches

    names = [name for each, name in catalogue() if each == kind]
    near = get_close_matches(identifier, names, n=_NAMES_SHOWN)
    mend = f"did you mean {', '.join(near)}?" if near else "`brainscore data list` lists them."
    raise CatalogueError(f"There is no {kind.replace('_', ' ')} {identifier!r} in the catalogue: {mend}")


class _Fields:
    """The fields of one table of a catalogue file, each checked when it is taken."""

    def __init__(self, content: object, path: Path, where: str, known: frozenset[str]) -> None:
        self.path, self.where = path, where
        if not isinstance(content, dict):
            raise self.error("", "is no table")
        self.content = cast("dict[str, object]", content)
        for name in self.content.keys() - known:
            raise self.error(name, f"is unknown: use one of {', '.join(sorted(known))}")

    def error(self, name: str, problem: str) -> CatalogueError:
        field = ".".join(filter(None, (self.where, name))) or "the file"
        return CatalogueError(f"The catalogue file {self.path} is wrong at {field}: it {problem}.")

    def text(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        """Return a text, empty where it is not given."""
        value = self.content.get(name, "")
        if not isinstance(value, str):
            raise self.error(name, "is no text")
        if value and pattern is not None and not pattern.fullmatch(value):
            raise self.error(name, f"is {value!r}, which does not match {pattern.pattern}")
        return value

    def required(self, name: str, pattern: re.Pattern[str] | None = None) -> str:
        value = self.text(name, pattern)
        if not value:
            raise self.error(name, "is missing")
        return value

    def truth(self, name: str, default: bool) -> bool:
        value = self.content.get(name, default)
        if not isinstance(value, bool):
            raise self.error(name, "is neither true nor false")
        return value

    def table(self, name: str, known: frozenset[str]) -> _Fields:
        where = ".".join(filter(None, (self.where, name)))
        return _Fields(self.content.get(name, {}), self.path, where, known)


def _read_family(path: Path) -> list[FileSet]:
    what, mend = "The catalogue file", "mend the file"
    text = read_text(path, what, mend, error=CatalogueError)
    with reading(what, path, mend, error=CatalogueError):
        content = tomllib.loads(text)
    head = _Fields(content, path, "", frozenset(_HEAD))
    entries = []
    for kind, roles in _ROLES.items():
        identifiers = head.content.get(kind, {})
        known = frozenset((_ASSEMBLY if kind == "assembly" else _ENTRY) | set(roles))
        table = head.table(kind, frozenset(identifiers if isinstance(identifiers, dict) else ()))
        entries += [_read_entry(kind, head, identifier, table.table(identifier, known)) for identifier in table.content]
    return entries


def _read_entry(kind: FileSetKind, head: _Fields, identifier: str, fields: _Fields) -> FileSet:
    shared = {name: fields.text(name) or head.text(name) for name in _SHARED}
    access = shared["access"]
    if access not in get_args(Access):
        raise fields.error("access", f"is {access!r}: use one of {', '.join(get_args(Access))}")
    note = fields.text("note") or head.table("notes", frozenset(get_args(Access))).text(access)
    if not note:
        raise fields.error("note", "is missing, here and in the notes at the head of the file")
    roles = _ROLES[kind]
    given = [role for role in roles if role in fields.content]
    if given not in ([], list(roles)) or (not given) != (access == "user-supplied"):
        raise fields.error("", f"needs {' and '.join(roles)}, and only where access is not user-supplied")
    return FileSet(
        kind=kind,
        identifier=identifier,
        store_identifier=fields.text("store_identifier") or identifier,
        files=tuple(_read_file(head, fields.table(role, _FILE)) for role in given),
        access=cast("Access", access),
        note=note,
        shape=fields.text("shape"),
        licence=shared["licence"],
        citation=shared["citation"],
        assembly_class=fields.text("class"),
        linked_stimulus_set=fields.text("stimulus_set") or None,
        join_stimulus_columns=fields.truth("join_stimulus_columns", True),
        publisher=shared["publisher"] or None,
        published=head.truth("published", True),
    )


def _read_file(head: _Fields, fields: _Fields) -> CatalogueFile:
    name = fields.required("name", _NAME)
    version = fields.text("version", _VERSION) or None
    place = f"{head.required('store', _PLACE)}/{name}"
    addresses = [_address(place, version)]
    if version:
        # Some stores let everybody read the current content, and only it.
        addresses.append(_address(place, None))
    version_in_2024 = fields.text("version_in_2024", _VERSION)
    if version_in_2024:
        addresses.append(_address(f"{head.required('store_in_2024', _PLACE)}/{name}", version_in_2024))
    before_2024 = fields.text("before_2024", _PLACE)
    if before_2024:
        addresses.append(_address(before_2024, None))
    size = fields.content.get("size")
    if size is not None and (not isinstance(size, int) or isinstance(size, bool) or size < 0):
        raise fields.error("size", "is no number of bytes")
    return CatalogueFile(
        name=name, sha1=fields.required("sha1", _SHA1), addresses=tuple(addresses), version=version, size=size
    )


def _address(place: str, version: str | None) -> str:
    """Return the HTTPS address of BUCKET/KEY in S3, of one version or the current one."""
    bucket, _, key = place.partition("/")
    # The certificate of *.s3.amazonaws.com holds for one label only: a bucket with dots goes into the path instead.
    base = f"https://s3.amazonaws.com/{bucket}" if "." in bucket else f"https://{bucket}.s3.amazonaws.com"
    return f"{base}/{key}" + (f"?versionId={version}" if version else "")
