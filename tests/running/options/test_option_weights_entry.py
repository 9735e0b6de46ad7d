"""``--brainscore-weights-entry``: which weights of a checkpoint that holds more than one set."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.projects import Project

# In a process of its own: pytester forgets modules after a test, and torch cannot be imported twice.
MAKE_CHECKPOINT = """
import sys
import torch

def state(seed):
    torch.manual_seed(seed)
    layers = {"0": torch.nn.Conv2d(3, 2, 5), "3": torch.nn.Conv2d(2, 4, 3)}
    return {f"module.{i}.{name}": value for i, layer in layers.items() for name, value in layer.state_dict().items()}

content = {name: state(seed) for seed, name in enumerate(sys.argv[2:])}
torch.save(content, sys.argv[1])
"""


def make_checkpoint(project: Project, *names: str) -> Path:
    project.outcomes({"one": {"record": True}})
    path = project.path / "best.pth"
    subprocess.run([sys.executable, "-c", MAKE_CHECKPOINT, str(path), *names], check=True)
    return path


def test_the_choice_is_in_the_terminal_and_in_the_record(project: Project) -> None:
    weights = f"--brainscore-weights={make_checkpoint(project, 'state_dict', 'state_dict_ema')}"
    result = project.run(weights, model="tiny.py:build")
    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines(["*state_dict.module was taken and not state_dict_ema.module; choose with*"])
    taken = project.report()
    assert taken["models"][0]["weights_from"] == "best.pth: state_dict.module"
    result = project.run(weights, "--brainscore-weights-entry=state_dict_ema", model="tiny.py:build")
    result.assert_outcomes(passed=1)
    assert "warnings" not in result.parseoutcomes()
    chosen = project.report()
    assert chosen["models"][0]["weights_from"] == "best.pth: state_dict_ema.module"
    assert chosen["models"][0]["weights_sha256"] != taken["models"][0]["weights_sha256"]
    assert chosen["benchmarks"][0]["score"] != taken["benchmarks"][0]["score"]


def test_where_nothing_speaks_for_one_the_sentence_names_them(project: Project) -> None:
    weights = f"--brainscore-weights={make_checkpoint(project, 'student', 'teacher')}"
    result = project.run(weights, model="tiny.py:build")
    result.assert_outcomes(errors=1)
    reason = project.benchmarks()["one"]["reason"]
    assert "2 sets of weights that fit Sequential (student.module, teacher.module)" in reason
    assert "--brainscore-weights-entry teacher.module" in reason
    project.run(weights, "--brainscore-weights-entry=teacher", model="tiny.py:build").assert_outcomes(passed=1)


def test_the_setting_of_the_ini_file(project: Project) -> None:
    make_checkpoint(project, "student", "teacher")
    settings = "[pytest]\nbrainscore_weights = best.pth\nbrainscore_weights_entry = student\n"
    (project.path / "pytest.ini").write_text(settings)
    project.run(model="tiny.py:build").assert_outcomes(passed=1)
    assert project.report()["models"][0]["weights_from"] == "best.pth: student.module"


def test_without_a_checkpoint_it_is_a_usage_error(project: Project) -> None:
    result = project.run("--brainscore-weights-entry=ema")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --brainscore-weights-entry needs --brainscore-weights*"])


def test_what_is_no_checkpoint_is_a_usage_error(project: Project) -> None:
    """Told before anything runs, because a pointer is what a runner without Git LFS has."""
    (project.path / "best.pth").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n")
    result = project.run("--brainscore-weights=best.pth", model="tiny.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: The weights file best.pth is no checkpoint but a Git LFS pointer; *"])
