"""Every selected leaf has exactly one record at the end, whatever ended its test, and a lost result never exits 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

WORKERS = pytest.mark.parametrize("workers", ["0", "2"])
SKIPS = """
import pytest

def pytest_collection_modifyitems(items):
    marks = {
        "mark": pytest.mark.skip(reason="not today"),
        "skipif": pytest.mark.skipif(True, reason="not today"),
        "notrun": pytest.mark.xfail(run=False, reason="not today"),
    }
    for item in items:
        for way, mark in marks.items():
            if way in item.name:
                item.add_marker(mark)

@pytest.fixture(autouse=True)
def today(request):
    if "fixture" in request.node.name:
        pytest.skip("not today")

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    if "hook" in item.name:
        pytest.skip("not today")

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    if "call" in item.name:
        pytest.skip("not today")
    return (yield)

class Wrapper:
    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        result = yield
        if "around" in item.name:
            pytest.skip("not today")
        return result

def pytest_configure(config):
    config.pluginmanager.register(Wrapper())
"""
"""A conftest that skips leaves in every way there is; each leaf is named after its way."""
WAYS = ("mark", "skipif", "notrun", "fixture", "hook", "call", "around")
FINE: dict[str, dict[str, Any]] = {"fine": {"score": 0.5}}

TIME_LIMIT = ("--timeout", "1.5", "-o", "timeout_func_only=true")
"""Of the test alone, not of what is set up for the first one of a process."""
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


@WORKERS
def test_whatever_ends_a_test_its_leaf_has_a_record(project: Project, workers: str) -> None:
    names = {f"b{index}": ending for index, ending in enumerate(ENDINGS)}
    project.outcomes(FINE | {name: {"do": ending} for name, ending in names.items()})
    assert project.run("-n", workers).ret == 1
    for name, ending in names.items():
        status, reason = ENDINGS[ending]
        record = project.benchmarks()[name]
        assert record["status"] == status, ending
        assert reason in record["reason"], ending
    assert project.benchmarks()["fine"]["status"] == "scored"
    assert project.report()["complete"] is True
    assert len(project.lines()) == len(ENDINGS) + 1


def test_what_says_that_it_cannot_run_is_no_failure(project: Project) -> None:
    said = [ending for ending, (status, _) in ENDINGS.items() if status == "unavailable"]
    project.outcomes(FINE | {f"b{index}": {"do": ending} for index, ending in enumerate(said)})
    assert project.run().ret == 0
    assert len(project.benchmarks()) == len(said) + 1


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

    @pytest.fixture
    def stored(self, project: Project) -> Project:
        """Return a project whose baselines have what is skipped from now on."""
        project.outcomes({name: {"score": 0.5} for name in (*WAYS, "fine")})
        project.run("--brainscore-update", "new")
        conftest = project.path / "conftest.py"
        conftest.write_text(f"{conftest.read_text()}\n{SKIPS}")
        return project

    @WORKERS
    def test_a_skip_is_unavailable_and_heard_by_require_and_missing(self, stored: Project, workers: str) -> None:
        assert stored.run("-n", workers).ret == 0
        records = stored.benchmarks()
        assert records.pop("fine")["status"] == "scored"
        assert records.keys() == set(WAYS)
        for way, record in records.items():
            assert record["status"] == "unavailable", way
            assert "not today" in record["reason"], way
            assert record["comparison"]["verdict"] == "missing", way
        assert stored.run("-n", workers, "--brainscore-missing", "fail").ret == 1
        result = stored.run("-n", workers, *(f"--brainscore-require={way}" for way in WAYS))
        assert result.ret == 1
        for way in WAYS:
            result.stdout.fnmatch_lines([f"FAILED test_toys.py::test_toys?net.build-{way}?"])
        result.stdout.fnmatch_lines(["*not today* It is required by --brainscore-require.*"])

    @WORKERS
    def test_an_error_in_a_fixture_fails_the_leaf(self, project: Project, workers: str) -> None:
        project.outcomes({"before": {"score": 0.5}, "after": {"score": 0.25}})
        conftest = project.path / "conftest.py"
        conftest.write_text(
            f"{conftest.read_text()}\nimport pytest\n@pytest.fixture(autouse=True)\ndef disk(request):\n"
            "    assert 'before' not in request.node.name, 'disk full'\n    yield\n"
            "    assert 'after' not in request.node.name, 'disk full'\n"
        )
        assert project.run("-n", workers).ret == 1
        assert outcomes_of(project) == {"before": "failed", "after": "failed"}
        for record in project.benchmarks().values():
            assert "disk full" in record["reason"]
            assert record["score"] is None
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


def test_a_regression_that_is_expected_to_fail_is_red_all_the_same(stored: Project) -> None:
    stored.outcomes({"one": {"score": 0.3}, "two": {"score": 0.25}})
    suite = stored.path / "test_toys.py"
    suite.write_text(suite.read_text().replace("def test_toys", "@pytest.mark.xfail\ndef test_toys"))
    assert stored.run().ret == 1
    assert stored.benchmarks()["one"]["comparison"]["verdict"] == "regressed"
