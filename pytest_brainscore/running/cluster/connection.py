"""The way to a cluster: a client of its scheduler, or of one started here, and workers that are like this process."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pytest_brainscore.running.cluster.tasks import check_worker
from pytest_brainscore.running.command_line.cluster_address import ClusterAddress, ClusterError
from pytest_brainscore.running.workers import bound_threads

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 15
"""How long a scheduler may take to answer."""

LOOPBACK = "127.0.0.1:0"
"""Where Dask's pages of a cluster of our own may be: any port, for this machine alone."""


@contextmanager
def connected(cluster: ClusterAddress) -> Iterator[Client]:
    """Give a client of a cluster; what was started for it is ended.

    Raises
    ------
    ClusterError
        Nobody answers.

    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what a user can mend is said in a sentence
    if cluster.local:
        with _started(cluster.local) as client:
            yield client
        return
    from distributed import Client

    try:
        client = Client(
            cluster.address,
            scheduler_file=None if cluster.file is None else str(cluster.file),
            timeout=CONNECT_SECONDS,
            set_as_default=False,
        )
    except (OSError, ValueError, TypeError, KeyError, RuntimeError, ImportError) as error:
        told = " ".join(str(error).split()) or type(error).__name__
        raise ClusterError(
            f"No scheduler answers at {cluster.text} within {CONNECT_SECONDS} s ({told}); start one with dask "
            "scheduler, or name the one that runs."
        ) from None
    try:
        yield client
    finally:
        client.close(timeout=2)


@contextmanager
def _started(number: int) -> Iterator[Client]:
    """Start workers in this process: what they compute, they compute in processes beside them."""
    from distributed import Client, LocalCluster

    bound_threads(number)
    with (
        LocalCluster(
            n_workers=number,
            threads_per_worker=1,
            processes=False,
            memory_limit=0,  # of this process, which holds nothing
            dashboard_address=LOOPBACK,
            worker_dashboard_address=LOOPBACK,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield client


def refuse_unlike(client: Client, cluster: ClusterAddress, wanted: Mapping[str, Any]) -> None:
    """Check the workers that are there; one that comes later is checked before its first test.

    Raises
    ------
    ClusterError
        Some are not like this process.

    """
    try:
        found = client.run(check_worker, dict(wanted), on_error="return")
    except Exception as error:  # of reading an answer: whatever the other side has sent
        found = {"the workers": error}
    problems = {name: _words(answer) for name, answer in found.items() if answer is not None}
    if problems:
        name, what = next(iter(problems.items()))
        alike = len(problems) - 1
        others = f" (and {alike} more are not like this process)" if alike else ""
        raise ClusterError(f"The worker {name} of {cluster.text} {what}{others}.")


def _words(answer: object) -> str:
    if isinstance(answer, ModuleNotFoundError):
        return f'has no {answer.name}; pip install "pytest-brainscore[cluster]" there, in the same version'
    return answer if isinstance(answer, str) else f"cannot be asked ({type(answer).__name__}: {answer})"
