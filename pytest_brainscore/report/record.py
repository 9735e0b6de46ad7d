"""What a report holds: one record per benchmark and model, as plain values that survive JSON and worker processes.

Every value is made plain where it enters a record. A NumPy scalar that travels in a test report ends a worker process
without failing the run, so such values must be refused, or converted, inside the test that made them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar, cast

import msgspec

from pytest_brainscore.errors import ReportError
from pytest_brainscore.scoring.comparison import Comparison, Verdict
from pytest_brainscore.scoring.tree import Aggregate

SCHEMA = 1
"""Version of the report format that this package writes, and the newest it reads."""

Status = Literal["scored", "unavailable", "failed", "crashed", "nan"]
"""What became of a benchmark: it has a score, its data are not here, it raised, its worker died, it has no number."""
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
"""A duration; decades at most, so that sums and milliseconds are finite."""
Structure = TypeVar("Structure", bound=msgspec.Struct)


class AttemptRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of several attempts at a benchmark: repeated, rerun, or given to another worker after the first had died."""

    status: Status
    """What became of it."""
    score: float | None = None
    """Its ceiling-normalised score; null unless `status` is scored."""
    reason: str | None = None
    """Why it has no score; null when it has one."""
    seconds: Seconds = 0.0
    """Time it took, in seconds; 0 when it never came to an end."""
    worker: str = ""
    """Process that ran it, for example gw0; empty when it is not known."""
    counts: bool = False
    """True for the one that the record is of: the last that failed its test, else the last; never one that was
    rerun."""


class BenchmarkRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The result of one benchmark for one model, with everything needed to judge it."""

    model: str
    """Identifier of the model."""
    identifier: str
    """Identifier of the benchmark."""
    version: int
    """Version of the benchmark; scores of different versions are not comparable."""
    parent: str
    """Direct parent in the score tree."""
    parents: list[str]
    """Path through the score tree, from the root to the direct parent."""
    region: str
    """Region recorded from, or the task for behavior."""
    status: Status
    """What became of the benchmark."""
    required: bool = False
    """True when the run asked for a score (``--brainscore-require``): without one, the run is red."""
    reason: str | None = None
    """Why there is no score; null when there is one."""
    score: float | None = None
    """Ceiling-normalised score; null unless `status` is scored."""
    error: float | None = None
    """Standard error or bootstrap deviation of `score`, on its scale."""
    raw: float | None = None
    """The metric before division by the ceiling."""
    ceiling: float | None = None
    """What a perfect model would reach on `raw`."""
    normalisation: str | None = None
    """How `score` follows from `raw` r and `ceiling` c, for example r/c."""
    clipped: bool = False
    """True when `score` was cut to [0, 1]."""
    unclipped: float | None = None
    """`score` before it was cut or its sign dropped; null where the protocol does neither."""
    n: dict[str, int] = {}
    """How many of what went in: stimuli, units, splits, bootstraps."""
    layer: str | None = None
    """Layer that stood for the region; null for behavior and where it is not known."""
    seed: int | None = None
    """Seed of every random choice; null when there was none."""
    seconds: Seconds = 0.0
    """Time the benchmark took, in seconds; 0 when it never came to an end."""
    peak_rss_mb: float | None = None
    """Peak resident memory of the process so far, in MB (10^6 bytes); null where it is not known."""
    worker: str = ""
    """Process that ran the benchmark, for example gw0; empty when it is not known."""
    fingerprint: dict[str, str | int | float] = {}
    """What the score depends on; scores with different fingerprints are not compared."""
    details: dict[str, Any] = {}
    """What plots of the score need, by the kind of plot: distribution, confusion, cue_conflict. Empty for most."""
    comparison: Comparison | None = None
    """The score set against its baseline; null when there was nothing to compare."""
    attempts: list[AttemptRecord] = []
    """All attempts, this one too, in the order of the tests; empty when there was one only."""

    @property
    def verdict(self) -> Verdict | None:
        """Verdict of the comparison; None where there was nothing to compare."""
        return None if self.comparison is None else self.comparison.verdict

    @property
    def baseline(self) -> float | None:
        """Score of the baseline; None where there is none."""
        return None if self.comparison is None else self.comparison.baseline

    @property
    def delta(self) -> float | None:
        """Score minus baseline; None where they were not, or cannot be, compared."""
        return None if self.comparison is None else self.comparison.delta


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that was scored, and how it was run. A model that was never loaded has only its names."""

    identifier: str
    """Name of the model in records and baselines."""
    specification: str
    """What was asked for on the command line."""
    weights_sha256: str | None = None
    """SHA-256 of the weights; null where there are none or they are not known."""
    weights_from: str | None = None
    """Name of published weights, or the checkpoint's file and the place in it; null where neither was loaded."""
    layers: dict[str, str | list[str]] = {}
    """Layer or layers that stand for each region."""
    visual_degrees: float | None = None
    """Visual angle that the side of the model's input spans, in degrees."""
    preprocessing: dict[str, Any] = {}
    """How images were made into input: size, mean, standard deviation ..."""
    device: str | None = None
    """Device the model ran on."""
    probe: dict[str, list[float]] = {}
    """Sketch of what each layer answered to a few fixed images: about equal wherever the same network ran."""


class GitState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """State of the repository that the current folder belongs to."""

    commit: str
    """Full hash of the commit that is checked out."""
    dirty: bool
    """True when tracked files differ from that commit."""


class Environment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the run happened on; nothing in it names the machine."""

    python: str
    """Version of Python."""
    platform: str
    """Operating system and processor architecture."""
    cores: int
    """Cores that this process may use."""
    packages: dict[str, str]
    """Versions of the installed packages that scores can depend on."""
    git: GitState | None
    """Repository of the current folder; null outside one."""


class Report(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything about one run."""

    schema: Annotated[int, msgspec.Meta(ge=1)] = SCHEMA
    """Version of the report format."""
    created: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")]
    """When the report was made: ISO 8601, in UTC."""
    complete: bool
    """True when every selected benchmark came to an end and has its record; false when the run was stopped or results
    were lost, so that benchmarks can be absent."""
    command: list[str]
    """The command that was typed, word by word."""
    environment: Environment
    """What the run happened on."""
    models: list[ModelRecord]
    """The models, in the order they were asked for."""
    benchmarks: list[BenchmarkRecord]
    """The results, model by model in the order of the score tree."""
    aggregates: dict[str, dict[str, Aggregate]] = {}
    """By model: the parents of the score tree that have a number, from the root down."""


def to_plain(value: object, *, nan_as_none: bool = False) -> Any:
    """Return a value as JSON has it: None, bool, int, float, str, and lists and dicts of these.

    Parameters
    ----------
    value
        Plain values stay. Zero-dimensional numbers of array libraries (NumPy scalars, 0-d arrays and tensors) become
        Python numbers, records and mappings become dicts, tuples become lists. Characters that UTF-8 cannot encode,
        such as those of undecodable file names, are escaped.
    nan_as_none
        Return None in place of NaN and infinities, which JSON cannot hold.

    Raises
    ------
    ReportError
        For a value of any other type (arrays, paths, enumerations, decimals, sets ...), for a key that is not text,
        and for NaN and infinities unless `nan_as_none`. The sentence says where in `value` it is.

    """
    return _plain(value, "$", nan_as_none)


def _plain(value: object, place: str, nan_as_none: bool) -> Any:
    # Exact types: subclasses of str, int and float (enumerations, NumPy scalars) do not survive the way to another
    # process. Array libraries are told by their attributes, so that none of them is imported here. The commonest first:
    # every record passes here several times.
    kind = type(value)
    if kind is str:
        text = cast("str", value)
        return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")
    if kind not in (bool, int, float) and getattr(value, "shape", None) == () and hasattr(value, "item"):
        value = value.item()
        if type(value) is str:
            return _plain(value, place, nan_as_none)
    if value is None or type(value) in (bool, int):
        return value
    if type(value) is float:
        if math.isfinite(value):
            return value
        if nan_as_none:
            return None
        raise ReportError(f"The number at {place} of a record is {value}, which JSON cannot hold; record None instead.")
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, Mapping):
        return {_key(key, place): _plain(each, f"{place}.{key}", nan_as_none) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each, f"{place}[{index}]", nan_as_none) for index, each in enumerate(value)]
    raise ReportError(
        f"The value at {place} of a record is of type {type(value).__module__}.{type(value).__qualname__}; "
        "convert it to a number or a text, or to a list or dict of these, before it is recorded."
    )


def _key(key: object, place: str) -> str:
    if type(key) is str and key.isascii():
        return key
    if type(key) is not str:
        raise ReportError(f"The key {key!r} at {place} of a record is not text; convert it with str().")
    return str(_plain(key, place, nan_as_none=False))


def plain_record(record: BenchmarkRecord) -> dict[str, Any]:
    """Return a record as plain values, checked, in the order of its fields.

    A scored record whose score is NaN or infinite has no number: its status becomes ``nan``, its numbers None.

    Raises
    ------
    ReportError
        When a value is not plain (see :func:`to_plain`), is NaN anywhere else, or is of the wrong type.

    """
    score = to_plain({"score": record.score}, nan_as_none=True)["score"]
    if score is None and record.score is not None and record.status in ("scored", "nan"):
        record = msgspec.structs.replace(
            record,
            status="nan",
            reason=record.reason or f"the benchmark ran and its score is {record.score}",
            score=None,
            error=None,
            raw=None,
            ceiling=None,
        )
    return _builtins(benchmark_record(msgspec.structs.asdict(record)))


def benchmark_record(plain: Mapping[str, Any]) -> BenchmarkRecord:
    """Return the record that :func:`plain_record` made plain.

    Raises
    ------
    ReportError
        When a field is missing, unknown or of the wrong type, holds NaN, or a scored record has no score.

    """
    record = _converted(plain, BenchmarkRecord)
    check_record(record)
    return record


def model_record(plain: Mapping[str, Any]) -> ModelRecord:
    """Return the record of a model from its plain fields.

    Raises
    ------
    ReportError
        When a field is missing, unknown or of the wrong type, or holds NaN.

    """
    return _converted(plain, ModelRecord)


def check_record(record: BenchmarkRecord) -> None:
    """Make sure that a record does not contradict itself.

    Raises
    ------
    ReportError
        When a scored record has no score.

    """
    if record.status == "scored" and record.score is None:
        raise ReportError(
            f"The record of {record.identifier} for {record.model} is scored but has no score at $.score; "
            "give a score or another status."
        )


def plain_report(report: Report) -> dict[str, Any]:
    """Return a report as plain values, checked, in the order of its fields; see :func:`plain_record`.

    Raises
    ------
    ReportError
        As :func:`plain_record`.

    """
    parts = msgspec.structs.asdict(report)
    parts["benchmarks"] = [plain_record(record) for record in report.benchmarks]
    return _builtins(_converted(parts, Report))


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a report; a line of a line file is its ``BenchmarkRecord``."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **msgspec.json.schema(Report)}


def _converted(plain: Mapping[str, Any], structure: type[Structure]) -> Structure:
    try:
        return msgspec.convert(to_plain(plain), structure)
    except msgspec.ValidationError as error:
        raise ReportError(f"A value does not fit into a {structure.__name__}: {error}; correct it.") from error


def _builtins(record: msgspec.Struct) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(record)
    return plain
