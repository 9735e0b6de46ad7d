"""The rooms of the package and who may know whom."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "pytest_brainscore"
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))

# What each room may import of the others. scoring/score.py is a plain record that everybody may import.
MAY_IMPORT = {
    "metrics": set[str](),
    "inference": set[str](),
    "data": set[str](),
    "scoring": {"inference"},
    "adapters": {"data"},
    "models": {"data", "adapters"},
    "benchmarks": {"metrics", "inference", "models", "data"},
    "cost": {"benchmarks", "models", "data"},
    "report": {"scoring", "inference"},
    "running": {"cost", "report", "scoring", "inference", "benchmarks", "models", "data"},
    "training": {"running", "report", "scoring", "inference", "benchmarks", "models", "data"},
    "commands": {"running", "report", "scoring", "inference", "benchmarks", "models", "data"},
}
ORDER_WITHIN = {
    "models": (
        "loading",
        "preflight",
        "registry",
        "asking",
        "layer_mapped",
        "sources",
        "tasks",
        "functions",
        "networks",
        "activations",
        "commitment",
        "interface",
        "freed_memory",
    ),
    "data": (
        "loading",
        "retrieval",
        "publishers",
        "trial_tables",
        "folders",
        "own_images",
        "recordings",
        "assembly_files",
        "stimuli",
        "joining",
        "unpacking",
        "catalogue",
        "reading",
        "assembly",
        "imagenet_classes",
        "user_folder",
        "home",
    ),
}
"""The parts of a room, from what knows the others to what knows none: each may import those after it."""
PLUGIN = {
    Path("plugin.py"),
    Path("running/controller.py"),
    Path("running/process.py"),
    Path("running/cluster/awaiting.py"),
    Path("running/cluster/serving.py"),
}
OPEN_TO_ALL = {
    "pytest_brainscore",
    "pytest_brainscore.errors",
    "pytest_brainscore.resources",
    "pytest_brainscore.atomic",
    "pytest_brainscore.text",
    "pytest_brainscore.strict_json",
    "pytest_brainscore.one_thread",
    "pytest_brainscore.pages",
    "pytest_brainscore.trees",
    "pytest_brainscore.scoring.score",
}


@cache
def tree_of(module: Path) -> ast.Module:
    return ast.parse((PACKAGE / module).read_text())


@cache
def imports(module: Path, *, type_checking: bool = True) -> frozenset[str]:
    """Return the absolute names of all modules that a module imports, inside functions too."""
    found: set[str] = set()
    skipped: set[ast.AST] = set()
    tree = tree_of(module)
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
    return frozenset(found)


def roots(module: Path, *, type_checking: bool = True) -> set[str]:
    return {name.split(".")[0] for name in imports(module, type_checking=type_checking)}


# One test looks at all modules, and names those that are wrong: a test a module takes longer than looking.


def test_dependencies_point_one_way() -> None:
    for module in (path for path in MODULES if len(path.parts) > 1):
        room = module.parts[0]
        for name in imports(module):
            if name.startswith("pytest_brainscore") and name not in OPEN_TO_ALL:
                other = name.split(".")[1]
                assert other == room or other in MAY_IMPORT[room], f"{module} imports {name}"


def test_parts_of_a_room_know_only_those_after_them() -> None:
    for module in (path for path in MODULES if path.parts[0] in ORDER_WITHIN and path.name != "__init__.py"):
        room, own = module.parts[0], Path(module.parts[1]).stem
        order = ORDER_WITHIN[room]
        for name in imports(module, type_checking=False):
            words = name.split(".")
            if words[:2] == ["pytest_brainscore", room] and len(words) > 2:
                assert order.index(words[2]) >= order.index(own), f"{module} imports {name}"


def test_only_the_plugin_imports_pytest() -> None:
    others = [path for path in MODULES if path not in PLUGIN]
    assert [path for path in others if roots(path, type_checking=False) & {"pytest", "_pytest", "xdist"}] == []


def test_metrics_and_inference_import_only_numpy_and_scipy() -> None:
    for module in (path for path in MODULES if path.parts[0] in {"metrics", "inference"}):
        standard = {"__future__", "collections", "typing", "math", "functools", "dataclasses", "itertools", "types"}
        standard |= {"hashlib", "string"} if module.parts[0] == "inference" else set()
        assert roots(module) <= standard | {"numpy", "scipy", "pytest_brainscore"}, module


def test_benchmarks_of_a_paper_share_with_those_of_another_through_the_shared_room() -> None:
    of_papers = [path for path in MODULES if path.parts[0] == "benchmarks" and len(path.parts) > 2]
    for module in of_papers:
        others = {path.parts[1] for path in of_papers} - {module.parts[1], "shared"}
        for name in imports(module):
            room, _, rest = name.removeprefix("pytest_brainscore.").partition(".")
            assert room != "benchmarks" or rest.split(".")[0] not in others, f"{module} imports {name}"


def test_nothing_reads_or_writes_pickles() -> None:
    calls = ("pickle.load", "pickle.dump", "Unpickler(", "allow_pickle=True", "weights_only=False")
    texts = {module: (PACKAGE / module).read_text() for module in MODULES}
    assert [(module, call) for module, text in texts.items() for call in calls if call in text] == []


def test_modules_stay_small() -> None:
    """300 lines are wanted, 400 allowed."""
    assert [module for module in MODULES if len((PACKAGE / module).read_text().splitlines()) > 400] == []


def test_folders_stay_small() -> None:
    """A folder is looked through at a glance; papers and rooms are folders of folders."""
    sizes = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    assert {folder: size for folder, size in sizes.items() if size > 16} == {}


@cache
def imported(module: Path) -> set[Path]:
    """Return the modules of the package that a module imports when it runs, also late, inside its functions.

    Of ``from pytest_brainscore.metrics.shared import correlation`` it is the module ``correlation``.
    """
    names = imports(module, type_checking=False)
    for node in ast.walk(tree_of(module)):
        if isinstance(node, ast.ImportFrom) and node.module in names:
            names = names | {f"{node.module}.{alias.name}" for alias in node.names}
    paths = (Path(*name.split(".")[1:]) for name in names if name.startswith("pytest_brainscore."))
    return {path.with_suffix(".py") for path in paths if path.with_suffix(".py") in MODULES} - {module}


def assert_one_way(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"A circle: {' <- '.join(error.args[1])}")


def test_no_circle_of_modules() -> None:
    assert_one_way({str(module): {str(other) for other in imported(module)} for module in MODULES})


@pytest.mark.parametrize("room", sorted({path.parts[0] for path in MODULES if len(path.parts) > 2}))
def test_the_folders_of_a_room_know_each_other_one_way(room: str) -> None:
    """What lies directly in a room is shared by its folders or brings them together, as module by module is checked."""
    graph: dict[str, set[str]] = {}
    for module in MODULES:
        if module.parts[0] == room and len(module.parts) > 2:
            others = {other.parts[1] for other in imported(module) if other.parts[0] == room and len(other.parts) > 2}
            graph.setdefault(module.parts[1], set()).update(others - {module.parts[1]})
    assert_one_way(graph)


def test_papers_know_only_what_papers_share_and_what_they_build_on() -> None:
    builds_on = {"hermann2020": {"geirhos2021"}, "imagenet_c": {"imagenet"}, "objectnet": {"imagenet"}}
    for module in MODULES:
        if module.parts[0] == "benchmarks" and len(module.parts) > 2:
            paper = module.parts[1]
            others = {other.parts[1] for other in imported(module) if other.parts[:1] == ("benchmarks",)}
            folders = {other for other in others if (PACKAGE / "benchmarks" / other).is_dir()}
            assert folders <= {paper, "shared"} | builds_on.get(paper, set()), module


TESTS = Path(__file__).parent
NO_ROOM = {
    "docs",
    "support",
    "support/zoo",
    "performance",
    "statistics",
    "data/published_layout",
    "running/options",
    "running/results",
    "running/session",
}
"""Folders of tests that mirror no room: what tests share, measurements, and what a user sees of a run."""


def test_tests_mirror_the_rooms() -> None:
    folders = {str(path.parent.relative_to(TESTS)) for path in TESTS.rglob("*.py")} - {"."}
    assert {folder for folder in folders - NO_ROOM if not (PACKAGE / folder).is_dir()} == set()
    rooms = {path.parts[0] for path in MODULES if len(path.parts) > 1}
    assert rooms <= folders | {str(Path(folder).parts[0]) for folder in folders}


def test_every_file_of_tests_has_a_name_of_its_own() -> None:
    """Pytest imports a test file outside a package by its name alone."""
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, times in names.items() if times > 1] == []
