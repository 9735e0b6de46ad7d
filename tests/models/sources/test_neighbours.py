"""A user's file imports what lies beside it, whatever other files of the same name were imported before."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from torch import nn

from pytest_brainscore.models.sources import factories
from pytest_brainscore.models.sources.specification import parse_specification

NET = """
import OPS
from torch import nn

class Net(nn.Module):
    def __init__(self, gain):
        super().__init__()
        self.gain = gain
        self.module = OPS

def early(): return Net(OPS.GAIN)

def late():
    import OPS as again
    return Net(again.GAIN)
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return two folders with a file that imports its neighbour, a module in one and a package in the other."""
    name = "brainscore_test_neighbour"
    made = [tmp_path / each for each in ("a", "b")]
    for folder in made:
        folder.mkdir()
        (folder / "net.py").write_text(NET.replace("OPS", name))
    (made[0] / f"{name}.py").write_text("GAIN = 2\n")
    (made[1] / name).mkdir()
    (made[1] / name / "__init__.py").write_text("from .inner import GAIN\n")
    (made[1] / name / "inner.py").write_text("GAIN = 3\n")
    for module in (name, f"{name}.inner"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    return made


def build(folder: Path, factory: str) -> nn.Module:
    specification = parse_specification(f"{folder / 'net.py'}:{factory}")
    made = factories.call_factory("net", factories.import_module(specification), factory)
    assert isinstance(made, nn.Module)
    return made


@pytest.mark.parametrize("factory", ["early", "late"])
def test_each_file_has_its_own(folders: list[Path], factory: str) -> None:
    assert [build(folder, factory).gain for folder in folders] == [2, 3]
    assert [build(folder, factory).gain for folder in reversed(folders)] == [3, 2]


def test_a_neighbour_is_imported_once(folders: list[Path]) -> None:
    build(folders[0], "early")
    first, second = (build(folders[1], factory) for factory in ("early", "late"))
    assert first.module is second.module


def test_what_was_imported_before_stays(folders: list[Path]) -> None:
    build(folders[0], "early")
    before = sys.modules["brainscore_test_neighbour"]
    build(folders[1], "late")
    assert sys.modules["brainscore_test_neighbour"] is before


def test_installed_packages_are_not_hidden(tmp_path: Path) -> None:
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not this one')\n")
    (tmp_path / "net.py").write_text("import numpy\nfrom torch import nn\ndef net(): return nn.Identity()\n")
    build(tmp_path, "net")
