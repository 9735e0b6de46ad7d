"""The table of the command-line options: flag, ini twin, default and the words of the help line."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_brainscore.data.stimuli.showing import SCREENS
from pytest_brainscore.models.activations.storage.room import VARIABLE as SIZE_VARIABLE
from pytest_brainscore.models.sources.specification import CHECKPOINTS, FORMS
from pytest_brainscore.running.command_line.cluster_address import FORMS as FORMS_OF_CLUSTERS
from pytest_brainscore.running.command_line.model_flag import LONG_FLAG
from pytest_brainscore.trees import VARIABLE as TREE_VARIABLE

DEFAULT_REPORT = "json:brainscore-report.json"


@dataclass(frozen=True)
class Option:
    """One option: its flag, its ini twin, and the words of its help line."""

    flag: str
    help: str
    metavar: str | None = None
    choices: tuple[str, ...] | None = None
    default: str = ""
    repeatable: bool = False
    switch: bool = False

    @property
    def name(self) -> str:
        """Name of the ini twin and of the attribute on ``config.option``."""
        return self.flag.removeprefix("--").replace("-", "_")


OPTIONS = (
    Option(
        LONG_FLAG,
        f"Score this model: {FORMS}; with a checkpoint of your own {CHECKPOINTS}, and #epoch=10 behind it where its "
        "path does not say. Repeatable, or comma-separated. In short: --model NAME, unless another plugin or "
        "conftest.py has an option of that name.",
        "NAME",
        repeatable=True,
    ),
    Option(
        "--brainscore-weights",
        "Read the model's weights from this checkpoint (.safetensors, or a .pth with tensors only); with several "
        "models, give it once for each, in their order. Wildcards in quotes score every checkpoint that matches.",
        "FILE",
        repeatable=True,
    ),
    Option(
        "--brainscore-weights-entry",
        "Where a checkpoint holds more than one set of weights, read this one, for example state_dict_ema.",
        "ENTRY",
    ),
    Option(
        "--brainscore-layer",
        "Record a region from this layer instead of the model's layer commitment, for example V1=features.6, or from a "
        "part of it, IT=blocks.6#cls (also #mean, #patch, #srp:5000 ...). Repeatable; a + joins several layers.",
        "REGION=LAYER",
        repeatable=True,
    ),
    Option(
        "--brainscore-decoder",
        "Answer label tasks with a linear decoder fitted to the images in this folder (one folder for each ImageNet "
        "class, n01440764/*.JPEG): for networks without 1000 outputs. Such scores are marked as not comparable.",
        "DIR",
    ),
    Option("--brainscore-device", "Run models on this device: auto, cpu, cuda, cuda:1, mps.", "DEVICE", default="auto"),
    Option(
        "--brainscore-amp",
        "Run networks in mixed precision (bfloat16); compared with no exact scores (also: $BRAINSCORE_AMP=1).",
        switch=True,
    ),
    Option(
        "--brainscore-cluster",
        f"Have the workers of a Dask cluster run the tests: {FORMS_OF_CLUSTERS}. Scores and reports stay the same "
        "(pip install pytest-brainscore[cluster]).",
        "CLUSTER",
    ),
    Option(
        "--brainscore-data",
        "Folder of data that you have: stimuli and recordings are taken from here (default: $BRAINSCORE_DATA).",
        "DIR",
    ),
    Option(
        "--brainscore-offline",
        "Fetch nothing: benchmarks whose data are not on this machine are unavailable (also: $BRAINSCORE_OFFLINE=1).",
        switch=True,
    ),
    Option(
        "--brainscore-benchmark",
        "Score only these benchmarks: an identifier, IDENTIFIER@VERSION, a parent of the score tree (V1, "
        "behavior_vision), a pattern (Geirhos2021*), own (all that do not come with this package), panel (fifteen "
        "leaves of 2026 that predict the rest), or a place of benchmarks: path/to/file.toml, path/to/file.py:NAME, "
        "package.module:NAME. Reaches other versions and benchmarks outside the score tree, too (brainscore list "
        "--versions). Repeatable.",
        "SELECTOR",
        repeatable=True,
    ),
    Option(
        "--brainscore-quick",
        "Score a fixed part of the stimuli of a few leaves, in less than a minute on two cores: what they are compared "
        "with are quick scores only, and the run tells which full scores are to be expected, and how far off that may "
        "be. With --brainscore-benchmark, the quick versions of what that selects.",
        switch=True,
    ),
    Option(
        "--brainscore-tree",
        "Score the leaves of this tree, in its versions, and average over it: published (106 leaves, of the published "
        "model page), 2026 (124), or the brain leaves of a year before: 2024 (81), 2023 (51), 2022 (34). Parents such "
        f"as V4 have the leaves of this tree (default: ${TREE_VARIABLE}, or published).",
        "NAME",
    ),
    Option(
        "--brainscore-require",
        "Fail, instead of skipping, when one of these benchmarks is unavailable: an identifier, a parent of the score "
        "tree (V1, behavior_vision), or a pattern (Geirhos2021*). Repeatable.",
        "SELECTOR",
        repeatable=True,
    ),
    Option(
        "--brainscore-baseline",
        "Folder of stored baselines, one MODEL.json each (default: fixtures/baselines in the project's folder, "
        "or the ones shipped with the package where there is none).",
        "DIR",
    ),
    Option(
        "--brainscore-update",
        "Store scores as baselines after the run: only those without one, also those that improved, or all.",
        choices=("none", "new", "improved", "all"),
        default="none",
    ),
    Option(
        "--brainscore-tolerance",
        "When a score has fallen below its baseline: paired (the default where the baseline has bootstrap values): "
        "the interval of the difference on the same images and neurons is below 0, with a chance of 5 % for the whole "
        "run that nothing fell; paired:.01, below -.01; abs:.005 (the default elsewhere), sem:2 (times the baseline's "
        "error); or for some benchmarks only, PATTERN=abs:.01. Repeatable; the last match wins.",
        "EXPR",
        repeatable=True,
    ),
    Option(
        "--brainscore-across",
        "Compare with the baseline although this ingredient of the fingerprint differs, for example weights when the "
        "model was trained further (others: layer, visual_degrees, version, protocol, data_sha256, stimuli, seed, and "
        "what else the baseline file has). Repeatable.",
        "INGREDIENT",
        repeatable=True,
    ),
    Option(
        "--brainscore-missing",
        "What to do when a selected benchmark has a baseline but no score in this run.",
        choices=("warn", "fail", "ignore"),
        default="warn",
    ),
    Option(
        "--brainscore-new",
        "What to do with a score that has no baseline: accept it, or fail, so that a gate without its baselines is not "
        "green.",
        choices=("accept", "fail"),
        default="accept",
    ),
    Option(
        "--brainscore-report",
        "Write a report: json, jsonl (one line per benchmark as it arrives), html, md, csv, badge, junit or ctrf, then "
        ":PATH; plots:FOLDER for SVG files; or github alone, for job summary, annotations and outputs of GitHub "
        "Actions. Repeatable "
        f"(default: {DEFAULT_REPORT}, with the lines as they arrive beside it).",
        "TYPE:PATH",
        repeatable=True,
    ),
    Option(
        "--brainscore-population",
        "Folder of JSON reports: the page shows rank, best and median among these models, in place of published ones.",
        "DIR",
    ),
    Option(
        "--brainscore-floor",
        "Score the floor beside each model, too: untrained twins, the same architecture with weights drawn anew, and "
        "pixels. They take as long again each, the first time; the page, the table and the report show them beside the "
        "scores, and they never make a run red.",
        switch=True,
    ),
    Option(
        "--brainscore-floor-seeds",
        "How many untrained twins the floor has, with the seeds 0, 1 ... (default: 3).",
        "N",
        default="3",
    ),
    Option(
        "--brainscore-screen",
        "How images that were shown at other visual degrees than the model's reach it: as in the published system, "
        "which compresses JPEG images a second time, or lossless. Lossless scores are compared with no others.",
        choices=SCREENS,
        default="published",
    ),
    Option(
        "--brainscore-shard",
        "Run the i-th of N parts of this run, from 1/N on, which need nothing of each other: the same options on N "
        "machines, one report each, and brainscore merge joins them. Tests that score nothing are run by the first.",
        "i/N",
    ),
    Option(
        "--brainscore-shard-costs",
        "Divide the run by the seconds that benchmarks took according to this report, the same file for all shards "
        "(default: by what benchmarks say of themselves).",
        "REPORT",
    ),
    Option(
        "--brainscore-resume",
        "Take over the results of this report (JSON, or the lines of a run that was killed) which this run would find "
        "again, and score only the rest; what failed, crashed or lacked its data is tried again. A report that is not "
        "there yet is none, so that a first and every later try have one command. Repeatable.",
        "REPORT",
        repeatable=True,
    ),
    Option(
        "--brainscore-cache",
        "Stored activations, and scores of which all is the same (such say so): use them, compute them anew, use only "
        "what is stored, or leave the store off.",
        choices=("use", "refresh", "only", "off"),
        default="use",
    ),
    Option(
        "--brainscore-cache-size",
        "Room that stored activations may take, for example 20GB: what was not used for longest, and is not in use, is "
        f"removed for what is new (default: ${SIZE_VARIABLE}, or half of the free space).",
        "SIZE",
    ),
)
"""All options but ``--model``, short for the first, and ``--brainscore-list``, which is no setting of a project."""

OPTIONS_BY_NAME = {option.name: option for option in OPTIONS}
