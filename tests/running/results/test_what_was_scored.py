"""A record is of what was scored: a score of another model or benchmark is refused in one sentence."""

from __future__ import annotations

import copy
import gc
import pickle
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.scoring.score import Score, origin, signed

if TYPE_CHECKING:
    from tests.support.projects import Project

WORKERS = pytest.mark.parametrize("workers", ["0", "2"])


def with_conftest(project: Project, text: str) -> Project:
    conftest = project.path / "conftest.py"
    conftest.write_text(f"{conftest.read_text()}\nimport pytest\n{text}")
    return project


@WORKERS
@pytest.mark.parametrize(
    "fixture",
    [
        "@pytest.fixture\ndef model():\n    return net.build()\n",
        "class Wrapped:\n    def __init__(self, inner): self.inner = inner\n"
        "    def __getattr__(self, name): return getattr(self.inner, name)\n"
        "@pytest.fixture\ndef model(model):\n    return Wrapped(model)\n",
    ],
    ids=["another", "wrapped"],
)
def test_another_model_is_refused(project: Project, workers: str, fixture: str) -> None:
    result = with_conftest(project, fixture).run("-n", workers)
    assert result.ret == 1
    assert {record["status"] for record in project.benchmarks().values()} == {"failed"}
    assert "scored another model than net.py:build" in project.benchmarks()["one"]["reason"]


@WORKERS
def test_another_benchmark_is_refused(project: Project, workers: str) -> None:
    fixture = "@pytest.fixture\ndef brain_benchmark(brain_benchmark):\n    return toy_family.BENCHMARKS[0]\n"
    result = with_conftest(project, fixture).run("-n", workers)
    assert result.ret == 1
    assert project.benchmarks()["one"]["status"] == "scored"
    assert project.benchmarks()["two"]["status"] == "failed"
    assert "recorded a score of one" in project.benchmarks()["two"]["reason"]


def test_another_recorder_leaves_the_leaf_failed(project: Project) -> None:
    fixture = "class Mine:\n    def check(self, score): pass\n@pytest.fixture\ndef brainscore():\n    return Mine()\n"
    assert with_conftest(project, fixture).run().ret == 1
    assert "never called brainscore.check" in project.benchmarks()["one"]["reason"]


@pytest.mark.parametrize("how", ["dataclasses.replace(score, value=.99)", "type(score)(**vars(score) | {})"])
def test_a_score_that_is_changed_or_made_by_hand_is_refused(project: Project, how: str) -> None:
    (project.path / "test_toys.py").write_text(
        "import dataclasses, pytest\n@pytest.mark.brainscore('toys')\n"
        "def test_toys(model, brain_benchmark, brainscore):\n"
        "    score = brain_benchmark(model)\n"
        "    fields = {field.name: getattr(score, field.name) for field in dataclasses.fields(score)}\n"
        f"    brainscore.check({how.replace('**vars(score) | {}', '**fields')})\n"
    )
    assert project.run().ret == 1
    assert "did not return as it is" in project.benchmarks()["one"]["reason"]


def test_fixtures_that_pass_on_what_they_got_are_no_matter(project: Project) -> None:
    fixture = "@pytest.fixture\ndef model(model):\n    return model\n"
    with_conftest(project, fixture).run().assert_outcomes(passed=2)


class Something:
    """Stands for a model."""


def made() -> Score:
    return Score(value=0.5, error=0.01, raw=0.45, ceiling=0.9, normalisation="r/c", n={})


def test_a_score_knows_its_origin_and_keeps_no_model_alive() -> None:
    model = Something()
    score = signed(made(), "benchmark", model)
    assert origin(score) == ("benchmark", model)
    del model
    gc.collect()
    assert origin(score) == ("benchmark", None)


def test_a_score_travels_as_before() -> None:
    model = Something()
    score = signed(made(), "benchmark", model)
    for other in (pickle.loads(pickle.dumps(score)), copy.deepcopy(score)):
        assert other == made()
        assert origin(other) is None
