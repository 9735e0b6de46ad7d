"""``--brainscore-cache-size``: how much room stored activations may take."""

from __future__ import annotations

import pytest

from tests.support.projects import Project


@pytest.fixture
def network(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return a project that records from a real network, with an empty home folder."""
    project.outcomes({"one": {"record": True}})
    monkeypatch.setenv("BRAINSCORE_HOME", str(project.path / "home"))
    return project


def test_scores_are_the_same_and_the_store_keeps_to_its_size(network: Project) -> None:
    """The three responses of 1,568 units take 18.9 kB."""
    scores = {}
    for size, stored in (("18kB", False), ("19 kB", True)):
        result = network.run("--brainscore-cache-size", size, model="tiny.py:build")
        result.assert_outcomes(passed=1, warnings=0 if stored else 1)
        if not stored:
            result.stdout.fnmatch_lines(["*18.9 kB of activations have no room under *, which may take 18.0 kB (*"])
        scores[size] = network.benchmarks()["one"]["score"]
    assert len(set(scores.values())) == 1


@pytest.mark.parametrize(
    ("ini", "words", "variable", "told"),
    [
        ("", ["--brainscore-cache-size", "20"], "x", "*nothing*"),
        ("", ["--brainscore-cache-size=0GB"], "", "ERROR: --brainscore-cache-size is '0GB', which is no size; *20GB."),
        ("brainscore_cache_size = big", [], "", "ERROR: The ini setting brainscore_cache_size is 'big', which is *"),
        ("", [], "-1", "ERROR: $BRAINSCORE_CACHE_SIZE is '-1', which is no size; write a number with a unit*"),
    ],
)
def test_no_sizes(
    network: Project, ini: str, words: list[str], variable: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRAINSCORE_CACHE_SIZE", variable)
    (network.path / "pytest.ini").write_text(f"[pytest]\n{ini}\n")
    result = network.run("--collect-only", *words)
    if variable == "x":  # what is given comes before what is not asked for
        assert result.ret == pytest.ExitCode.OK
        return
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([told])
