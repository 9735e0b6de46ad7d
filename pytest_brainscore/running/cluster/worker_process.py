"""The process beside a Dask worker: started with a run, and asked to run tests.

One for each worker: it may be killed for its memory and takes no worker with it, and a worker that is killed takes it
along.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

from pytest_brainscore.running.cluster import channel
from pytest_brainscore.running.workers import THREAD_VARIABLES

IDLE_SECONDS = 900.0
"""How long a process waits for the next test of a run whose controller may have been killed."""
WATCH_SECONDS = 1.0
"""Pause between two looks whether it is still wanted."""
END_SECONDS = 10.0
"""How long it may take to end when it has nothing more to do."""
_TOLD = 600
"""Characters of what a process has printed last, for a sentence."""


class Died(Exception):
    """The process beside a worker has ended by itself, or was killed."""


class NotReady(Exception):
    """It cannot do what it was started for; the text says why."""


class WorkerProcess:
    """The process beside a Dask worker.

    Parameters
    ----------
    setup
        See :func:`~pytest_brainscore.running.cluster.tasks.run_test`.
    name
        Of the worker.
    wanted
        Tells whether the worker is still there.

    """

    def __init__(self, setup: Mapping[str, Any], name: str, wanted: Callable[[], bool]) -> None:
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
        self._stdin = cast("BinaryIO", self._process.stdin)
        self._stdout = cast("BinaryIO", self._process.stdout)
        self._wanted = wanted
        self._busy = True
        self._changed = time.monotonic()
        workerinput = {**setup["workerinput"], "workerid": name}
        threading.Thread(target=self._watch, name="brainscore-watch", daemon=True).start()
        with suppress(Died):  # why, it says to who waits until it is ready
            self._request({**setup, "workerinput": workerinput})

    @property
    def alive(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait until it has collected the tests."""
        try:
            self._answer("ready")
        finally:
            self._set_busy(False)

    def ask(
        self, request: Mapping[str, Any], heed: Callable[[Mapping[str, Any]], bool] | None = None
    ) -> tuple[list[dict[str, Any]], Any]:
        """Have something done; returns what it reports of it, and its last word.

        Parameters
        ----------
        request
            What.
        heed
            Takes what it says in between; what this does not want is kept.

        Raises
        ------
        Died
            The process is gone.
        NotReady
            It cannot.

        """
        self._set_busy(True)
        try:
            self._request(request)
            return self._answer("end", heed)
        finally:
            self._set_busy(False)

    def end(self) -> None:
        """End the process: by itself where it has nothing to do, otherwise at once."""
        with suppress(OSError):
            self._stdin.close()
        try:
            self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _watch(self) -> None:
        """End the process when its worker has gone, or its run, which can no longer say so."""
        while self.alive:
            idle = not self._busy and time.monotonic() - self._changed > IDLE_SECONDS
            if idle or not self._wanted():
                self.end()
                return
            time.sleep(WATCH_SECONDS)

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self._changed = time.monotonic()

    def _request(self, message: Mapping[str, Any]) -> None:
        try:
            channel.send(self._stdin, dict(message))
        except (OSError, ValueError):  # closed, here or there
            raise Died(self._how_it_ended()) from None

    def _answer(
        self, last: str, heed: Callable[[Mapping[str, Any]], bool] | None = None
    ) -> tuple[list[dict[str, Any]], Any]:
        events: list[dict[str, Any]] = []
        while True:
            try:
                event = channel.receive(self._stdout)
            except (EOFError, OSError, ValueError):
                how = self._how_it_ended()
                if self._process.returncode > 0 and last == "ready":  # pytest did not get as far as its tests
                    raise NotReady(f"could not start: {self._last_words() or how}") from None
                raise Died(how) from None
            if "failed" in event:
                raise NotReady(f"{event['failed']}: {self._last_words()}")
            if last in event:
                return events, event[last]
            if heed is None or not heed(event):
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
    environment = {name: value for name, value in os.environ.items() if not decides(name)}
    environment |= setup["environment"]
    for variable in THREAD_VARIABLES:
        environment.setdefault(variable, "1")
    there = [path for path in setup["path"] if Path(path).exists()]
    environment["PYTHONPATH"] = os.pathsep.join(dict.fromkeys([*there, *filter(None, sys.path)]))
    return environment


def decides(variable: str) -> bool:
    """Tell whether an environment variable is one that decides what is scored, or how pytest runs."""
    return variable.startswith(("BRAINSCORE_", "PYTEST_", "HF_", "TORCH_HOME", "XDG_CACHE_HOME", "PYTHONHASHSEED"))
