"""``--brainscore-weights``: a checkpoint of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from safetensors.numpy import save_file

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.projects import Project

SHAPES = {"0.weight": (2, 3, 5, 5), "0.bias": (2,), "3.weight": (4, 2, 3, 3), "3.bias": (4,)}


@pytest.fixture
def checkpoint(project: Project) -> Path:
    """Return a checkpoint of the tiny network with other weights than it is built with."""
    project.outcomes({"one": {"record": True}})
    path = project.path / "best.safetensors"
    generator = np.random.default_rng(7)
    save_file({name: generator.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}, path)
    return path


def test_they_are_used_and_their_digest_is_recorded(project: Project, checkpoint: Path) -> None:
    project.run(model="tiny.py:build").assert_outcomes(passed=1)
    built = project.report()
    project.run("--brainscore-weights", str(checkpoint), model="tiny.py:build").assert_outcomes(passed=1)
    loaded = project.report()
    assert built["models"][0]["weights_sha256"] != loaded["models"][0]["weights_sha256"]
    assert built["benchmarks"][0]["score"] != loaded["benchmarks"][0]["score"]


def test_other_weights_than_the_baselines_are_not_comparable(project: Project, checkpoint: Path) -> None:
    project.run("--brainscore-update", "new", model="tiny.py:build").assert_outcomes(passed=1)
    result = project.run("--brainscore-weights", str(checkpoint), model="tiny.py:build")
    result.assert_outcomes(failed=1)
    assert project.benchmarks()["one"]["comparison"]["verdict"] == "not-comparable"
    result.stdout.fnmatch_lines(["*weights*"])


def test_a_file_outside_the_project_does_not_hide_its_settings(
    project: Project, checkpoint: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Pytest looks for its ini file before it knows the option, and takes the file for a path to collect from."""
    outside = checkpoint.rename(tmp_path_factory.mktemp("weights") / checkpoint.name)
    arguments = ["--model", "tiny.py:build"]  # without a path; the toys are not below V1: nothing is scored
    apart = project.pytester.runpytest_subprocess(*arguments, "--brainscore-weights", str(outside))
    assert apart.parseoutcomes()["warnings"] == 1
    apart.stdout.fnmatch_lines(["*did not read the settings in pytest.ini; write --brainscore-weights=PATH*"])
    joined = project.pytester.runpytest_subprocess(*arguments, f"--brainscore-weights={outside}")
    assert "warnings" not in joined.parseoutcomes()


def test_a_missing_file_is_a_usage_error(project: Project) -> None:
    result = project.run("--brainscore-weights", "nothere.safetensors", model="tiny.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: There is no weights file nothere.safetensors*"])


def test_a_truncated_file_is_one_sentence_for_each_benchmark(project: Project, checkpoint: Path) -> None:
    checkpoint.write_bytes(checkpoint.read_bytes()[:-20])
    result = project.run("--brainscore-weights", str(checkpoint), model="tiny.py:build")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    record = project.benchmarks()["one"]
    assert record["status"] == "failed"
    assert "best.safetensors" in record["reason"]
    assert "Traceback" not in result.stdout.str()


def test_two_models_cannot_share_one_file(project: Project, checkpoint: Path) -> None:
    result = project.run("--model", "net.py:build", "--brainscore-weights", str(checkpoint), model="tiny.py:build")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --brainscore-weights was given once * for 2 models; give it once for each*"])


def test_without_network_the_sentence_says_how_to_pass_a_file(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens there
    result = project.run(model="squeezenet1_1")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert [project.benchmarks()[name]["status"] for name in ("one", "two")] == ["failed", "failed"]
    result.stdout.fnmatch_lines(["*--brainscore-weights*"])
    assert "Traceback" not in result.stdout.str()
