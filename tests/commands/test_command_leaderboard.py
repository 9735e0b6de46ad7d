"""``brainscore leaderboard``: many reports in one table, in the terminal and as a page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from pytest_brainscore.report.record import ModelRecord
from tests.support.records import make_record
from tests.support.replicated import save_answers
from tests.support.score_pages import leaf_record, many_models, published_report

Brainscore = Callable[..., Result]
Saved = Callable[..., Path]


@pytest.fixture
def reports(saved: Saved) -> Path:
    """Return a folder with the published scores of one model and a report of three made-up ones."""
    saved("reports/published.json", report=published_report())
    return saved("reports/more/three.json", report=many_models(3)).parent.parent


def places(result: Result) -> list[tuple[str, str]]:
    rows = result.stdout.splitlines()[1:]
    return [(words[0], words[1]) for row in rows if (words := row.split())]


def test_models_are_ranked_by_their_mean_with_coverage(brainscore: Brainscore, reports: Path) -> None:
    result = brainscore("leaderboard", reports)
    assert result.exit_code == 0
    assert [rank for rank, _ in places(result)] == ["1", "2", "3", "4"]
    assert places(result)[-1] == ("4", "squeezenet1_1")
    assert "(81)" in result.stdout
    assert "not scored on the same benchmarks below average_vision as " in result.stderr
    assert result.stderr.rstrip().endswith("squeezenet1_1")


def test_another_column_may_decide(brainscore: Brainscore, reports: Path) -> None:
    by_v1 = brainscore("leaderboard", reports, "--sort", "V1")
    column = by_v1.stdout.splitlines()[0].split().index("V1")
    cells = [re.findall(r"\.\d{3} \(\d+\)", row)[column - 2] for row in by_v1.stdout.splitlines()[1:]]
    assert cells == sorted(cells, reverse=True)
    assert brainscore("leaderboard", reports, "--sort", "V9").exit_code == 2


def test_the_latest_report_of_a_model_counts(brainscore: Brainscore, reports: Path, saved: Saved) -> None:
    newer = leaf_record("network_0", "Marques2020_DeValois1982-pref_or", score=0.999)
    models = [ModelRecord(identifier="network_0", specification="network_0")]
    saved("reports/newer.json", created="2027-01-01T00:00:00+00:00", models=models, benchmarks=[newer])
    result = brainscore("leaderboard", reports)
    assert places(result)[0] == ("1", "network_0")
    assert [model for _, model in places(result)].count("network_0") == 1


def test_the_page_needs_no_script_and_loads_nothing(brainscore: Brainscore, reports: Path) -> None:
    assert brainscore("leaderboard", reports, "--to", "html:pages/board.html").exit_code == 0
    page = Path("pages/board.html").read_text()
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert "style=" not in page
    assert page.count('<th scope="row">') == 4
    style = re.search("<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in page
    brainscore("leaderboard", reports, "--to", "html:again.html")
    assert Path("again.html").read_text() == page


def test_names_of_models_are_escaped(brainscore: Brainscore, saved: Saved) -> None:
    saved("reports/a.json", models=[ModelRecord(identifier="<script>alert(1)</script>\x1b[2J", specification="x")])
    brainscore("leaderboard", "reports", "--to", "html:board.html")
    page = Path("board.html").read_text()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\N{REPLACEMENT CHARACTER}[2J" in page
    assert "<script" not in page
    assert "\x1b" not in page


def test_a_model_without_a_score_has_no_rank(brainscore: Brainscore, saved: Saved) -> None:
    saved("reports/a.json", benchmarks=[])
    assert brainscore("leaderboard", "reports").stdout.splitlines()[1].split() == ["net"]


def test_a_folder_without_reports_and_other_types_are_one_sentence(brainscore: Brainscore, reports: Path) -> None:
    Path("empty").mkdir()
    result = brainscore("leaderboard", "empty")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: There is no JSON report in empty; ")
    assert "not as md" in brainscore("leaderboard", reports, "--to", "md:board.md").stderr
    assert brainscore("leaderboard", "nowhere").exit_code == 2


def test_it_is_a_view_which_no_report_makes_fail(brainscore: Brainscore, saved: Saved) -> None:
    red = saved("reports/red.json", benchmarks=[make_record(status="failed", score=None, reason="it broke")])
    assert brainscore("show", red).exit_code == 1
    assert brainscore("leaderboard", red.parent).exit_code == 0
    assert "exits with 0" in " ".join(brainscore("leaderboard", "--help").stdout.split())


def test_models_that_cannot_be_told_apart_share_a_letter(brainscore: Brainscore, tmp_path: Path) -> None:
    right = np.random.default_rng(0).random(2000) < 0.6
    nearly, better = right.copy(), right.copy()
    nearly[:6] = ~nearly[:6]
    better[np.flatnonzero(~right)[:150]] = True
    folder = tmp_path / "reports"
    folder.mkdir()
    for name, answers in {"net": right, "twin": nearly, "better": better}.items():
        save_answers(folder / f"{name}.json", {name: {"leaf": answers}})
    result = brainscore("leaderboard", folder, "--sort", "lab", "--to", f"html:{tmp_path / 'page.html'}")
    assert result.stdout.splitlines()[0].split()[:3] == ["rank", "ties", "model"]
    letters = {row.split()[2]: row.split()[1] for row in result.stdout.splitlines()[1:]}
    assert letters == {"better": "a", "net": "b", "twin": "b"}
    assert "share a letter" in (tmp_path / "page.html").read_text()
