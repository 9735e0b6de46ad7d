"""A report is the same whatever order results arrived in, and tells where they came from."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.report.assemble_report import assemble_report, environment
from pytest_brainscore.report.plain import plain_report
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report
from tests.support.records import make_record, make_report

MODELS = [ModelRecord(identifier=name, specification=name) for name in ("second.letter", "a.first")]
ORDER = ["V4-b", "V1-c", "V1-a"]
RECORDS = [make_record(model=model.identifier, identifier=identifier) for model in MODELS for identifier in ORDER]


def build(records: list[BenchmarkRecord]) -> Report:
    empty = make_report()
    return assemble_report(
        created=empty.created,
        command=("pytest",),
        environment=empty.environment,
        models=MODELS,
        benchmarks=records,
        order=ORDER,
    )


@given(st.permutations(RECORDS))
def test_results_are_sorted_by_model_then_by_the_score_tree(records: list[BenchmarkRecord]) -> None:
    assert build(records).benchmarks == RECORDS


@given(
    st.permutations(
        [
            make_record(model=model, identifier=name)
            for model in ("second.letter", "x", "y")
            for name in ("V1-c", "q", "r")
        ]
    )
)
def test_unknown_models_and_benchmarks_come_last_by_name(records: list[BenchmarkRecord]) -> None:
    expected = [(model, name) for model in ("second.letter", "x", "y") for name in ("V1-c", "q", "r")]
    assert [(record.model, record.identifier) for record in build(records).benchmarks] == expected


def test_versions_of_a_benchmark_are_in_order() -> None:
    records = [make_record(model="a.first", identifier="V1-a", version=version) for version in (3, 1, 2)]
    assert [record.version for record in build(records).benchmarks] == [1, 2, 3]


def test_a_score_that_is_nan_has_the_status_nan() -> None:
    report = build([make_record(score=math.nan)])
    assert (report.benchmarks[0].status, report.benchmarks[0].score) == ("nan", None)


def test_a_report_is_complete_unless_said_otherwise() -> None:
    assert build([]).complete


class TestEnvironment:
    def test_it_tells_versions_without_importing_the_packages(self) -> None:
        code = (
            "from pytest_brainscore.report.assemble_report import environment; environment(); import sys; "
            "assert not {'pytest', 'numpy', 'scipy', 'pandas', 'torch', 'sklearn', 'PIL'} & set(sys.modules)"
        )
        subprocess.run([sys.executable, "-c", code], check=True)
        found = environment()
        assert found.python == ".".join(str(part) for part in sys.version_info[:3])
        assert found.packages["numpy"] == version("numpy")
        assert found.packages["scikit-learn"] == version("scikit-learn")
        assert found.cores >= 1
        plain_report(make_report(environment=found))

    def test_a_package_that_is_not_installed_is_left_out(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_brainscore.report.assemble_report.PACKAGES", ("numpy", "no-such-package"))
        assert environment().packages == {"numpy": version("numpy")}


class TestGit:
    @pytest.fixture(autouse=True)
    def empty_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            monkeypatch.delenv(name)
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        monkeypatch.chdir(tmp_path)

    @staticmethod
    def git(*arguments: str) -> str:
        identity = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        command = ["git", *identity, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def test_outside_a_repository_there_is_no_commit(self) -> None:
        assert environment().git is None

    def test_before_the_first_commit_there_is_no_commit(self) -> None:
        self.git("init")
        assert environment().git is None

    def test_without_git_there_is_no_commit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", "")
        assert environment().git is None

    def test_commit_and_changes_are_told(self, tmp_path: Path) -> None:
        self.git("init")
        (tmp_path / "net.py").write_text("1")
        self.git("add", "net.py")
        self.git("commit", "-m", "first")
        self.git("tag", "-a", "v1", "-m", "a tag does not stand for the commit")
        (tmp_path / "untracked.json").write_text("")
        clean = environment().git
        assert clean is not None
        assert (clean.commit, clean.dirty) == (self.git("rev-parse", "HEAD"), False)
        (tmp_path / "net.py").write_text("2")
        dirty = environment().git
        assert dirty is not None
        assert (dirty.commit, dirty.dirty) == (clean.commit, True)


def test_the_parents_that_have_a_number_are_in_it_by_model() -> None:
    scored = make_record(
        identifier="FreemanZiemba2013.V2-pls", version=2, score=0.311, parents=["average_vision", "neural_vision", "V2"]
    )
    aggregates = build([scored]).aggregates["net"]
    assert list(aggregates) == ["average_vision", "neural_vision", "V2"]
    assert aggregates["V2"].site_comparable == pytest.approx(0.1555)
    assert aggregates["V2"].mean_of_what_ran == pytest.approx(0.311)
    assert (aggregates["V2"].scored, aggregates["V2"].leaves) == (1, 2)
