"""The options of a run, read from command line, ini file and environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from pytest_brainscore.benchmarks.quick import quick_selectors
from pytest_brainscore.data.retrieval.sizes import parse_size
from pytest_brainscore.data.stimuli.showing import Screen
from pytest_brainscore.errors import BrainScoreError, ModelError
from pytest_brainscore.models.activations.storage.room import size_of_variable
from pytest_brainscore.models.sources.specification import ModelSpecification
from pytest_brainscore.pages import OPTIONS as OPTIONS_PAGE
from pytest_brainscore.running.command_line.cluster_address import ClusterAddress, parse_cluster
from pytest_brainscore.running.command_line.folders import (
    baseline_folders,
    existing_folder,
    named_folder,
    project_folder,
)
from pytest_brainscore.running.command_line.model_options import (
    floors_beside,
    layer_of,
    models_of,
    refuse_duplicates,
)
from pytest_brainscore.running.command_line.option_table import DEFAULT_REPORT, OPTIONS, OPTIONS_BY_NAME, Option
from pytest_brainscore.running.command_line.shard_words import Costs, parse_shard, read_costs
from pytest_brainscore.trees import default_tree, known_tree

if TYPE_CHECKING:
    import pytest

Update = Literal["none", "new", "improved", "all"]
Missing = Literal["warn", "fail", "ignore"]
New = Literal["accept", "fail"]
CacheMode = Literal["use", "refresh", "only", "off"]


@dataclass(frozen=True)
class RunOptions:
    """The options of one scoring run, checked as far as can be without importing anything heavy."""

    models: tuple[ModelSpecification, ...]
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
    cache_size: int | None
    screen: Screen
    tree: str
    floors: tuple[ModelSpecification, ...] = ()
    """What is scored as the floor beside the models."""
    cluster: ClusterAddress | None = None
    """Whose workers run the tests; None where this process or those of ``-n`` do."""
    shard: tuple[int, int] | None = None
    """Which part of the run this is, and of how many."""
    costs: Costs = field(default_factory=dict)
    """What benchmarks took in an earlier run."""
    resume: tuple[Path, ...] = ()
    """Reports whose results are taken over; they need not be there."""

    @property
    def trialled(self) -> tuple[ModelSpecification, ...]:
        """All that is scored."""
        return self.models + self.floors


def add_options(parser: pytest.Parser) -> None:
    """Add the option group "brainscore" and the ini twins."""
    group = parser.getgroup(
        "brainscore", f"brainscore: score vision models against primate brains and behavior ({OPTIONS_PAGE})"
    )
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
    group.addoption(
        "--brainscore-plan",
        action="store_true",
        help="Show what this run would cost, and run nothing: forward passes, disk, memory and time of each benchmark "
        "and of all, against what this machine has. The exit status is 1 where something cannot fit.",
    )


def model_words(config: pytest.Config) -> list[str]:
    """Return the model specifications as given, command line before ini, comma lists split."""
    given = cast("list[str]", _value(config, OPTIONS[0]))
    return [word.strip() for entry in given for word in entry.split(",") if word.strip()]


def on_cluster(config: pytest.Config) -> bool:
    """Tell whether the tests are to be run by a cluster."""
    return bool(_value(config, OPTIONS_BY_NAME["brainscore_cluster"]))


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

    models = models_of(model_words(config), words("brainscore_weights"))
    if text("brainscore_weights_entry") and not any(model.weights for model in models):
        raise ModelError("--brainscore-weights-entry needs --brainscore-weights, the checkpoint that has this entry.")
    floor = _switched_on(config, "brainscore_floor")
    quick, required = _switched_on(config, "brainscore_quick"), words("brainscore_require")
    floors = floors_beside(models, text("brainscore_floor_seeds")) if floor else ()
    refuse_duplicates((*models, *floors))
    update = cast("Update", _choice(OPTIONS_BY_NAME["brainscore_update"], text("brainscore_update")))
    baseline, baseline_output = baseline_folders(config, text("brainscore_baseline"), creates=update != "none")
    return RunOptions(
        models=models,
        weights_entry=text("brainscore_weights_entry") or None,
        commitments=project_folder(config) / "fixtures" / "models",
        layers=dict(layer_of(word) for word in words("brainscore_layer")),
        decoder=existing_folder(config, OPTIONS_BY_NAME["brainscore_decoder"], text("brainscore_decoder")),
        device=text("brainscore_device"),
        amp=_switched_on(config, "brainscore_amp"),
        data=data_settings(config)[0],
        benchmarks=quick_selectors(words("brainscore_benchmark")) if quick else words("brainscore_benchmark"),
        require=quick_selectors(required) if quick and required else required,
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
        cache_size=_cache_size(config, text("brainscore_cache_size")),
        screen=cast("Screen", _choice(OPTIONS_BY_NAME["brainscore_screen"], text("brainscore_screen"))),
        tree=tree_of_run(config),
        floors=floors,
        cluster=parse_cluster(text("brainscore_cluster"), config.invocation_params.dir),
        shard=parse_shard(text("brainscore_shard")) if text("brainscore_shard") else None,
        costs=_costs(config, text("brainscore_shard_costs")),
        resume=tuple(_file(config, "brainscore_resume", word) for word in words("brainscore_resume")),
    )


def _costs(config: pytest.Config, given: str) -> Costs:
    return read_costs(_file(config, "brainscore_shard_costs", given)) if given else {}


def _file(config: pytest.Config, name: str, given: str) -> Path:
    found = named_folder(config, name, given)
    assert found is not None  # something was given
    return found


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


def _cache_size(config: pytest.Config, given: str) -> int | None:
    """Return the bytes that stored activations may take: as told, else of the environment; None where nobody says."""
    if not given:
        return size_of_variable()
    option = OPTIONS_BY_NAME["brainscore_cache_size"]
    return parse_size(given, option.flag if config.getoption(option.name) else f"The ini setting {option.name}")


def _choice(option: Option, value: str) -> str:
    """Check an ini value against the option's choices; argparse has checked those of the command line."""
    if option.choices and value not in option.choices:
        raise BrainScoreError(f"The ini setting {option.name} is {value!r}; choose one of {', '.join(option.choices)}.")
    return value
