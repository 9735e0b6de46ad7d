"""The gate as a whole: a damaged network is red, with exactly what depends on the damage, and a sound one green.

``tests/performance/regression_gate.py`` shows the same with a real network.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

if TYPE_CHECKING:
    from tests.support.projects import Project

# Benchmarks of the toy family record V1; here each records the region that it is named after.
EARLY, LATE = {"early-a", "early-b"}, {"late-a", "late-b"}


@pytest.fixture
def sound(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the checkpoint of a network whose V1 and IT are scored, and whose scores are stored as baselines."""
    monkeypatch.setenv("BRAINSCORE_HOME", str(project.path / "home"))
    family = project.path / "toy_family.py"
    text = family.read_text().replace("mean_response(model) if", "mean_response(model, benchmark) if")
    text = text.replace("def mean_response(model):", "def mean_response(model, benchmark):")
    text = text.replace('start_recording("V1"', 'start_recording("V1" if "early" in benchmark.identifier else "IT"')
    family.write_text(text)
    commitment = project.path / "tiny.toml"
    commitment.write_text(commitment.read_text() + 'IT = "3"\n')
    project.outcomes({name: {"record": True} for name in sorted(EARLY | LATE)})
    generator = np.random.default_rng(0)
    shapes = {"0.weight": (2, 3, 5, 5), "0.bias": (2,), "3.weight": (4, 2, 3, 3), "3.bias": (4,)}
    # Positive, so that every response falls with those below it.
    weights = {name: generator.random(shape, dtype=np.float32) for name, shape in shapes.items()}
    path = project.path / "sound.safetensors"
    save_file(weights, path)
    score(project, path, "--brainscore-update=new").assert_outcomes(passed=4)
    return path


def score(project: Project, weights: Path, *arguments: str) -> pytest.RunResult:
    summary = f"--brainscore-report=github:{project.path / 'summary.md'}"
    report = "--brainscore-report=json:brainscore-report.json"
    return project.run(f"--brainscore-weights={weights}", report, summary, *arguments, model="tiny.py:build")


def damaged(sound: Path, tensor: str) -> Path:
    tensors = load_file(sound)
    tensors[tensor] = tensors[tensor] - np.float32(0.5)
    path = sound.with_name(f"damaged {tensor}.safetensors")
    save_file(tensors, path)
    return path


def test_a_damage_is_red_and_names_exactly_what_depends_on_it(project: Project, sound: Path) -> None:
    before = {name: record["score"] for name, record in project.benchmarks().items()}
    for tensor, affected in {"3.bias": LATE, "0.bias": EARLY | LATE}.items():
        result = score(project, damaged(sound, tensor), "--brainscore-across=weights")
        assert result.ret == pytest.ExitCode.TESTS_FAILED
        result.assert_outcomes(passed=4 - len(affected), failed=len(affected))
        records = project.benchmarks()
        assert {name for name in records if records[name]["comparison"]["verdict"] == "regressed"} == affected
        for name in before.keys() - affected:
            assert records[name]["score"] == before[name]
        told = re.findall(r"^::error .*title=(\S+) of tiny\.build::", result.stdout.str(), re.MULTILINE)
        assert set(told) == affected
        summary = (project.path / "summary.md").read_text().rpartition("### Changes")[2].partition("<details>")[0]
        assert set(re.findall(r"(?:early|late)-[ab]", summary)) == affected
    # The sound network is green again, with and without the store and with workers.
    for arguments in (["--brainscore-cache=off"], ["-n", "2"]):
        result = score(project, sound, *arguments)
        assert result.ret == pytest.ExitCode.OK
        assert {name: record["score"] for name, record in project.benchmarks().items()} == before
