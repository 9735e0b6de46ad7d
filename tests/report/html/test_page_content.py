"""What the score page says, read from the HTML without a browser."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from typing import Any

import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.plain import plain_report
from pytest_brainscore.report.record import ModelRecord, Report
from pytest_brainscore.scoring.comparison import Comparison, Verdict
from pytest_brainscore.scoring.population import Result, population_of, published_population
from pytest_brainscore.scoring.tree import published_tree
from tests.support.records import make_record, make_report
from tests.support.score_pages import leaf_record, many_models, published_report

CIRCULAR = "Marques2020_Ringach2002-circular_variance"
HOSTILE = "net</script><script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


def page_of(*records: Any, **options: Any) -> str:
    """Return the page of one model with these records."""
    models = [ModelRecord(identifier="net", specification="net")]
    return render_page([make_report(models=models, benchmarks=list(records))], **options)


def row(page: str, identifier: str) -> str:
    """Return the HTML of a row, with what is below it."""
    start = page.index(f'data-name="{identifier}"')
    return page[page.rindex("<details", 0, start) : page.index("</details>", start)]


def text(fragment: str) -> str:
    """Return the words of HTML."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", fragment)).split())


# --- one file, and nothing it could load ---


def test_the_policy_allows_the_style_and_the_script_of_the_page_and_no_other() -> None:
    page = render_page([published_report()])
    for kind, element in (("style", r"<style>(.*?)</style>"), ("script", r"<script>(.*?)</script>")):
        (content,) = re.findall(element, page, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in page
    assert "default-src 'none'" in page


def test_nothing_in_the_page_needs_more_than_that() -> None:
    page = render_page([many_models(2)], population=published_population())
    assert " style=" not in page
    assert not re.search(r"<[^>]*\son[a-z]+=", page)
    assert not re.search(r"<(link|iframe|object|embed|base|form)\b", page)
    assert not re.search(r"<(img|script|use|image)[^>]*\s(src|href)=\"(?!data:)", page)


def test_the_same_reports_give_the_same_bytes() -> None:
    assert render_page([published_report()]) == render_page([published_report()])


def test_one_model_on_all_106_benchmarks_fits_into_400_kilobytes() -> None:
    page = render_page([many_models(1)], population=published_population())
    assert len(page.encode()) < 400_000


def test_the_page_holds_the_reports_as_data() -> None:
    report = make_report(benchmarks=[make_record(reason="a </script> & b")])
    page = render_page([report])
    (data,) = re.findall(r'<script type="application/json" id="reports">(.*?)</script>', page, flags=re.DOTALL)
    assert json.loads(data) == [plain_report(report)]


def test_a_page_needs_a_report() -> None:
    with pytest.raises(ReportError, match="give at least one"):
        render_page([])


def test_a_report_without_models_gives_a_page() -> None:
    assert "No model" in text(render_page([make_report(models=[], benchmarks=[])]))


# --- hostile text ---


def test_text_from_reports_is_never_markup() -> None:
    report = make_report(
        models=[ModelRecord(identifier=HOSTILE, specification=HOSTILE, layers={HOSTILE: HOSTILE}, device=HOSTILE)],
        benchmarks=[
            leaf_record(
                HOSTILE,
                CIRCULAR,
                layer=HOSTILE,
                normalisation=HOSTILE,
                n={HOSTILE: 3},
                fingerprint={HOSTILE: HOSTILE},
                comparison=Comparison(verdict="not-comparable", baseline=0.4, reason=HOSTILE),
            ),
            make_record(model=HOSTILE, identifier=HOSTILE, region=HOSTILE, status="failed", score=None, reason=HOSTILE),
        ],
        command=[HOSTILE],
    )
    population = population_of([Result(HOSTILE, CIRCULAR, 1, 0.3)], HOSTILE)
    page = render_page([report, report], population=population, figures={HOSTILE: f"<svg>{HOSTILE}</svg>"})
    assert "<img src=x" not in page
    assert page.count("<script") == page.count("</script>") == 2
    assert "alert(1)" in text(page)


# --- what a row says ---


def test_a_leaf_has_score_error_raw_ceiling_version_and_what_was_measured() -> None:
    page = page_of(leaf_record("net", CIRCULAR, score=0.877, error=0.03, raw=0.841, ceiling=0.959, n={"neurons": 308}))
    said = text(row(page, CIRCULAR))
    for expected in (f"{CIRCULAR} v1", ".877 ± .030", "raw .841, ceiling .959", "308 neurons in V1", "Ringach2002"):
        assert expected in said


def test_a_leaf_tells_the_notes_on_its_recordings() -> None:
    page = page_of(leaf_record("net", CIRCULAR, details={"notes": ["subj02 is left out.", "subj03, too."]}))
    assert "subj02 is left out. subj03, too." in text(page)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "= unchanged"),
        ({"comparison": Comparison(verdict="regressed", baseline=0.53, delta=-0.03)}, "▼ regressed -.030"),
        ({"comparison": Comparison(verdict="improved", baseline=0.496, delta=0.004)}, "▲ improved +.004"),
        ({"comparison": Comparison(verdict="new")}, "+ new"),
        ({"comparison": Comparison(verdict="not-comparable", baseline=0.4)}, "≠ not comparable"),
        ({"comparison": None}, "● scored"),
        ({"status": "unavailable", "score": None, "comparison": None, "reason": "no data"}, "○ unavailable"),
        ({"status": "unavailable", "score": None, "comparison": Comparison(verdict="missing")}, "? missing"),
        ({"status": "failed", "score": None, "comparison": None, "reason": "boom"}, "✕ failed"),
        ({"status": "crashed", "score": None, "comparison": None, "reason": "gone"}, "☓ crashed"),
        ({"status": "nan", "score": None, "comparison": None, "reason": "none"}, "X no number"),
    ],
)
def test_every_status_and_verdict_has_a_shape_and_a_word(changes: dict[str, Any], words: str) -> None:
    page = page_of(leaf_record("net", CIRCULAR, **changes))
    assert words in text(row(page, CIRCULAR))
    if changes.get("reason"):
        assert changes["reason"] in text(page[page.index('id="reasons"') :])


def test_what_changed_stands_above_the_tree_largest_difference_first() -> None:
    def moved(identifier: str, delta: float) -> Any:
        verdict: Verdict = "improved" if delta > 0 else "regressed"
        comparison = Comparison(verdict=verdict, baseline=0.5, delta=delta, tolerance=0.005)
        return leaf_record("net", identifier, score=0.5 + delta, comparison=comparison)

    page = page_of(
        moved("ImageNet-top1", 0.01),
        moved("ObjectNet-top1", -0.2),
        leaf_record("net", "Kar2019-ost", status="failed", score=None, comparison=None, reason="boom"),
        leaf_record("net", CIRCULAR),
    )
    table = page[page.index('id="changes"') : page.index('id="scores"')]
    assert re.findall(r'<th scope="row">(.*?)</th>', table) == ["Kar2019-ost", "ObjectNet-top1", "ImageNet-top1"]
    assert "-.200" in table
    assert 'id="changes"' not in page_of(leaf_record("net", CIRCULAR))


def test_the_path_to_a_change_stands_open() -> None:
    many = many_models(1).benchmarks
    quiet = [
        leaf_record("net", each.identifier, comparison=Comparison(verdict="unchanged", baseline=0.5, delta=0.0))
        for each in many
    ]
    assert " open" not in opening(page_of(*quiet), "V1-orientation")
    worse = Comparison(verdict="regressed", baseline=0.6, delta=-0.1, tolerance=0.005)
    regressed = [leaf_record("net", CIRCULAR, comparison=worse), *quiet[1:]]
    for parent in published_tree().leaves[CIRCULAR].parents:
        assert " open" in opening(page_of(*regressed), parent)


def opening(page: str, identifier: str) -> str:
    """Return the opening tag of a row."""
    place = page.index(f'data-name="{identifier}"')
    return page[page.rindex("<details", 0, place) : place]


def test_a_parent_has_two_numbers_and_the_coverage() -> None:
    page = page_of(
        leaf_record("net", CIRCULAR, score=0.7), leaf_record("net", "Marques2020_DeValois1982-pref_or", score=0.5)
    )
    said = text(page[page.index('data-name="V1-orientation"') :][:2500])
    assert ".171" in said  # 1.2 / 7
    assert "ran .600 (2 of 7)" in said


def test_scores_outside_the_unit_interval_are_shown_cut_and_told() -> None:
    said = text(row(page_of(leaf_record("net", CIRCULAR, score=1.0432)), CIRCULAR))
    assert "1.0432" in said
    assert "outside [0, 1], shown cut to it" in said


def test_other_versions_and_own_benchmarks_stand_outside_the_tree_and_count_in_no_mean() -> None:
    page = page_of(leaf_record("net", "MajajHong2015.V4-pls", version=4), make_record(identifier="my-own", model="net"))
    outside = page[page.index('data-name="outside the published tree"') :]
    assert "MajajHong2015.V4-pls v4" in text(outside)
    assert "my-own v1" in text(outside)
    assert "ran" not in text(page[page.index('data-name="V4"') : page.index('data-name="MajajHong2015.V4-pls"')])


def test_a_run_that_is_not_complete_says_so() -> None:
    assert "Not complete." in text(render_page([make_report(complete=False)]))
    assert "Not complete." not in text(render_page([make_report()]))


def test_provenance() -> None:
    said = text(render_page([make_report()]))
    for expected in ("0a1b", "f" * 40, "numpy 2.0.0", "Linux, 2 cores", "pytest --model net", "2026-01-31T12:00:00"):
        assert expected in said


def test_ingredients_that_all_scores_share_are_told_once() -> None:
    one = leaf_record("net", CIRCULAR, fingerprint={"stimuli": "abc", "protocol": 1})
    other = leaf_record("net", "ImageNet-top1", fingerprint={"stimuli": "def", "protocol": 1})
    page = page_of(one, other)
    assert "stimuli abc" in text(row(page, CIRCULAR))
    assert "protocol" not in text(row(page, CIRCULAR))
    assert "protocol 1" in text(page[page.index('id="provenance"') :])


# --- other models ---


def test_without_a_population_there_are_no_marks_and_no_ranks() -> None:
    page = page_of(leaf_record("net", "ImageNet-top1"))
    assert 'class="rank"' not in page
    assert 'class="m"' not in page


def test_where_the_population_has_nothing_there_is_no_rank_and_no_mark() -> None:
    population = population_of([Result("other", "ImageNet-top1", 1, 0.3)], "nets")
    page = page_of(leaf_record("net", "ImageNet-top1"), leaf_record("net", CIRCULAR), population=population)
    assert "rank 1 of 2" in text(row(page, "ImageNet-top1"))
    assert "rank 1" not in text(row(page, CIRCULAR))
    assert 'class="m"' in row(page, "ImageNet-top1")
    assert 'class="m"' not in row(page, CIRCULAR)


def test_a_model_finds_its_own_published_score() -> None:
    page = render_page(
        [make_report(benchmarks=[leaf_record("squeezenet1_1", CIRCULAR)])], population=published_population()
    )
    assert "in the population .877" in text(row(page, CIRCULAR))


# --- several models ---


def test_models_stand_side_by_side() -> None:
    page = render_page([many_models(3)])
    assert row(page, CIRCULAR).count('class="cell"') == 3
    assert ":root{--columns:3}" in page


def test_the_same_model_of_two_reports_is_told_apart_by_time() -> None:
    first: Report = make_report()
    second = make_report(created="2026-02-01T08:30:00+00:00")
    page = render_page([first, second, second])
    for label in ("net, 2026-01-31 12:00", "net, 2026-02-01 08:30", "net, 2026-02-01 08:30 (2)"):
        assert label in text(page)


def test_a_model_that_only_records_name_has_a_column() -> None:
    assert "stray" in text(render_page([make_report(benchmarks=[make_record(model="stray")])]))


# --- pictures ---


def test_figures_stand_at_their_place_or_in_a_section_of_their_own() -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" style="fill:red"/>'
    page = page_of(leaf_record("net", CIRCULAR), figures={CIRCULAR: svg, "Scatter": svg})
    assert "<figcaption>Scatter</figcaption>" in page[page.index('id="figures"') :]
    assert f"<figcaption>{CIRCULAR}</figcaption>" in row(page, CIRCULAR)
    assert base64.b64encode(svg.encode()).decode() in page
    assert 'id="figures"' not in page_of(figures={CIRCULAR: svg})


@pytest.mark.parametrize(
    ("region", "n", "told"),
    [
        ("V1", {"neurons": 102, "stimuli": 315}, "recordings from 102 neurons in V1, 315 stimuli"),
        ("IT", {}, "recordings in IT"),
        ("probabilities", {"stimuli": 240}, "match-to-sample task, 240 stimuli"),
        ("rotation_matching", {}, "rotation matching task"),
    ],
)
def test_a_row_says_what_was_measured(region: str, n: dict[str, int], told: str) -> None:
    page = page_of(leaf_record("net", CIRCULAR, region=region, n=n))
    assert f" {told} · " in text(row(page, CIRCULAR))
