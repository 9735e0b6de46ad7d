"""What makes a run red is called FAILED, and why is said once, with the benchmarks that it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project


@pytest.fixture(params=["0", "2"], ids=["serial", "two workers"])
def workers(request: pytest.FixtureRequest) -> tuple[str, str]:
    return ("-n", str(request.param))


def tracebacks(result: pytest.RunResult, message: str) -> int:
    return [line.split() for line in result.outlines].count(["E", "ValueError:", *message.split()])


class TestTheWordFailed:
    """People search a log for FAILED, and pytest's short summary is what they find."""

    def test_a_benchmark_that_failed(self, project: Project, workers: tuple[str, str]) -> None:
        project.outcomes({"bad": {"raise": "no such luck"}, "good": {"score": 0.5}})
        result = project.run(*workers)
        result.stdout.fnmatch_lines(["FAILED test_toys.py::test_toys?net.build-bad?"])
        result.assert_outcomes(passed=1, failed=1)

    def test_a_score_that_regressed(self, stored: Project) -> None:
        stored.outcomes({"one": {"score": 0.25}})
        result = stored.run()
        result.stdout.fnmatch_lines(["FAILED test_toys.py::test_toys?net.build-one?"])
        result.stdout.no_fnmatch_line("SCORED *")
        stored.run("-v").stdout.fnmatch_lines(["test_toys.py::test_toys?net.build-one? FAILED*"])

    def test_a_required_one_whose_data_are_missing(self, project: Project, workers: tuple[str, str]) -> None:
        project.outcomes({"one": {"unavailable": "its data are in a drawer."}})
        result = project.run("--brainscore-require", "one", *workers)
        result.stdout.fnmatch_lines(["FAILED test_toys.py::test_toys?net.build-one?"])
        result.stdout.no_fnmatch_line("UNAVAILABLE *")

    def test_what_is_not_red_keeps_its_status(self, project: Project) -> None:
        project.outcomes({"one": {"unavailable": "no data"}, "two": {"score": 0.25}})
        result = project.run("-v")
        result.stdout.fnmatch_lines(["*net.build-one? UNAVAILABLE*", "*net.build-two? SCORED*"], consecutive=False)


def test_a_model_that_cannot_be_loaded_is_told_once(project: Project, workers: tuple[str, str]) -> None:
    project.outcomes({f"b{index}": {"score": 0.5} for index in range(6)})
    result = project.run(*workers, model="net.py:broken")
    assert result.stdout.str().count("no such luck") == 1
    result.stdout.fnmatch_lines(["failed: 6 benchmarks: *no such luck*"])
    assert sum(line.startswith("FAILED ") for line in result.outlines) == 6


def test_nor_is_loading_it_tried_again(project: Project) -> None:
    source = (project.path / "net.py").read_text()
    (project.path / "net.py").write_text(
        source.replace("def broken():", "def broken():\n    open('tries.txt', 'a').write('x')")
    )
    project.run(model="net.py:broken")
    assert (project.path / "tries.txt").read_text() == "x"
    assert {record["status"] for record in project.benchmarks().values()} == {"failed"}


def test_two_models_are_told_apart(project: Project) -> None:
    project.outcomes({f"b{index}": {"raise": "no layer"} for index in range(3)})
    result = project.run("--model", "net.py:other")
    result.stdout.fnmatch_lines(["failed: 3 benchmarks of net.build: *", "failed: 3 benchmarks of net.other: *"])


def test_an_unexpected_error_shows_its_traceback_once(project: Project, workers: tuple[str, str]) -> None:
    project.outcomes({f"b{index}": {"raise": "no such luck"} for index in range(4)} | {"odd": {"raise": "another"}})
    result = project.run(*workers)
    assert tracebacks(result, "no such luck") == tracebacks(result, "another") == 1
    result.stdout.fnmatch_lines(["failed: 4 benchmarks: ValueError: no such luck", "failed: odd: ValueError: another"])
    result.assert_outcomes(failed=5)


def test_tests_of_ones_own_are_reported_as_ever(project: Project) -> None:
    (project.path / "test_own.py").write_text("def test_own():\n    assert 1 == 2\n")
    result = project.run("test_own.py")
    result.stdout.fnmatch_lines(
        ["*= FAILURES =*", "E       assert 1 == 2", "FAILED test_own.py::test_own - assert 1 == 2"]
    )


def test_verbose_runs_list_every_failure(project: Project) -> None:
    project.outcomes({f"b{index}": {"raise": "no such luck"} for index in range(3)})
    assert tracebacks(project.run("-v"), "no such luck") == 3


def test_a_number_that_was_lost_is_told_without_what_led_to_it(stored: Project) -> None:
    stored.outcomes({"one": {"no number": "All responses are equal."}, "two": {"score": 0.25}})
    output = stored.run().stdout.str()
    assert output.count("has no number now, and the baseline is .500") == 1
    assert "During handling" not in output
