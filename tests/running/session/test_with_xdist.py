"""Under ``-n N``: the same report, and no result is ever lost in silence."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from pytest_brainscore.running import workers

if TYPE_CHECKING:
    from tests.support.projects import Project

pytest.importorskip("xdist")


def test_serial_and_parallel_reports_are_identical(project: Project) -> None:
    project.outcomes({f"b{index}": {"score": index / 10, "cost": index} for index in range(8)} | {"no": {"raise": "x"}})
    project.run("-n", "0")
    serial = project.stable_report()
    project.run("-n", "2")
    assert project.stable_report() == serial


def test_worker_names_are_recorded(project: Project) -> None:
    project.run("-n", "2")
    assert {record["worker"] for record in project.report()["benchmarks"]} <= {"gw0", "gw1"}


class TestPlainTypes:
    """T1: a NumPy scalar in a report would make xdist exit 0 with the result lost."""

    def test_a_numpy_score_is_converted_at_the_boundary(self, project: Project) -> None:
        project.outcomes({"one": {"score": 0.5, "numpy": True}})
        project.run("-n", "2").assert_outcomes(passed=1)
        assert project.benchmarks()["one"]["score"] == 0.5

    def test_anything_else_is_refused_inside_the_test(self, project: Project) -> None:
        project.outcomes({"one": {"score": 0.5, "array": True}, "two": {"score": 0.2}})
        result = project.run("-n", "2")
        result.assert_outcomes(passed=1, failed=1)
        assert project.benchmarks()["one"]["status"] == "failed"

    def test_a_result_lost_on_the_way_never_exits_zero(self, project: Project) -> None:
        """A user's own ``record_property`` with a NumPy scalar breaks the channel; the guard notices."""
        (project.path / "test_toys.py").write_text(
            (project.path / "test_toys.py").read_text()
            + "\ndef test_lost(record_property):\n    import numpy\n"
            + "    record_property('x', numpy.float64(1))\n"
        )
        result = project.run("-n", "2")
        assert result.ret == pytest.ExitCode.INTERNAL_ERROR
        result.stdout.fnmatch_lines(["*never reported*"])


class TestDeadWorker:
    """T3: a worker killed by the system."""

    @pytest.fixture
    def killed(self, project: Project) -> tuple[Project, pytest.RunResult]:
        first: dict[str, dict[str, Any]] = {"fine": {"score": 0.5, "cost": 9}, "deadly": {"kill": True, "cost": 5}}
        project.outcomes(first | {f"later{index}": {"score": 0.1} for index in range(4)})
        return project, project.run("-n", "2")

    def test_it_is_recorded_as_crashed_and_fails_the_run(self, killed: tuple[Project, pytest.RunResult]) -> None:
        project, result = killed
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        record = project.benchmarks()["deadly"]
        assert record["status"] == "crashed"
        assert "died" in record["reason"]

    def test_all_other_results_are_kept(self, killed: tuple[Project, pytest.RunResult]) -> None:
        project, _ = killed
        statuses = {name: record["status"] for name, record in project.benchmarks().items()}
        assert statuses.pop("deadly") == "crashed"
        assert set(statuses.values()) == {"scored"}
        assert len(statuses) == 5
        assert {line["identifier"] for line in project.lines()} == {*statuses, "deadly"}


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_ctrl_c_keeps_the_lines_that_arrived(project: Project) -> None:
    project.outcomes(
        {f"short{index}": {"score": 0.5, "cost": 9} for index in range(3)} | {"slow": {"sleep": 60, "score": 1}}
    )
    command = [sys.executable, "-m", "pytest", "test_toys.py", "--model", "net.py:build", "-n", "2"]
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # whoever runs these tests may ignore it
    run = subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, start_new_session=True, preexec_fn=heard)
    lines = project.path / "brainscore-report.jsonl"
    while run.poll() is None and (not lines.exists() or lines.read_text().count("\n") < 4):
        time.sleep(0.1)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait() != 0
    assert {line["identifier"] for line in project.lines()} == {"short0", "short1", "short2"}


class TestScheduling:
    """T8, T2: slow first, then work stealing; no dependence on groups."""

    def test_work_stealing_is_the_default(self, project: Project) -> None:
        project.run("-n", "1", "-v").stdout.fnmatch_lines(["scheduling tests via WorkStealingScheduling"])
        project.run("-n", "1", "-v", "--dist", "loadfile").stdout.fnmatch_lines(
            ["scheduling tests via LoadFileScheduling"]
        )

    def test_a_run_that_may_stop_early_hands_out_little(self, project: Project) -> None:
        """After the failure, each worker ends what it runs and has at most one test more; stealing gave half to each.

        The tests that pass take a while, so that the news of the failure reaches the controller before many have.
        """
        good = {f"good{index:02}": {"score": 0.5, "cost": 1, "sleep": 0.5} for index in range(20)}
        project.outcomes({"bad": {"raise": "x", "cost": 9}} | good)
        result = project.run("-n", "2", "-v", "-x")
        result.stdout.fnmatch_lines(["scheduling tests via LoadScheduling"])
        assert result.ret != 0
        assert project.benchmarks()["bad"]["status"] == "failed"
        assert len(project.benchmarks()) < 10
        assert project.report()["complete"] is False

    @pytest.mark.parametrize(
        ("given", "chosen"),
        [
            ({}, ("worksteal", None)),
            ({"maxfail": 1}, ("load", 1)),
            ({"maxfail": 3}, ("load", 1)),
            ({"stepwise": True}, ("load", 1)),
            ({"maxfail": 1, "maxschedchunk": 4}, ("load", 4)),
            ({"maxfail": 1, "dist": "worksteal"}, ("worksteal", None)),
            ({"maxfail": 1, "numprocesses": None}, ("no", None)),
        ],
    )
    def test_it_depends_on_whether_the_run_may_stop_early(
        self, given: dict[str, Any], chosen: tuple[str, int | None]
    ) -> None:
        usual = {"numprocesses": 2, "dist": "no", "maxfail": 0, "stepwise": False, "maxschedchunk": None}
        option = SimpleNamespace(**usual | given)
        workers.choose_distribution(cast("pytest.Config", SimpleNamespace(option=option)))
        assert (option.dist, option.maxschedchunk) == chosen

    def test_the_user_may_have_it_otherwise(self, project: Project) -> None:
        project.run("-n", "1", "-v", "-x", "--dist", "worksteal").stdout.fnmatch_lines(
            ["scheduling tests via WorkStealingScheduling"]
        )

    def test_slow_benchmarks_come_first(self, project: Project) -> None:
        project.outcomes({"short": {"score": 0.1, "cost": 1}, "slow": {"score": 0.1, "cost": 100}})
        project.run("--collect-only", "-q").stdout.fnmatch_lines(
            ["test_toys.py::test_toys?net.build-slow?", "test_toys.py::test_toys?net.build-short?"]
        )

    @pytest.mark.parametrize("dist", ["load", "loadgroup", "loadscope", "worksteal"])
    def test_the_users_distribution_gives_the_same_scores(self, project: Project, dist: str) -> None:
        project.run("-n", "2", "--dist", dist).assert_outcomes(passed=2)
        assert {name: record["score"] for name, record in project.benchmarks().items()} == {"one": 0.5, "two": 0.25}


class TestThreads:
    """T6: n workers do not start n threads a core each."""

    def test_cores_are_divided_among_workers_and_the_user_wins(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (project.path / "test_threads.py").write_text(
            "import os\ndef test_threads():\n    assert False, os.environ['OMP_NUM_THREADS']\n"
        )
        monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
        cores = os.cpu_count() or 1
        arguments = ["test_threads.py", "-n", "2", "--model", "net.py:build"]
        expected = max(1, cores // 2)
        project.pytester.runpytest_subprocess(*arguments).stdout.fnmatch_lines([f"E *AssertionError: {expected}"])
        monkeypatch.setenv("OMP_NUM_THREADS", "3")
        project.pytester.runpytest_subprocess(*arguments).stdout.fnmatch_lines(["E *AssertionError: 3"])


class TestAutomaticWorkers:
    """T7: each worker takes its own gigabytes."""

    def test_memory_bounds_the_number(self) -> None:
        gigabyte = 1024**3
        assert workers.workers_within(cores=64, memory=9 * gigabyte) == 4
        assert workers.workers_within(cores=2, memory=900 * gigabyte) == 2
        assert workers.workers_within(cores=8, memory=gigabyte) == 1

    def test_auto_asks_the_plugin(self, project: Project) -> None:
        result = project.run("-n", "auto", "-v")
        result.assert_outcomes(passed=2)
        result.stdout.fnmatch_lines([f"*{workers.auto_workers()} worker*"])


def test_gpu_workers_are_spread_over_the_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from pytest_brainscore.models.networks.device import resolve_device

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    for asked in ("auto", "cuda"):
        devices = [str(resolve_device(workers.device_of_worker(asked, f"gw{index}"))) for index in range(3)]
        assert devices == ["cuda:0", "cuda:1", "cuda:0"]
    assert workers.device_of_worker("cpu", "gw1") == "cpu"
    assert workers.device_of_worker("auto", "master") == "auto"


def test_a_worker_that_loads_no_network_imports_no_torch(project: Project) -> None:
    project.outcomes({"one": {"score": 0.5, "do": "assert 'torch' not in sys.modules"}})
    project.run("-n", "2").assert_outcomes(passed=1)
