"""``brainscore plan``: what a run would cost, without running it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from pytest_brainscore.cost import machine

Brainscore = Callable[..., Result]
WORDS = ("plan", "--model", "pixels", "--benchmark", "Marques2020_DeValois1982-pref_or")


def test_leaves_and_the_whole_as_a_table_and_as_values(brainscore: Brainscore, brainscore_home: Path) -> None:
    shown = brainscore(*WORDS, "--benchmark", "FreemanZiemba2013.V1-pls", "-n", 2)
    assert shown.exit_code == 0, shown.output
    lines = shown.stdout.splitlines()
    assert lines[0].split() == ["model", "benchmark", "data", "stimuli", "passes", "stored", "memory", "time"]
    assert any("FreemanZiemba2013.V1-pls@2" in line and "restricted" in line for line in lines)
    assert any("Marques2020_DeValois1982-pref_or@1" in line and " 4685 " in line for line in lines)
    assert "1 leaf (1 without their data are not counted): 4685 forward passes" in shown.stdout
    assert "with 2 workers" in shown.stdout
    plan = json.loads(brainscore(*WORDS, "--json").stdout)
    (leaf,) = plan["leaves"]
    assert leaf["forward_passes"] == 4 + 1 + 3528 + 1152
    assert leaf["data"]["state"] == "present"
    assert leaf["memory"] > 10**7
    assert plan["problems"] == []
    assert plan["capacity"]["folder"] == str(brainscore_home)


def test_what_cannot_fit_is_an_exit_status(brainscore: Brainscore, monkeypatch: pytest.MonkeyPatch) -> None:
    has = machine.capacity()
    monkeypatch.setattr(machine, "capacity", lambda: replace(has, memory=10**6, disk=10))
    told = brainscore(*WORDS)
    assert told.exit_code == 1
    assert "cannot fit: Marques2020_DeValois1982-pref_or takes" in told.stdout
    assert "--brainscore-cache off" in told.stdout


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--model", "pixels", "--benchmark", "nothing-like-this"), "nothing-like-this"),
        (
            (
                "--model",
                "no_such_model",
            ),
            "no_such_model",
        ),
        ((), "--model"),
    ],
)
def test_nonsense_is_refused(brainscore: Brainscore, words: tuple[str, ...], sentence: str) -> None:
    told = brainscore("plan", *words)
    assert told.exit_code != 0
    assert sentence in told.output
