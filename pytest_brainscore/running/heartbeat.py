"""A sign of life while benchmarks take minutes: what is running, since when, and about how long it will go on.

A thread writes a line when nothing else has been written for a while. It only looks: no result depends on it.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_brainscore.running.collector import Collector

TERMINAL_SECONDS = 20.0
"""Silence after which a line appears in a terminal, where somebody is waiting."""
LOG_SECONDS = 60.0
"""The same in a log, which is read later."""
NAMED = 4
"""Running benchmarks named in a line."""


class Heartbeat:
    """Writes a line whenever there has been silence for a while.

    Parameters
    ----------
    collector
        Knows what is to be done and what has been.
    write
        Writes a line where the user sees it, also while the output of a test is captured.
    seconds
        Silence between two lines.

    """

    def __init__(self, collector: Collector, write: Callable[[str], None], seconds: float) -> None:
        self._collector = collector
        self._write = write
        self._seconds = seconds
        self._running: dict[str, float] = {}
        self._spoke = self._began = time.monotonic()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="brainscore-heartbeat", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._thread.start()

    def stop(self) -> None:
        """Write no more; stopping twice is harmless."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def started(self, nodeid: str) -> None:
        """Note that a test has begun, in whichever process."""
        self._running[nodeid] = time.monotonic()

    def finished(self, nodeid: str) -> None:
        """Note that a test is over."""
        self._running.pop(nodeid, None)

    def spoke(self) -> None:
        """Note that the user has just been told something."""
        self._spoke = time.monotonic()

    def _watch(self) -> None:
        while not self._over.wait(max(0.01, self._spoke + self._seconds - time.monotonic())):
            now = time.monotonic()
            if now - self._spoke < self._seconds:
                continue
            self._spoke = now
            running = {name: now - since for name, since in self._running.copy().items()}
            if running:
                ledger = self._collector.ledger
                done, expected = ledger.finished.copy(), ledger.selected.copy()
                left = self._seconds_left(expected - done, running)
                self._write(line(now - self._began, running, len(done), len(expected), left))

    def _seconds_left(self, waiting: set[str], running: Mapping[str, float]) -> float | None:
        """Return how long the tests that wait will take at the pace so far; None before there is a pace."""
        costs = _costs(self._collector)
        timed = [record for record in list(self._collector.records.values()) if record.seconds and record.score]
        spent = sum(costs(f"{record.model}-{record.identifier}") or 0.0 for record in timed)
        if not spent:
            return None
        pace = sum(record.seconds for record in timed) / spent
        ahead = 0.0
        for nodeid in waiting:
            cost = costs(label(nodeid))
            if cost is not None:
                ahead += max(0.0, cost * pace - running.get(nodeid, 0.0))
        return ahead / len(running)


def line(elapsed: float, running: Mapping[str, float], done: int, expected: int, left: float | None) -> str:
    """Return the line.

    Parameters
    ----------
    elapsed
        Seconds since the run began.
    running
        Seconds that each running test has taken, by its id.
    done, expected
        Numbers of tests.
    left
        Seconds to go, or None where nothing can be said.

    """
    longest = sorted(running.items(), key=lambda item: -item[1])
    names = [f"{label(nodeid)} ({_clock(seconds)})" for nodeid, seconds in longest[:NAMED]]
    if len(longest) > NAMED:
        names.append(f"{len(longest) - NAMED} more")
    going = "" if left is None else f"; about {_words(left)} to go"
    return f"brainscore: {_clock(elapsed)}, {done} of {expected} done; running {', '.join(names)}{going}"


def label(nodeid: str) -> str:
    """Return the part of a test's id that names model and benchmark; the whole id of any other test."""
    return nodeid.partition("[")[2].rpartition("]")[0] or nodeid


def pause_for(terminal: bool) -> float:
    """Return the silence that is borne, in seconds."""
    return TERMINAL_SECONDS if terminal else LOG_SECONDS


def is_terminal() -> bool:
    """Tell whether somebody may be watching standard output."""
    try:
        return sys.stdout.isatty()
    except (AttributeError, ValueError):  # replaced, or closed
        return False


def _costs(collector: Collector) -> Callable[[str], float | None]:
    """Return what tells the cost of a model with a benchmark; None for what has no data here, which takes no time."""
    from pytest_brainscore.benchmarks.selector import choose

    by_label = {
        f"{model.identifier}-{benchmark.identifier}": benchmark
        for model in collector.options.trialled
        for benchmark in choose(collector.options.benchmarks)
    }

    @cache
    def available(identifier: str) -> bool:
        return next(each for each in by_label.values() if each.identifier == identifier).unavailable() is None

    def cost(name: str) -> float | None:
        benchmark = by_label.get(name)
        return None if benchmark is None or not available(benchmark.identifier) else benchmark.cost

    return cost


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _words(seconds: float) -> str:
    if seconds < 60:
        return "a minute"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{seconds / 3600:.1f} h"


def beside_capture() -> Callable[[str], None] | None:
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
