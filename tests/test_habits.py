"""The files that tell others how the project is built, cited, changed and released: they agree with each other."""

from __future__ import annotations

import re
import subprocess
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_brainscore.pages import SITE

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted(path for path in (GITHUB / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def read(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content


def pythons() -> list[str]:
    """Return the versions of Python that the package says it works with."""
    prefix = "Programming Language :: Python :: "
    return [each.removeprefix(prefix) for each in PROJECT["classifiers"] if re.search(rf"^{prefix}3\.\d+$", each)]


def sessions() -> set[str]:
    """Return the names of the sessions of nox, one for each Python where there are several."""
    found = set()
    for decorator, name in re.findall(r"(@nox\.session.*)\ndef (\w+)", (ROOT / "noxfile.py").read_text()):
        found |= {f"{name}-{python}" for python in pythons()} if "python=PYTHONS)" in decorator else {name}
    return found


def test_the_citation_has_what_its_format_requires_and_this_version() -> None:
    citation = read(ROOT / "CITATION.cff")
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["title"] == PROJECT["name"]
    for work in (citation, *citation["references"]):
        assert all({"name"} <= author.keys() or {"family-names"} <= author.keys() for author in work["authors"])
        assert re.fullmatch(r"10\.\d{4,}/\S+", work.get("doi", "10.1234/any"))
    assert date.fromisoformat(str(citation.get("date-released", date.min)))


def test_one_address_everywhere() -> None:
    """The repository moves with one search: nobody is sent to an address that another file does not know."""
    home = PROJECT["urls"]["Repository"]
    files = [ROOT / "pyproject.toml", *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.*ml"), *GITHUB.rglob("*.*ml")]
    pattern = r"https://github\.com/[\w.-]+/pytest-brainscore\b"
    assert {found for path in files for found in re.findall(pattern, path.read_text(encoding="utf-8"))} == {home}
    assert all(address.startswith(home) for name, address in PROJECT["urls"].items() if name != "Documentation")
    assert PROJECT["urls"]["Documentation"] == SITE
    assert re.sub(r"https://github\.com/([\w.-]+)/(.+)", r"https://\1.github.io/\2/", home) == SITE


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_issue_forms_have_what_github_requires(path: Path) -> None:
    form = read(path)
    assert {"name", "description", "body"} <= form.keys()
    identifiers = [element["id"] for element in form["body"]]
    assert len(set(identifiers)) == len(identifiers)
    for element in form["body"]:
        assert element["type"] in {"input", "textarea", "dropdown", "checkboxes"}
        assert element["attributes"]["label"]
    assert any(element.get("validations", {}).get("required") for element in form["body"])


def test_the_workflow_runs_every_session_that_there_is() -> None:
    tests = read(GITHUB / "workflows" / "tests.yml")
    matrix = tests["jobs"]["tests"]["strategy"]["matrix"]
    listed = [*matrix["session"], *(leg["session"] for leg in matrix["include"])]
    commands = "\n".join(
        step.get("run", "")
        for path in (GITHUB / "workflows").glob("*.yml")
        for job in read(path)["jobs"].values()
        for step in job["steps"]
    )
    named = set(listed) | {word for run in re.findall(r"nox -s ([\w. -]+)", commands) for word in run.split()}
    assert named == sessions()
    assert {leg["os"].split("-")[0] for leg in matrix["include"]} == {"macos", "windows"}


def test_the_oldest_python_is_the_required_one() -> None:
    assert PROJECT["requires-python"] == f">={pythons()[0]}"
    assert pythons() == sorted(pythons(), key=lambda version: int(version.split(".")[1]))


def test_hooks_before_a_commit_are_pinned() -> None:
    for repository in read(ROOT / ".pre-commit-config.yaml")["repos"]:
        assert repository["repo"] == "local" or re.fullmatch(r"v\d+\.\d+\.\d+", repository["rev"])


def test_a_release_is_built_once_and_uploaded_by_a_job_that_may_do_nothing_else() -> None:
    jobs = read(GITHUB / "workflows" / "release.yml")["jobs"]
    assert "permissions" not in jobs["build"]  # those of the workflow: reading
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert jobs["publish"]["needs"] == "build"
    assert not any("run" in step for step in jobs["publish"]["steps"])
    assert "python -m build" in str(jobs["build"]["steps"])
    assert "secrets." not in (GITHUB / "workflows" / "release.yml").read_text()


def test_links_between_the_pages_lead_somewhere() -> None:
    """As they lie in the repository. The test of the site has those to pages that are written when it is built."""
    pages = [
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/*.md"),
        *ROOT.glob("docs/[!b]*/*.md"),
        GITHUB / "pull_request_template.md",
    ]
    for page in pages:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:|#|(?:\.\./)?benchmarks/)([^)#\s]+)", text):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_walks_are_commits_of_this_repository() -> None:
    """Whoever follows one sees the diff; the names of files are those of that time."""

    def git(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)

    if git("rev-parse", "--is-shallow-repository").stdout.strip() != "false":
        pytest.skip("the history of the repository is not here")
    _, *walks = (ROOT / "CONTRIBUTING.md").read_text().split("\n### ")
    assert len(walks) == 3
    for walk in walks:
        commit, *_ = re.findall(r"`git show ([0-9a-f]{7,}) --", walk)
        changed = git("show", "--name-only", "--format=", commit).stdout.split()
        listed = re.findall(r"^ (\S+) +\|", walk, re.MULTILINE)
        assert listed
        assert set(listed) <= set(changed)
        added = re.findall(r"^\+(.+)", walk, re.MULTILINE)
        diff = git("show", "--format=", commit).stdout.splitlines()
        assert {f"+{line}" for line in added} <= set(diff)
