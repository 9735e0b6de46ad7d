"""A report has one score of each benchmark and model: who records it twice is refused, who repeats it is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

WORKERS = pytest.mark.parametrize("workers", ["0", "2"])
SECOND = """
@pytest.mark.brainscore("one")
def test_again(model, brain_benchmark, brainscore):
    brainscore.check(brain_benchmark(model))
"""
# As pytest-repeat does it.
REPEAT = """
import pytest
@pytest.fixture
def __pytest_repeat_step_number(request):
    return request.param

def pytest_generate_tests(metafunc):
    metafunc.fixturenames.append("__pytest_repeat_step_number")
    metafunc.parametrize("__pytest_repeat_step_number", range(3), indirect=True)
"""


def with_suite(project: Project, text: str) -> Project:
    suite = project.path / "test_toys.py"
    suite.write_text(suite.read_text() + text)
    return project


def with_conftest(project: Project, text: str) -> Project:
    conftest = project.path / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}\n{text}")
    return project


class TestTwoTests:
    @WORKERS
    def test_are_refused_with_both_ids_before_anything_runs(self, project: Project, workers: str) -> None:
        result = with_suite(project, SECOND).run("-n", workers)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(
            [
                "*test_toys.py::test_toys?net.build-one? and test_toys.py::test_again?net.build-one? would both record "
                "one of net.build*--deselect*"
            ]
        )
        assert not (project.path / "brainscore-report.json").exists()

    @WORKERS
    def test_only_what_is_selected_counts(self, project: Project, workers: str) -> None:
        with_suite(project, SECOND).run("-n", workers, "-k", "toys and not again").assert_outcomes(passed=2)

    def test_parameters_of_the_user_do_not_make_a_benchmark_another(self, project: Project) -> None:
        suite = project.path / "test_toys.py"
        suite.write_text(
            suite.read_text().replace(
                "def test_toys(", "@pytest.mark.parametrize('layer', ['a', 'b'])\ndef test_toys(layer, "
            )
        )
        result = project.run()
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*would both record one of net.build*"])

    def test_a_test_that_is_collected_twice_is_refused(self, project: Project) -> None:
        result = project.run("test_toys.py", "--keep-duplicates")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert project.run("test_toys.py").ret == 0  # pytest takes a file once


class TestRepeated:
    @WORKERS
    def test_every_attempt_is_in_the_record_and_one_counts(self, project: Project, workers: str) -> None:
        project.outcomes({"one": {"score": 0.5}})
        with_conftest(project, REPEAT).run("-n", workers).assert_outcomes(passed=3)
        (record,) = project.report()["benchmarks"]
        assert [(each["status"], each["score"], each["counts"]) for each in record["attempts"]] == [
            ("scored", 0.5, False),
            ("scored", 0.5, False),
            ("scored", 0.5, True),
        ]
        assert len(project.lines()) == 3

    @WORKERS
    def test_one_failure_among_them_counts(self, project: Project, workers: str) -> None:
        with_conftest(project, REPEAT)
        suite = project.path / "test_toys.py"
        suite.write_text(
            suite.read_text().replace("brainscore):", "brainscore, request):")
            + "    assert request.node.callspec.params['__pytest_repeat_step_number'] != 1\n"
        )
        project.outcomes({"one": {"score": 0.5}})
        assert project.run("-n", workers).ret == 1
        (record,) = project.report()["benchmarks"]
        assert record["status"] == "failed"
        assert [(each["status"], each["counts"]) for each in record["attempts"]] == [
            ("scored", False),
            ("failed", True),
            ("scored", False),
        ]

    def test_each_worker_is_an_attempt_of_its_own(self, project: Project) -> None:
        project.run("-n", "2", "--dist", "each").assert_outcomes(passed=4)
        assert [each["worker"] for each in project.benchmarks()["one"]["attempts"]] == ["gw0", "gw1"]


class TestRerun:
    @pytest.fixture
    def flaky(self, project: Project) -> Project:
        pytest.importorskip("pytest_rerunfailures")
        project.outcomes({"one": {"score": 0.5}})
        # Fails until it has left a file.
        return with_suite(
            project,
            "    from pathlib import Path\n    tried = Path('tried').exists()\n    Path('tried').touch()\n"
            "    assert tried\n",
        )

    @WORKERS
    def test_the_last_attempt_counts(self, flaky: Project, workers: str) -> None:
        result = flaky.run("-n", workers, "--reruns", "2")
        assert result.ret == 0
        (record,) = flaky.report()["benchmarks"]
        assert (record["status"], record["score"]) == ("scored", 0.5)
        assert [(each["status"], each["counts"]) for each in record["attempts"]] == [
            ("failed", False),
            ("scored", True),
        ]

    def test_when_all_fail_the_leaf_is_failed(self, project: Project) -> None:
        pytest.importorskip("pytest_rerunfailures")
        project.outcomes({"one": {"raise": "broken"}})
        assert project.run("--reruns", "1").ret == 1
        (record,) = project.report()["benchmarks"]
        assert record["status"] == "failed"
        assert [each["counts"] for each in record["attempts"]] == [False, True]


@pytest.mark.parametrize("dist", ["loadscope", "loadfile", "loadgroup"])
def test_a_worker_that_dies_once_is_told_in_both_and_red_in_both(project: Project, dist: str) -> None:
    """These distributions give the test to another worker; the failure that pytest counts is in the report."""
    once = "import pathlib; p = pathlib.Path('died'); d = p.exists(); p.touch(); d or os.kill(os.getpid(), 9)"
    project.outcomes({"deadly": {"do": once, "score": 0.5, "cost": 9}, "fine": {"score": 0.25}})
    result = project.run("-n", "2", "--dist", dist)
    assert result.ret == 1
    record = project.benchmarks()["deadly"]
    assert record["status"] == "crashed"
    assert project.benchmarks()["fine"]["status"] == "scored"
    if record["attempts"]:
        assert [(each["status"], each["counts"]) for each in record["attempts"]] == [
            ("crashed", True),
            ("scored", False),
        ]
    result.stdout.fnmatch_lines(["*crashed: deadly: its worker process died*"])
