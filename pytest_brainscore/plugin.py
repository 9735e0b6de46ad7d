"""The pytest plugin: hooks only, here those of every process. What they do lives in ``running/``.

Importing this module, and collecting with it, imports nothing heavy: no numpy, torch, pandas or xarray. Without
``--model`` nothing beyond the options happens.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore import hookspecs
from pytest_brainscore.data.user_folder import OFFLINE_VARIABLE, VARIABLE
from pytest_brainscore.errors import BrainScoreError, options_spoken
from pytest_brainscore.running import workers
from pytest_brainscore.running.command_line import invocation, model_flag
from pytest_brainscore.running.command_line import options as run_options
from pytest_brainscore.running.controller import Controller, ForeignModelFlag, WithoutModel
from pytest_brainscore.running.process import CONTROLLER, KNOWN, OPTIONS, RECORDER, Process, run_of

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.sources.specification import ModelSpecification
    from pytest_brainscore.running.command_line.selection import Trial
    from pytest_brainscore.running.recorder import Recorder

FOREIGN_MODEL_FLAG = pytest.StashKey[bool]()
"""Whether ``--model`` is the option of another plugin or of the project."""
WORKERS = pytest.StashKey[int]()
"""Workers that a run would have that is planned."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Add the hooks that others may implement."""
    pluginmanager.add_hookspecs(hookspecs)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    run_options.add_options(parser)


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(
    early_config: pytest.Config, parser: pytest.Parser, args: list[str]
) -> Generator[None, None, None]:
    """Take ``--model`` for ours when all plugins and conftest files have added their options and none has it."""
    model_flag.ignore_model_words(early_config, args)
    yield
    early_config.stash[FOREIGN_MODEL_FLAG] = model_flag.taken(parser)
    if not early_config.stash[FOREIGN_MODEL_FLAG]:
        model_flag.spell_out(args)


@pytest.hookimpl(specname="pytest_cmdline_main", tryfirst=True)
def pytest_list_benchmarks(config: pytest.Config) -> int | None:
    """Answer ``--brainscore-list`` without collecting anything."""
    if not config.option.brainscore_list:
        return None
    from pytest_brainscore.benchmarks.registry import using
    from pytest_brainscore.running.command_line.listing import listing
    from pytest_brainscore.running.command_line.own_benchmarks import registry_of

    with options_spoken():
        try:
            _announce_data(config)
            with using(registry_of(config)):
                print("\n".join(listing()))
        except BrainScoreError as error:
            raise pytest.UsageError(str(error)) from error
    return 0


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> Generator[None, int | None, int | None]:
    """Choose the distribution before xdist does; a plan needs no workers."""
    if run_options.model_words(config):
        if config.option.brainscore_plan:
            config.stash[WORKERS] = workers.asked_for(config)
        if config.option.brainscore_plan or run_options.on_cluster(config):
            workers.keep_in_one_process(config)
        workers.choose_distribution(config)
    return (yield)


def pytest_configure(config: pytest.Config) -> None:
    """Check the options of a scoring run, and take up its roles in this process."""
    config.addinivalue_line(
        "markers",
        "brainscore(node, ...): score every selected model on all benchmarks below these nodes of the score tree, and "
        "on every Benchmark given in place of a node",
    )
    foreign = config.stash.get(FOREIGN_MODEL_FLAG, False)
    if foreign and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ForeignModelFlag(), "brainscore-foreign-model-flag")
    try:
        invocation.refuse_empty_values(config)
    except BrainScoreError as error:
        raise pytest.UsageError(str(error)) from error
    if not run_options.model_words(config):
        config.pluginmanager.register(WithoutModel(config, foreign=foreign), "brainscore-without-model")
        return
    speaking = ExitStack()
    speaking.enter_context(options_spoken())
    config.add_cleanup(speaking.close)
    try:
        from pytest_brainscore.benchmarks.registry import using
        from pytest_brainscore.benchmarks.selector import choose
        from pytest_brainscore.running.command_line.own_benchmarks import registry_of

        options = run_options.read_options(config)
        invocation.refuse_definitions_as_tests(config)
        _announce_data(config)  # first: which benchmarks there are depends on what the user has
        known = speaking.enter_context(using(registry_of(config)))
        named, required = known.named(options.benchmarks), known.named(options.require)
        config.stash[OPTIONS] = options = replace(options, benchmarks=named, require=required)
        choose(options.benchmarks, lenient=True)  # what the project brings is in order, in every process
        if config.args_source is not pytest.Config.ArgsSource.ARGS:
            from pytest_brainscore.resources import resource_folder

            # In every worker too: xdist hands on what was typed.
            config.args[:] = [str(resource_folder("suites"))]
        if not hasattr(config, "workerinput") and invocation.runs_tests(config):
            config.pluginmanager.register(Controller(config, options), CONTROLLER)
            if options.cluster is not None:
                from pytest_brainscore.running.cluster.awaiting import Awaiting

                config.pluginmanager.register(Awaiting(config, options.cluster), "brainscore-awaiting")
    except BrainScoreError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(ModelFixture(), "brainscore-model-fixture")
    config.pluginmanager.register(Process(config, options), "brainscore-process")
    if config.option.brainscore_plan:
        from pytest_brainscore.running.planned.kept import settings_of
        from pytest_brainscore.running.planned.planner import Planner

        planner = Planner(
            partial(_model_of, config),
            config.stash.get(WORKERS, 0),
            stored=options.cache != "off",
            settings=lambda model: settings_of(model, options.layers, options.device),
            refuse=pytest.UsageError,
        )
        config.pluginmanager.register(planner, "brainscore-planner")
    overlooked = invocation.overlooked_settings(config, options)
    if overlooked:
        config.issue_config_time_warning(pytest.PytestConfigWarning(overlooked), stacklevel=2)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Parametrize tests marked ``brainscore(node)`` by model and benchmark, those marked ``brainscore`` by model."""
    marker = metafunc.definition.get_closest_marker("brainscore")
    if marker is None:
        return
    options = metafunc.config.stash.get(OPTIONS, None)
    models = options.trialled if options else ()
    if not marker.args and not marker.kwargs:
        metafunc.parametrize("model", models, indirect=True, ids=[model.identifier for model in models])
        return
    from pytest_brainscore.running.command_line.selection import nodes_of_mark, problem_of_mark, trials

    where = str(metafunc.definition.path)
    if options is None or problem_of_mark(marker, where) is not None:  # taken out, or refused, once all is collected
        asked = [name for name in ("model", "brain_benchmark") if name in metafunc.fixturenames]
        if asked:
            metafunc.parametrize(asked, [], indirect=True)
        return
    selected = trials(models, nodes_of_mark(marker, where), options.benchmarks, options.screen)
    metafunc.parametrize(
        ("model", "brain_benchmark"),
        [(trial.model, trial) for trial in selected],
        indirect=True,
        ids=[trial.id for trial in selected],
    )


@pytest.fixture
def brain_benchmark(request: pytest.FixtureRequest) -> Benchmark:
    """Return the benchmark under test: called with a model, it returns a score."""
    trial: Trial = request.param
    return trial.benchmark


@pytest.fixture
def brainscore(request: pytest.FixtureRequest) -> Recorder:
    """Return the recorder: its ``check(score)`` compares with the baseline and reports the score."""
    recorder: Recorder | None = request.node.stash.get(RECORDER, None)
    if recorder is None:
        pytest.fail("The fixture brainscore needs a test marked @pytest.mark.brainscore(NODE).", pytrace=False)
    return recorder


class ModelFixture:
    """The fixture ``model``, in scoring runs only: a project and its other plugins may well have one of that name."""

    @pytest.fixture
    def model(self, request: pytest.FixtureRequest) -> Any:
        """Return the model under test, loaded once per process; in a test of something else, what others call so."""
        if hasattr(request, "param"):
            if KNOWN in request.node.stash:  # the test is not called, so that its model need not be there
                return request.node.stash[KNOWN].part.model
            return run_of(request.config).model(request.param)
        try:
            return request.getfixturevalue("model")
        except pytest.FixtureLookupError:
            pytest.fail("The fixture model needs a test marked @pytest.mark.brainscore.", pytrace=False)


def _model_of(config: pytest.Config, specification: ModelSpecification) -> BrainModel:
    return run_of(config).model(specification)


def _announce_data(config: pytest.Config) -> None:
    """Tell all that looks for data in this process, and in those it starts, where the user has them."""
    data, offline = run_options.data_settings(config)
    if data is not None:
        os.environ[VARIABLE] = str(data)
    if offline:
        os.environ[OFFLINE_VARIABLE] = "1"
