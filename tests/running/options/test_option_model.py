"""``--model``: which models a run scores."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.resources import resource_folder

if TYPE_CHECKING:
    from tests.support.projects import Project


def test_a_model_is_scored_on_every_benchmark_of_the_suite(project: Project) -> None:
    result = project.run()
    result.assert_outcomes(passed=2)
    assert {name: record["status"] for name, record in project.benchmarks().items()} == {
        "one": "scored",
        "two": "scored",
    }


@pytest.mark.parametrize(
    "arguments", [["--model", "net.py:build,net.py:other"], ["--model=net.py:build", "--brainscore-model=net.py:other"]]
)
def test_models_may_be_repeated_or_listed(project: Project, arguments: list[str]) -> None:
    result = project.run(*arguments, model=None)
    result.assert_outcomes(passed=4)
    assert [(record["model"], record["identifier"]) for record in project.report()["benchmarks"]] == [
        ("net.build", "one"),
        ("net.build", "two"),
        ("net.other", "one"),
        ("net.other", "two"),
    ]


def test_the_ini_file_may_name_the_model(project: Project) -> None:
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_model = net.py:build\n")
    project.run(model=None).assert_outcomes(passed=2)


def test_a_duplicate_model_is_a_usage_error(project: Project) -> None:
    result = project.run("--model", "net.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: The model net.py:build is given twice; name each model once."])


def test_two_models_of_one_name_are_a_usage_error(project: Project) -> None:
    (project.path / "elsewhere").mkdir()
    (project.path / "elsewhere" / "net.py").write_text((project.path / "net.py").read_text())
    result = project.run("--model", "elsewhere/net.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: The models * would both be called net.build; *"])


def test_an_unknown_name_is_a_usage_error_with_a_suggestion(project: Project) -> None:
    result = project.run(model="squeezenet1_l")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *squeezenet1_l*squeezenet1_1*"])
    assert "Traceback" not in result.stderr.str()


def test_a_missing_file_is_a_usage_error(project: Project) -> None:
    result = project.run(model="nothere.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *nothere.py*"])


def test_a_factory_that_raises_fails_each_benchmark_with_one_sentence(project: Project) -> None:
    result = project.run(model="net.py:broken")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert {record["status"] for record in project.benchmarks().values()} == {"failed"}
    result.stdout.fnmatch_lines(["*net.py*no such luck*"])
    assert "Traceback" not in result.stdout.str()


class TestWithoutModel:
    """Suites without ``--model`` score nothing, and say how to."""

    @pytest.mark.parametrize("workers", ["0", "2"])
    def test_one_line_says_how_to_run_them(self, project: Project, workers: str) -> None:
        result = project.run("-n", workers, model=None)
        assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
        result.stdout.fnmatch_lines(["brainscore: the suites score a model; name one, for example: pytest --model *"])
        assert "Traceback" not in result.stdout.str() + result.stderr.str()

    def test_other_tests_run_as_ever(self, project: Project) -> None:
        (project.path / "test_other.py").write_text("def test_other(): pass\n")
        project.pytester.runpytest_subprocess("test_other.py", "test_toys.py").assert_outcomes(passed=1, deselected=1)

    def test_nothing_is_written(self, project: Project) -> None:
        project.run(model=None)
        assert not list(project.path.glob("brainscore-report*"))


class TestCollection:
    """Collecting is quick and names every benchmark."""

    def test_ids_name_model_and_benchmark_and_can_be_selected(self, project: Project) -> None:
        result = project.run("--collect-only", "-q", "-k", "two")
        result.stdout.fnmatch_lines(["test_toys.py::test_toys?net.build-two?"])
        assert "net.build-one" not in result.stdout.str()

    def test_a_bare_model_collects_the_installed_suites(self, pytester: pytest.Pytester) -> None:
        result = pytester.runpytest_subprocess("--collect-only", "-q", "--model", "squeezenet1_1")
        assert result.ret == 0
        result.stdout.fnmatch_lines(["*test_v1.py::test_v1?squeezenet1_1-Marques2020_DeValois1982-pref_or?"])

    def test_so_does_every_worker(self, pytester: pytest.Pytester) -> None:
        """The benchmarks chosen here are unavailable, so no model is loaded."""
        pytester.makepyfile("def test_of_another_project(): assert False")
        result = pytester.runpytest_subprocess("--model", "squeezenet1_1", "-n", "2", "-k", "FreemanZiemba2013")
        result.assert_outcomes(skipped=9)

    def test_collection_imports_nothing_heavy(self, pytester: pytest.Pytester) -> None:
        pytester.makeconftest(
            """
            import sys
            def pytest_unconfigure():
                heavy = {"torch", "torchvision", "numpy", "pandas", "xarray", "scipy", "sklearn"} & set(sys.modules)
                print("heavy:", sorted(heavy))
            """
        )
        result = pytester.runpytest_subprocess("--collect-only", "-q", "--model", "squeezenet1_1")
        result.stdout.fnmatch_lines(["heavy: []"])

    def test_the_suites_folder_is_where_the_package_says(self) -> None:
        assert (Path(resource_folder("suites")) / "neural" / "test_v1.py").is_file()


def test_a_test_of_ones_own_may_ask_for_every_model(project: Project) -> None:
    (project.path / "test_own.py").write_text(
        "import pytest\n@pytest.mark.brainscore\ndef test_own(model):\n    assert model.visual_degrees() == 8\n"
    )
    result = project.pytester.runpytest_subprocess("test_own.py", "--model", "net.py:build,net.py:other")
    result.assert_outcomes(passed=2)
