"""What is kept of snapshots: a JSON report that every command reads, a table, and what is logged."""

from __future__ import annotations

import csv
import json
import warnings
from pathlib import Path

import pytest

from pytest_brainscore.errors import BrainScoreError, NoNumber, ReportError
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.replicates import read_replicates
from tests.support.command_line import Brainscore
from tests.support.records import make_report
from tests.support.trainings import callback, fixed, leaf, make_network, mean_response, raising, train


def test_every_command_reads_it(brainscore: Brainscore, tmp_path: Path) -> None:
    path = tmp_path / "here" / "r.json"
    scoring = callback([leaf("one"), leaf("two", fixed(0.25))], report=path)
    train(make_network(), lambda network, step: scoring(network, step=step))
    report = read_report(path)
    assert [each.identifier for each in report.models] == ["net@step3", "net@step6"]
    assert report.models[0].weights_sha256 != report.models[1].weights_sha256
    assert report.models[0].layers["V1"] == "2"
    assert report.models[0].preprocessing["image_size"] == 32
    record = next(each for each in report.benchmarks if each.model == "net@step6" and each.identifier == "lab-one")
    assert record.fingerprint["weights"] == report.models[1].weights_sha256
    assert record.layer == "2"
    assert record.score == scoring.snapshots[1].scores["lab-one"]
    assert report.aggregates["net@step3"]["lab.V1"].mean_of_what_ran == scoring.snapshots[0].scores["lab.V1"]
    assert set(read_replicates(path, report)) == {(name, "lab-one", 1) for name in ("net@step3", "net@step6")}
    assert "net@step6" in brainscore("leaderboard", path.parent).output
    for words in (["show", path], ["report", path, "--to", f"html:{path.parent}/page.html"]):
        result = brainscore(*words)
        assert result.exit_code == 0, result.output
    other = path.parent / "other.json"
    other.write_text(path.read_text())
    compared = brainscore("compare", path, other, "--model", "net@step3", "--model", "net@step6")
    assert "lab-one" in compared.output, compared.output


def test_a_resumed_training_adds_to_it_and_replaces_what_it_scores_again(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    network = make_network()
    for value, steps in ((0.25, (3, 6)), (0.5, (6, 9))):
        scoring = callback(leaf(protocol=fixed(value)), report=path)
        for step in steps:
            scoring(network, step=step)
    scores = {each.model: each.score for each in read_report(path).benchmarks}
    assert scores == {"net@step3": 0.25, "net@step6": 0.5, "net@step9": 0.5}


def test_two_trainings_share_a_report(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    one, other = (callback(report=path, name=name) for name in ("one", "other"))
    for step in (3, 6):
        one(make_network(), step=step)
        other(make_network(), step=step)
    assert [each.identifier for each in read_report(path).models] == [
        f"{name}@step{step}" for step in (3, 6) for name in ("one", "other")
    ]


def test_what_cannot_be_added_to_is_refused_before_anything_is_trained(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text("{}")
    with pytest.raises(ReportError, match=r"r\.json is not in the format"):
        callback(report=path)
    write_json(make_report(), path)  # of other versions of packages
    with pytest.raises(ReportError, match="make both in the same environment"):
        callback(report=path)
    with pytest.raises(ReportError, match="is a folder"):
        callback(report=tmp_path)


def test_a_report_that_cannot_be_written_is_written_with_the_next_snapshot(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    scoring = callback(report=folder / "r.json", on_error="warn")
    folder.rename(tmp_path / "away")
    folder.write_text("")
    network = make_network()
    with pytest.warns(UserWarning, match="Adding to the report failed and training goes on"):
        assert scoring(network, step=3) is not None
    folder.unlink()
    (tmp_path / "away").rename(folder)
    scoring(network, step=6)
    assert [each.identifier for each in read_report(folder / "r.json").models] == ["net@step3", "net@step6"]


def test_the_table_and_the_function_that_logs(tmp_path: Path) -> None:
    table = tmp_path / "scores.csv"
    logged: list[tuple[dict[str, float], int]] = []
    for steps in ((3, 6), (9,)):
        scoring = callback(csv=table, log=lambda scores, step: logged.append((scores, step)))
        for step in steps:
            scoring(make_network(), step=step)
    rows = list(csv.DictReader(table.open()))
    assert [(row["model"], row["step"], row["node"]) for row in rows if row["node"] == "lab-one"] == [
        (f"net@step{step}", str(step), "lab-one") for step in (3, 6, 9)
    ]
    assert {row["status"] for row in rows} == {"scored", "mean"}
    assert [step for _, step in logged] == [3, 6, 9]
    assert set(logged[0][0]) == {"brainscore/lab", "brainscore/lab.V1", "brainscore/lab-one"}
    assert float(rows[-1]["score"]) == logged[-1][0]["brainscore/lab-one"]


def test_an_error_does_not_end_the_training(tmp_path: Path) -> None:
    suite = [leaf("one"), leaf("bad", raising(OSError("disk full")))]
    scoring = callback(suite, on_error="warn", report=tmp_path / "r.json")
    network = make_network()
    with pytest.warns(UserWarning, match="net@step3 failed and training goes on: lab-bad: OSError: disk full"):
        first = scoring(network, step=3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # told once
        scoring(network, step=6)
    assert first is not None
    assert "lab-one" in first.scores
    assert "lab.V1" not in first.scores  # a mean over other leaves than before
    statuses = [(each["model"], each["status"]) for each in json.loads((tmp_path / "r.json").read_text())["benchmarks"]]
    assert statuses.count(("net@step3", "failed")) == 1
    assert statuses.count(("net@step6", "scored")) == 1
    with pytest.raises(OSError, match="disk full"):
        callback(suite)(network, step=3)


def test_what_has_no_number_counts_as_zero_in_the_mean_of_a_parent() -> None:
    suite = [
        leaf("one", fixed(0.5)),
        leaf("dead", raising(NoNumber("no unit responds"))),
        leaf("nan", fixed(float("nan"))),
    ]
    scored = callback(suite)(make_network(), step=3)
    assert scored is not None
    assert scored.scores == {"lab": 0.5 / 3, "lab.V1": 0.5 / 3, "lab-one": 0.5}
    assert {each.identifier: each.status for each in scored.records} == {
        "lab-one": "scored",
        "lab-dead": "nan",
        "lab-nan": "nan",
    }


def test_only_parents_whose_leaves_are_all_in_the_suite_are_logged() -> None:
    one = leaf("one", fixed(0.5), parents=("lab", "lab.V1"))
    other = leaf("other", fixed(0.25), parents=("lab", "lab.V4"))
    both = callback([one, other])(make_network(), step=3)
    assert both is not None
    assert set(both.scores) == {"lab", "lab.V1", "lab.V4", "lab-one", "lab-other"}


def test_where_nothing_is_wrong_nothing_is_told() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert callback(leaf(protocol=mean_response))(make_network(), step=3)


def test_the_log_of_somebody_else_may_fail() -> None:
    def log(_scores: dict[str, float], _step: int) -> None:
        raise RuntimeError("no connection")

    scoring = callback(log=log, on_error="warn")
    with pytest.warns(UserWarning, match="The function given as log failed and training goes on: RuntimeError"):
        assert scoring(make_network(), step=3)
    with pytest.raises(RuntimeError, match="no connection"):
        callback(log=log)(make_network(), step=3)
    with pytest.raises(BrainScoreError, match='give "warn" or "raise"'):
        callback(on_error="ignore")
