"""The command-line options and their ini twins."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pytest_brainscore.data.stimuli.showing import SCREENS, Screen
from pytest_brainscore.errors import BrainScoreError, ModelError
from pytest_brainscore.models.sources.specification import FORMS, ModelSpecification, parse_specification
from pytest_brainscore.running.command_line.folders import baseline_folders, existing_folder, project_folder
from pytest_brainscore.running.command_line.model_flag import LONG_FLAG
from pytest_brainscore.running.command_line.model_options import checkpoint, floors_beside, layer_of, refuse_duplicates
from pytest_brainscore.trees import VARIABLE as TREE_VARIABLE
from pytest_brainscore.trees import default_tree, known_tree

if TYPE_CHECKING:
    import pytest

Update = Literal["none", "new", "improved", "all"]
Missing = Literal["warn", "fail", "ignore"]
New = Literal["accept", "fail"]
CacheMode = Literal["use", "refresh", "only", "off"]

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
        f"Score this model: {FORMS}. Repeatable, or comma-separated. In short: --model NAME, unless another plugin or "
        "conftest.py has an option of that name.",
        "NAME",
        repeatable=True,
    ),
    Option(
        "--brainscore-weights",
        "Read the model's weights from this checkpoint (.safetensors, or a .pth with tensors only).",
        "FILE",
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
        "--brainscore-cache",
        "Stored activations: use them, compute them anew, use only what is stored, or leave the store off.",
        choices=("use", "refresh", "only", "off"),
        default="use",
    ),
)
"""All options but ``--model``, short for the first, and ``--brainscore-list``, which is no setting of a project."""

OPTIONS_BY_NAME = {option.name: option for option in OPTIONS}


@dataclass(frozen=True)
class RunOptions:
    """The options of one scoring run, checked as far as can be without importing anything heavy."""

    models: tuple[ModelSpecification, ...]
    weights: Path | None
    weights_entry: str | None
    commitments: Path
    layers: dict[str, str]
    decoder: Path | None
    device: str
    amp: bool
    data: Path | None
    benchmarks: tuple[str, ...]
    require: tuple[str, ...]
    baseline: Path
    baseline_output: Path
    update: Update
    tolerances: tuple[str, ...]
    across: tuple[str, ...]
    missing: Missing
    new: New
    reports: tuple[str, ...]
    population: Path | None
    cache: CacheMode
    screen: Screen
    tree: str
    floors: tuple[ModelSpecification, ...] = ()
    """What is scored as the floor beside the models."""

    @property
    def trialled(self) -> tuple[ModelSpecification, ...]:
        """All that is scored."""
        return self.models + self.floors


def add_options(parser: pytest.Parser) -> None:
    """Add the option group "brainscore" and the ini twins."""
    group = parser.getgroup("brainscore", "brainscore: score vision models against primate brains and behavior")
    for option in OPTIONS:
        words = f"{option.help} [ini: {option.name}]".replace("%", "%%")  # argparse formats what it prints
        twin = f"{option.help} (twin of {option.flag})"
        if option.switch:
            group.addoption(option.flag, dest=option.name, action="store_true", default=False, help=words)
            parser.addini(option.name, twin, type="bool", default=False)
            continue
        group.addoption(
            option.flag,
            dest=option.name,
            action="append" if option.repeatable else "store",
            default=[] if option.repeatable else None,
            metavar=option.metavar,
            choices=option.choices,
            help=words,
        )
        kind: Literal["linelist", "string"] = "linelist" if option.repeatable else "string"
        parser.addini(option.name, twin, type=kind, default=[] if option.repeatable else "")
    group.addoption(
        "--brainscore-list",
        action="store_true",
        help="List every benchmark with its version, place in the score tree and availability, and exit.",
    )


def model_words(config: pytest.Config) -> list[str]:
    """Return the model specifications as given, command line before ini, comma lists split."""
    given = cast("list[str]", _value(config, OPTIONS[0]))
    return [word.strip() for entry in given for word in entry.split(",") if word.strip()]


def read_options(config: pytest.Config) -> RunOptions:
    """Check and gather the options of a scoring run.

    Raises
    ------
    BrainScoreError
        For anything that can be known to be wrong before a model is loaded.

    """
    options = {option.name: _value(config, option) for option in OPTIONS if not option.switch}

    def text(name: str) -> str:
        return cast("str", options[name])

    def words(name: str) -> tuple[str, ...]:
        return tuple(cast("list[str]", options[name]))

    models = tuple(parse_specification(word) for word in model_words(config))
    refuse_duplicates(models)
    weights = checkpoint(text("brainscore_weights"), models)
    if text("brainscore_weights_entry") and weights is None:
        raise ModelError("--brainscore-weights-entry needs --brainscore-weights, the checkpoint that has this entry.")
    floor = _switched_on(config, "brainscore_floor")
    update = cast("Update", _choice(OPTIONS_BY_NAME["brainscore_update"], text("brainscore_update")))
    baseline, baseline_output = baseline_folders(config, text("brainscore_baseline"), creates=update != "none")
    return RunOptions(
        models=models,
        weights=weights,
        weights_entry=text("brainscore_weights_entry") or None,
        commitments=project_folder(config) / "fixtures" / "models",
        layers=dict(layer_of(word) for word in words("brainscore_layer")),
        decoder=existing_folder(config, OPTIONS_BY_NAME["brainscore_decoder"], text("brainscore_decoder")),
        device=text("brainscore_device"),
        amp=_switched_on(config, "brainscore_amp"),
        data=data_settings(config)[0],
        benchmarks=words("brainscore_benchmark"),
        require=words("brainscore_require"),
        baseline=baseline,
        baseline_output=baseline_output,
        update=update,
        tolerances=words("brainscore_tolerance"),
        across=words("brainscore_across"),
        missing=cast("Missing", _choice(OPTIONS_BY_NAME["brainscore_missing"], text("brainscore_missing"))),
        new=cast("New", _choice(OPTIONS_BY_NAME["brainscore_new"], text("brainscore_new"))),
        reports=words("brainscore_report") or (DEFAULT_REPORT,),
        population=existing_folder(config, OPTIONS_BY_NAME["brainscore_population"], text("brainscore_population")),
        cache=cast("CacheMode", _choice(OPTIONS_BY_NAME["brainscore_cache"], text("brainscore_cache"))),
        screen=cast("Screen", _choice(OPTIONS_BY_NAME["brainscore_screen"], text("brainscore_screen"))),
        tree=tree_of_run(config),
        floors=floors_beside(models, text("brainscore_floor_seeds")) if floor else (),
    )


def tree_of_run(config: pytest.Config) -> str:
    """Return the name of the score tree: the command line's, else the ini file's, else the environment's, or published.

    Raises
    ------
    UnknownTree
        There is no tree of that name.

    """
    option = OPTIONS_BY_NAME["brainscore_tree"]
    given = cast("str", _value(config, option))
    if not given:
        return default_tree()
    return known_tree(given, option.flag if config.getoption(option.name) else f"The ini setting {option.name}")


def data_settings(config: pytest.Config) -> tuple[Path | None, bool]:
    """Return the folder of data that the user has, if one is given, and whether nothing may be fetched.

    Raises
    ------
    BrainScoreError
        There is no such folder.

    """
    option = OPTIONS_BY_NAME["brainscore_data"]
    folder = existing_folder(config, option, cast("str", _value(config, option)))
    return folder, _switched_on(config, "brainscore_offline")


def _switched_on(config: pytest.Config, name: str) -> bool:
    return bool(config.getoption(name) or config.getini(name)) or os.environ.get(name.upper(), "") not in ("", "0")


def _value(config: pytest.Config, option: Option) -> str | list[str]:
    """Return an option's value: the command line's, else the ini file's, else the default."""
    value: str | list[str] = config.getoption(option.name) or config.getini(option.name)
    return value or ([] if option.repeatable else option.default)


def _choice(option: Option, value: str) -> str:
    """Check an ini value against the option's choices; argparse has checked those of the command line."""
    if option.choices and value not in option.choices:
        raise BrainScoreError(f"The ini setting {option.name} is {value!r}; choose one of {', '.join(option.choices)}.")
    return value
