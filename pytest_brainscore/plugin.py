"""The pytest plugin: hooks only, here those of every process. What they do lives in ``running/``.

Importing this module, and collecting with it, imports nothing heavy: no numpy, torch, pandas or xarray. Without
``--model`` nothing beyond the options happens.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore import hookspecs
from pytest_brainscore.data.user_folder import OFFLINE_VARIABLE, VARIABLE
from pytest_brainscore.errors import BrainScoreError, DataUnavailable, NoNumber, NotCapable, options_spoken
from pytest_brainscore.running import workers
from pytest_brainscore.running.command_line import invocation, model_flag
from pytest_brainscore.running.command_line import options as run_options
from pytest_brainscore.running.controller import Controller, ForeignModelFlag, WithoutModel
from pytest_brainscore.running.workers import FOLDER

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.running.command_line.selection import Trial
    from pytest_brainscore.running.process_state import ScoringRun
    from pytest_brainscore.running.recorder import Recorder

OPTIONS = pytest.StashKey["RunOptions"]()
RECORDER = pytest.StashKey["Recorder | None"]()
RUN = pytest.StashKey["ScoringRun"]()
SELECTED = pytest.StashKey[list[dict[str, Any]]]()
"""What every test of the run scores: how many there are is known to every worker."""
FOREIGN_MODEL_FLAG = pytest.StashKey[bool]()
"""Whether ``--model`` is the option of another plugin or of the project."""
CONTROLLER = "brainscore-controller"
OUTCOMES = (pytest.fail.Exception, pytest.skip.Exception)
"""Exceptions that are words of a person, where the name of the exception says nothing."""


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
    """Choose the distribution before xdist does."""
    if run_options.model_words(config):
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
    except BrainScoreError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(ModelFixture(), "brainscore-model-fixture")
    config.pluginmanager.register(Process(config, options), "brainscore-process")
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
            return _run(request.config).model(request.param)
        try:
            return request.getfixturevalue("model")
        except pytest.FixtureLookupError:
            pytest.fail("The fixture model needs a test marked @pytest.mark.brainscore.", pytrace=False)


class Process:
    """What every process that runs tests does: order them, run them, attach records to their reports."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        self._config = config
        self._options = options

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Put slow benchmarks first; other tests keep their order behind them.

        Suites that have none of the chosen benchmarks would be skipped for having no parameters: they are taken out,
        as is the suite of the project's own benchmarks where there are none.
        """
        from pytest_brainscore.running.command_line.selection import is_empty, slow_first, trial_of

        empty = {item for item in items if is_empty(item, self._options)}
        if empty:
            if self._options.benchmarks:
                self._config.hook.pytest_deselected(items=[item for item in items if item in empty])
            items[:] = [item for item in items if item not in empty]

        ordered = slow_first({trial: None for item in items if (trial := trial_of(item)) is not None})
        rank: dict[Trial | None, int] = {trial: position for position, trial in enumerate(ordered)}
        items.sort(key=lambda item: rank.get(trial_of(item), len(rank)))

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the controller of a worker what is selected, before xdist sends the test ids."""
        from pytest_brainscore.running.command_line.selection import problem_of_words, selection

        folder = getattr(session.config, "workerinput", {}).get(FOLDER)
        selected = selection(session.items, self._options)
        self._config.stash[SELECTED] = [*selected.leaves.values()]
        if folder is not None:
            from pytest_brainscore.running.handover import hand_over

            hand_over(folder, _worker(session.config), selected)
        elif not self._config.pluginmanager.has_plugin(CONTROLLER):  # this run only shows what there is
            problem = problem_of_words(self._options)
            if problem is not None:
                raise pytest.UsageError(problem)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None]:
        """Give the test its recorder; a model that cannot be loaded is a status too."""
        item.stash[RECORDER] = recorder = self._recorder(item)
        if recorder is None:
            return (yield)
        with _statuses(recorder):
            return (yield)

    @pytest.hookimpl(specname="pytest_runtest_setup", tryfirst=True)
    def pytest_check_availability(self, item: pytest.Item) -> None:
        """Decide on availability, and fetch what can be fetched, before any fixture loads a model."""
        from pytest_brainscore.running.command_line.selection import trial_of

        trial = trial_of(item)
        if trial is None:
            return
        reason = trial.benchmark.unavailable()
        if reason is not None:
            raise DataUnavailable(reason)
        if hasattr(item.config, "workerinput"):
            trial.benchmark.obtain_data()
            return
        capture = item.config.pluginmanager.getplugin("capturemanager")  # None with -p no:capture
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            trial.benchmark.obtain_data(progress=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Turn errors into statuses, and refuse a test that records nothing."""
        recorder = item.stash.get(RECORDER, None)
        if recorder is None:
            return (yield)
        with _statuses(recorder):
            result = yield
            if recorder.record is None:
                raise BrainScoreError(f"The test {item.name} never called brainscore.check(score), so nothing counts.")
            return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """See to it that the test has its record, whatever ended it, and attach this to the report.

        Every exception comes by here, and whatever marks, fixtures and plug-ins do to a test: this is the outermost
        wrapper. The record crosses from worker to controller in plain types.
        """
        report = yield
        recorder = item.stash.get(RECORDER, None)
        if recorder is None:
            recorder = self._recorder(item)  # another plug-in ended the test before ours came to its turn
            if recorder is None:
                return report
            item.stash[RECORDER] = recorder
        _settle(recorder, report, call)
        if recorder.is_floor and report.failed:  # what stands beside a score decides nothing
            report.outcome, report.wasxfail = "skipped", "the floor beside other models"
        from pytest_brainscore.running.failure_text import harmless

        # Neither the terminal nor a runner obeys what a model says, in errors or in what it prints.
        if report.longrepr is not None:
            report.longrepr = harmless(report.longrepr)
        report.sections = [(title, harmless(captured)) for title, captured in report.sections]
        parcel = recorder.parcel()
        if parcel is not None:
            report.brainscore = parcel  # type: ignore[attr-defined]
        return report

    def _recorder(self, item: pytest.Item) -> Recorder | None:
        """Return a recorder for one attempt at a test; None for a test that scores nothing."""
        from pytest_brainscore.running.command_line.selection import trial_of

        trial = trial_of(item)
        if trial is None:
            return None
        from pytest_brainscore.running.recorder import Recorder

        return Recorder(partial(_run, item.config), self._options, _worker(item.config), trial)


@contextmanager
def _statuses(recorder: Recorder) -> Iterator[None]:
    """Record why there is no score, and show an error that the user can mend as one sentence without traceback."""
    try:
        yield
    except NoNumber as error:
        try:
            recorder.no_number(str(error))
        except BrainScoreError as rejection:
            raise pytest.fail.Exception(str(rejection), pytrace=False) from None
        pytest.xfail(str(error))
    except (DataUnavailable, NotCapable) as error:
        recorder.without_score("unavailable", str(error))
        pytest.skip(str(error))
    except BrainScoreError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def _announce_data(config: pytest.Config) -> None:
    """Tell all that looks for data in this process, and in those it starts, where the user has them."""
    data, offline = run_options.data_settings(config)
    if data is not None:
        os.environ[VARIABLE] = str(data)
    if offline:
        os.environ[OFFLINE_VARIABLE] = "1"


def _settle(recorder: Recorder, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Give a test that has ended without a record one, and fail it where it was skipped although it is required."""
    expected = hasattr(report, "wasxfail")
    excused = call.excinfo is not None and issubclass(call.excinfo.type, pytest.xfail.Exception)
    if excused:  # nothing says how it would have ended; what has no number is ended so by this plugin too
        recorder.without_score("unavailable", _reason(report, call))
    elif report.failed or (report.skipped and expected):
        recorder.failed(_reason(report, call))
    elif report.skipped:
        recorder.without_score("unavailable", _reason(report, call))
    if report.skipped and recorder.required and recorder.record and recorder.record["status"] == "unavailable":
        report.outcome = "failed"
        from pytest_brainscore.report.red import REQUIRED

        report.longrepr = f"{recorder.record['reason']} {REQUIRED}"
        if expected:
            del report.wasxfail


def _reason(report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    """Return in a line what ended a test: the words of a skip or a failure, or the exception."""
    where = "teardown: " if report.when == "teardown" else ""
    if report.skipped and isinstance(report.longrepr, tuple):
        return where + report.longrepr[2].replace("Skipped: ", "skipped: ", 1)
    if call.excinfo is None:
        return where + (str(report.longrepr).strip() if report.longrepr else f"another plug-in says {report.outcome}")
    error = call.excinfo.value
    told = getattr(error, "msg", None) if issubclass(call.excinfo.type, OUTCOMES) else None
    return where + (str(told) if told is not None else call.excinfo.exconly(tryshort=True))


def _worker(config: pytest.Config) -> str:
    """Return the name of this process: ``gw0`` and so on, or ``master``."""
    name: str = getattr(config, "workerinput", {}).get("workerid", "master")
    return name


def _run(config: pytest.Config) -> ScoringRun:
    """Return this process's part of the run, made when the first test needs it: it imports numpy."""
    if RUN not in config.stash:
        from pytest_brainscore.running.process_state import ScoringRun

        workers.keep_freed_memory()
        run_id = getattr(config, "workerinput", {}).get("testrunuid") or uuid.uuid4().hex
        selected = config.stash.get(SELECTED, [])
        config.stash[RUN] = ScoringRun(config.stash[OPTIONS], _worker(config), run_id, selected)
    return config.stash[RUN]
