"""What runs in a Dask worker: it keeps a process beside it, and gives it the tests that the scheduler sends here.

Dask's own processes exchange only names of these functions and plain values. Models, and whatever else is large, stay
in the process beside the worker, one for each: it may be killed for its memory and takes no worker with it, and a
worker that is killed takes it along.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.running.cluster import channel, surroundings
from pytest_brainscore.running.workers import THREAD_VARIABLES

if TYPE_CHECKING:
    from distributed import Worker

IDLE_SECONDS = 900.0
"""How long a process waits for the next test of a run whose controller may have been killed."""
END_SECONDS = 10.0
"""How long it may take to end when it has nothing more to do."""
_TOLD = 600
"""Characters of what a process has printed last, for a sentence."""

_processes: dict[str, WorkerProcess] = {}
"""The process beside each Dask worker of this one, by the worker's own id: more than one within ``local:N``."""
_guard = threading.Lock()


class Died(Exception):
    """The process beside a worker has ended by itself, or was killed."""


class NotReady(Exception):
    """It cannot do what it was started for; the text says why."""


def run_test(setup: dict[str, Any], test: str) -> bytes:
    """Run a test; the task that the scheduler hands out.

    Parameters
    ----------
    setup
        What the run is, as plain values: ``run``, its name; ``arguments``, ``folder``, ``environment`` and ``path`` of
        the process that talks to the user, ``workerinput`` for plug-ins, and the ``surroundings`` that are wanted.
    test
        Its id.

    Returns
    -------
    bytes
        A packed dictionary: ``worker``, and either ``events`` (reports and warnings, in order) with ``interrupted``
        (None, or what interrupted the test), or ``died`` or ``refused`` with the reason.

    """
    from distributed import get_worker

    worker = get_worker()
    name = _name_of(worker.name)
    outcome: dict[str, Any] = {"worker": name}
    try:
        process = _process_of(worker, name, setup)
        worker.log_event(setup["run"], {"test": test, "worker": name})
        outcome["events"], outcome["interrupted"] = process.ask({"test": test})
    except NotReady as error:
        outcome["refused"] = f"{name} ({worker.address}) {error}"
    except Died as error:
        outcome["died"] = str(error)
    return channel.packed(outcome)


def check_worker(wanted: Mapping[str, Any], dask_worker: Worker) -> str | None:
    """Return in words what keeps this worker from the run; None where nothing does."""
    threads = dask_worker.state.nthreads
    if threads != 1:
        return f"runs {threads} tasks at once, and a process runs one test; start it with --nthreads 1, several of them"
    return surroundings.problem(wanted)


def dismiss(run: str, dask_worker: Worker) -> None:
    """End the process of a run beside a worker, whatever it does."""
    with _guard:
        process = _processes.get(dask_worker.id)
        if process is None or process.run != run:
            return
        del _processes[dask_worker.id]
    process.end()


def _process_of(worker: Worker, name: str, setup: dict[str, Any]) -> WorkerProcess:
    """Return the process beside a worker, started anew where there is none, or one of another run."""
    with _guard:
        before = _processes.get(worker.id)
        if before is not None and before.run == setup["run"] and before.alive:
            return before
        _processes.pop(worker.id, None)
    if before is not None:
        before.end()
    reason = check_worker(setup["surroundings"], worker)
    if reason is not None:
        raise NotReady(reason)
    process = WorkerProcess(setup, name)
    with _guard:
        _processes[worker.id] = process
    process.wait_until_ready()
    return process


def _name_of(name: object) -> str:
    """Return what a worker is called in records, and in names of files.

    As those of ``-n N`` where it has a number for a name; where it has none, its name is its address.
    """
    return f"gw{name}" if isinstance(name, int) else re.sub(r"[^\w.-]+", "-", str(name).rpartition("://")[2])


class WorkerProcess:
    """The process beside a Dask worker.

    Parameters
    ----------
    setup
        See :func:`run_test`.
    name
        Of the worker.

    """

    def __init__(self, setup: Mapping[str, Any], name: str) -> None:
        self.run: str = setup["run"]
        self._printed = tempfile.TemporaryFile()  # noqa: SIM115 - as long as the process
        environment = _environment(setup)
        # Safe path: the folder that this happens to be in is no place for modules; what is, is in the path.
        command = [sys.executable, "-P", "-m", "pytest_brainscore.running.cluster.serving"]
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._printed,
            env=environment,
            start_new_session=True,  # Ctrl-C in a terminal is for the process that talks to the user
        )
        self._idle: threading.Timer | None = None
        workerinput = {**setup["workerinput"], "workerid": name}
        self._request({**setup, "workerinput": workerinput})

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait until it has collected the tests."""
        self._answer("ready")

    def ask(self, request: Mapping[str, Any]) -> tuple[list[dict[str, Any]], Any]:
        """Have something done; returns what it reports of it, and its last word.

        Raises
        ------
        Died
            The process is gone.
        NotReady
            It cannot.

        """
        if self._idle is not None:
            self._idle.cancel()
        self._request(request)
        answer = self._answer("end")
        self._idle = threading.Timer(IDLE_SECONDS, self.end)
        self._idle.daemon = True
        self._idle.start()
        return answer

    def end(self) -> None:
        """End the process: by itself where it has nothing to do, otherwise at once."""
        if self._idle is not None:
            self._idle.cancel()
        try:
            assert self._process.stdin is not None
            self._process.stdin.close()
        except OSError:
            pass
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _request(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            channel.send(self._process.stdin, dict(message))
        except (OSError, ValueError):  # closed, here or there
            raise Died(self._how_it_ended()) from None

    def _answer(self, last: str) -> tuple[list[dict[str, Any]], Any]:
        assert self._process.stdout is not None
        events: list[dict[str, Any]] = []
        while True:
            try:
                event = channel.receive(self._process.stdout)
            except (EOFError, OSError, ValueError):
                how = self._how_it_ended()
                if self._process.returncode > 0 and last == "ready":  # pytest did not get as far as its tests
                    raise NotReady(f"could not start: {self._last_words() or how}") from None
                raise Died(how) from None
            if "failed" in event:
                raise NotReady(f"{event['failed']}: {self._last_words()}")
            if last in event:
                return events, event[last]
            events.append(event)

    def _how_it_ended(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"its process ended with exit code {code}"
        try:
            return f"its process was killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"its process was killed by signal {-code}"

    def _last_words(self) -> str:
        size = self._printed.seek(0, os.SEEK_END)
        self._printed.seek(max(0, size - _TOLD))
        return " ".join(self._printed.read().decode(errors="replace").split())


def _environment(setup: Mapping[str, Any]) -> dict[str, str]:
    """Return the variables of a process: the worker's, but where what is scored depends on them those of the run."""
    environment = {name: value for name, value in os.environ.items() if not decides(name)} | setup["environment"]
    for variable in THREAD_VARIABLES:
        environment.setdefault(variable, "1")
    there = [path for path in setup["path"] if Path(path).exists()]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*there, *filter(None, sys.path)]))
    return environment


def decides(variable: str) -> bool:
    """Tell whether an environment variable is one that decides what is scored, or how pytest runs."""
    return variable.startswith(("BRAINSCORE_", "PYTEST_", "HF_", "TORCH_HOME", "XDG_CACHE_HOME", "PYTHONHASHSEED"))
