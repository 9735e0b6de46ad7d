"""Each folder of ``examples/`` does what its README says, in an environment of its own."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
import yaml

from tests.support.code_blocks import ROOT, blocks, commands

EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))
PROGRAMS = {
    "pytest": "from pytest import console_main as main",
    "brainscore": "from pytest_brainscore.commands import main",
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a new environment, in which what examples require is importable, and nothing of an example is."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    packages = sysconfig.get_path("purelib", "venv", {"base": str(folder), "platbase": str(folder)})
    shared = "\n".join([str(ROOT), *site.getsitepackages()])
    (Path(packages) / "shared.pth").write_text(shared, encoding="utf-8")
    for name, line in PROGRAMS.items():
        program = folder / "bin" / name
        program.write_text(f"#!{folder}/bin/python\nimport sys\n{line}\nsys.exit(main())\n", encoding="utf-8")
        program.chmod(0o755)
    return folder


@pytest.mark.walkthrough
@pytest.mark.skipif(sys.platform != "linux", reason="the commands are for a POSIX shell")
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_does_what_its_readme_says(
    example: Path, environment: Path, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path / example.name
    shutil.copytree(example, folder)
    base = tmp_path_factory.getbasetemp()
    home = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "home of the pages"
    dropped = (
        "PYTHONPATH",
        "PYTEST_ADDOPTS",
        "PYTEST_CURRENT_TEST",
        "PYTEST_XDIST_WORKER",
        "PYTEST_XDIST_WORKER_COUNT",
        "CI",
    )
    variables = {name: value for name, value in os.environ.items() if name not in dropped} | {
        "PATH": f"{environment / 'bin'}:{os.environ['PATH']}",
        "BRAINSCORE_HOME": str(home),
        "BRAINSCORE_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "PIP_NO_DEPS": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # that is: no isolation, so that nothing is downloaded
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    ran = 0
    for block in blocks((folder / "README.md").read_text(encoding="utf-8")):
        if block.language != "console" or block.mark:
            continue
        for command, _ in commands(block):
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=variables, capture_output=True, text=True)
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
            ran += 1
    assert ran > 0


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_has_a_workflow_that_runs_its_commands(example: Path) -> None:
    (workflow,) = (example / ".github" / "workflows").glob("*.yml")
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    said = " ".join(str(step.get("run", "")) + str(step.get("with", "")) for step in steps)
    assert any(word in said for word in ("net.py:build", "train.py", "score.sh"))
    assert all(
        "persist-credentials" in step["with"] for step in steps if step.get("uses", "").startswith("actions/checkout")
    )


def test_the_table_of_examples_names_each() -> None:
    text = (ROOT / "examples" / "README.md").read_text(encoding="utf-8")
    assert all(f"({example.name}/README.md)" in text for example in EXAMPLES)
    assert len(EXAMPLES) == 5
