"""The example in ``docs/guide/training.md`` is run as it stands."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from pytest_brainscore.report.reading import read_report
from pytest_brainscore.training.deadline import Deadline

PAGE = Path(__file__).parent.parent.parent / "docs" / "guide" / "training.md"


@pytest.mark.walkthrough
def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(Deadline, "left", math.inf)  # whatever the machine
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    exec(example, {"__name__": "__main__"})
    assert "Marques2020_Cavanaugh2002-surround_suppression_index" in capsys.readouterr().out
    report = read_report("brainscore-training.json")
    assert [(each.identifier, each.axes) for each in report.models] == [("net@epoch2", {"epoch": 2})]
    assert Path("best.safetensors").is_file()
