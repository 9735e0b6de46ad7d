"""What runs in a Dask worker: the tasks that the scheduler hands out, and what every worker is asked.

Dask's own processes exchange only names of these functions and plain values. Models, and whatever else is large, stay
in the process beside a worker.
"""

from __future__ import annotations

import re
import threading
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from pytest_brainscore.running.cluster import channel, surroundings
from pytest_brainscore.running.cluster.worker_process import Died, NotReady, WorkerProcess

if TYPE_CHECKING:
    from distributed import Future, Worker

THERE = ("init", "running", "paused")
"""States of a worker that works, or will again."""
HELP = -1_000_000_000
"""Priority of extraction for another worker's test: whoever has a test to run, runs that."""

_processes: dict[str, WorkerProcess] = {}
"""The process beside each Dask worker of this one, by the worker's own id: more than one within ``local:N``."""
_guard = threading.Lock()


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
        with Helpers(worker.address, setup, test) as helpers:
            outcome["events"], outcome["interrupted"] = process.ask({"test": test}, helpers.heed)
    except NotReady as error:
        outcome["refused"] = f"{name} ({worker.address}) {error}"
    except Died as error:
        outcome["died"] = str(error)
    return channel.packed(outcome)


def help_test(setup: dict[str, Any], test: str, array: str) -> None:
    """Compute activations that a test on another worker waits for; the task of extraction.

    Parameters
    ----------
    setup, test
        See :func:`run_test`.
    array
        Name of what it waits for.

    """
    from distributed import get_worker

    worker = get_worker()
    with suppress(Died, NotReady):  # nobody depends on it
        _process_of(worker, _name_of(worker.name), setup).ask({"test": test, "array": array})


class Helpers:
    """Tasks for workers that have nothing to do, while a test computes activations; withdrawn once it has them.

    Parameters
    ----------
    here
        Address of the worker that runs the test.
    setup, test
        See :func:`run_test`.

    """

    def __init__(self, here: str, setup: dict[str, Any], test: str) -> None:
        self._here = here
        self._setup = setup
        self._test = test
        self._called: dict[str, list[Future[None]]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for array in list(self._called):
            self._withdraw(array)

    def heed(self, event: Mapping[str, Any]) -> bool:
        """Take what a process says of its activations; False for anything else that it says."""
        if "filling" in event:
            self._call(event["filling"], event["blocks"])
        elif "filled" in event:
            self._withdraw(event["filled"])
        else:
            return False
        return True

    def _call(self, array: str, blocks: int) -> None:
        from distributed import get_client

        with suppress(OSError, ValueError, RuntimeError):  # as well without
            client = get_client()
            others = [address for address in client.nthreads() if address != self._here]
            self._called[array] = [
                client.submit(
                    help_test,
                    self._setup,
                    self._test,
                    array,
                    key=f"{self._setup['run']}-help-{uuid.uuid4().hex}",
                    workers=[address],
                    priority=HELP,
                    pure=False,
                )
                for address in others[: blocks - 1]
            ]

    def _withdraw(self, array: str) -> None:
        from distributed import get_client

        with suppress(OSError, ValueError, RuntimeError):
            get_client().cancel(self._called.pop(array, []), force=True)


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
    process = WorkerProcess(setup, name, lambda: worker.status.name in THERE)
    with _guard:
        _processes[worker.id] = process
    process.wait_until_ready()
    return process


def _name_of(name: object) -> str:
    """Return what a worker is called in records, and in names of files.

    As those of ``-n N`` where it has a number for a name; where it has none, its name is its address.
    """
    return f"gw{name}" if isinstance(name, int) else re.sub(r"[^\w.-]+", "-", str(name).rpartition("://")[2])
