"""Several runs that update the same baseline at the same time lose nothing."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from pytest_brainscore.scoring.baseline import BaselineScore, read_baseline, update_baseline

PROCESSES = 2
UPDATES = 20


def update_often(folder: Path, process: int, start: Barrier) -> None:
    start.wait(timeout=60)
    for number in range(UPDATES):
        score = BaselineScore(
            score=number / UPDATES, error=None, raw=0.5, ceiling=1.0, fingerprint={"process": process}
        )
        update_baseline(folder, "net", {f"{process}-{number}": score, "shared": score})


def test_two_processes_at_once_lose_nothing(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(PROCESSES)
    processes = [context.Process(target=update_often, args=(tmp_path, process, start)) for process in range(PROCESSES)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=120)
        assert process.exitcode == 0
    stored = read_baseline(tmp_path, "net").scores
    expected = {f"{process}-{number}" for process in range(PROCESSES) for number in range(UPDATES)}
    assert stored.keys() == expected | {"shared"}
    assert all(stored[name].fingerprint == {"process": int(name[0])} for name in expected)
