"""``--brainscore-report``: files that keep what was measured, whatever happens to the run."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from pytest_brainscore.report.plain import json_schema

if TYPE_CHECKING:
    from tests.support.projects import Project

needs_dev_full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110


def test_a_scoring_run_writes_a_report_by_default(project: Project) -> None:
    project.run()
    report = project.report()
    jsonschema.validate(report, json_schema())
    assert report["schema"] == 1
    assert report["complete"] is True
    assert report["command"][0] == "pytest"
    assert "--model" in report["command"]
    assert [model["identifier"] for model in report["models"]] == ["net.build"]
    record = project.benchmarks()["one"]
    assert record["score"] == 0.5
    assert record["raw"] == pytest.approx(0.45)
    assert (record["ceiling"], record["normalisation"], record["n"]) == (0.9, "r/c", {"stimuli": 4})
    assert record["peak_rss_mb"] > 0
    assert record["fingerprint"]["seed"] == 0


def test_lines_arrive_beside_the_report(project: Project) -> None:
    project.run()
    assert {line["identifier"] for line in project.lines()} == {"one", "two"}


def test_paths_may_be_chosen_and_folders_are_made(project: Project) -> None:
    project.run("--brainscore-report", "json:out/deep/scores.json", "--brainscore-report", "jsonl:out/lines.jsonl")
    assert len(project.report("out/deep/scores.json")["benchmarks"]) == 2
    assert len(project.lines("out/lines.jsonl")) == 2
    assert not (project.path / "brainscore-report.json").exists()


def test_an_unknown_type_is_a_usage_error(project: Project) -> None:
    result = project.run("--brainscore-report", "jsn:scores.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *json*"])


def test_an_unwritable_path_is_a_usage_error_before_anything_runs(project: Project) -> None:
    (project.path / "file").write_text("")
    result = project.run("--brainscore-report", "json:file/scores.json")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: *file*"])
    assert "net.build" not in result.stdout.str()


@needs_dev_full
def test_a_full_disk_fails_the_run_and_still_shows_the_scores(project: Project) -> None:
    result = project.run("--brainscore-report", "jsonl:/dev/full")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["*net.build*one@1*.500*", "*/dev/full*"])
    assert "Traceback" not in result.stdout.str()


class TestStatuses:
    """Every way to have no score has a name and a reason."""

    def test_unavailable_is_a_skip_with_a_reason(self, project: Project) -> None:
        project.outcomes({"one": {"unavailable": "the recordings are not here"}, "two": {"score": 0.2}})
        project.run().assert_outcomes(passed=1, skipped=1)
        record = project.benchmarks()["one"]
        assert (record["status"], record["reason"]) == ("unavailable", "the recordings are not here")
        assert record["score"] is None

    def test_unavailability_is_decided_before_the_model_is_loaded(self, project: Project) -> None:
        project.outcomes({"one": {"unavailable": "the recordings are not here"}})
        project.run(model="net.py:broken").assert_outcomes(skipped=1)

    def test_data_that_prove_unavailable_late_are_a_skip_too(self, project: Project) -> None:
        project.outcomes({"one": {"unavailable in call": "image 7 cannot be read"}})
        project.run().assert_outcomes(skipped=1)
        assert project.benchmarks()["one"]["status"] == "unavailable"

    def test_an_exception_is_failed_and_keeps_its_traceback(self, project: Project) -> None:
        project.outcomes({"one": {"raise": "shapes differ"}, "two": {"score": 0.2}})
        result = project.run()
        result.assert_outcomes(passed=1, failed=1)
        record = project.benchmarks()["one"]
        assert (record["status"], record["reason"]) == ("failed", "ValueError: shapes differ")
        result.stdout.fnmatch_lines(["E *ValueError: shapes differ"])

    def test_no_number_is_nan_and_shown_as_x(self, project: Project) -> None:
        project.outcomes({"one": {"no number": "no unit responds"}, "two": {"score": 0.2}})
        result = project.run()
        result.assert_outcomes(passed=1, xfailed=1)
        record = project.benchmarks()["one"]
        assert (record["status"], record["score"], record["reason"]) == ("nan", None, "no unit responds")
        result.stdout.fnmatch_lines(["*one@1 *X*", "nan: one: no unit responds"])

    def test_a_score_that_is_nan_is_nan_too(self, project: Project) -> None:
        (project.path / "outcomes.json").write_text('{"one": {"score": NaN}}')
        project.run().assert_outcomes(xfailed=1)
        assert project.benchmarks()["one"]["status"] == "nan"

        def refuse(constant: str) -> None:
            raise AssertionError(f"{constant} is no JSON")

        json.loads((project.path / "brainscore-report.json").read_text(), parse_constant=refuse)

    def test_a_test_that_never_checks_a_score_fails(self, project: Project) -> None:
        suite = project.path / "test_toys.py"
        suite.write_text(suite.read_text().replace("brainscore.check(", "print("))
        result = project.run()
        result.assert_outcomes(failed=2)
        result.stdout.fnmatch_lines(["*never called brainscore.check(score)*"])


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_ctrl_c_keeps_what_was_recorded(project: Project) -> None:
    project.outcomes({"one": {"score": 0.5, "cost": 9}, "two": {"interrupt": True, "cost": 1}})
    result = project.run()
    assert result.ret == pytest.ExitCode.INTERRUPTED
    assert [line["identifier"] for line in project.lines()] == ["one"]
    report = project.report()
    assert report["complete"] is False
    assert {name: record["status"] for name, record in project.benchmarks().items()} == {
        "one": "scored",
        "two": "crashed",
    }


def test_the_same_command_twice_gives_the_same_report_apart_from_times(project: Project) -> None:
    def stable() -> str:
        project.run()
        report = project.report()
        del report["created"], report["command"]  # the command names a folder that differs
        for record in report["benchmarks"]:
            del record["seconds"], record["peak_rss_mb"]
        return json.dumps(report)

    assert stable() == stable()
