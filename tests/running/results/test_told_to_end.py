"""Batch systems and runners send SIGTERM before they kill: the run ends as with Ctrl-C, and keeps what it has."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.running.signals import on_termination

if TYPE_CHECKING:
    from tests.support.projects import Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs signals")


@pytest.mark.parametrize(("name", "workers"), [("SIGTERM", "0"), ("SIGTERM", "2"), ("SIGHUP", "0")])
def test_it_keeps_what_it_has_and_ends(project: Project, name: str, workers: str) -> None:
    swallows = "\nwhile True:\n  try:\n    time.sleep(60)\n  except Exception:\n    pass"
    project.outcomes({"short": {"score": 0.5, "cost": 9}, "slow": {"do": swallows}})
    command = [sys.executable, "-m", "pytest", "test_toys.py", "--model", "net.py:build", "-n", workers]
    signals = partial(signal.signal, getattr(signal, name), signal.SIG_DFL)  # whoever runs these tests may ignore it
    run = subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, text=True, preexec_fn=signals)
    lines = project.path / "brainscore-report.jsonl"
    deadline = time.monotonic() + 60
    # The first line is the header; the second is of a benchmark.
    while time.monotonic() < deadline and not (lines.exists() and lines.read_text().count("\n") > 1):
        time.sleep(0.05)
    time.sleep(0.3)
    run.send_signal(getattr(signal, name))
    told, _ = run.communicate(timeout=60)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert f"told to end by {name}" in told
    report = project.report()
    assert report["complete"] is False
    assert project.benchmarks()["short"]["score"] == 0.5
    if "slow" in project.benchmarks():
        assert project.benchmarks()["slow"]["status"] == "crashed"
        assert name in project.benchmarks()["slow"]["reason"]


class TestHandlers:
    def test_they_are_restored(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        restore = on_termination(lambda name: None)
        assert signal.getsignal(signal.SIGTERM) is not before
        restore()
        assert signal.getsignal(signal.SIGTERM) is before

    def test_the_name_is_told(self) -> None:
        heard: list[str] = []
        restore = on_termination(heard.append)
        signal.raise_signal(signal.SIGTERM)
        restore()
        assert heard == ["SIGTERM"]

    def test_who_handles_it_already_goes_on_to(self) -> None:
        before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
        try:
            on_termination(lambda name: None)()
            assert signal.getsignal(signal.SIGTERM) is signal.SIG_IGN
        finally:
            signal.signal(signal.SIGTERM, before)

    def test_another_thread_takes_none(self) -> None:
        thread = threading.Thread(target=lambda: on_termination(lambda name: None)())
        thread.start()
        thread.join()
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
