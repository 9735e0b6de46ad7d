"""What every process of a scoring run does with its tests: order them, run them, attach records to their reports."""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.errors import BrainScoreError, DataUnavailable, NoNumber, NotCapable
from pytest_brainscore.models.freed_memory import keep_freed_memory
from pytest_brainscore.resources import resource_folder
from pytest_brainscore.running.workers import FOLDER
from pytest_brainscore.running.workers import INPUTS as INPUTS_FOLDER

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.report.parts.unfinished import Earlier
    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.running.command_line.selection import Trial
    from pytest_brainscore.running.process_state import ScoringRun
    from pytest_brainscore.running.recorder import Recorder
    from pytest_brainscore.running.results.memory import ResultMemory

KNOWN: pytest.StashKey[Earlier] = pytest.StashKey()
"""What a test would compute, where it is known already."""
OPTIONS = pytest.StashKey["RunOptions"]()
RECORDER = pytest.StashKey["Recorder | None"]()
RUN = pytest.StashKey["ScoringRun"]()
SELECTED = pytest.StashKey[list[dict[str, Any]]]()
"""What every test of the run scores: how many there are is known to every worker."""
INPUTS = pytest.StashKey["str | None"]()
"""Folder in which the checkpoints of a serial run share prepared images."""
STORE = pytest.StashKey[Any]()
"""What makes the store of activations (of the same settings), where that is another than usual."""
SHARD = pytest.StashKey[dict[str, Any]]()
"""Which part of a run the tests are, as its report has it."""
EARLIER = pytest.StashKey["Mapping[tuple[str, str, int], Earlier]"]()
"""What earlier runs have found."""
CONTROLLER = "brainscore-controller"
_OUTCOMES = (pytest.fail.Exception, pytest.skip.Exception)
"""Exceptions that are words of a person, where the name of the exception says nothing."""


class Process:
    """What every process that runs tests does: order them, run them, attach records to their reports."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        self._config = config
        self._options = options
        self._availability: dict[tuple[str, int], str | None] = {}
        """Why there are no data, or None once they are here; asked once a run, not once a model."""
        self._memory: ResultMemory | None = None

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
        if self._options.shard is not None:
            self._divide(items)

        ordered = slow_first({trial: None for item in items if (trial := trial_of(item)) is not None})
        rank: dict[Trial | None, int] = {trial: position for position, trial in enumerate(ordered)}
        items.sort(key=lambda item: rank.get(trial_of(item), len(rank)))

    def _divide(self, items: list[pytest.Item]) -> None:
        """Leave the tests of other shards out, and note what all of them score together."""
        from pytest_brainscore.running.shards.division import divide

        division = divide(items, self._options)
        self._config.stash[SHARD] = division.shard
        self._config.stash[SELECTED] = division.whole
        items[:] = division.kept
        if division.left:
            self._config.hook.pytest_deselected(items=division.left)

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell the controller of a worker what is selected, before xdist sends the test ids."""
        from pytest_brainscore.running.command_line.selection import problem_of_words, selection

        folder = getattr(session.config, "workerinput", {}).get(FOLDER)
        shard = self._config.stash.get(SHARD, None)
        selected = selection(session.items, self._options, shard)
        if shard is None:
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
        if trial is None or self._is_resumed(item, trial):
            return
        benchmark = trial.benchmark
        name = benchmark.identifier, benchmark.version
        if name not in self._availability:
            reason = benchmark.unavailable()
            if reason is None:
                self._obtain(benchmark, item)
            self._availability[name] = reason
        reason = self._availability[name]
        if reason is not None:
            raise DataUnavailable(reason)
        recorder = item.stash.get(RECORDER, None)
        if recorder is not None and self._is_remembered(item):
            known = self._results().look_up(trial.model, benchmark, partial(self._load, item, trial))
            if known is not None:
                recorder.recall(known)
                item.stash[KNOWN] = known

    def _is_remembered(self, item: pytest.Item) -> bool:
        """Tell whether a test does nothing but score and record, so that its result may stand in for it.

        A test of somebody's own may assert more of a score than is recorded.
        """
        return item.path.is_relative_to(resource_folder("suites"))

    def _load(self, item: pytest.Item, trial: Trial) -> BrainModel:
        return run_of(item.config).model(trial.model)

    def _results(self) -> ResultMemory:
        if self._memory is None:
            from pytest_brainscore.running.results.memory import ResultMemory

            self._memory = ResultMemory(self._options)
        return self._memory

    def _remember(self, item: pytest.Item, recorder: Recorder) -> None:
        """Keep what a test has computed."""
        from pytest_brainscore.running.command_line.selection import trial_of

        trial = trial_of(item)
        if trial is None or recorder.record is None or recorder.resumes or not self._is_remembered(item):
            return
        load = partial(self._load, item, trial)
        self._results().keep(trial.model, trial.benchmark, load, recorder.record, recorder.model_record, recorder.files)

    def _is_resumed(self, item: pytest.Item, trial: Trial) -> bool:
        """Tell whether an earlier run has found what this test would, and have its recorder keep that."""
        recorder = item.stash.get(RECORDER, None)
        earlier = self._earlier().get((trial.model.identifier, trial.benchmark.identifier, trial.benchmark.version))
        return earlier is not None and recorder is not None and not trial.model.floor and recorder.resume(earlier)

    def _earlier(self) -> Mapping[tuple[str, str, int], Earlier]:
        """Return what earlier runs have found: the controller says it, here or to its workers."""
        if EARLIER not in self._config.stash:
            from pytest_brainscore.running.shards.resuming import handed_out

            folder = getattr(self._config, "workerinput", {}).get(FOLDER)
            self._config.stash[EARLIER] = handed_out(Path(folder)) if folder and self._options.resume else {}
        return self._config.stash[EARLIER]

    @pytest.hookimpl(tryfirst=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool | None:
        """Keep the result of an earlier run, in place of calling the test."""
        recorder = pyfuncitem.stash.get(RECORDER, None)
        if recorder is None or not recorder.resumes:
            return None
        recorder.take_over()
        return True

    def _obtain(self, benchmark: Benchmark, item: pytest.Item) -> None:
        if hasattr(item.config, "workerinput"):
            benchmark.obtain_data()
            return
        capture = item.config.pluginmanager.getplugin("capturemanager")  # None with -p no:capture
        with capture.global_and_fixture_disabled() if capture else nullcontext():
            benchmark.obtain_data(progress=True)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None]:
        """Turn errors into statuses, and refuse a test that records nothing."""
        recorder = item.stash.get(RECORDER, None)
        if recorder is None:
            return (yield)
        with _statuses(recorder):
            try:
                result = yield
            finally:  # a score that makes the run red is one
                self._remember(item, recorder)
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

        return Recorder(partial(run_of, item.config), self._options, _worker(item.config), trial)


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
    told = getattr(error, "msg", None) if issubclass(call.excinfo.type, _OUTCOMES) else None
    return where + (str(told) if told is not None else call.excinfo.exconly(tryshort=True))


def _worker(config: pytest.Config) -> str:
    """Return the name of this process: ``gw0`` and so on, or ``master``."""
    name: str = getattr(config, "workerinput", {}).get("workerid", "master")
    return name


def run_of(config: pytest.Config) -> ScoringRun:
    """Return this process's part of the run, made when the first test needs it: it imports numpy."""
    if RUN not in config.stash:
        from pytest_brainscore.running.process_state import ScoringRun

        keep_freed_memory()
        run_id = getattr(config, "workerinput", {}).get("testrunuid") or uuid.uuid4().hex
        selected = config.stash.get(SELECTED, [])
        settings = {"store": config.stash[STORE]} if STORE in config.stash else {}
        inputs = getattr(config, "workerinput", {}).get(INPUTS_FOLDER) or config.stash.get(INPUTS, None)
        config.stash[RUN] = ScoringRun(
            config.stash[OPTIONS], _worker(config), run_id, selected, inputs=inputs, **settings
        )
    return config.stash[RUN]
