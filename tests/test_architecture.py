"""The rooms of the package and who may know whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pytest_brainscore"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

# What each room may import of the others. scoring/score.py is a plain record that everybody may import.
MAY_IMPORT = {
    "metrics": set[str](),
    "inference": set[str](),
    "data": set[str](),
    "scoring": set[str](),
    "models": {"data"},
    "benchmarks": {"metrics", "models", "data"},
    "report": {"scoring"},
    "running": {"report", "scoring", "benchmarks", "models", "data"},
    "commands": {"running", "report", "scoring", "benchmarks", "models", "data"},
}
PLUGIN = {Path("plugin.py"), Path("running/controller.py")}
OPEN_TO_ALL = {
    "pytest_brainscore",
    "pytest_brainscore.errors",
    "pytest_brainscore.resources",
    "pytest_brainscore.atomic",
    "pytest_brainscore.text",
    "pytest_brainscore.strict_json",
    "pytest_brainscore.one_thread",
    "pytest_brainscore.scoring.score",
}


def imports(path: Path, *, type_checking: bool = True) -> set[str]:
    """Return the absolute names of all modules that a file imports, inside functions too."""
    found: set[str] = set()
    skipped: set[ast.AST] = set()
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if not type_checking and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            skipped.update(inner for statement in node.body for inner in ast.walk(statement))
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


@pytest.mark.parametrize("module", [path for path in MODULES if len(path.parts) > 1], ids=str)
def test_dependencies_point_one_way(module: Path) -> None:
    room = module.parts[0]
    for name in imports(PACKAGE / module):
        if name.startswith("pytest_brainscore") and name not in OPEN_TO_ALL:
            other = name.split(".")[1]
            assert other == room or other in MAY_IMPORT[room], f"{module} imports {name}"


@pytest.mark.parametrize("module", [path for path in MODULES if path not in PLUGIN], ids=str)
def test_only_the_plugin_imports_pytest(module: Path) -> None:
    roots = {name.split(".")[0] for name in imports(PACKAGE / module, type_checking=False)}
    assert not roots & {"pytest", "_pytest", "xdist"}


@pytest.mark.parametrize("module", [path for path in MODULES if path.parts[0] in {"metrics", "inference"}], ids=str)
def test_metrics_and_inference_import_only_numpy_and_scipy(module: Path) -> None:
    roots = {name.split(".")[0] for name in imports(PACKAGE / module)}
    standard = {"__future__", "collections", "typing", "math", "functools", "dataclasses", "itertools", "types"}
    standard |= {"hashlib", "string"} if module.parts[0] == "inference" else set()
    assert roots <= standard | {"numpy", "scipy", "pytest_brainscore"}


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_nothing_reads_or_writes_pickles(module: Path) -> None:
    text = (PACKAGE / module).read_text()
    for call in ("pickle.load", "pickle.dump", "Unpickler(", "allow_pickle=True", "weights_only=False"):
        assert call not in text


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_modules_stay_small(module: Path) -> None:
    assert len((PACKAGE / module).read_text().splitlines()) <= 400
