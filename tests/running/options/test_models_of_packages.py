"""``--model NAME`` of a model that an installed package offers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.support.packages import install
from tests.support.projects import TORCH_COMMITMENT, TORCH_NETWORK

if TYPE_CHECKING:
    from tests.support.projects import Project

POINTS = {"labnet": "labnets.nets:build", "damaged": "labnets.damaged:build"}


@pytest.fixture
def lab(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    site = project.path / "site"
    files = {
        "labnets/__init__.py": "",
        "labnets/nets.py": TORCH_NETWORK,
        "labnets/nets.toml": TORCH_COMMITMENT,
        "labnets/damaged.py": "raise ImportError('no libfoo')",
    }
    install(site, "mylab", entry_points={"pytest_brainscore.models": POINTS}, files=files)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("BRAINSCORE_HOME", str(project.path / "home"))
    project.outcomes({"one": {"record": True}, "two": {"record": True}})
    return project


@pytest.mark.walkthrough
def test_a_broken_package_fails_its_own_model_only(lab: Project) -> None:
    result = lab.run("-n", "2", model="labnet,damaged,tiny.py:build")
    result.assert_outcomes(passed=4, errors=2)
    result.stdout.fnmatch_lines(["*labnets.damaged, which the package mylab 1.0 offers a part of, cannot be imported*"])
    records = {(each["model"], each["identifier"]): each for each in lab.report()["benchmarks"]}
    assert records["labnet", "one"]["score"] == records["tiny.build", "one"]["score"]
    assert records["damaged", "one"]["status"] == "failed"
    assert records["labnet", "one"]["fingerprint"]["layer"] == "1"


def test_near_names_are_a_usage_error(lab: Project) -> None:
    result = lab.run(model="labnett")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: There is no model 'labnett'; did you mean labnet?"])
