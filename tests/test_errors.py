"""Errors speak the language of the caller: parameters to one who called a function, options to one who typed them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from pytest_brainscore import load_model
from pytest_brainscore.data.user_folder import where_to_put
from pytest_brainscore.errors import ModelError, mend, options_spoken
from tests.support.projects import Project

PACKAGE = Path(__file__).parent.parent / "pytest_brainscore"
BELOW_RUNNING = sorted(
    path.relative_to(PACKAGE)
    for room in ("metrics", "data", "models", "benchmarks")
    for path in (PACKAGE / room).rglob("*.py")
)


def test_a_mend_is_said_in_the_words_of_the_caller() -> None:
    assert mend(option="--x", python="x=") == "x="
    with options_spoken():
        assert mend(option="--x", python="x=") == "--x"
        with options_spoken():
            pass
        assert mend(option="--x", python="x=") == "--x"
    assert mend(option="--x", python="x=") == "x="


def _options_said_to_everybody(path: Path) -> list[str]:
    """Return texts that name an option, besides docstrings and what is said to command lines alone."""
    tree = ast.parse(path.read_text())
    fine: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            fine.add(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "mend":
            fine.update(each for word in node.keywords if word.arg == "option" for each in ast.walk(word))
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node not in fine
        and ("--brainscore" in node.value or "--model" in node.value)
    ]


def test_no_room_below_running_names_an_option_to_everybody() -> None:
    said = {module: _options_said_to_everybody(PACKAGE / module) for module in BELOW_RUNNING}
    assert {module: texts for module, texts in said.items() if texts} == {}, "say it with pytest_brainscore.errors.mend"


@pytest.mark.parametrize(
    ("specification", "arguments", "words"),
    [
        ("best.pth", {}, 'load_model("NAME", weights="best.pth")'),
        ("pixels", {"weights": Path("best.pth")}, "leave out weights"),
        ("pixels", {"device": "gpu"}, "give as device auto, cpu"),
    ],
)
def test_load_model_speaks_of_its_parameters(specification: str, arguments: dict[str, object], words: str) -> None:
    with pytest.raises(ModelError) as raised:
        load_model(specification, **arguments)  # type: ignore[arg-type]
    assert words in str(raised.value)
    assert "--" not in str(raised.value)


def test_missing_data_are_asked_for_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    assert where_to_put("imagenet") == "DIR/imagenet and set BRAINSCORE_DATA=DIR in the environment"
    with options_spoken():
        assert where_to_put("imagenet") == "DIR/imagenet and give --brainscore-data DIR"


def test_a_scoring_run_speaks_of_options_and_leaves_the_process_as_it_was(project: Project) -> None:
    project.outcomes({"one": {"record": True}})
    result = project.run("--brainscore-device", "gpu", model="tiny.py:build")
    result.stdout.fnmatch_lines(["*give --brainscore-device auto, cpu*"])
    assert mend(option="--x", python="x=") == "x="
