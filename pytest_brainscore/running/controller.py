"""What the one process that talks to the user does: gather records, guard against losing any, write reports, tell."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.data.home import shared_home
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.running import failures, workers
from pytest_brainscore.running.command_line.model_flag import LONG_FLAG, SHORT_FLAG
from pytest_brainscore.running.failure_text import harmless
from pytest_brainscore.running.heartbeat import Heartbeat, beside_capture, is_terminal, pause_for
from pytest_brainscore.running.process import EARLIER, INPUTS, SHARD
from pytest_brainscore.running.sharing.inputs_folder import InputsFolder, have_siblings
from pytest_brainscore.running.signals import on_termination
from pytest_brainscore.trees import PUBLISHED

if TYPE_CHECKING:
    from pytest_brainscore.running.collector import Collector
    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.running.command_line.selection import Selection

HOW_TO_RUN = "name one, for example: pytest {flag} squeezenet1_1 -n 2  (all benchmarks: pytest --brainscore-list)"


class ForeignModelFlag:
    """A project, or another plugin, with an option ``--model`` of its own."""

    def pytest_report_header(self) -> str:
        """Say which option names the model to score."""
        return f"brainscore: {SHORT_FLAG} is another plugin's option here; models to score are named by {LONG_FLAG}"


class WithoutModel:
    """The suites without ``--model``: nothing is scored, and one line says how to."""

    def __init__(self, config: pytest.Config, *, foreign: bool) -> None:
        self._config = config
        self._flag = LONG_FLAG if foreign else SHORT_FLAG
        self._suites = 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Take the suites out of the run."""
        suites = {item for item in items if item.get_closest_marker("brainscore")}
        if suites:
            self._suites += len(suites)
            config.hook.pytest_deselected(items=[item for item in items if item in suites])
            items[:] = [item for item in items if item not in suites]

    def pytest_sessionfinish(self) -> None:
        """Tell the controller what a worker has seen."""
        if hasattr(self._config, "workeroutput"):
            self._config.workeroutput["brainscore_suites"] = self._suites

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Hear it from the workers."""
        self._suites += getattr(node, "workeroutput", {}).get("brainscore_suites", 0)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how to run the suites."""
        if self._suites:
            how = HOW_TO_RUN.format(flag=self._flag)
            terminalreporter.write_line(f"brainscore: the suites score a model; {how}", yellow=True)


class Controller:
    """What the one process that talks to the user does: gather, guard, write, tell."""

    def __init__(self, config: pytest.Config, options: RunOptions) -> None:
        from pytest_brainscore.running.collector import Collector

        command = ["pytest", *map(str, config.invocation_params.args)]
        self._config = config
        self._options = options
        self._collector: Collector = Collector(options, command)
        config.stash[EARLIER] = self._collector.found.results
        self._shared_home = shared_home()
        self._heartbeat: Heartbeat | None = None
        self._lost: list[str] = []
        self._named: dict[str, list[pytest.TestReport]] = {}
        self._folder: TemporaryDirectory[str] | None = None
        self._inputs = InputsFolder() if have_siblings(options.trialled) else None
        self._interruption: str | None = None
        self._collected = False
        self._closed = False
        self._restore_signals: Callable[[], None] = _nothing

    def pytest_report_header(self) -> list[str]:
        """Name the models, the baselines and the reports, and who else can write to the home folder."""
        options = self._options
        models = ", ".join(model.asked for model in options.models)
        fetching = (
            "nothing is fetched" if offline() else "missing public data are fetched (not with --brainscore-offline)"
        )
        baselines = f"baselines in {options.baseline}"
        if options.baseline_output != options.baseline:
            baselines += f", to be stored in {options.baseline_output}"
        if options.floors:
            names = ", ".join(model.identifier for model in options.floors)
            models += f", beside their floor of {names} (a benchmark takes about as long for each; answers are kept)"
        tree = f"score tree {options.tree}; " if options.tree != PUBLISHED else ""
        shard = "shard {} of {}; ".format(*options.shard) if options.shard else ""
        lines = [f"brainscore: {models}; {shard}{tree}{baselines}; report to {', '.join(options.reports)}; {fetching}"]
        notes = [*self._collector.found.notes, self._shared_home, workers.too_many(self._config)]
        return lines + [f"brainscore: {note}" for note in notes if note]

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_auto_num_workers(self) -> int:
        """Bound ``-n auto`` by memory."""
        return workers.auto_workers()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: list[Any]) -> None:
        """Divide the cores among the workers before they start."""
        workers.bound_threads(len(specs))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker where to hand over what it has selected."""
        if self._folder is None:
            self._folder = TemporaryDirectory(prefix="brainscore-")
            self._collector.found.hand_out(Path(self._folder.name))
        node.workerinput[workers.FOLDER] = self._folder.name
        node.workerinput[workers.INPUTS] = self._config.stash.get(INPUTS, None)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:
        """Note what the workers have collected; each has collected the same."""
        from pytest_brainscore.running.handover import take_over

        self._expect(ids, take_over(node.workerinput[workers.FOLDER], node.gateway.id))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what a serial run has collected."""
        from pytest_brainscore.running.command_line.selection import selection

        selected = selection(session.items, self._options, self._config.stash.get(SHARD, None))
        self._expect([item.nodeid for item in session.items], selected)

    def _expect(self, ids: list[str], selected: Selection) -> None:
        if selected.refused is not None:
            raise pytest.UsageError(selected.refused)
        self._collector.expect(ids, selected)
        self._collected = True

    @pytest.hookimpl(specname="pytest_sessionstart", tryfirst=True)
    def pytest_take_the_files(self, session: pytest.Session) -> None:
        """Keep other runs from this one's files, and be ready to be told to end."""

        def stop(signal: str) -> None:
            if self._closed:
                return  # the reports are being written, and then it ends anyway
            session.shouldstop = f"told to end by {signal}"  # for a model that catches everything
            raise KeyboardInterrupt(session.shouldstop)  # not pytest.exit: that is an Exception, which many catch

        try:
            self._collector.output.lock()
        except BrainScoreError as error:
            raise pytest.UsageError(str(error)) from error
        self._restore_signals = on_termination(stop)
        if self._inputs is not None and self._inputs.make():
            self._config.stash[INPUTS] = str(self._inputs.path)

    def pytest_unconfigure(self) -> None:
        """Give back what was taken, however the run ended."""
        self._stop_heartbeat()
        self._restore_signals()
        self._collector.output.unlock()
        if self._folder is not None:
            self._folder.cleanup()
        if self._inputs is not None:
            self._inputs.remove()

    @pytest.hookimpl(trylast=True)
    def pytest_sessionstart(self) -> None:
        """Leave the progress display to the live lines, unless the user wants every test named.

        And give signs of life between them, unless the user wants quiet.
        """
        reporter = self._reporter()
        if reporter is None:
            return
        if reporter.verbosity <= 0:
            reporter.showfspath = False
        write = beside_capture() if reporter.verbosity >= 0 else None
        if write is not None:
            self._heartbeat = Heartbeat(self._collector, write, pause_for(is_terminal()))
            self._heartbeat.start()

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Replace the letter of a benchmark by its live line, and name its status in verbose runs.

        What makes the run red is called FAILED, whatever its status: that is what people search a log for.
        """
        attached = getattr(report, "brainscore", None)
        if attached is None or report.outcome not in ("passed", "failed", "skipped"):  # a rerun has a word of its own
            return None
        category: str = report.outcome
        if hasattr(report, "wasxfail"):
            category = "xpassed" if report.passed else "xfailed"
        elif report.failed and report.when != "call":
            category = "error"
        return category, "", "FAILED" if report.failed else attached["record"]["status"].upper()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test has begun, here or in a worker."""
        self._collector.ledger.start(nodeid)
        if self._heartbeat is not None:
            self._heartbeat.started(nodeid)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a record as it arrives."""
        from pytest_brainscore.report.red import is_red
        from pytest_brainscore.running.terminal import live_lines, output_width

        record = None
        worker = getattr(report, "worker_id", "")
        attached = getattr(report, "brainscore", None)
        if attached is not None:
            excused = str(report.outcome) == "rerun"  # the word of pytest-rerunfailures, beside the three of pytest
            record = self._collector.add(report.nodeid, worker, attached, excused=excused, failed=report.failed)
        elif report.when not in ("setup", "call", "teardown"):  # xdist reports a dead worker's test as "???".
            node = getattr(report, "node", None)
            worker = node.gateway.id if node is not None else ""
            died = getattr(report, "brainscore_reason", "its worker process died (killed, or out of memory)")
            record = self._collector.without_score(report.nodeid, worker, died)
        if report.when not in ("setup", "call"):
            self._collector.ledger.finish(report.nodeid)
            if self._heartbeat is not None:
                self._heartbeat.finished(report.nodeid)
        reporter = self._reporter()
        told = record is not None and (record.status != "unavailable" or is_red(record))
        if record is not None and told and reporter is not None and reporter.verbosity == 0:
            if self._heartbeat is not None:
                self._heartbeat.spoke()
            reporter.ensure_newline()
            for line in live_lines(record, output_width()):
                reporter.write_line(line.text, **({line.colour: True} if line.colour else {}))

    @pytest.hookimpl(optionalhook=True, tryfirst=True)
    def pytest_timeout_set_timer(self, item: pytest.Item, settings: Any) -> bool | None:
        """Have pytest-timeout's method "thread", which ends the whole process of a serial run, leave a report."""
        if settings.method != "thread":
            return None
        from pytest_timeout import PYTEST_FAILURE_MESSAGE, is_debugging, timeout_timer

        def end() -> None:
            if settings.disable_debugger_detection or not is_debugging():
                self._collector.without_score(item.nodeid, "", PYTEST_FAILURE_MESSAGE % settings.timeout)
                self._collector.close("stopped")
            timeout_timer(item, settings)

        timer = threading.Timer(settings.timeout, end)
        timer.daemon = True

        def cancel() -> None:
            timer.cancel()
            timer.join()

        item.cancel_timeout = cancel  # type: ignore[attr-defined]
        timer.start()
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_warning_recorded(self, warning_message: warnings.WarningMessage) -> None:
        """Keep what a network warns of, in whichever process, from acting on who reads pytest's list of warnings."""
        text = str(warning_message.message)
        safe = harmless(text)
        if safe != text:
            warning_message.message = UserWarning(safe)

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Note what stops the run from outside of its tests, or from within one."""
        reason = str(getattr(excinfo.value, "msg", None) or excinfo.value)
        self._interruption = reason or excinfo.typename

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> Generator[None]:
        """Guard against lost results, then write what was asked for."""
        self._closed = True
        self._stop_heartbeat()
        stopped = bool(session.shouldstop or session.shouldfail or self._interruption) or session.exitstatus in (
            pytest.ExitCode.INTERRUPTED,
            pytest.ExitCode.USAGE_ERROR,
        )
        self._reconcile(session, stopped=stopped)
        if stopped:
            self._collector.close("stopped")
        else:
            self._collector.close("incomplete" if self._lost else "complete")
        status = self._status(session, stopped=stopped)
        session.exitstatus = status
        reporter = self._reporter()
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR and reporter is not None:
            self.pytest_terminal_summary(reporter)  # after an internal error, pytest shows no summaries
        result = yield
        if session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = status  # whatever other plug-ins made of it
        return result

    def _reconcile(self, session: pytest.Session, *, stopped: bool) -> None:
        """Give every selected leaf that has no record one, as far as it ought to have one."""
        ledger = self._collector.ledger
        if stopped:
            # What -x and --maxfail stop is no news; what was interrupted while it ran is.
            failures = getattr(self._config.option, "maxfail", 0)
            if failures and session.testsfailed >= failures:
                return
            for nodeid in ledger.interrupted():
                reason = f"interrupted while it ran ({self._interruption})"
                self._collector.without_score(nodeid, "", reason, concluded=True)
            return
        self._lost = ledger.lost()
        for nodeid in ledger.without_record():
            lost = nodeid in self._lost
            reason = "it was handed out and never reported" if lost else "its test ended without a record"
            self._collector.without_score(nodeid, "", reason)

    def _status(self, session: pytest.Session, *, stopped: bool) -> int:
        """Return the exit status: never 0 when something was lost, missed or not written."""
        status = session.exitstatus
        if self._folder is not None and not self._collected and status in (0, 5):
            return (
                pytest.ExitCode.INTERNAL_ERROR
            )  # workers were started, and none has come so far as to say what it runs
        if self._lost or (self._collector.problems and status in (0, 1, 5)):
            return pytest.ExitCode.INTERNAL_ERROR
        if status == pytest.ExitCode.NO_TESTS_COLLECTED and self._collector.is_empty_shard:
            return pytest.ExitCode.OK
        if status != pytest.ExitCode.OK:
            return status
        if stopped:
            return pytest.ExitCode.INTERRUPTED
        return pytest.ExitCode.TESTS_FAILED if self._collector.colour == "red" else status

    @pytest.hookimpl(specname="pytest_terminal_summary", wrapper=True, tryfirst=True)
    def pytest_tell_failures_once(self, terminalreporter: pytest.TerminalReporter) -> Generator[None]:
        """Leave out of pytest's list of failures what the table's section says; verbose runs list everything."""
        stats = terminalreporter.stats
        categories: tuple[str, ...] = ("failed", "error")
        whole = {category: stats[category] for category in categories if category in stats}
        if terminalreporter.verbosity <= 0:
            stats.update({category: failures.to_be_shown(reports) for category, reports in whole.items()})
            self._named = {category: list(map(failures.name_only, reports)) for category, reports in whole.items()}
        try:
            return (yield)
        finally:
            stats.update(whole)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show the table, the verdict and the next command."""
        from pytest_brainscore.running.terminal import output_width, summary

        terminalreporter.stats.update(self._named)  # for pytest's short summary, which comes next
        terminalreporter.section("brainscore")
        for line in summary(self._collector, self._lost, output_width()):
            markup = {line.colour: True} if line.colour else {}
            terminalreporter.write_line(line.text, **markup, bold=line.bold)
        if self._collector.colour == "empty" and self._collector.records:
            terminalreporter.write_line("nothing was scored, which says nothing of the model", yellow=True, bold=True)
        for note in self._collector.output.notes:
            terminalreporter.write_line(note, yellow=True)
        for command in self._collector.output.commands:
            terminalreporter.write_line(command)

    def _stop_heartbeat(self) -> None:
        if self._heartbeat is not None:
            self._heartbeat.stop()

    def _reporter(self) -> pytest.TerminalReporter | None:
        return self._config.pluginmanager.get_plugin("terminalreporter")


def _nothing() -> None:
    """Restore nothing."""
