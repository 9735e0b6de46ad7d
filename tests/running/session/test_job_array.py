"""A Slurm job array as docs/guide/cluster.md has it: one line submits it, the same line goes on, a last job merges."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.projects import QUIET

if TYPE_CHECKING:
    from tests.support.projects import Project

DOCUMENT = Path(__file__).parents[3] / "docs" / "guide" / "cluster.md"

# Runs what is submitted at once, one task after the other, as Slurm would: a script or a wrapped line, in the folder of
# submission, with the variables of an array task. Jobs that have ended are in no queue.
SBATCH = """#!{python}
import itertools, os, re, subprocess, sys
from pathlib import Path

here = Path(__file__).parent
options = dict(re.findall(r"--([a-z-]+)[= ]?([^ ]*)", " ".join(sys.argv[1:]))) if "--wrap" not in sys.argv else {{}}
command = ["bash", "-c", sys.argv[sys.argv.index("--wrap") + 1]] if "--wrap" in sys.argv else ["bash", sys.argv[-1]]
job = len(list(here.glob("job-*"))) + 1
tasks = []
for part in options.get("array", "").split(",") if "array" in options else []:
    first, _, last = part.partition("-")
    tasks += range(int(first), int(last or first) + 1)
codes = []
for task in tasks or [None]:
    variables = {{"SLURM_JOB_ID": str(job)}}
    if task is not None:
        variables |= {{"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": str(len(tasks))}}
    with Path(f"slurm-{{job}}_{{task}}.out").open("wb") as out:
        codes.append(subprocess.run(command, env=os.environ | variables, stdout=out, stderr=out).returncode)
(here / f"job-{{job}}").write_text(" ".join(map(str, codes)))
print(job if "--parsable" in sys.argv else f"Submitted batch job {{job}}")
"""
SQUEUE = "#!/bin/sh\necho JOBID PARTITION NAME USER ST TIME NODES\n"


@pytest.fixture
def slurm(project: Project, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder on the path with ``sbatch`` and ``squeue``, and write the documented script."""
    folder = project.path / "slurm"
    folder.mkdir()
    for name, text in (("sbatch", SBATCH.format(python=sys.executable)), ("squeue", SQUEUE)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    binaries = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{folder}:{binaries}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", f"{DOCUMENT.parents[1]}:{os.environ.get('PYTHONPATH', '')}")
    script = re.findall(r"```bash\n(#!/bin/bash\n# score\.sh.*?)```", DOCUMENT.read_text(), re.DOTALL)[0]
    toys = " ".join(("python -m pytest test_toys.py --model net.py:build", *QUIET))
    (project.path / "score.sh").write_text(script.replace("pytest --model resnet18", toys).replace("/8", "/2"))
    return folder


def submitted(project: Project, line: str) -> str:
    """Submit what the document says, for two shards in place of eight, and return what it says."""
    result = project.pytester.run("bash", "-c", line.replace("1-8", "1-2").replace("--expect 8", "--expect 2"))
    assert result.ret == 0
    return result.stdout.str().split()[-1]


def codes(slurm: Path, job: str) -> list[int]:
    return [int(code) for code in (slurm / f"job-{job}").read_text().split()]


@pytest.mark.walkthrough
@pytest.mark.skipif(sys.platform == "win32", reason="Slurm is for Linux")
def test_an_array_whose_task_is_killed_goes_on_and_is_merged(project: Project, slurm: Path) -> None:
    (array,) = re.findall(r"^sbatch --array.*$", DOCUMENT.read_text(), re.MULTILINE)  # one line
    (join,) = re.findall(r"^sbatch --dependency.*$", DOCUMENT.read_text(), re.MULTILINE)
    join = re.sub(r"--to html:\S+?(?=\")", "", join).replace("$job", "1")

    names = {name: {"score": 0.5, "replicates": place, "cost": 9 - place} for place, name in enumerate("abcd")}
    project.outcomes({**names, "c": {"kill": True, "cost": 7}, "d": {"score": 0.5, "replicates": 3, "cost": 6}})
    assert codes(slurm, submitted(project, array)).count(0) == 1
    assert codes(slurm, submitted(project, join)) == [1]
    assert not (project.path / "all.json").exists() or not project.report("all.json")["complete"]

    project.outcomes({**names, "c": {"score": 0.5, "replicates": 2, "cost": 7}})
    assert codes(slurm, submitted(project, array)) == [0, 0]
    assert codes(slurm, submitted(project, join)) == [0]
    report = project.report("all.json")
    assert {each["identifier"]: each["resumed"] for each in report["benchmarks"]} == {
        "a": True, "b": True, "c": False, "d": True
    }  # fmt: skip
    assert (report["complete"], report["replicates"]["count"]) == (True, 4)
    assert project.pytester.run("squeue").stdout.str().count("\n") == 0
