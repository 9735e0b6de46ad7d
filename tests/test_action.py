"""The GitHub Action and the example workflows: the steps are run as a runner would, on a toy project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pytest_brainscore.benchmarks.selector import choose
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.running.command_line.option_table import OPTIONS

if TYPE_CHECKING:
    from tests.support.projects import Project

ROOT = Path(__file__).parent.parent
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted([*(ROOT / "docs" / "workflows").glob("*.yml"), *(ROOT / ".github" / "workflows").glob("*.yml")])

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="the steps of the action are run by bash")


def read(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text())
    return content


def steps(path: Path) -> list[dict[str, Any]]:
    content = read(path)
    if "runs" in content:
        found: list[dict[str, Any]] = content["runs"]["steps"]
        return found
    return [step for job in content["jobs"].values() for step in job["steps"]]


class Runner:
    """As much of a runner as the step that scores needs."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.summary, self.output = project.path / "summary.md", project.path / "output"

    def score(self, **inputs: str) -> subprocess.CompletedProcess[str]:
        """Run the step that scores, with inputs and the defaults of the others."""
        (step,) = [step for step in steps(ACTION) if step.get("id") == "score"]
        given = {name: declared.get("default", "") for name, declared in read(ACTION)["inputs"].items()} | inputs
        variables = {"ACTION": str(ROOT)}
        for name, value in step["env"].items():
            expression = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
            if expression:
                variables[name] = given[expression[1]]
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | variables | {
            "PATH": path,
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.project.path),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
        }  # fmt: skip
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        return subprocess.run(
            command, cwd=self.project.path, env=environment, text=True, capture_output=True, check=False
        )

    def outputs(self) -> dict[str, str]:
        """Return the outputs of the steps so far."""
        return dict(line.split("=", 1) for line in self.output.read_text().splitlines())


@pytest.fixture
def runner(project: Project) -> Runner:
    """Return a runner whose workspace is a toy project."""
    return Runner(project)


TOY = {"model": "net.py:build", "suite": "test_toys.py", "workers": "0"}


def test_a_green_run_writes_summary_outputs_and_reports(runner: Runner) -> None:
    finished = runner.score(**TOY)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert runner.summary.read_text().startswith("<!-- brainscore -->\n\n## ✅ Brain-Score of net.build\n")
    assert runner.outputs()["regressions"] == "0"
    assert runner.outputs()["report"] == "brainscore-report/report.json"
    folder = runner.project.path / "brainscore-report"
    assert len(read_report(folder / "report.json").benchmarks) == 2
    assert {path.name for path in folder.iterdir()} >= {"report.json", "report.jsonl", "report.html", "report.md"}
    assert "::error" not in finished.stdout


def test_a_regression_is_red_annotated_and_counted(runner: Runner) -> None:
    runner.project.run("--brainscore-update", "new")
    runner.project.outcomes({"one": {"score": 0.4}, "two": {"score": 0.25}})
    finished = runner.score(**TOY, baseline="fixtures/baselines")
    assert finished.returncode == 1
    errors = [line for line in finished.stdout.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert re.match(r"::error file=fixtures/baselines/net\.build\.json,line=\d+,title=one of net\.build::", errors[0])
    assert runner.outputs()["regressions"] == "1"
    assert "## ❌ Brain-Score of net.build" in runner.summary.read_text()
    assert "▼ regressed -.100" in runner.summary.read_text()


def test_what_is_required_must_not_be_skipped(runner: Runner) -> None:
    runner.project.outcomes({"one": {"score": 0.5}, "two": {"unavailable": "Its data are in a drawer."}})
    assert runner.score(**TOY).returncode == 0
    assert runner.score(**TOY, require="one\ntwo").returncode == 1


@pytest.mark.parametrize("model", ["", " "])
def test_without_a_model_nothing_else_is_run_instead(runner: Runner, model: str) -> None:
    """A variable that is not set must not end in the green tests of the repository."""
    finished = runner.score(**(TOY | {"model": model}))
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert "was given an empty value" in finished.stderr


def test_the_entry_of_a_checkpoint_is_an_input(runner: Runner) -> None:
    finished = runner.score(**TOY, **{"weights-entry": "state_dict_ema"})
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR
    assert "--brainscore-weights-entry needs --brainscore-weights" in finished.stderr


def test_further_arguments_are_one_a_line(runner: Runner) -> None:
    finished = runner.score(**TOY, arguments="-k\none or nothing\n\n--brainscore-tolerance=abs:.1\n")
    assert finished.returncode == 0, finished.stdout
    report = read_report(runner.project.path / "brainscore-report" / "report.json")
    assert [record.identifier for record in report.benchmarks] == ["one"]


def test_what_is_missing_new_or_of_other_weights_is_up_to_the_inputs(runner: Runner) -> None:
    runner.project.run("--brainscore-update", "new")
    runner.project.outcomes({"one": {"score": 0.5, "seed": 1}, "two": {"unavailable": "Its data are in a drawer."}})
    assert runner.score(**TOY, baseline="fixtures/baselines").returncode == 1  # another seed
    assert runner.score(**TOY, baseline="fixtures/baselines", across="seed").returncode == 0
    assert runner.outputs()["red"] == "false"
    assert runner.score(**TOY, baseline="fixtures/baselines", across="seed layer", missing="fail").returncode == 1
    assert (runner.outputs()["red"], runner.outputs()["regressions"]) == ("true", "1")


def test_what_is_required_and_has_no_score_is_red_in_every_file(runner: Runner) -> None:
    runner.project.outcomes({"one": {"score": 0.5}, "two": {"unavailable": "Its data are in a drawer."}})
    arguments = "\n".join(f"--brainscore-report={kind}:brainscore-report/{kind}" for kind in ("junit", "badge"))
    finished = runner.score(**TOY, require="two", arguments=arguments)
    assert finished.returncode == 1
    folder = runner.project.path / "brainscore-report"
    assert 'failures="1"' in (folder / "junit").read_text()
    assert (runner.outputs()["red"], runner.outputs()["regressions"]) == ("true", "1")
    assert "## ❌" in runner.summary.read_text()
    assert [line for line in finished.stdout.splitlines() if line.startswith("::error ")] == [
        "::error title=two of net.build::unavailable: Its data are in a drawer. It is required by --brainscore-require."
    ]
    merged = subprocess.run(
        [sys.executable, "-c", "from pytest_brainscore.commands import main; main()", "merge", str(folder),
         "--to", f"json:{folder}/merged.json"], check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert merged.returncode == 1, merged.stdout


def test_a_run_that_never_starts_is_red_to_later_steps(runner: Runner) -> None:
    assert runner.score(**TOY | {"model": "no/such/file.py:build"}).returncode != 0
    assert runner.outputs()["red"] == "true"


def test_no_input_is_read_as_a_command(runner: Runner) -> None:
    """Every input that reaches the shell is text there, whatever signs it has; pytest is given all of them."""
    names = read(ACTION)["inputs"].keys() - {"package", "artifact"}
    hostile = {name: f"{name}$(touch${{IFS}}owned)`touch owned`\";touch owned;'" for name in names}
    finished = runner.score(**hostile)
    assert finished.returncode == pytest.ExitCode.USAGE_ERROR, finished.stderr
    assert "$(touch${IFS}owned)" in finished.stderr
    assert not (runner.project.path / "owned").exists()


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_no_script_holds_an_expression(path: Path) -> None:
    for step in steps(path):
        assert "${{" not in step.get("run", "")


def test_every_input_is_used_and_every_step_of_the_action_has_a_shell() -> None:
    text = ACTION.read_text()
    assert len(text.splitlines()) <= 60
    for name, declared in read(ACTION)["inputs"].items():
        assert f"inputs.{name}" in text
        assert declared["description"].endswith(".")
    assert all("shell" in step for step in steps(ACTION) if "run" in step)
    upload = steps(ACTION)[-1]
    assert (upload["if"], upload["uses"].partition("@")[0]) == ("always()", "actions/upload-artifact")


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_start_from_no_permission_to_write_and_use_the_action_as_it_is(path: Path) -> None:
    content = read(path)
    writable = {name for name, access in content["permissions"].items() if access == "write"}
    # `on` is a truth value in YAML 1.1. What may write must not run on the event that brings foreign code.
    triggers = content[True]
    assert "pull_request_target" not in triggers
    assert not writable or set(triggers) == {"workflow_run"}
    flags = {option.flag for option in OPTIONS}
    for step in steps(path):
        if "pytest-brainscore@" in step.get("uses", ""):
            assert step["with"].keys() <= read(ACTION)["inputs"].keys()
            assert set(re.findall(r"--[\w-]+", step["with"].get("arguments", ""))) <= flags


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_actions_of_others_are_pinned_to_a_commit(path: Path) -> None:
    used = {step["uses"] for step in steps(path) if "uses" in step and not step["uses"].startswith("OWNER/")}
    assert [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name)] == []
    # One version of each, everywhere.
    everywhere = {step["uses"] for each in (ACTION, *WORKFLOWS) for step in steps(each) if "uses" in step}
    assert len({name.partition("@")[0] for name in everywhere}) == len(everywhere)


@pytest.mark.parametrize("name", ["gate.yml", "matrix.yml", "shards.yml"])
def test_baselines_come_from_the_branch_that_a_pull_request_goes_to(name: str) -> None:
    """A pull request that changes or deletes its own copy changes nothing."""
    found = steps(ROOT / "docs" / "workflows" / name)
    (scores,) = [step["with"] for step in found if "pytest-brainscore@" in step.get("uses", "")]
    (target,) = [step["with"] for step in found if "ref" in step.get("with", {})]
    assert target["ref"] == "${{ github.event.pull_request.base.sha }}"
    assert scores["baseline"] == f"{target['path']}/{target['sparse-checkout']}"
    assert (scores["new"], scores["missing"]) == ("fail", "fail")


def test_the_gate_requires_only_what_everybody_can_score() -> None:
    (scores,) = [
        step["with"]
        for step in steps(ROOT / "docs" / "workflows" / "gate.yml")
        if "pytest-brainscore@" in step.get("uses", "")
    ]
    required = choose(scores["require"].split())
    assert not any(benchmark.needs for benchmark in required)
    assert len(required) == 7
    chosen = re.findall(r"--brainscore-benchmark=(\S+)", scores["arguments"])
    assert choose(chosen) == required


def test_what_is_cached_is_the_home_of_the_package() -> None:
    (cache,) = [step["with"] for step in steps(ACTION) if "actions/cache@" in step.get("uses", "")]
    assert cache["path"] == "${{ steps.cached.outputs.home }}"


@pytest.mark.parametrize(("name", "axis"), [("matrix.yml", "region"), ("shards.yml", "shard")])
def test_a_matrix_expects_as_many_reports_as_it_has_legs(name: str, axis: str) -> None:
    content = read(ROOT / "docs" / "workflows" / name)
    legs = content["jobs"]["score"]["strategy"]["matrix"][axis]
    assert f"--expect {len(legs)} " in str(content["jobs"]["merge"]["steps"])
    if axis == "shard":
        assert legs == list(range(1, len(legs) + 1))
        assert f"--brainscore-shard=${{{{ matrix.shard }}}}/{len(legs)}" in str(content["jobs"]["score"]["steps"])


def test_a_comment_is_written_anew_from_numbers_and_never_from_text_of_a_pull_request() -> None:
    script = "\n".join(step.get("run", "") for step in steps(ROOT / "docs" / "workflows" / "comment.yml"))
    assert "brainscore report report/report.json --to md:report.md" in script
    assert "report/report.md" not in script


@pytest.mark.skipif(shutil.which("actionlint") is None, reason="actionlint is not installed")
def test_actionlint_finds_nothing() -> None:
    checked = subprocess.run(["actionlint", *map(str, WORKFLOWS)], text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout


@pytest.mark.skipif(shutil.which("shellcheck") is None, reason="shellcheck is not installed")
def test_shellcheck_finds_nothing() -> None:
    script = ROOT / ".github" / "scripts" / "score.sh"
    checked = subprocess.run(["shellcheck", str(script)], text=True, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
