"""What the one process that talks to the user does: gather records, guard against losing any, write reports, tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator
from contextlib import suppress
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.data.home import shared_home
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.running import failures, workers
from pytest_brainscore.running.heartbeat import Heartbeat, is_terminal, pause_for
from pytest_brainscore.running.model_flag import LONG_FLAG, SHORT_FLAG

if TYPE_CHECKING:
    from pytest_brainscore.running.collector import Collector
    from pytest_brainscore.running.options import RunOptions

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
        self._shared_home = shared_home()
        self._heartbeat: Heartbeat | None = None
        self._lost: list[str] = []
        self._named: dict[str, list[pytest.TestReport]] = {}

    def pytest_report_header(self) -> list[str]:
        """Name the models, the baselines and the reports, and who else can write to the home folder."""
        options = self._options
        models = ", ".join(model.text for model in options.models)
        fetching = (
            "nothing is fetched" if offline() else "missing public data are fetched (not with --brainscore-offline)"
        )
        baselines = f"baselines in {options.baseline}"
        if options.baseline_output != options.baseline:
            baselines += f", to be stored in {options.baseline_output}"
        lines = [f"brainscore: {models}; {baselines}; report to {', '.join(options.reports)}; {fetching}"]
        return lines + ([f"brainscore: {self._shared_home}"] if self._shared_home else [])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_auto_num_workers(self) -> int:
        """Bound ``-n auto`` by memory."""
        return workers.auto_workers()

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_setupnodes(self, specs: list[Any]) -> None:
        """Divide the cores among the workers before they start."""
        workers.bound_threads(len(specs))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """Note what the workers have collected; each has collected the same."""
        self._collector.expect(ids)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what a serial run has collected."""
        self._collector.expect(item.nodeid for item in session.items)

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
        write = _beside_capture() if reporter.verbosity >= 0 else None
        if write is not None:
            self._heartbeat = Heartbeat(self._collector, write, pause_for(is_terminal()))
            self._heartbeat.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test has begun, here or in a worker."""
        if self._heartbeat is not None:
            self._heartbeat.started(nodeid)

    def pytest_unconfigure(self) -> None:
        """Stop the signs of life, however the run ended."""
        if self._heartbeat is not None:
            self._heartbeat.stop()

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Replace the letter of a benchmark by its live line, and name its status in verbose runs.

        What makes the run red is called FAILED, whatever its status: that is what people search a log for.
        """
        attached = getattr(report, "brainscore", None)
        if attached is None:
            return None
        category: str = report.outcome
        if hasattr(report, "wasxfail"):
            category = "xfailed"
        elif report.failed and report.when == "setup":
            category = "error"
        return category, "", "FAILED" if report.failed else attached["record"]["status"].upper()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in a record as it arrives."""
        from pytest_brainscore.report.red import is_red
        from pytest_brainscore.running.terminal import live_lines

        record = None
        attached = getattr(report, "brainscore", None)
        if attached is not None:
            record = self._collector.add(attached["record"], attached["model"])
        elif report.when not in ("setup", "call", "teardown"):  # xdist reports a dead worker's test as "???".
            record = self._collector.crashed(report.nodeid, "its worker process died (killed, or out of memory)")
        if report.when not in ("setup", "call"):
            self._collector.finished(report.nodeid)
            if self._heartbeat is not None:
                self._heartbeat.finished(report.nodeid)
        reporter = self._reporter()
        told = record is not None and (record.status != "unavailable" or is_red(record))
        if record is not None and told and reporter is not None and reporter.verbosity == 0:
            if self._heartbeat is not None:
                self._heartbeat.spoke()
            reporter.ensure_newline()
            for line in live_lines(record, get_terminal_size().columns):
                reporter.write_line(line.text, **({line.colour: True} if line.colour else {}))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Guard against lost results, then write what was asked for."""
        self.pytest_unconfigure()
        stopped = bool(session.shouldstop or session.shouldfail) or session.exitstatus in (
            pytest.ExitCode.INTERRUPTED,
            pytest.ExitCode.USAGE_ERROR,
        )
        self._lost = [] if stopped else self._collector.lost()
        if stopped:
            self._collector.close("stopped")
        else:
            self._collector.close("incomplete" if self._lost else "complete")
        if self._lost or (self._collector.problems and session.exitstatus in (0, 1, 5)):
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
        elif session.exitstatus == 0 and self._collector.colour == "red":
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        reporter = self._reporter()
        if exitstatus == pytest.ExitCode.INTERNAL_ERROR and reporter is not None:
            self.pytest_terminal_summary(reporter)  # after an internal error, pytest shows no summaries

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
        from pytest_brainscore.running.terminal import summary

        terminalreporter.stats.update(self._named)  # for pytest's short summary, which comes next
        terminalreporter.section("brainscore")
        for line in summary(self._collector, self._lost, get_terminal_size().columns):
            markup = {line.colour: True} if line.colour else {}
            terminalreporter.write_line(line.text, **markup, bold=line.bold)
        for command in self._collector.commands:
            terminalreporter.write_line(command)

    def _reporter(self) -> pytest.TerminalReporter | None:
        return self._config.pluginmanager.get_plugin("terminalreporter")


def _beside_capture() -> Callable[[str], None] | None:
    """Return what writes a line to standard output as it is now, also while a test's output is captured.

    None where standard output is no file, as in notebooks.
    """
    try:
        output = os.dup(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):
        return None

    def write(line: str) -> None:
        with suppress(OSError):  # whoever reads it may have gone
            os.write(output, f"{line}\n".encode())

    return write
