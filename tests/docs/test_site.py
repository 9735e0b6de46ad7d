"""The site: it builds without a warning and without a network, its links lead somewhere, and browsers can read it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from pytest_brainscore import pages
from pytest_brainscore.benchmarks.shipped import all_benchmarks, further_benchmarks

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DOCS = Path(__file__).parents[2] / "docs"
READ = (
    "index.html",
    "benchmarks/index.html",
    "benchmarks/majajhong2015.html",
    "benchmarks/MajajHong2015.V4-pls.html",
    "benchmarks/Marques2020_DeValois1982-pref_or.html",
    "reference/options.html",
    "reference/api.html",
    "reference/store.html",
    "metrics/pls.html",
    "guide/models.html",
    "trust/differences.html",
)
"""One page of each kind."""


def build(folder: Path) -> None:
    """Build the site; addresses that nobody answers stand for a machine without a network."""
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    command = [sys.executable, "-m", "sphinx", "-n", "-W", "--keep-going", "-q", "-b", "html"]
    command += ["-d", str(folder / "doctrees"), str(DOCS), str(folder / "html")]
    run = subprocess.run(command, env=os.environ | nowhere, capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")


def dead_links(site: Path) -> list[str]:
    """Return links within the site that lead to no page, or to no place on it."""
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in texts.items()}
    dead = []
    for path, text in texts.items():
        for link in set(re.findall(r'\b(?:href|src)="([^"]+)"', text)):
            if re.match(r"[a-z]+:", link):
                continue
            file, _, place = unquote(link).partition("#")
            target = (path.parent / file.partition("?")[0]).resolve() if file else path
            if not target.is_file() or (place and target in places and place not in places[target]):
                dead.append(f"{path.relative_to(site)}: {link}")
    return dead


def problems(browser: Browser, file: Path, scheme: str) -> list[str]:
    """Return what a browser and axe have to say about a page."""
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme=scheme, offline=True)  # type: ignore[arg-type]
    page = context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("requestfailed", lambda request: told.append(request.url))
    page.goto(file.as_uri())
    results = Axe().run(page, options={"resultTypes": ["violations", "passes"], "preload": False})
    assert len(results.response["passes"]) > 15
    told += [results.generate_report()] if results.violations_count else []
    context.close()
    return told


@pytest.mark.walkthrough
def test_the_site_builds_links_and_reads(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)  # benchmarks of a user's own sessions are on no page
    build(tmp_path)
    site = tmp_path / "html"
    assert dead_links(site) == []

    shipped = {each.identifier for each in (*all_benchmarks(), *further_benchmarks())}
    addresses = [value for name, value in vars(pages).items() if name.isupper() and name != "SITE"]
    addresses += [pages.benchmark_page(identifier) for identifier in shipped]
    lacking = [each for each in addresses if not (site / each.removeprefix(pages.SITE)).is_file()]
    assert lacking == []

    browser = request.getfixturevalue("browser")
    found = {name: problems(browser, site / name, "light") for name in READ}
    found["in the dark"] = problems(browser, site / READ[3], "dark")
    assert {name: told for name, told in found.items() if told} == {}
