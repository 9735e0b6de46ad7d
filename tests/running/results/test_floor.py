"""``--brainscore-floor``: untrained twins of the same architecture and pixels, beside the scores of a model."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from scipy.stats import t

from tests.support.projects import Project

RECORDED = {"one": {"record": True}}


@pytest.fixture
def scored(project: Project) -> Project:
    project.outcomes(RECORDED)
    return project


@pytest.mark.parametrize("workers", ["0", pytest.param("2", marks=pytest.mark.walkthrough)])
def test_three_twins_and_pixels_stand_in_the_report(scored: Project, workers: str) -> None:
    result = scored.run("--brainscore-floor", "-n", workers, model="tiny.py:build")
    assert result.ret == 0
    report = scored.report()
    assert [each["identifier"] for each in report["models"]] == ["tiny.build"]
    assert [each["model"] for each in report["benchmarks"]] == ["tiny.build"]
    floor = report["floors"]["tiny.build"]
    assert floor["seeds"] == [0, 1, 2]
    leaf = floor["scores"]["one"]
    twins = np.array(leaf["untrained"])
    assert len(set(twins)) == 3
    assert report["benchmarks"][0]["score"] not in twins
    assert leaf["pixels"] is not None
    assert leaf["mean"] == pytest.approx(twins.mean())
    low, high = t.interval(0.95, 2, twins.mean(), twins.std(ddof=1) / np.sqrt(3))
    assert (leaf["low"], leaf["high"]) == pytest.approx((low, high))
    # Parents are means of scores within [0, 1].
    assert floor["scores"]["toy"]["untrained"] == pytest.approx(np.clip(twins, 0, 1))
    assert floor["scores"]["toy"]["pixels"] == pytest.approx(np.clip(leaf["pixels"], 0, 1))


def test_the_terminal_the_page_and_the_command_show_it(scored: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    result = scored.run(
        "--brainscore-floor",
        "--brainscore-report=json:r.json",
        "--brainscore-report=html:r.html",
        model="tiny.py:build",
    )
    shown = re.compile(r"untrained \S+ \[\S+, \S+\], pixels \S+")
    table = [line for line in result.outlines if "one@1" in line]
    assert any(shown.search(line) for line in table)
    assert any("beside their floor of tiny.build.untrained-0" in line for line in result.outlines)
    page = (scored.path / "r.html").read_text(encoding="utf-8")
    assert "untrained twins (mean over seeds) and pixels" in page
    assert shown.search(page)
    assert '<circle class="l"' in page
    assert '<rect class="l"' in page


@pytest.mark.walkthrough
def test_the_same_seeds_give_the_same_floor(scored: Project) -> None:
    scored.run("--brainscore-floor", "--brainscore-floor-seeds=2", "-n", "0", model="tiny.py:build")
    first = scored.report()["floors"]
    scored.run("--brainscore-floor", "--brainscore-floor-seeds=2", "--brainscore-cache=off", model="tiny.py:build")
    assert scored.report()["floors"] == first
    assert first["tiny.build"]["seeds"] == [0, 1]


def test_without_the_option_there_is_none(project: Project) -> None:
    project.run()
    assert project.report()["floors"] == {}


def test_what_cannot_be_drawn_anew_is_said_and_makes_nothing_red(project: Project) -> None:
    (project.path / "brain.py").write_text((project.path / "net.py").read_text())
    result = project.run(
        "--brainscore-floor", "--brainscore-floor-seeds=2", "--brainscore-require=toys", model="brain.py:build"
    )
    assert result.ret == 0
    floor = project.report()["floors"]["brain.build"]
    assert any("nothing says how to draw its weights anew" in reason for reason in floor["reasons"])
    assert floor["scores"]["one"] == {"untrained": [None, None], "mean": None, "low": None, "high": None, "pixels": 0.5}
    assert any("no floor of brain.build: brain.py:build is a brain model" in line for line in result.outlines)


def test_a_floor_has_no_baseline_and_no_lines(scored: Project) -> None:
    result = scored.run("--brainscore-floor", "--brainscore-new=fail", "--brainscore-update=new", model="tiny.py:build")
    assert result.ret == 0
    assert [path.name for path in (scored.path / "fixtures" / "baselines").glob("*.json")] == ["tiny.build.json"]
    assert [line["model"] for line in scored.lines()] == ["tiny.build"]


def test_pixels_under_test_are_their_own_floor(scored: Project) -> None:
    result = scored.run("--brainscore-floor", "--brainscore-floor-seeds=1", "--model=pixels", model="tiny.py:build")
    assert result.ret == 0
    report = scored.report()
    (pixels,) = (each["score"] for each in report["benchmarks"] if each["model"] == "pixels")
    assert list(report["floors"]) == ["tiny.build"]
    leaf = report["floors"]["tiny.build"]["scores"]["one"]
    assert leaf["pixels"] == pixels
    assert (leaf["low"], leaf["high"]) == (None, None)


def test_seeds_that_are_no_number_are_refused(project: Project) -> None:
    result = project.run("--brainscore-floor", "--brainscore-floor-seeds=all")
    assert result.ret == 4
    assert "is no number of untrained twins" in "\n".join(result.errlines)


@pytest.mark.walkthrough
def test_merged_shards_have_the_floor_of_both(project: Project) -> None:
    project.outcomes({"one": {"record": True}, "two": {"record": True}})
    for name in ("one", "two"):
        project.run(
            "--brainscore-floor",
            "--brainscore-floor-seeds=1",
            f"--brainscore-benchmark={name}",
            f"--brainscore-report=json:{name}.json",
            model="tiny.py:build",
        )
    merged = project.pytester.run("brainscore", "merge", "one.json", "two.json", "--to", "json:both.json")
    assert merged.ret == 0
    floor = json.loads((project.path / "both.json").read_text())["floors"]["tiny.build"]
    assert set(floor["scores"]) >= {"one", "two", "toy"}
    assert floor["scores"]["toy"]["untrained"] == pytest.approx(floor["scores"]["one"]["untrained"])
