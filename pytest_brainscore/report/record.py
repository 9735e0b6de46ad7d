"""What a report holds: one record per benchmark and model. Its values are plain, see ``plain.py``."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from pytest_brainscore.scoring.comparison import Comparison, Verdict
from pytest_brainscore.scoring.floor import Floor
from pytest_brainscore.scoring.seeds import SeedGroup
from pytest_brainscore.scoring.tree import Aggregate
from pytest_brainscore.trees import PUBLISHED

SCHEMA = 1
"""Version of the report format that this package writes, and the newest it reads."""

Status = Literal["scored", "unavailable", "failed", "crashed", "nan"]
"""What became of a benchmark: it has a score, its data are not here, it raised, its worker died, it has no number."""
Seconds = Annotated[float, msgspec.Meta(ge=0, le=1e9)]
"""A duration; decades at most, so that sums and milliseconds are finite."""


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


class Estimate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the last plan of the model said beforehand (``--brainscore-plan``), as if nothing were stored."""

    seconds: Seconds
    """Processor time of the benchmark in seconds, after those before it in the plan; without loading the model."""
    memory_mb: Annotated[float, msgspec.Meta(ge=0)]
    """Largest memory of the process, in MB (10^6 bytes)."""
    forward_passes: Annotated[int, msgspec.Meta(ge=0)]
    """Images that go through the network for it, and for none before it in the plan."""


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
    citation: str = ""
    """What to cite: BibTeX entries, or a DOI, an address or words; empty in reports of versions that did not say."""
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
    estimate: Estimate | None = None
    """What the last plan of the model said of time and memory; null where none was made on this machine."""
    worker: str = ""
    """Process that ran the benchmark, for example gw0; empty when it is not known."""
    fingerprint: dict[str, str | int | float] = {}
    """What the score depends on; scores with different fingerprints are not compared."""
    details: dict[str, Any] = {}
    """What plots of the score need, by the kind of plot: distribution, confusion, cue_conflict; ``subjects``, what each
    subject has; ``notes``, sentences about the recordings. Empty for most."""
    comparison: Comparison | None = None
    """The score set against its baseline; null when there was nothing to compare."""
    resumed: bool = False
    """True when the result was taken over from the report of an earlier run (``--brainscore-resume``)."""
    cached: bool = False
    """True when the result was not computed by this run, but by an earlier one on this machine that was to find the
    same bit for bit (``--brainscore-cache``); its costs are those of then."""
    computed: str | None = None
    """When a result that is `cached` was computed: ISO 8601, in UTC; null for all others."""
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

    @property
    def notes(self) -> list[str]:
        """Sentences about the recordings that a reader of the score has to know."""
        told = self.details.get("notes")
        return [str(note) for note in told] if isinstance(told, list) else []


class ModelRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A model that was scored, and how it was run. A model that was never loaded has only its names."""

    identifier: str
    """Name of the model in records and baselines."""
    specification: str
    """What was asked for on the command line: the words that load this very model."""
    network: str | None = None
    """Name of its network, whichever the weights; null in reports of versions that did not say."""
    checkpoint: str | None = None
    """File of the weights, as it was asked for; null where none was."""
    axes: dict[str, int | float | str] = {}
    """Epoch, step, seed and the like of the checkpoint, from its path or as given: what models are compared along."""
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
    remarks: list[str] = []
    """What a reader should know of how it ran, for example that memory ran out and fewer images went through at
    once; mostly empty."""


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
    source: str | None = None
    """Checksum of the code of this package, which tells two states of one version apart; null in older reports."""


class FileBeside(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file beside a report that has more on its scores than fits into text."""

    file: str
    """Its name, in the folder of the report."""
    sha256: str
    """SHA-256 of its bytes."""
    count: Annotated[int, msgspec.Meta(ge=1)]
    """Number of scores that it is about."""


class Shard(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which part of a run a report is of (``--brainscore-shard``). All parts have equal facts but for `index`."""

    index: Annotated[int, msgspec.Meta(ge=1)]
    """Which one, from 1."""
    count: Annotated[int, msgspec.Meta(ge=1)]
    """How many there are."""
    selected: Annotated[int, msgspec.Meta(ge=0)]
    """Benchmarks, times models, of all shards together; a floor beside the models counts, too."""
    selection: str
    """Checksum of what all shards are to score together."""
    costs: str
    """Checksum of the costs by which this was divided."""


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
    """By model: the parents of the score tree that have a number, from the root down; and ``panel``, where the run was
    to score all fifteen leaves of the panel."""
    tree: str = PUBLISHED
    """Name of the score tree of `aggregates`: published, 2026, or a year before."""
    seeds: list[SeedGroup] = []
    """Models that differ in their seed only: mean and interval of their scores. Empty where no two of them do."""
    floors: dict[str, Floor] = {}
    """By model: what its untrained twins and pixels reach, where the run asked for it."""
    options: dict[str, str] = {}
    """What the run was told, beside models and benchmarks, that scores and verdicts depend on; defaults are absent."""
    shard: Shard | None = None
    """Which part of a run this is; null for a whole one. A part has no `aggregates`: the rest is in other reports."""
    replicates: FileBeside | None = None
    """Where the bootstrap values of the scores are; null where there are none."""
    contributions: FileBeside | None = None
    """Where it stands what each stimulus, neuroid and person contributes to the scores; null where nothing says so."""

    @property
    def is_part(self) -> bool:
        """Whether other shards have the rest, so that no mean of this report alone says anything."""
        return self.shard is not None and self.shard.count > 1
