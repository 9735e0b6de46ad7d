"""``--brainscore-cluster``: the workers of a Dask cluster run the tests, and everything else stays as it is."""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from pytest_brainscore.running.cluster import surroundings
from pytest_brainscore.running.cluster.tasks import check_worker
from pytest_brainscore.running.command_line.cluster_address import ClusterAddress, ClusterError, parse_cluster

if TYPE_CHECKING:
    from tests.support.projects import Project

distributed = pytest.importorskip("distributed")


def wait_for(happened: Any, what: str) -> None:
    """Wait until something is so; no matter how long it takes on a busy machine, but not for ever."""
    for _ in range(1200):
        if happened():
            return
        time.sleep(0.05)
    pytest.fail(f"never: {what}")


def start(project: Project, cluster: str) -> subprocess.Popen[str]:
    """Start a run that is to be disturbed."""
    command = [sys.executable, "-m", "pytest", "test_toys.py", "--model", "net.py:build", "-p", "no:cacheprovider"]
    heard = partial(signal.signal, signal.SIGINT, signal.default_int_handler)  # whoever runs these tests may ignore it
    return subprocess.Popen(
        [*command, "--brainscore-cluster", cluster],
        cwd=project.path,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heard,
    )


def alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


LOOPBACK = "127.0.0.1:0"
NOTE = "open('process', 'w').write(str(os.getpid()))"
"""What a toy does to say which process it is in."""
SLEEP = f"{NOTE}; time.sleep(600)"


class TestWhichCluster:
    @pytest.mark.parametrize("text", ["tcp://10.0.0.1:8786", "tls://node7:8786"])
    def test_an_address(self, text: str) -> None:
        assert parse_cluster(text, Path()) == ClusterAddress(text, address=text)

    def test_workers_here(self) -> None:
        assert parse_cluster("local:3", Path()) == ClusterAddress("local:3", local=3)

    def test_the_file_of_a_scheduler(self, tmp_path: Path) -> None:
        (tmp_path / "s.json").write_text("{}")
        assert parse_cluster("s.json", tmp_path) == ClusterAddress("s.json", file=tmp_path / "s.json")

    def test_none(self) -> None:
        assert parse_cluster("", Path()) is None

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("local:0", "local:1 or more"),
            ("local:", "local:1 or more"),
            ("local:-1", "local:1 or more"),
            ("local:²", "local:1 or more"),
            ("http://host:80", "give tcp://HOST:PORT"),
            ("tcp://", "give tcp://HOST:PORT"),
            ("no-such.json", "there is no such file"),
            (".", "there is no such file"),
        ],
    )
    def test_anything_else_is_one_sentence(self, text: str, told: str, tmp_path: Path) -> None:
        with pytest.raises(ClusterError, match=told):
            parse_cluster(text, tmp_path)

    def test_without_dask_the_extra_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
        with pytest.raises(ClusterError, match=r"pip install \"pytest-brainscore\[cluster\]\""):
            parse_cluster("local:1", Path())

    def test_a_scheduler_that_does_not_answer(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        (project.path / "conftest.py").write_text(
            (project.path / "conftest.py").read_text()
            + "\nimport pytest_brainscore.running.cluster.connection as c\nc.CONNECT_SECONDS = 1\n"
        )
        (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_cluster = tcp://127.0.0.1:9\n")
        result = project.run()
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["ERROR: No scheduler answers at tcp://127.0.0.1:9 within 1 s (*"])
        assert "Traceback" not in result.stderr.str() + result.stdout.str()


class TestWorkersLikeThisProcess:
    """Another version of what computes may give other last bits."""

    @pytest.fixture
    def wanted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
        monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
        monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path / "data"))
        for name in ("home", "data"):
            (tmp_path / name).mkdir()
        (tmp_path / "home" / "token").touch()
        (tmp_path / "data" / "set").touch()
        return surroundings.surroundings(tmp_path, "token")

    def test_alike(self, wanted: dict[str, Any]) -> None:
        assert surroundings.problem(wanted) is None
        assert json.loads(json.dumps(wanted)) == wanted, "plain values alone are sent"

    @pytest.mark.parametrize("name", ["python", "torch", "numpy", "code"])
    def test_another_version(self, wanted: dict[str, Any], name: str) -> None:
        wanted["versions"] = wanted["versions"] | {name: "0.0"}
        told = surroundings.problem(wanted)
        assert told is not None
        assert "install the same there" in told
        assert name in told

    def test_another_home(self, wanted: dict[str, Any], tmp_path: Path) -> None:
        (tmp_path / "home" / "token").unlink()
        assert "set BRAINSCORE_HOME" in str(surroundings.problem(wanted))

    def test_other_data(self, wanted: dict[str, Any], tmp_path: Path) -> None:
        (tmp_path / "data" / "set").unlink()
        assert "set BRAINSCORE_DATA" in str(surroundings.problem(wanted))

    def test_several_threads(self, wanted: dict[str, Any]) -> None:
        worker = cast("Any", SimpleNamespace(state=SimpleNamespace(nthreads=2)))
        assert "start it with --nthreads 1" in str(check_worker(wanted, worker))

    def test_no_such_folder(self, wanted: dict[str, Any], tmp_path: Path) -> None:
        wanted["folder"] = str(tmp_path / "nowhere")
        assert "does not see the folder" in str(surroundings.problem(wanted))


@pytest.mark.walkthrough
def test_the_report_is_that_of_a_serial_run_but_for_what_kills_its_process(project: Project) -> None:
    """All kinds of outcomes at once; the poisonous test is started three times, and harms no other."""
    kinds: dict[str, dict[str, Any]] = {
        f"score{index}": {"score": index / 7, "replicates": index} for index in range(4)
    }
    kinds |= {
        "talks": {"score": 0.1, "numpy": True, "say": "something to say"},
        "fails": {"raise": "out of luck"},
        "nan": {"no number": "nothing to count"},
        "absent": {"unavailable": "no data"},
        "late": {"unavailable in call": "none after all"},
    }
    deadly = {"deadly": {"do": "open('tries', 'a').write('x'); os.kill(os.getpid(), signal.SIGKILL)", "cost": 99}}
    (project.path / "test_toys.py").write_text(
        (project.path / "test_toys.py").read_text()
        + "\nimport os\n\ndef test_here():\n    assert os.getppid() == int(open('parent').read())\n"
        + "\n@pytest.mark.brainscore\ndef test_model(model):\n    assert model.identifier == 'toy'\n"
    )
    (project.path / "parent").write_text(str(os.getpid()))
    project.outcomes(kinds)
    serial_run = project.run("-n", "0")
    serial = project.stable_report()
    replicates = (project.path / "brainscore-report.replicates.npz").read_bytes()

    project.outcomes(kinds | deadly)
    result = project.run("--brainscore-cluster", "local:2", "-n", "2")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*tests run on the Dask cluster local:2*", "*UserWarning: something to say"])
    report = project.stable_report()
    crashed = next(record for record in report["benchmarks"] if record["identifier"] == "deadly")
    assert crashed["status"] == "crashed"
    assert "died 3 times" in crashed["reason"]
    assert (project.path / "tries").read_text() == "xxx"
    report["benchmarks"].remove(crashed)
    assert report["benchmarks"] == serial["benchmarks"]
    assert report["models"] == serial["models"]
    assert (project.path / "brainscore-report.replicates.npz").read_bytes() == replicates
    assert {record["worker"] for record in project.report()["benchmarks"]} <= {"gw0", "gw1"}
    assert {line["identifier"] for line in project.lines()} == {*kinds, "deadly"}
    before, after = serial_run.parseoutcomes(), result.parseoutcomes()
    assert after == before | {"failed": before["failed"] + 1}


TOGETHER = """
import os, time
from pathlib import Path

computed = Path(__file__).with_name("computed")

class Model:
    identifier = "toy"
    def __init__(self, store): self.store = store
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): pass
    def start_recording(self, target, time_bins): pass
    def look_at(self, stimuli, number_of_trials=1): raise NotImplementedError

def respond(model, rows, block=10):
    import numpy

    def compute(part):
        with computed.open("a") as file:
            file.write(f"{os.getpid()} {part.start} {part.stop}\\n")
        while rows > block and len({line.split()[0] for line in computed.read_text().splitlines()}) < 2:
            time.sleep(0.05)  # until another process computes, too
        return numpy.sin(numpy.arange(part.start, part.stop, dtype=numpy.float32))[:, numpy.newaxis]

    return float(model.store.activations({"rows": rows}, (rows, 1), block, compute, "what is read").sum())
"""
MODEL_WITH_A_STORE = """
import together
models.load_model = lambda name, **settings: together.Model(settings["store"])
"""


def test_idle_workers_join_in_where_a_benchmark_waits_for_activations(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One leaf and two workers: each computes blocks of its stimuli, no block is computed twice, the score is the same.

    What the leaf reads first is in one block, so that nobody is called.
    """
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
    (project.path / "together.py").write_text(TOGETHER)
    with (project.path / "conftest.py").open("a") as file:
        file.write(MODEL_WITH_A_STORE)
    project.outcomes(
        {"one": {"do": "import together as t; t.respond(model, 3); outcome['score'] = t.respond(model, 45)"}}
    )
    project.run("--brainscore-cluster", "local:2").assert_outcomes(passed=1)

    shares = [line.split() for line in (project.path / "computed").read_text().splitlines()]
    assert sorted(int(start) for _, start, _ in shares) == [0, 0, 10, 20, 30, 40]
    assert len({process for process, _, _ in shares}) == 2
    assert project.benchmarks()["one"]["score"] == float(np.sin(np.arange(45, dtype=np.float32)).sum())


@pytest.fixture
def cluster() -> Iterator[Any]:
    """Return a cluster with two workers that another process can find."""
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=LOOPBACK,
        memory_limit=0,
        silence_logs=logging.CRITICAL,
    ) as cluster:
        yield cluster


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals")
class TestDisturbed:
    def test_ctrl_c_ends_the_run_and_what_it_has_started(self, project: Project) -> None:
        project.outcomes({"short": {"score": 0.5, "cost": 9}, "slow": {"do": SLEEP}})
        run = start(project, "local:2")
        wait_for((project.path / "process").exists, "the slow test began")
        wait_for((project.path / "brainscore-report.jsonl").exists, "the short test was reported")
        os.killpg(run.pid, signal.SIGINT)
        told, _ = run.communicate()
        assert run.returncode == pytest.ExitCode.INTERRUPTED, told
        wait_for(lambda: not alive(int((project.path / "process").read_text())), "its process ended")
        statuses = {name: record["status"] for name, record in project.benchmarks().items()}
        assert statuses == {"short": "scored", "slow": "crashed"}

    def test_a_scheduler_that_is_lost_is_a_sentence(self, project: Project, cluster: Any) -> None:
        project.outcomes({"slow": {"do": SLEEP}, "later": {"score": 0.5}})
        run = start(project, cluster.scheduler_address)
        wait_for((project.path / "process").exists, "the slow test began")
        wait_for((project.path / "brainscore-report.jsonl").exists, "the short test was reported")
        cluster.close()
        told, _ = run.communicate()
        assert run.returncode == pytest.ExitCode.INTERRUPTED, told
        assert f"the scheduler of {cluster.scheduler_address} was lost, with 1 test that had not reported" in told
        assert "Traceback" not in told
        assert project.report()["complete"] is False
        wait_for(lambda: not alive(int((project.path / "process").read_text())), "its process ended")

    @pytest.mark.walkthrough
    def test_a_worker_that_is_killed_in_mid_task_costs_nothing_but_time(self, project: Project, tmp_path: Path) -> None:
        """A Dask worker of its own process; what it was doing ends with it, and is done again by the next."""
        do = f"import pathlib; again = pathlib.Path('process').exists(); {NOTE}; again or time.sleep(600)"
        project.outcomes({"one": {"do": do, "score": 0.5, "replicates": 1}})
        with distributed.LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            processes=True,
            dashboard_address=LOOPBACK,
            silence_logs=logging.CRITICAL,
        ) as cluster:
            (tmp_path / "scheduler.json").write_text(json.dumps(cluster.scheduler.identity()))
            run = start(project, str(tmp_path / "scheduler.json"))
            wait_for((project.path / "process").exists, "the test began")
            first = int((project.path / "process").read_text())
            (worker,) = cluster.workers.values()
            os.kill(worker.pid, signal.SIGKILL)
            told, _ = run.communicate()
        assert run.returncode == 0, told
        assert project.benchmarks()["one"]["score"] == 0.5
        wait_for(lambda: not alive(first), "the process of the killed worker ended")


@pytest.mark.walkthrough
def test_a_worker_that_collects_other_tests_is_refused(project: Project) -> None:
    """And with ``-x``, and where a debugger is asked for, a run is what it is without a cluster."""
    conftest = (project.path / "conftest.py").read_text()
    hook = "\ndef pytest_collection_modifyitems(config, items):\n  if hasattr(config, 'workerinput'): items.clear()\n"
    (project.path / "conftest.py").write_text(conftest + hook)
    result = project.run("--brainscore-cluster", "local:1")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*Interrupted: the worker gw0 * has collected no test test_toys.py::test_toys?net.*"])
    assert "Traceback" not in result.stderr.str() + result.stdout.str()

    (project.path / "conftest.py").write_text(conftest)
    result = project.run("--brainscore-cluster", "local:1", "--pdb")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --pdb stops a test in this process; leave out --brainscore-cluster*"])

    project.outcomes({"bad": {"raise": "x", "cost": 9}} | {f"good{index}": {"score": 0.5} for index in range(9)})
    result = project.run("--brainscore-cluster", "local:1", "-x")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert project.benchmarks()["bad"]["status"] == "failed"
    assert len(project.benchmarks()) < 5
