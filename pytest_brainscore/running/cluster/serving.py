"""The process beside a Dask worker: pytest with the same tests collected, which runs those it is told to.

To plug-ins it is a worker of pytest-xdist, which it does the work of: it writes no reports, and what it is to report
goes to the process that talks to the user. Run as a module, by `worker_process`.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from pytest_brainscore.running.cluster import channel
from pytest_brainscore.running.cluster.crew import Crew
from pytest_brainscore.running.command_line.selection import trial_of
from pytest_brainscore.running.process import STORE, run_of

if TYPE_CHECKING:
    from pytest_brainscore.models.activations.activation_store import ActivationStore


class Serving:
    """The plug-in that has pytest wait for tests to run instead of running all.

    Parameters
    ----------
    setup
        What the run is, see :func:`~pytest_brainscore.running.cluster.tasks.run_test`.
    requests
        What is to be done; None at the end.
    outgoing
        Where reports go.

    """

    def __init__(
        self, setup: dict[str, Any], requests: queue.SimpleQueue[dict[str, Any] | None], outgoing: BinaryIO
    ) -> None:
        self._setup = setup
        self._requests = requests
        self._outgoing = outgoing
        self._config: pytest.Config | None = None
        self._crew = Crew(self._send)
        self.busy = False
        """Whether a test is running."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_load_initial_conftests(self, early_config: pytest.Config) -> None:
        """Be a worker, before anybody asks."""
        early_config.workerinput = self._setup["workerinput"]  # type: ignore[attr-defined]
        early_config.workeroutput = {}  # type: ignore[attr-defined]
        self._config = early_config

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Keep out of the way of the process that talks to the user."""
        config.stash[STORE] = self._store
        if config.option.basetemp:  # which pytest empties
            given = Path(config.option.basetemp)
            config.option.basetemp = str(given.with_name(f"{given.name}-{self._setup['workerinput']['workerid']}"))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run what is asked for, until the end."""
        if session.testsfailed:
            self._send({"failed": "could not collect the tests"})
            return True
        items = {item.nodeid: item for item in session.items}
        self._send({"ready": len(items)})
        while (request := self._requests.get()) is not None:
            item = items.get(request["test"])
            if item is None:
                self._send({"failed": f"has collected no test {request['test']}"})
                continue
            self.busy = True
            if "array" in request:
                self._help(item, request["array"])
                self._send({"end": None})
            else:
                self._send({"end": self._run(item)})
            self.busy = False
        return True

    def _run(self, item: pytest.Item) -> str | None:
        """Run a test; returns what interrupted it."""
        try:
            # Whoever repeats or times tests does it here. Which test is next is not known: all fixtures end with it.
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        except (KeyboardInterrupt, pytest.exit.Exception) as error:
            return str(getattr(error, "msg", None) or error) or type(error).__name__
        return None

    def _store(self, **settings: Any) -> ActivationStore:
        from pytest_brainscore.running.cluster.sharing import SharingStore  # numpy

        return SharingStore(self._crew, **settings)

    def _help(self, item: pytest.Item, array: str) -> None:
        """Compute what a test is waiting for in another process; that one finds out what is wrong with it."""
        trial = trial_of(item)
        if trial is None:
            return
        self._crew.helping = array
        try:
            trial.benchmark(run_of(item.config).model(trial.model))
        except BaseException as error:
            print(f"no more help with {item.nodeid}: {type(error).__name__}", file=sys.stderr)
        finally:
            self._crew.helping = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Hand on a report of a test."""
        assert self._config is not None
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        try:
            self._send({"report": data})
        except channel.DumpError as error:  # a plug-in, or the test, has put something odd there
            refused = f"its report holds what cannot be sent to another process ({error})"
            plain = pytest.TestReport(report.nodeid, report.location, {}, "failed", refused, report.when)
            self._send({"report": self._config.hook.pytest_report_to_serializable(config=self._config, report=plain)})

    def pytest_warning_recorded(
        self,
        warning_message: warnings.WarningMessage,
        when: str,
        nodeid: str,
        location: tuple[str, int, str] | None,
    ) -> None:
        """Hand on a warning of a test; those of collecting are those of all processes."""
        if when == "runtest":
            told = [warning_message.category.__name__, str(warning_message.message)]
            place = [str(warning_message.filename), int(warning_message.lineno)]
            self._send({"warning": [*told, *place, nodeid, location]})

    def _send(self, message: dict[str, Any]) -> None:
        channel.send(self._outgoing, message)


def _listen(incoming: BinaryIO, serving: Serving, requests: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Take requests in; end with the worker, however it ended."""
    try:
        while True:
            requests.put(channel.receive(incoming))
    except EOFError:
        if serving.busy:
            os._exit(1)
        requests.put(None)


def main() -> int:
    """Serve until nobody asks any more."""
    incoming, outgoing = channel.own_streams()
    setup: dict[str, Any] = channel.receive(incoming)
    os.chdir(setup["folder"])
    os.environ["PYTEST_XDIST_WORKER"] = setup["workerinput"]["workerid"]  # as xdist says it to tests
    requests: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    serving = Serving(setup, requests, outgoing)
    threading.Thread(target=_listen, args=(incoming, serving, requests), daemon=True).start()
    return int(pytest.main(setup["arguments"], plugins=[serving]))


if __name__ == "__main__":
    sys.exit(main())
