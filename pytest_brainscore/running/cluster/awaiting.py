"""What the process that talks to the user does on a cluster: hand out tests, and take in what is reported of them."""

from __future__ import annotations

import builtins
import os
import queue
import shutil
import sys
import time
import uuid
import warnings
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from pytest_brainscore.data.home import home
from pytest_brainscore.report.notation import counted
from pytest_brainscore.running.cluster import channel
from pytest_brainscore.running.cluster.connection import connected, refuse_unlike
from pytest_brainscore.running.cluster.surroundings import surroundings
from pytest_brainscore.running.cluster.tasks import dismiss, run_test
from pytest_brainscore.running.cluster.worker_process import decides
from pytest_brainscore.running.command_line.cluster_address import ClusterAddress, ClusterError
from pytest_brainscore.running.workers import FOLDER

if TYPE_CHECKING:
    from distributed import Client, Future

DEATHS = 3
"""Processes that may die under a test until it counts as what kills them."""
AHEAD = 2
"""Tests handed out for each worker: the one that it runs, and the next."""
LOOK_SECONDS = 2.0
"""Pause between two looks at how many workers there are."""


class Awaiting:
    """Replaces pytest's loop over the tests: what scores is run by a cluster, everything else here.

    Parameters
    ----------
    config
        Of this run.
    cluster
        Which one.

    """

    def __init__(self, config: pytest.Config, cluster: ClusterAddress) -> None:
        self._config = config
        self._cluster = cluster

    def pytest_report_header(self) -> str:
        """Name the cluster."""
        return f"brainscore: tests run on the Dask cluster {self._cluster.text}, whatever -n says"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Run the tests."""
        option = session.config.option
        if session.testsfailed and not option.continue_on_collection_errors:
            return None  # pytest's own loop says so
        if option.usepdb:
            raise pytest.UsageError(
                "--pdb stops a test in this process; leave out --brainscore-cluster to debug a benchmark."
            )
        away: list[pytest.Item] = []
        here: list[pytest.Item] = []
        for item in session.items:
            (away if item.get_closest_marker("brainscore") else here).append(item)
        if not away:
            return None
        try:
            with _setup(self._config) as setup, connected(self._cluster) as client:
                refuse_unlike(client, self._cluster, setup["surroundings"])
                run = _Run(session, client, self._cluster, setup, away)
                try:
                    run.drive(here)
                finally:
                    run.close()
        except ClusterError as error:
            raise pytest.UsageError(str(error)) from error
        return True


@contextmanager
def _setup(config: pytest.Config) -> Iterator[dict[str, Any]]:
    """Give what workers are told of a run, as plain values (see ``tasks.run_test``)."""
    name = f"brainscore-{uuid.uuid4().hex}"
    token = home() / name
    try:
        token.mkdir(parents=True)
    except OSError as error:
        raise ClusterError(
            f"Workers must be able to tell that they see the same home folder, and nothing can be written to {home()} "
            f"({error}); set BRAINSCORE_HOME to a folder that can be written."
        ) from None
    here = Path(config.invocation_params.dir)
    arguments = [str(word) for word in config.invocation_params.args]
    if config.pluginmanager.hasplugin("pytest_cov"):
        arguments.append("--no-cov")
    environment = {key: value for key, value in os.environ.items() if decides(key)}
    workerinput: dict[str, Any] = {"testrunuid": name, "workercount": 1, "mainargv": sys.argv}
    node = _Node("cluster", config, workerinput)
    if hasattr(config.hook, "pytest_configure_node"):
        with suppress(Exception):  # of a plug-in that knows workers of xdist alone
            config.hook.pytest_configure_node(node=node)
    try:
        if FOLDER in workerinput:  # what the controller tells workers, where those of other machines see it
            shutil.copytree(workerinput[FOLDER], token, dirs_exist_ok=True)
        workerinput[FOLDER] = str(token)
        yield {
            "run": name,
            "arguments": arguments,
            "folder": str(here),
            "environment": environment | {"BRAINSCORE_HOME": str(home())},
            "path": [str(Path(entry).absolute()) for entry in sys.path],
            "workerinput": {key: value for key, value in workerinput.items() if _is_plain(value)},
            "surroundings": surroundings(here, name),
        }
    finally:
        shutil.rmtree(token, ignore_errors=True)


class _Node:
    """What stands for a worker in reports, with what pytest and plug-ins ask a worker of xdist for."""

    def __init__(self, worker: str, config: pytest.Config, workerinput: dict[str, Any]) -> None:
        self.config = config
        self.workerinput = workerinput
        self.gateway = SimpleNamespace(id=worker)
        self.workerinfo = {
            "id": worker,
            "sysplatform": sys.platform,
            "version_info": tuple(sys.version_info),
            "executable": sys.executable,
        }


def _is_plain(value: object) -> bool:
    try:
        channel.packed(value)
    except channel.DumpError:
        return False
    return True


class _Run:
    """The tests of one run on a cluster, from the first to the last."""

    def __init__(
        self,
        session: pytest.Session,
        client: Client,
        cluster: ClusterAddress,
        setup: dict[str, Any],
        items: list[pytest.Item],
    ) -> None:
        self._session = session
        self._hook = session.config.hook
        self._client = client
        self._cluster = cluster
        self._setup = setup
        self._items = {item.nodeid: item for item in items}
        self._waiting = deque(self._items)
        self._running: dict[str, tuple[str, Future[bytes]]] = {}
        """Test and future, by the name of the task."""
        self._begun: set[str] = set()
        self._deaths: Counter[str] = Counter()
        self._starts: Counter[str] = Counter()
        self._tasks = self._reported = 0
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._nodes: dict[str, _Node] = {}
        self._workers, self._counted = 0, float("-inf")
        self._told_to_wait = False
        client.subscribe_topic(setup["run"], lambda event: self._events.put(("begun", event[1])))

    def drive(self, others: list[pytest.Item]) -> None:
        """Run all tests, the `others` in this process."""
        self._hand_out()
        for item, following in zip(others, [*others, None][1:], strict=True):
            self._hook.pytest_runtest_protocol(item=item, nextitem=following)
            self._heed()
        while self._running:
            try:
                kind, value = self._events.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                self._hand_out()
                continue
            if kind == "begun":
                self._starts[value["test"]] += 1
                self._begin(value["test"])
            else:
                self._take(value)
                self._heed()
                self._hand_out()

    def close(self) -> None:
        """Call back what is still out there, and let the processes beside the workers go."""
        with suppress(Exception):  # of a scheduler that has gone
            if self._client.status == "running":
                self._client.cancel([future for _, future in self._running.values()], force=True)
                self._client.run(dismiss, self._setup["run"], on_error="ignore")

    def _hand_out(self) -> None:
        """Keep every worker busy; with ``-x`` and the like hand out no more than they run."""
        if not self._waiting:
            return
        workers = self._count_workers()
        ahead = 1 if self._session.config.option.maxfail else AHEAD
        while self._waiting and len(self._running) < max(1, workers) * ahead:
            test = self._waiting.popleft()
            self._tasks += 1
            key = f"{self._setup['run']}-{self._tasks}"
            future = self._client.submit(run_test, self._setup, test, key=key, pure=False, priority=-self._tasks)
            self._running[key] = test, future
            future.add_done_callback(lambda done: self._events.put(("done", done.key)))

    def _count_workers(self) -> int:
        """Return how many workers there are, asked now and then."""
        if time.monotonic() - self._counted < LOOK_SECONDS:
            return self._workers
        try:
            self._workers = len(self._client.nthreads())
        except (OSError, RuntimeError):
            self._lost()
        self._counted = time.monotonic()
        if not self._workers and not self._told_to_wait:
            self._told_to_wait = True
            self._write(f"{self._cluster.text} has no workers yet; the tests wait for them")
        return self._workers

    def _begin(self, test: str) -> None:
        if test not in self._begun:
            self._begun.add(test)
            self._hook.pytest_runtest_logstart(nodeid=test, location=self._items[test].location)

    def _take(self, key: str) -> None:
        """Take in what became of a task."""
        from distributed import KilledWorker

        test, future = self._running.pop(key)
        if future.status == "cancelled":
            self._lost()
        try:
            outcome = channel.unpacked(future.result())
        except KilledWorker:
            # Also what a worker that was killed had not begun: that does not count.
            self._deaths[test] = max(self._deaths[test], self._starts[test] - 1)
            outcome = {"worker": "", "died": "its workers were lost with it"}
        except Exception as error:  # of Dask, or of a worker that came late and is another altogether
            self._stop(f"{self._cluster.text} cannot run a test ({type(error).__name__}: {error})")
        if "refused" in outcome:
            self._stop(f"the worker {outcome['refused']}")
        self._begin(test)
        if "died" in outcome:
            self._deaths[test] += 1
            if self._deaths[test] < DEATHS:
                self._waiting.appendleft(test)
                return
            self._crashed(test, outcome)
        else:
            for event in outcome["events"]:
                self._tell(outcome["worker"], event)
        self._reported += 1
        self._hook.pytest_runtest_logfinish(nodeid=test, location=self._items[test].location)
        if outcome.get("interrupted"):
            self._session.shouldstop = f"{test}: {outcome['interrupted']}"

    def _tell(self, worker: str, event: dict[str, Any]) -> None:
        if "warning" in event:
            category, text, file, line, nodeid, location = event["warning"]
            known = getattr(builtins, category, None)
            kind = known if isinstance(known, type) and issubclass(known, Warning) else UserWarning
            message = warnings.WarningMessage(kind(text), kind, file, line)
            told = {"warning_message": message, "when": "runtest", "nodeid": nodeid, "location": location}
            self._hook.pytest_warning_recorded.call_historic(kwargs=told)
            return
        report = self._hook.pytest_report_from_serializable(config=self._session.config, data=event["report"])
        self._report(report, worker)

    def _crashed(self, test: str, outcome: dict[str, Any]) -> None:
        """Report a test as xdist does whose worker has died."""
        reason = f"its worker process died {DEATHS} times (killed, or out of memory); the last time, {outcome['died']}"
        report = pytest.TestReport(test, self._items[test].location, {}, "failed", reason, "???")  # type: ignore[arg-type]
        report.brainscore_reason = reason  # type: ignore[attr-defined]
        self._report(report, outcome["worker"])

    def _report(self, report: Any, worker: str) -> None:
        report.worker_id = worker
        if worker not in self._nodes:
            self._nodes[worker] = _Node(worker, self._session.config, {"workerid": worker})
        report.node = self._nodes[worker]
        self._hook.pytest_runtest_logreport(report=report)

    def _heed(self) -> None:
        """Stop where pytest would between two tests."""
        if self._session.shouldfail:
            raise self._session.Failed(self._session.shouldfail)
        if self._session.shouldstop:
            raise self._session.Interrupted(self._session.shouldstop)

    def _lost(self) -> NoReturn:
        left = len(self._items) - self._reported
        self._stop(
            f"the scheduler of {self._cluster.text} was lost, with {counted(left, 'test')} that had not "
            "reported; start it again, and then this run"
        )

    def _stop(self, reason: str) -> NoReturn:
        self._session.shouldstop = reason
        raise self._session.Interrupted(reason)

    def _write(self, text: str) -> None:
        reporter = self._session.config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:
            reporter.ensure_newline()
            reporter.write_line(f"brainscore: {text}", yellow=True)
