"""Several checkpoints of a network in one run: ``--model "net.py:build@runs/epoch*.safetensors"``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save_file

from tests.support.projects import TORCH_NETWORK, Project

Shapes = dict[str, tuple[int, ...]]
SHAPES: Shapes = {"0.weight": (2, 3, 5, 5), "0.bias": (2,), "3.weight": (4, 2, 3, 3), "3.bias": (4,)}
NAMES = [
    "tiny.build@seed_1_epoch2",
    "tiny.build@seed_1_epoch10",
    "tiny.build@seed_2_epoch2",
    "tiny.build@seed_2_epoch10",
]
WORD = "tiny.py:build@runs/seed*/epoch*.safetensors"


def write_checkpoint(path: Path, seed: int, shapes: Shapes = SHAPES) -> None:
    """Write weights of the tiny network."""
    path.parent.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    save_file({name: random.normal(size=shape).astype("f4") for name, shape in shapes.items()}, path)


@pytest.fixture
def runs(project: Project) -> Project:
    """Return a project with checkpoints of two epochs from two seeds."""
    project.outcomes({"one": {"record": True}})
    for seed in (1, 2):
        for epoch in (2, 10):
            write_checkpoint(project.path / f"runs/seed {seed}/epoch{epoch}.safetensors", seed * epoch)
    return project


def scores(report: dict[str, Any]) -> list[float]:
    return [each["score"] for each in report["benchmarks"]]


def test_each_is_a_model_of_one_report(runs: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Together, with workers or without, by whatever option, they have the scores that each has alone."""
    monkeypatch.setenv("BRAINSCORE_HOME", str(runs.path / "home"))
    runs.run("-n", "0", "--brainscore-update=new", model=WORD).assert_outcomes(passed=4)
    report = runs.report()
    assert [model["identifier"] for model in report["models"]] == NAMES
    last = report["models"][3]
    assert last["specification"] == "tiny.py:build@runs/seed 2/epoch10.safetensors"
    assert (last["network"], last["checkpoint"]) == ("tiny.build", "runs/seed 2/epoch10.safetensors")
    assert last["weights_from"] == "epoch10.safetensors"
    assert last["axes"] == {"epoch": 10, "seed": 2}
    assert len({model["weights_sha256"] for model in report["models"]}) == 4
    assert sorted(path.stem for path in runs.baseline().parent.glob("*.json")) == sorted(NAMES)
    assert json.loads(runs.baseline(NAMES[1]).read_text())["checkpoint"] == "epoch10.safetensors"
    assert [group["models"] for group in report["seeds"]] == [NAMES[::2], NAMES[1::2]]

    (runs.path / "pytest.ini").write_text(f"[pytest]\nbrainscore_model = mine={WORD}\nbrainscore_cache = off\n")
    runs.run("-n", "2", model=None).assert_outcomes(passed=4)
    assert scores(runs.report()) == scores(report)
    assert [model["identifier"] for model in runs.report()["models"]] == [f"mine@{name[11:]}" for name in NAMES]

    one = "--brainscore-weights=runs/seed 1/epoch2.safetensors"
    two = "--brainscore-weights=runs/seed 2/epoch10.safetensors"
    alone = runs.run("-n", "0", one, two, "--model=tiny.py:build", model="first=tiny.py:build")
    alone.assert_outcomes(passed=2)
    assert scores(runs.report()) == [scores(report)[0], scores(report)[3]]
    assert [model["identifier"] for model in runs.report()["models"]] == ["first", "tiny.build"]
    assert not list((runs.path / "home" / "inputs").iterdir())


def test_a_name_is_that_of_records_baseline_and_tests(project: Project) -> None:
    result = project.run("-v", "--brainscore-update=new", model="mine=net.py:build")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(["*test_toys?mine-one?*"])
    assert {record["model"] for record in project.report()["benchmarks"]} == {"mine"}
    assert project.baseline("mine").is_file()
    assert project.report()["models"][0]["specification"] == "mine=net.py:build"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("tiny.py:build@runs/nothing*.pth",), "There are no checkpoints runs/nothing*.pth: nothing matches in *"),
        (("tiny.py:build@runs",), "The weights file runs is a folder; give *"),
        (("a=net.py:build", "a=net.py:other"), "The models * would both be called a; give one of them another name."),
        (
            ("a=net.py:build", "A=net.py:other"),
            "The models * would both be called A and a, one file to many systems; *",
        ),
        ((WORD, WORD), "The model tiny.py:build@runs/seed 1/epoch2.safetensors is given twice; *"),
        (
            ("tiny.py:build@runs/seed 1/epoch2.safetensors", "tiny.py:build@runs/seed 2/epoch2.safetensors"),
            "The models * would both be called tiny.build@epoch2; give one a name of its own (NAME=*",
        ),
    ],
)
def test_what_cannot_be_one_run_is_a_usage_error(runs: Project, words: tuple[str, ...], told: str) -> None:
    result = runs.run(*(f"--model={word}" for word in words), model=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in result.stderr.str()
    result.stderr.fnmatch_lines([f"ERROR: {told.replace('[', '[[]')}"])


def test_checkpoints_of_another_architecture_are_told_once_before_anything_runs(runs: Project) -> None:
    write_checkpoint(runs.path / "runs/seed 1/epoch10.safetensors", 0, SHAPES | {"3.weight": (4, 2, 5, 5)})
    write_checkpoint(runs.path / "runs/seed 2/epoch2.safetensors", 0, {"0.weight": (2, 3, 5, 5)})
    result = runs.run(model=WORD)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (line,) = [line for line in result.errlines if line]
    assert "runs/seed 1/epoch10.safetensors have 1 wrong shapes" in line
    assert "3.weight is (4, 2, 5, 5) instead of (4, 2, 3, 3)" in line
    assert "Neither can runs/seed 2/epoch2.safetensors be used. 2 of 4 checkpoints fit." in line


def test_a_layer_that_is_not_in_all_networks_is_told_before_anything_runs(runs: Project) -> None:
    (runs.path / "deep.py").write_text(
        TORCH_NETWORK.replace("torch.nn.Conv2d(2, 4, 3)", "torch.nn.Flatten(), torch.nn.ReLU()")
    )
    result = runs.run("--brainscore-layer=V1=4", "--model=tiny.py:build", model="deep.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: tiny.build has no layer 4, which V1=4 names for all models of the run; *"])
