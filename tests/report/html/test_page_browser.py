"""The score page in a browser: opened from disk, under its own policy, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.scoring.comparison import Comparison
from pytest_brainscore.scoring.population import published_population
from pytest_brainscore.scoring.tree import published_tree
from tests.support.records import make_report
from tests.support.score_pages import leaf_record, many_models, published_report, published_scores

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Open = Callable[..., "Page"]
HOSTILE = "<script>document.title = 'taken'</script>\"'><img src=x onerror=\"document.title = 'taken'\">"


@pytest.fixture
def open_page(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Open pages; afterwards there must have been no console message, no error and no request but the file's own."""
    troubles: list[str] = []
    contexts: list[BrowserContext] = []

    def open_(content: str, **options: Any) -> Page:
        path = tmp_path / f"page{len(contexts)}.html"
        path.write_text(content, encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: troubles.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("request", lambda request: _note(request.url, path, troubles))
        page.goto(path.as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()
    assert troubles == []


def _note(address: str, path: Path, troubles: list[str]) -> None:
    if address != path.as_uri() and not address.startswith("data:"):
        troubles.append(f"requested {address}")


def row(page: Page, identifier: str) -> Any:
    return page.locator(f'.tree details[data-name="{identifier}"]')


def shown_leaves(page: Page) -> int:
    visible = "[...document.querySelectorAll('.leaf > summary')].filter(each => each.checkVisibility()).length"
    return int(page.evaluate(visible))


@pytest.fixture(scope="module")
def published() -> str:
    return render_page([published_report()], population=published_population())


def test_all_published_numbers_of_squeezenet1_1_are_on_the_page_as_printed(open_page: Open, published: str) -> None:
    page = open_page(published)
    shown: dict[str, str] = page.evaluate(
        """Object.fromEntries([...document.querySelectorAll('.tree details[data-name]')].map(
            node => [node.dataset.name, node.querySelector(':scope > summary .score').textContent]))"""
    )
    printed = published_scores()
    assert len([name for name in printed if name in published_tree().children]) == 15
    assert {name: shown[name] for name in printed} == printed
    assert {shown[name] for name in shown.keys() - printed.keys()} == {"–"}


def test_at_first_the_regions_are_in_sight(open_page: Open, published: str) -> None:
    page = open_page(published)
    for name in ("neural_vision", "V1", "IT", "behavior_vision", "engineering_vision", "ImageNet-top1"):
        assert row(page, name).locator("> summary").is_visible()
    assert not row(page, "Marques2020").is_visible()


def test_a_click_opens_a_parent_and_a_benchmark(open_page: Open, published: str) -> None:
    page = open_page(published)
    row(page, "V2").locator("> summary").click()
    row(page, "FreemanZiemba2013.V2-pls").locator("> summary").click()
    assert row(page, "FreemanZiemba2013.V2-pls").locator(".body").is_visible()
    assert page.get_by_role("link", name="Freeman2013").is_visible()


def test_keys_move_through_the_tree(open_page: Open, published: str) -> None:
    page = open_page(published)
    focused = "document.activeElement.parentElement.dataset.name"
    row(page, "average_vision").locator("> summary").focus()
    for key, expected in [
        ("ArrowDown", "neural_vision"),
        ("ArrowDown", "V1"),
        ("ArrowRight", "V1"),
        ("ArrowRight", "Marques2020"),
        ("ArrowLeft", "V1"),
        ("ArrowUp", "neural_vision"),
    ]:
        page.keyboard.press(key)
        assert page.evaluate(focused) == expected
    assert row(page, "Marques2020").is_visible()
    page.keyboard.press("Enter")
    assert not row(page, "V1").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "behavior_vision"


def test_the_filter_shows_what_fits_and_leaves_the_rest_as_it_was(open_page: Open, published: str) -> None:
    page = open_page(published)
    before = shown_leaves(page)
    page.get_by_label("Filter").fill("geirhos sketch")
    assert shown_leaves(page) == 2
    assert page.get_by_role("status").inner_text() == "2 of 106 benchmarks"
    page.get_by_label("Filter").fill("imagenet-c")
    assert shown_leaves(page) == 4
    page.get_by_label("Filter").fill("no such benchmark")
    assert shown_leaves(page) == 0
    page.get_by_label("Filter").fill("")
    assert shown_leaves(page) == before


def test_only_with_results(open_page: Open, published: str) -> None:
    page = open_page(published)
    page.get_by_label("only with results").check()
    assert shown_leaves(page) == 56
    page.get_by_label("only with results").uncheck()
    page.get_by_role("button", name="Expand all").click()
    # Benchmarks without a score among siblings that have one are folded away.
    assert shown_leaves(page) >= 56
    page.get_by_role("button", name="Collapse all").click()
    assert shown_leaves(page) == 0


def test_only_changed(open_page: Open) -> None:
    worse = Comparison(verdict="regressed", baseline=0.6, delta=-0.1, tolerance=0.005)
    same = Comparison(verdict="unchanged", baseline=0.5, delta=0.0, tolerance=0.005)
    records = [
        leaf_record("net", name, comparison=worse if name == "Kar2019-ost" else same)
        for name in published_tree().leaves
    ]
    page = open_page(render_page([make_report(benchmarks=records)]))
    page.get_by_label("only changed").check()
    assert shown_leaves(page) == 1
    assert row(page, "Kar2019-ost").is_visible()


def test_it_works_without_scripts(open_page: Open, published: str) -> None:
    page = open_page(published, java_script_enabled=False)
    assert not page.locator(".controls").is_visible()
    assert not row(page, "FreemanZiemba2013.V2-pls").is_visible()
    row(page, "V2").locator("> summary").click()
    assert row(page, "FreemanZiemba2013.V2-pls").is_visible()
    assert ".311" in row(page, "FreemanZiemba2013.V2-pls").inner_text()


@pytest.mark.parametrize(
    ("kind", "scheme"), [("published", "light"), ("published", "dark"), ("several models", "light")]
)
def test_no_accessibility_violations(open_page: Open, published: str, kind: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(published if kind == "published" else render_page([many_models(2)]), color_scheme=scheme)
    row(page, "Rajalingham2018-i2n").locator("> summary").click()
    page.locator("#bibtex summary").click()
    results = Axe().run(page, options={"resultTypes": ["violations", "passes"]})
    assert len(results.response["passes"]) > 20
    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [320, 400, 794, 1000])
def test_nothing_sticks_out_of_a_narrow_screen(open_page: Open, width: int) -> None:
    report = many_models(1)
    page = open_page(render_page([report], population=published_population()), viewport={"width": width, "height": 800})
    page.get_by_role("button", name="Expand all").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_shows_all_results_and_no_controls(open_page: Open, published: str) -> None:
    page = open_page(published)
    page.emulate_media(media="print")
    assert shown_leaves(page) == 56
    assert not page.locator(".controls").is_visible()


def test_dark_and_light_follow_the_reader(open_page: Open, published: str) -> None:
    backgrounds = [
        open_page(published, color_scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    ]
    assert backgrounds == ["rgb(255, 255, 255)", "rgb(21, 24, 28)"]


def test_hostile_names_do_nothing(open_page: Open) -> None:
    report = make_report(
        models=[ModelRecord(identifier=HOSTILE, specification=HOSTILE)],
        benchmarks=[leaf_record(HOSTILE, "ImageNet-top1", layer=HOSTILE)],
    )
    page = open_page(
        render_page([report], figures={HOSTILE: f'<svg xmlns="http://www.w3.org/2000/svg">{HOSTILE}</svg>'})
    )
    assert page.locator("h1").inner_text() == HOSTILE
    assert HOSTILE in page.title()
    data = page.evaluate("JSON.parse(document.getElementById('reports').textContent)")
    assert data[0]["models"][0]["identifier"] == HOSTILE


def test_a_figure_with_styles_of_its_own_is_drawn(open_page: Open) -> None:
    """Plotting libraries write style attributes, which the policy of the page refuses in its own elements."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
        '<style>rect{stroke:red}</style><rect width="9" height="9" style="fill: blue"/></svg>'
    )
    page = open_page(render_page([published_report()], figures={"Scatter": svg}))
    image = page.get_by_role("img", name="Scatter")
    image.scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('#figures img').complete")
    assert image.evaluate("image => image.naturalWidth") == 40
