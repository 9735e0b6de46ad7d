"""A name is one network, which answers the same each time: in all runs, processes and batches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

pytestmark = pytest.mark.walkthrough
"""Every run imports PyTorch in one to three processes."""
HEAD = "import os, random\nimport numpy as np, torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
SMALL = """
def small():
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 2, 5), nn.ReLU(), nn.MaxPool2d(4))
"""
NORM = """
class Norm(nn.Module):
    def __init__(s, net, m, d):
        super().__init__(); s.net = net
        s.mean = torch.tensor(m).view(1, 3, 1, 1); s.std = torch.tensor(d).view(1, 3, 1, 1)
    def forward(s, x): return s.net((x - s.mean) / s.std)
def a(): return Norm(small(), [0., 0., 0.], [1., 1., 1.])
def b(): return Norm(small(), [.5, .5, .5], [.25, .25, .25])
"""
SETTINGS = 'visual_degrees = 8\n[preprocessing]\nkind = "imagenet"\nimage_size = 32\n[layers]\nV1 = "output"\n'


@pytest.fixture
def home(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty home folder for a project that records twice."""
    project.outcomes({"one": {"record": True}, "two": {"record": True}})
    folder = project.path / "home"
    monkeypatch.setenv("BRAINSCORE_HOME", str(folder))
    (project.path / "user.toml").write_text(SETTINGS)
    return folder


def write(project: Project, text: str) -> None:
    (project.path / "user.py").write_text(HEAD + SMALL + text)


def by_model(project: Project, field: str) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for record in project.report()["benchmarks"]:
        found.setdefault(record["model"], []).append(record[field])
    return found


def test_two_networks_with_the_same_weights(project: Project, home: Path) -> None:
    write(project, NORM)
    project.run(model="user.py:a,user.py:b").assert_outcomes(passed=4)
    cached = by_model(project, "score")
    project.run("--brainscore-cache", "off", model="user.py:a,user.py:b").assert_outcomes(passed=4)
    assert by_model(project, "score") == cached
    assert cached["user.a"] != cached["user.b"]


UNRELIABLE = """
class Wrapped(nn.Module):
    def __init__(s, f): super().__init__(); s.net = small(); s.f = f
    def forward(s, x): return s.f(s.net(x))
def dropout(): return Wrapped(lambda x: F.dropout(x, .5))
def statistics(): return nn.Sequential(nn.BatchNorm2d(3, track_running_stats=False), small())
def broken(): return Wrapped(lambda x: 1 / 0)
"""
REASONS = {
    "user.dropout": "draws random numbers",
    "user.statistics": "differently beside other images",
    "user.broken": "ZeroDivisionError",
}


@pytest.mark.parametrize("workers", ["0", "2"])
def test_answers_that_cannot_be_relied_on_are_failures(project: Project, home: Path, workers: str) -> None:
    write(project, UNRELIABLE)
    result = project.run("-n", workers, model="user.py:dropout,user.py:statistics,user.py:broken")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert by_model(project, "status") == {model: ["failed", "failed"] for model in REASONS}
    for model, reasons in by_model(project, "reason").items():
        assert all(REASONS[model] in str(reason) for reason in reasons)
    assert not list(home.rglob("0*.json")), "nothing was stored"
    result.stdout.no_fnmatch_line("*Traceback*")


DRAWING = """
DRAWN = float(np.random.rand())
def numpy():
    m = small(); m[0].weight.data.copy_(torch.as_tensor(np.random.randn(2, 3, 5, 5))); return m
def python():
    m = small(); m[0].bias.data.fill_(random.random()); return m
def on_import():
    m = small(); m[0].bias.data.fill_(DRAWN); return m
"""


def test_factories_that_draw_give_one_network_in_every_process(project: Project, home: Path) -> None:
    write(project, DRAWING)
    models = "user.py:numpy,user.py:python,user.py:on_import"
    project.run("-n", "0", "--brainscore-cache", "off", model=models).assert_outcomes(passed=6)
    serial = by_model(project, "score")
    project.run("-n", "2", "--brainscore-cache", "off", model=models).assert_outcomes(passed=6)
    assert by_model(project, "score") == serial
    assert all(one == two for one, two in serial.values())


ENTROPY = """
def weights():
    m = small(); m[0].bias.data.fill_(float(np.random.default_rng().random())); return m
def closure():
    f = 1. + int(os.environ.get('PYTEST_XDIST_WORKER', 'gw5')[2:]) + float(np.random.default_rng().random()) / 100
    return around(f)
def little():
    return around(1. + .005 * int(os.environ.get('PYTEST_XDIST_WORKER', 'gw5')[2:]))
def around(f):
    class N(nn.Module):
        def __init__(s): super().__init__(); s.net = small()
        def forward(s, x): return s.net(x) * f
    return N()
"""


@pytest.mark.parametrize("factory", ["weights", "closure", "little"])
def test_two_networks_under_one_name_are_refused(project: Project, home: Path, factory: str) -> None:
    write(project, ENTROPY)
    result = project.run("-n", "2", "--brainscore-update", "all", model=f"user.py:{factory}")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    for record in project.benchmarks().values():
        assert record["status"] == "failed"
        assert record["score"] is None
        assert "was not the same network each time it was loaded" in record["reason"]
        last = [line for line in project.lines() if line["identifier"] == record["identifier"]][-1]
        assert (last["status"], last["score"]) == ("failed", None), "of the lines on a benchmark the last counts"
    result.stdout.fnmatch_lines(["*was not the same network each time it was loaded*"])
    assert not project.baseline(f"user.{factory}").exists()


def test_two_networks_in_two_runs_do_not_share(project: Project, home: Path) -> None:
    write(project, ENTROPY)
    project.run(model="user.py:closure")
    first, stored = by_model(project, "score"), list(home.rglob("data.npy"))
    project.run(model="user.py:closure")
    assert by_model(project, "score") != first
    assert len(list(home.rglob("data.npy"))) > len(stored)
