"""``--brainscore-amp``: networks in mixed precision, told apart from exact ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

INGREDIENT = "preprocessing.amp"


@pytest.fixture
def tiny(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project whose benchmark records from a network."""
    monkeypatch.delenv("BRAINSCORE_AMP", raising=False)
    project.outcomes({"one": {"record": True}})
    return project


def test_off_by_default(tiny: Project) -> None:
    tiny.run(model="tiny.py:build").assert_outcomes(passed=1)
    assert INGREDIENT not in tiny.benchmarks()["one"]["fingerprint"]
    assert "amp" not in tiny.report()["models"][0]["preprocessing"]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_on_in_every_process_and_told(tiny: Project, workers: str) -> None:
    tiny.run("-n", workers, "--brainscore-amp", model="tiny.py:build").assert_outcomes(passed=1)
    assert tiny.benchmarks()["one"]["fingerprint"][INGREDIENT] == "bfloat16"
    assert tiny.report()["models"][0]["preprocessing"]["amp"] == "bfloat16"


def test_the_ini_file_and_the_environment_can_say_so(tiny: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    (tiny.path / "pytest.ini").write_text("[pytest]\nbrainscore_amp = true\n")
    tiny.run(model="tiny.py:build").assert_outcomes(passed=1)
    assert tiny.benchmarks()["one"]["fingerprint"][INGREDIENT] == "bfloat16"
    (tiny.path / "pytest.ini").write_text("[pytest]\n")
    for value, on in (("0", False), ("1", True)):
        monkeypatch.setenv("BRAINSCORE_AMP", value)
        tiny.run(model="tiny.py:build").assert_outcomes(passed=1)
        assert (INGREDIENT in tiny.benchmarks()["one"]["fingerprint"]) == on


def test_its_scores_are_compared_with_no_exact_ones_unless_asked(tiny: Project) -> None:
    tiny.run("--brainscore-update", "new", model="tiny.py:build").assert_outcomes(passed=1)
    result = tiny.run("--brainscore-amp", model="tiny.py:build")
    result.assert_outcomes(failed=1)
    assert tiny.benchmarks()["one"]["comparison"]["verdict"] == "not-comparable"
    across = ("--brainscore-amp", "--brainscore-across", INGREDIENT, "--brainscore-tolerance", "abs:.1")
    tiny.run(*across, model="tiny.py:build").assert_outcomes(passed=1)


def test_memory_that_ran_out_is_told_once_and_in_the_report(tiny: Project) -> None:
    (tiny.path / "small.py").write_text(
        "import torch\n"
        "from tests.support.networks import make_tiny_network\n"
        "class Small(torch.nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.net = make_tiny_network()\n"
        "    def forward(self, images):\n"
        "        if len(images) > 4:\n"
        "            raise torch.OutOfMemoryError('CUDA out of memory')\n"
        "        return self.net(images)\n"
        "def build():\n"
        "    return Small()\n"
    )
    (tiny.path / "small.toml").write_text('[layers]\nV1 = "net.first"\n\n[preprocessing]\nimage_size = 32\n')
    result = tiny.run(model="small.py:build")
    result.assert_outcomes(passed=1, warnings=1)
    (remark,) = tiny.report()["models"][0]["remarks"]
    assert remark.startswith("the memory of cpu did not suffice for 16 images at once, so it ran with 4")
    assert result.stdout.str().count("did not suffice for 16 images") == 1
