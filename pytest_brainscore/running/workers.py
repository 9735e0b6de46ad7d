"""How many worker processes, how they share the cores, and how tests are dealt out to them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

MEMORY_PER_WORKER = 2 * 1024**3
"""Bytes a worker may need at its peak: torch with torchvision takes 0.7 GB, a batch through a network and the
receptive-field map of 93,312 units bring it to 1.2-1.6 GB (measured with squeezenet1_1)."""

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS")
"""Read by the numerical libraries when they are first imported, hence set before a worker starts."""

FOLDER = "brainscore_selection"
"""Under which workers find, in ``workerinput``, the folder in which they hand over what they have selected."""

INPUTS = "brainscore_inputs"
"""The same for the folder in which the checkpoints of a network share prepared images."""


def auto_workers() -> int:
    """Return how many workers ``-n auto`` starts: one a core, fewer where memory is short."""
    import psutil

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return workers_within(cores, psutil.virtual_memory().available)


def workers_within(cores: int, memory: int) -> int:
    """Return the number of workers for this many cores and bytes of memory; at least one."""
    return max(1, min(cores, memory // MEMORY_PER_WORKER))


def bound_threads(workers: int) -> None:
    """Divide the cores among the workers, through the environment that they inherit.

    Without this, every worker starts one thread a core in each numerical library, and n workers on n cores run n^2
    threads. A value the user has set stays.
    """
    threads = max(1, (os.cpu_count() or 1) // max(1, workers))
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, str(threads))


def choose_distribution(config: pytest.Config) -> None:
    """Let idle workers take waiting tests from busy ones, unless the user chose a distribution with ``--dist``.

    Scores take from milliseconds to minutes. With tests sorted slow first, stealing comes closest to the ideal; but it
    hands out all tests at once, and what a worker holds it runs, also after the failure that ``-x`` or ``--maxfail``
    stops at (20 of 40 tests, measured with two workers). Where a run may stop early, tests are handed out one by one:
    a worker never holds more than the one it runs and the next.
    """
    option = config.option
    if not getattr(option, "numprocesses", None) or getattr(option, "dist", None) != "no":
        return
    if option.maxfail or getattr(option, "stepwise", False):
        option.dist = "load"
        if getattr(option, "maxschedchunk", None) is None:
            option.maxschedchunk = 1
    else:
        option.dist = "worksteal"


def too_many(config: pytest.Config) -> str | None:
    """Return in a sentence that so many workers cannot fit into memory; None where they may."""
    count = len(getattr(config.option, "tx", None) or [])
    if count < 2:
        return None
    from pytest_brainscore.cost.fitting import certain_problem
    from pytest_brainscore.cost.machine import capacity

    return certain_problem(capacity(), count)


def keep_in_one_process(config: pytest.Config) -> None:
    """Have xdist start no workers, whatever ``-n`` says: those of a cluster run the tests, or nobody does."""
    for name, value in {"numprocesses": 0, "dist": "no", "tx": []}.items():
        if hasattr(config.option, name):
            setattr(config.option, name, value)


def asked_for(config: pytest.Config) -> int:
    """Return how many workers ``-n`` asks for."""
    asked = getattr(config.option, "numprocesses", None)
    return auto_workers() if isinstance(asked, str) else int(asked or 0)


def device_of_worker(device: str, worker: str) -> str:
    """Spread workers over the CUDA devices: ``gw3`` of two devices takes ``cuda:1``. Other devices stay.

    How many there are is asked when a network is loaded (``auto:3``): a worker that loads none imports no torch.
    """
    if device not in ("auto", "cuda") or not worker.startswith("gw"):
        return device
    if device == "auto":
        return f"auto:{worker[2:]}"
    import torch

    count = torch.cuda.device_count()
    return f"cuda:{int(worker[2:]) % count}" if count > 1 else device
