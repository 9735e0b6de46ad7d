"""Every selected leaf has exactly one record at the end, whatever ended its test, and a lost result never exits 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

WORKERS = pytest.mark.parametrize("workers", ["0", "2"])
EACH = "def pytest_collection_modifyitems(items):\n    for item in items:\n        if 'one' in item.name: "
ELSEWHERE = {
    "mark": f"{EACH}item.add_marker(pytest.mark.skip(reason='not today'))\n",
    "skipif": f"{EACH}item.add_marker(pytest.mark.skipif(True, reason='not today'))\n",
    "notrun": f"{EACH}item.add_marker(pytest.mark.xfail(run=False, reason='not today'))\n",
    "fixture": "@pytest.fixture(autouse=True)\ndef today(request):\n"
    "    if 'one' in request.node.name: pytest.skip('not today')\n",
    "hook": "@pytest.hookimpl(tryfirst=True)\ndef pytest_runtest_setup(item):\n"
    "    if 'one' in item.name: pytest.skip('not today')\n",
    "wrapper": "@pytest.hookimpl(wrapper=True, tryfirst=True)\ndef pytest_runtest_setup(item):\n"
    "    result = yield\n    if 'one' in item.name: pytest.skip('not today')\n    return result\n",
    "call": "@pytest.hookimpl(wrapper=True, tryfirst=True)\ndef pytest_runtest_call(item):\n"
    "    if 'one' in item.name: pytest.skip('not today')\n    return (yield)\n",
}
"""What a conftest may hold that skips one of two leaves."""
FINE: dict[str, dict[str, Any]] = {"fine": {"score": 0.5}}

TIME_LIMIT = ("--timeout", "1.5", "-o", "timeout_func_only=true")
"""Of the test alone: in a worker, setting up the first one imports torch."""
# What a model or a benchmark does, the status of the leaf, and a piece of the reason.
ENDINGS = {
    "raise SystemExit(0)": ("failed", "SystemExit"),
    "raise GeneratorExit": ("failed", "GeneratorExit"),
    "raise StopIteration": ("failed", "StopIteration"),
    "raise BaseException('odd')": ("failed", "odd"),
    "raise AssertionError('not so')": ("failed", "not so"),
    "import pytest; pytest.fail('told to')": ("failed", "told to"),
    "import pytest; pytest.skip('no GPU here')": ("unavailable", "skipped: no GPU here"),
    "import pytest; pytest.xfail('known')": ("unavailable", "known"),
    "import unittest; raise unittest.SkipTest('no GPU here')": ("unavailable", "no GPU here"),
}


def outcomes_of(project: Project) -> dict[str, str]:
    return {name: record["status"] for name, record in project.benchmarks().items()}


@pytest.mark.parametrize("ending", ENDINGS)
def test_whatever_ends_a_test_its_leaf_has_a_record(project: Project, ending: str) -> None:
    status, reason = ENDINGS[ending]
    project.outcomes(FINE | {"odd": {"do": ending}})
    result = project.run("-n", "0")
    assert outcomes_of(project) == {"fine": "scored", "odd": status}
    assert reason in project.benchmarks()["odd"]["reason"]
    assert project.report()["complete"] is True
    assert result.ret == (1 if status == "failed" else 0)
    assert len(project.lines()) == 2


def test_so_it_is_in_a_worker(project: Project) -> None:
    statuses = {f"b{index}": status for index, (status, _) in enumerate(ENDINGS.values())}
    project.outcomes({f"b{index}": {"do": ending} for index, ending in enumerate(ENDINGS)})
    assert project.run("-n", "2").ret == 1
    assert outcomes_of(project) == statuses


@WORKERS
@pytest.mark.parametrize("ending", ["raise SystemExit(0)", "import pytest; pytest.fail('told to')"])
def test_what_ends_a_factory_is_recorded_too(project: Project, workers: str, ending: str) -> None:
    net = project.path / "net.py"
    net.write_text(net.read_text().replace("def build():", f"def build():\n    {ending}"))
    assert project.run("-n", workers).ret == 1
    assert outcomes_of(project) == {"one": "failed", "two": "failed"}


@WORKERS
def test_a_time_limit_is_a_failure(project: Project, workers: str) -> None:
    pytest.importorskip("pytest_timeout")
    project.outcomes(FINE | {"slow": {"sleep": 60, "score": 1}})
    result = project.run("-n", workers, *TIME_LIMIT, "--timeout-method", "signal")
    assert result.ret == 1
    assert outcomes_of(project) == {"fine": "scored", "slow": "failed"}
    assert "Timeout" in project.benchmarks()["slow"]["reason"]


def test_a_time_limit_that_ends_the_worker_is_a_crash(project: Project) -> None:
    pytest.importorskip("pytest_timeout")
    project.outcomes(FINE | {"slow": {"sleep": 60, "score": 1}})
    result = project.run("-n", "2", *TIME_LIMIT, "--timeout-method", "thread")
    assert result.ret == 1
    assert outcomes_of(project) == {"fine": "scored", "slow": "crashed"}


def test_a_time_limit_that_ends_the_only_process_leaves_a_report(project: Project) -> None:
    pytest.importorskip("pytest_timeout")
    project.outcomes({"fine": {"score": 0.5, "cost": 9}, "slow": {"sleep": 60, "score": 1}})
    result = project.run(*TIME_LIMIT, "--timeout-method", "thread")
    assert result.ret == 1
    assert outcomes_of(project) == {"fine": "scored", "slow": "crashed"}
    assert "Timeout" in project.benchmarks()["slow"]["reason"]
    assert project.report()["complete"] is False


class TestInterrupted:
    """The run stops; the leaf that it stopped in says so, and those that never began are absent."""

    @WORKERS
    @pytest.mark.parametrize(
        "ending",
        ["raise KeyboardInterrupt", "import pytest; pytest.exit('enough')", "import pytest; pytest.exit('x', 0)"],
    )
    def test_the_leaf_in_progress_has_a_record(self, project: Project, workers: str, ending: str) -> None:
        project.outcomes({"first": {"do": ending, "cost": 9}, "later": {"score": 0.5, "sleep": 0.1}})
        result = project.run("-n", workers)
        assert result.ret not in (0, 1, 5)
        assert project.report()["complete"] is False
        assert project.benchmarks()["first"]["status"] == "crashed"
        if workers == "0":
            assert list(project.benchmarks()) == ["first"]


class TestFromElsewhere:
    """A skip or a failure that neither the benchmark nor the model has caused."""

    @pytest.mark.parametrize("how", ELSEWHERE)
    def test_a_skip_is_unavailable_and_heard_by_require_and_missing(self, project: Project, how: str) -> None:
        project.run("--brainscore-update", "new")
        conftest = project.path / "conftest.py"
        conftest.write_text(f"{conftest.read_text()}\nimport pytest\n{ELSEWHERE[how]}")
        assert project.run().ret == 0
        record = project.benchmarks()["one"]
        assert record["status"] == "unavailable"
        assert "not today" in record["reason"]
        assert record["comparison"]["verdict"] == "missing"
        assert project.run("--brainscore-missing", "fail").ret == 1
        result = project.run("--brainscore-require", "one")
        assert result.ret == 1
        result.stdout.fnmatch_lines(["*not today* It is required by --brainscore-require.*"])

    def test_so_it_is_in_a_worker(self, project: Project) -> None:
        conftest = project.path / "conftest.py"
        conftest.write_text(f"{conftest.read_text()}\nimport pytest\n{ELSEWHERE['wrapper']}")
        assert project.run("-n", "2").ret == 0
        assert project.benchmarks()["one"]["status"] == "unavailable"
        assert project.run("-n", "2", "--brainscore-require", "one").ret == 1

    @WORKERS
    @pytest.mark.parametrize("when", ["before", "after"])
    def test_an_error_in_a_fixture_fails_the_leaf(self, project: Project, workers: str, when: str) -> None:
        steps = ["assert False, 'disk full'", "yield"]
        body = "".join(f"    {step}\n" for step in (steps if when == "before" else reversed(steps)))
        conftest = project.path / "conftest.py"
        conftest.write_text(
            f"{conftest.read_text()}\nimport pytest\n@pytest.fixture(autouse=True)\ndef disk():\n{body}"
        )
        assert project.run("-n", workers).ret == 1
        assert outcomes_of(project) == {"one": "failed", "two": "failed"}
        assert "disk full" in project.benchmarks()["one"]["reason"]
        assert project.benchmarks()["one"]["score"] is None
        assert project.report()["complete"] is True

    @WORKERS
    def test_a_plug_in_that_runs_no_test_loses_none(self, project: Project, workers: str) -> None:
        conftest = project.path / "conftest.py"
        conftest.write_text(
            f"{conftest.read_text()}\nimport pytest\n@pytest.hookimpl(tryfirst=True)\n"
            "def pytest_runtest_protocol(item, nextitem):\n    return True if 'one' in item.name else None\n"
        )
        assert project.run("-n", workers).ret == pytest.ExitCode.INTERNAL_ERROR
        assert outcomes_of(project) == {"one": "crashed", "two": "scored"}
        assert project.report()["complete"] is False


@WORKERS
def test_a_test_that_fails_after_its_score_has_none(project: Project, workers: str) -> None:
    suite = project.path / "test_toys.py"
    suite.write_text(suite.read_text() + "    assert False, 'too slow'\n")
    assert project.run("-n", workers, "--brainscore-update", "new").ret == 1
    assert outcomes_of(project) == {"one": "failed", "two": "failed"}
    assert "too slow" in project.benchmarks()["one"]["reason"]
    assert "its score .500" in project.benchmarks()["one"]["reason"]
    assert not project.baseline().exists()


@WORKERS
def test_two_scores_in_one_test_are_refused(project: Project, workers: str) -> None:
    suite = project.path / "test_toys.py"
    suite.write_text(suite.read_text() + "    brainscore.check(brain_benchmark(model))\n")
    assert project.run("-n", workers).ret == 1
    assert "called brainscore.check twice" in project.benchmarks()["one"]["reason"]


def test_a_regression_that_is_expected_to_fail_is_red_all_the_same(project: Project) -> None:
    project.run("--brainscore-update", "new")
    project.outcomes({"one": {"score": 0.3}, "two": {"score": 0.25}})
    suite = project.path / "test_toys.py"
    suite.write_text(suite.read_text().replace("def test_toys", "@pytest.mark.xfail\ndef test_toys"))
    assert project.run().ret == 1
    assert project.benchmarks()["one"]["comparison"]["verdict"] == "regressed"
