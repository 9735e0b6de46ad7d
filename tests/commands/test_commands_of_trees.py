"""``--tree`` of the commands: lists, and reports averaged over the tree of their run or over another one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from click.testing import Result

from pytest_brainscore.report.assemble_report import assemble_report
from pytest_brainscore.report.json_files import JsonLines, write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report
from pytest_brainscore.trees import PANEL_IN_WORDS, TREES, leaves_of, panel
from tests.support.records import make_record, make_report

Brainscore = Callable[..., Result]
VERSIONS = {(leaf.identifier, leaf.version): leaf for name in ("published", "2026") for leaf in leaves_of(name)}


def record(identifier: str, version: int, score: float | None, model: str = "net") -> BenchmarkRecord:
    """Return the record of a leaf; without a score, of one that failed."""
    leaf = VERSIONS[identifier, version]
    status = {"status": "failed", "reason": "no such luck", "score": None} if score is None else {"score": score}
    return make_record(
        model=model,
        identifier=identifier,
        version=version,
        parent=leaf.parents[-1],
        parents=list(leaf.parents),
        comparison=None,
        **status,
    )


def report(tree: str, scores: Mapping[tuple[str, int], float | None], model: str = "net") -> Report:
    records = [record(*key, score, model) for key, score in scores.items()]
    models = [ModelRecord(identifier=model, specification=model, weights_sha256="0a1b", visual_degrees=8.0)]
    template = make_report()
    return assemble_report(
        created=template.created,
        command=template.command,
        environment=template.environment,
        models=models,
        benchmarks=records,
        order=[leaf.identifier for leaf in leaves_of("2026")],
        tree=tree,
    )


@pytest.fixture(autouse=True)
def wide_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every row a line of its own."""
    monkeypatch.setenv("COLUMNS", "140")


V2_OF_2026: dict[tuple[str, int], float | None] = {
    ("FreemanZiemba2013.V2-pls", 3): 0.4,
    ("tong.Coggan2024_fMRI.V2-rdm", 1): 0.2,
    ("Allen2022_fmri_surface.V2-ridge", 1): 0.6,
    ("Allen2022_fmri_surface.V2-rdm", 1): None,
}


@pytest.fixture
def saved_2026(tmp_path: Path, bare_machine: None) -> Path:
    """Return the path of a report of 2026 in a folder of its own: four of five leaves of V2, of which one failed."""
    path = tmp_path / "here" / "runs" / "new.json"
    path.parent.mkdir()
    write_json(report("2026", V2_OF_2026), path)
    return path


def without_errors(text: str) -> str:
    """Return a table without the errors of its numbers."""
    return re.sub(r" ± [.\d]+", "", text)


def row(result: Result, parent: str) -> list[str]:
    (found,) = [line.split() for line in without_errors(result.stdout).splitlines() if line.split()[1:2] == [parent]]
    return found[2:]


# --- lists ---


@pytest.mark.parametrize("name", TREES)
def test_list_shows_the_leaves_of_the_tree_in_its_versions(brainscore: Brainscore, name: str) -> None:
    rows = json.loads(brainscore("list", "--tree", name, "--json").stdout)
    assert [(row["identifier"], row["version"], tuple(row["parents"])) for row in rows] == list(leaves_of(name))


def test_list_counts_the_leaves_of_2026(brainscore: Brainscore) -> None:
    result = brainscore("list", "--tree", "2026")
    assert result.stdout.splitlines()[-1].endswith(" of 124 are ready; what the others need: brainscore data status")


def test_the_environment_names_the_tree_of_a_list(brainscore: Brainscore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_TREE", "2023")
    assert len(json.loads(brainscore("list", "--json").stdout)) == 51


@pytest.mark.parametrize("name", ["published", "2026"])
def test_list_shows_the_panel_with_what_it_is_good_for(brainscore: Brainscore, name: str) -> None:
    rows = json.loads(brainscore("list", "panel", "--tree", name, "--json").stdout)
    assert {(row["identifier"], row["version"]) for row in rows} == {leaf[:2] for leaf in panel()}
    lines = brainscore("list", "panel", "--tree", name).stdout.splitlines()
    assert PANEL_IN_WORDS in lines
    assert sum(line.strip() == "IT" for line in lines) == 1


@pytest.mark.parametrize("words", [("list",), ("show", "new.json"), ("leaderboard", ".")])
def test_an_unknown_tree_is_one_sentence(brainscore: Brainscore, saved_2026: Path, words: tuple[str, ...]) -> None:
    place = [word.replace("new.json", str(saved_2026)) for word in words]
    result = brainscore(*place, "--tree", "2025")
    assert result.exit_code == 1
    assert "--tree is '2025', and there is no score tree of that name; use one of published, 2026, " in result.stderr
    told = brainscore(*place, "--tree", "2021-Q1").stderr
    assert "is not determinable: the site states 11, and 12 are known" in told


def test_a_list_of_2026_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pytest_brainscore.commands import main; main(['list', '--tree', '2026'], "
        "standalone_mode=False); heavy = {'numpy', 'pandas', 'scipy', 'torch', 'xarray', 'msgspec'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert printed.splitlines()[-1] == "[]"


def test_a_list_of_a_parent_that_the_tree_has_not_names_the_trees_that_have_it(brainscore: Brainscore) -> None:
    result = brainscore("list", "Baker2022", "--tree", "2022")
    assert result.exit_code == 1
    told = "The score tree 2022 has no benchmark below Baker2022; name a tree that has some (published, 2026, 2024), or"
    assert told in result.stderr
    assert brainscore("list", "Baker2022*", "--tree", "2022").exit_code == 0


# --- one report ---


def test_a_report_is_shown_with_tree_and_three_means(brainscore: Brainscore, saved_2026: Path) -> None:
    result = brainscore("show", saved_2026)
    # Of five leaves three have a number, one failed, one was never attempted.
    assert row(result, "V2") == [".400", "3", "of", "5,", "1", "X", ".300", ".240"]
    assert "means over the score tree 2026" in result.stdout
    assert "those that failed (X: attempted, no number) count as 0" in result.stdout


def test_a_report_of_2026_can_be_pruned_to_an_era(brainscore: Brainscore, saved_2026: Path) -> None:
    assert row(brainscore("show", saved_2026, "--tree", "2022"), "V2") == [".400", "1", "of", "1", ".400"]
    assert row(brainscore("show", saved_2026, "--tree", "2024"), "V2") == [".300", "2", "of", "2", ".300"]
    # The published tree has another version of one of the two, so that only the other counts.
    assert row(brainscore("show", saved_2026, "--tree", "published"), "V2") == [".200", "1", "of", "2", ".100"]


def test_report_writes_a_report_of_another_tree(brainscore: Brainscore, saved_2026: Path) -> None:
    assert brainscore("report", saved_2026, "--tree", "2024", "--to", "json:era.json").exit_code == 0
    era = read_report("era.json")
    assert era.tree == "2024"
    assert era.aggregates["net"]["V2"].leaves == 2
    assert era.benchmarks == read_report(saved_2026).benchmarks


def test_a_page_and_a_summary_say_which_tree_and_what_failed(brainscore: Brainscore, saved_2026: Path) -> None:
    assert brainscore("report", saved_2026, "--to", "html:page.html", "--to", "md:page.md").exit_code == 0
    page, summary = Path("page.html").read_text(), without_errors(Path("page.md").read_text())
    assert "Score tree: <b>2026</b>." in page
    assert "ran .400 (3 of 5, 1 failed)" in page
    assert "mean of what was attempted .300" in page
    assert "Means over the score tree 2026." in summary
    assert "| net | V2 | .400 | 3 of 5, 1 X | .300 | .240 |" in summary


def test_a_report_of_before_there_were_trees_is_one_of_the_published_tree(tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    write_json(report("published", {("FreemanZiemba2013.V2-pls", 2): 0.4}), path)
    plain = json.loads(path.read_text())
    del plain["tree"]
    for aggregate in plain["aggregates"]["net"].values():
        for name in ("mean_of_what_was_attempted", "mean_of_what_was_attempted_error", "failed"):
            aggregate.pop(name, None)
    path.write_text(json.dumps(plain))
    assert read_report(path).tree == "published"


def test_a_report_of_a_tree_that_is_not_known_asks_for_an_upgrade(brainscore: Brainscore, saved_2026: Path) -> None:
    saved_2026.write_text(saved_2026.read_text().replace('"tree": "2026"', '"tree": "2031"'))
    result = brainscore("show", saved_2026)
    assert result.exit_code == 1
    assert "those of the score tree '2031' ($.tree), which this version does not know" in result.stderr
    assert result.stderr.rstrip().endswith("upgrade pytest-brainscore.")


def test_lines_of_a_killed_run_tell_their_tree_by_versions(brainscore: Brainscore, tmp_path: Path) -> None:
    path = tmp_path / "here" / "killed.jsonl"
    lines = JsonLines(path)
    for each in report("2026", V2_OF_2026).benchmarks:
        lines.append(each)
    lines.close()
    assert read_report(path).tree == "2026"
    assert "means over the score tree 2026" in brainscore("show", path).stdout


# --- several reports ---

OF_PUBLISHED: dict[tuple[str, int], float | None] = {("tong.Coggan2024_fMRI.V4-rdm", 1): 0.5}


def test_reports_of_unlike_trees_are_merged_over_a_tree_that_is_named(brainscore: Brainscore, saved_2026: Path) -> None:
    other = saved_2026.with_name("old.json")
    write_json(report("published", OF_PUBLISHED), other)
    refused = brainscore("merge", saved_2026, other, "--to", "json:both.json")
    assert refused.exit_code == 1
    assert (
        f"The means of {saved_2026} are those of the score tree 2026, the means of {other} those of" in refused.stderr
    )
    assert "name the tree to average all of them over with --tree" in refused.stderr
    brainscore("merge", saved_2026, other, "--tree", "2026", "--to", "json:both.json")
    both = read_report("both.json")
    assert (both.tree, both.aggregates["net"]["neural_vision"].scored) == ("2026", 4)


def test_shards_of_one_tree_become_a_report_of_it(brainscore: Brainscore, saved_2026: Path) -> None:
    other = saved_2026.with_name("shard.json")
    write_json(report("2026", OF_PUBLISHED), other)
    brainscore("merge", saved_2026, other, "--to", "json:both.json")
    assert read_report("both.json").tree == "2026"


def test_a_leaderboard_of_unlike_trees_needs_one(brainscore: Brainscore, saved_2026: Path) -> None:
    write_json(report("published", OF_PUBLISHED, "other"), saved_2026.with_name("old.json"))
    refused = brainscore("leaderboard", saved_2026.parent)
    assert refused.exit_code == 1
    assert "name the tree to average all of them over with --tree" in refused.stderr
    table = brainscore("leaderboard", saved_2026.parent, "--tree", "2024", "--to", "html:board.html")
    assert table.exit_code == 0
    assert "means over the score tree 2024" in table.stdout
    assert "Score tree: <b>2024</b>." in Path("board.html").read_text()
    assert "engineering_vision" not in table.stdout


def test_reports_that_newer_ones_replace_do_not_count_as_unlike(brainscore: Brainscore, saved_2026: Path) -> None:
    older = msgspec.structs.replace(report("published", OF_PUBLISHED), created="2025-01-31T12:00:00+00:00")
    write_json(older, saved_2026.with_name("old.json"))
    result = brainscore("leaderboard", saved_2026.parent)
    assert result.exit_code == 0
    assert "means over the score tree 2026" in result.stdout


@pytest.mark.parametrize(("mean", "score"), [("ran", ".400 (3) 1 failed"), ("attempted", ".300"), ("site", ".240")])
def test_a_leaderboard_ranks_by_the_mean_that_is_named(
    brainscore: Brainscore, saved_2026: Path, mean: str, score: str
) -> None:
    """The other model has a lower score, and lacks none; so it is first where what has no number counts as 0."""
    full = {(leaf.identifier, leaf.version): 0.35 for leaf in leaves_of("2026") if "V2" in leaf.parents}
    write_json(report("2026", full, "full"), saved_2026.with_name("full.json"))
    result = brainscore("leaderboard", saved_2026.parent, "--sort", "V2", "--mean", mean)
    first = result.stdout.splitlines()[1].split()[1]
    assert first == ("net" if mean == "ran" else "full")
    assert score in result.stdout


def test_a_leaderboard_ranks_by_the_panel(brainscore: Brainscore, tmp_path: Path) -> None:
    (tmp_path / "here" / "runs").mkdir()
    for model, score in (("good", 0.6), ("better", 0.7)):
        scores: dict[tuple[str, int], float | None] = {leaf[:2]: score for leaf in panel()}
        write_json(report("2026", scores, model), tmp_path / "here" / "runs" / f"{model}.json")
    result = brainscore("leaderboard", "runs", "--sort", "panel", "--to", "html:board.html")
    assert [line.split()[1] for line in result.stdout.splitlines()[1:3]] == ["better", "good"]
    assert ".700 (15)" in result.stdout
    assert PANEL_IN_WORDS in result.stdout
    assert PANEL_IN_WORDS in Path("board.html").read_text()


def test_comparing_reports_of_unlike_trees_says_so(brainscore: Brainscore, saved_2026: Path) -> None:
    other = saved_2026.with_name("old.json")
    write_json(report("published", {("FreemanZiemba2013.V2-pls", 2): 0.3}), other)
    result = brainscore("compare", other, saved_2026)
    assert "Means here are those of the score tree published; of another one are those in" in result.stderr
    told = brainscore("compare", other, saved_2026, "--tree", "2026").stderr
    assert f"of another one are those in {other} (published)" in told


def test_a_page_shows_the_panel_where_all_of_it_was_to_be_scored(brainscore: Brainscore, tmp_path: Path) -> None:
    scores: dict[tuple[str, int], float | None] = {leaf[:2]: 0.6 for leaf in panel()} | {("Kar2019-ost", 2): None}
    path = tmp_path / "here" / "panel.json"
    write_json(report("2026", scores), path)
    brainscore("report", path, "--to", "html:page.html", "--to", "md:page.md")
    page = Path("page.html").read_text()
    assert 'id="panel"' in page
    assert PANEL_IN_WORDS in page
    assert "14 of 15, 1 X" in page
    assert "| net | panel | .600 | 14 of 15, 1 X |" in without_errors(Path("page.md").read_text())
    assert read_report(path).aggregates["net"]["panel"].site_comparable == pytest.approx((0.6 * 3 + 0.48) / 8 + 0.3)
