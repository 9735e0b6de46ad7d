"""``brainscore compare --explain``: who carries a difference."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from PIL import Image

from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.attribution import Attribution, attribution
from pytest_brainscore.inference.draws import units
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.report.replicates import attributions_path
from tests.support.records import make_report
from tests.support.replicated import Answers, answer_record, share_right

Brainscore = Callable[..., Result]
LEAF = "texture-index"
NAMES = np.array([f"image-{place:03d}" for place in range(200)])
ANIMALS = np.array(["dog", "cat", "bear", "owl"])[np.arange(200) % 4]


def contributed(right: Answers) -> Attribution:
    return attribution(float(right.mean()), accuracy_design(right, units(LEAF, "stimulus", NAMES)), categories=ANIMALS)


@pytest.fixture
def folder(tmp_path: Path, bare_machine: None) -> Path:
    return tmp_path / "here"


def save(path: Path, right: Answers, found: Attribution | None, leaf: str = LEAF, **changes: object) -> Path:
    key = "net", leaf, 1
    report = make_report(
        models=[ModelRecord(identifier="net", specification="net")],
        benchmarks=[answer_record("net", leaf, right, **changes)],
    )
    write_json(report, path, {key: share_right(right)}, {} if found is None else {key: found})
    return path


BEFORE = np.arange(200) % 3 > 0
AFTER = BEFORE | (ANIMALS == "dog")
GAINED = NAMES[AFTER & ~BEFORE]


@pytest.fixture
def pair(folder: Path) -> list[Path]:
    return [save(folder / f"{name}.json", each, contributed(each)) for name, each in (("a", BEFORE), ("b", AFTER))]


def test_contributions_by_image_and_category_add_up_to_the_difference(brainscore: Brainscore, pair: list[Path]) -> None:
    told = json.loads(brainscore("compare", *pair, "--explain", LEAF, "--json").stdout)
    assert told["difference"] == pytest.approx(AFTER.mean() - BEFORE.mean())
    assert told["interval"][0] < told["difference"] < told["interval"][1]
    (carried,) = told["carried_by"]
    assert (carried["kind"], carried["count"]) == ("stimulus", 200)
    assert carried["average"] * 200 == pytest.approx(told["difference"])
    by_category = {each["category"]: each for each in carried["categories"]}
    assert sum(each["contribution"] for each in by_category.values()) == pytest.approx(told["difference"])
    assert by_category["dog"]["contribution"] == pytest.approx(len(GAINED) / 200, abs=1e-6)
    assert by_category["dog"]["share"] == pytest.approx(1, abs=1e-3)
    assert by_category["cat"]["contribution"] == pytest.approx(0, abs=1e-6)
    assert len(carried["most"]) == 10
    assert {each["name"] for each in carried["most"]} <= set(GAINED.tolist())
    assert [each["contribution"] for each in carried["most"]] == pytest.approx([1 / 200] * 10, abs=1e-6)


def test_it_is_said_in_words_and_tables(brainscore: Brainscore, pair: list[Path]) -> None:
    lines = brainscore("compare", *pair, "--explain", LEAF).stdout.splitlines()
    assert lines[0].startswith(f"{LEAF}: net (")
    assert "is better by .085 [" in lines[0]
    assert lines[1].startswith("The 10 of 200 stimuli that differ most; their contributions")
    assert lines[2].split() == ["stimulus", "category", "contributes"]
    assert lines[3].split()[1:] == ["dog", "+.00500"]
    assert lines[13].split() == ["category", "stimuli", "contributes", "of", "the", "difference"]
    assert lines[14].split() == ["dog", "50", "+.08500", "100", "%"]


def test_a_model_against_itself_has_nothing_to_explain(brainscore: Brainscore, folder: Path) -> None:
    paths = [save(folder / f"{name}.json", BEFORE, contributed(BEFORE)) for name in "ab"]
    said = brainscore("compare", *paths, "--explain", LEAF).stdout
    assert "are the same" in said
    assert "No one of 200 stimuli differs" in said


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (None, "written without NAME.contributions.npz"),
        (Attribution(0.5, reason="it is a largest distance"), "is not known: it is a largest distance."),
    ],
)
def test_a_benchmark_without_parts_says_why(
    brainscore: Brainscore, folder: Path, found: Attribution | None, says: str
) -> None:
    paths = [save(folder / f"{name}.json", each, found) for name, each in (("a", BEFORE), ("b", AFTER))]
    result = brainscore("compare", *paths, "--explain", LEAF)
    assert result.exit_code == 0
    assert says in result.stdout
    assert json.loads(brainscore("compare", *paths, "--explain", LEAF, "--json").stdout)["reason"]


def test_a_lost_or_damaged_file_is_told(brainscore: Brainscore, pair: list[Path]) -> None:
    attributions_path(pair[1]).write_bytes(b"no")
    result = brainscore("compare", *pair, "--explain", LEAF)
    assert "is not the file of contributions that was written with" in result.stderr
    assert "is not known" in result.stdout


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ["--explain", "nothing-like-it"],
            "has no score on 'nothing-like-it' to explain; it has some on: texture-index",
        ),
        (["--explain", LEAF, "--together", "--model", "net"], ""),
    ],
)
def test_what_cannot_be_explained_is_refused(
    brainscore: Brainscore, pair: list[Path], words: list[str], says: str
) -> None:
    result = brainscore("compare", *pair, *words)
    assert (result.exit_code != 0) == bool(says)
    assert says in " ".join(result.stderr.split())


def test_scores_of_other_data_are_refused(brainscore: Brainscore, folder: Path) -> None:
    one = save(folder / "a.json", BEFORE, contributed(BEFORE))
    other = save(folder / "b.json", AFTER, contributed(AFTER), fingerprint={"version": 1, "stimuli": "other"})
    result = brainscore("compare", one, other, "--explain", LEAF)
    assert result.exit_code != 0
    assert "differ in more than the model (stimuli)" in " ".join(result.stderr.split())


def page_of(brainscore: Brainscore, folder: Path, leaf: str) -> str:
    paths = [
        save(folder / f"{name}.json", each, contributed(each), leaf) for name, each in (("a", BEFORE), ("b", AFTER))
    ]
    result = brainscore("compare", *paths, "--explain", leaf, "--to", f"html:{folder / 'page.html'}")
    assert result.exit_code == 0, result.stderr
    return (folder / "page.html").read_text(encoding="utf-8")


EDGE = "Geirhos2021edge-top1"


def test_the_page_shows_images_whose_licence_allows_it(
    brainscore: Brainscore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (100, 50), "red").save(folder / "one.png")
    images = StimulusSet(
        "edge", pd.DataFrame({"stimulus_id": NAMES}), [ImageFile(folder / "one.png") for _ in NAMES], 3.0
    )
    monkeypatch.setattr("pytest_brainscore.data.loading.is_here", lambda files: True)
    monkeypatch.setattr("pytest_brainscore.data.loading.load_stimulus_set", lambda name, degrees: images)
    page = page_of(brainscore, folder, EDGE)
    shown = re.findall(r'<img class="thumbnail" src="data:image/png;base64,([^"]+)" alt="(image-\d+)"', page)
    assert len(shown) == 10
    assert Image.open(io.BytesIO(base64.b64decode(shown[0][0]))).size == (64, 32)
    assert "by category" in page


@pytest.mark.parametrize(
    ("leaf", "says"),
    [
        (EDGE, "they are not on this machine"),
        ("MajajHong2015.IT-pls", "nobody knows whether their licence allows"),
        ("ImageNet-top1", "their licence is ImageNet terms"),
        (LEAF, "they cannot be read here"),
    ],
)
def test_others_are_named_and_the_page_says_why(brainscore: Brainscore, folder: Path, leaf: str, says: str) -> None:
    page = page_of(brainscore, folder, leaf)
    assert '<img class="thumbnail"' not in page
    assert f"Images are named and not shown, as {says}" in page
    assert GAINED[0] in page


def test_nothing_that_a_stimulus_is_called_acts_on_the_page(brainscore: Brainscore, folder: Path) -> None:
    names = np.array([f"<script>{name}" for name in NAMES])
    paths = []
    for name, right in (("a", BEFORE), ("b", AFTER)):
        found = attribution(float(right.mean()), accuracy_design(right, units(LEAF, "stimulus", names)))
        paths.append(save(folder / f"{name}.json", right, found))
    brainscore("compare", *paths, "--explain", LEAF, "--to", f"html:{folder / 'page.html'}")
    assert "<script>image" not in (folder / "page.html").read_text(encoding="utf-8")
