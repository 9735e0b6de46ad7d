"""Time a score page of five models on all 106 benchmarks: made, and opened by a browser.

    python -m tests.performance.page

Limits asked for (one core): made in 1 s, opened in 1 s; a page of one model is at most 400 kB.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.record import Report
from pytest_brainscore.scoring.population import published_population
from tests.performance.measuring import best_seconds
from tests.support.browser import ARGUMENTS, NAMES
from tests.support.score_pages import many_models


def make(report: Report) -> str:
    """Return the page with everything on it that costs time."""
    return render_page([report], population=published_population())


def open_in(browser: Browser, path: Path) -> float:
    """Return the seconds until a page is laid out and its script has run."""
    page = browser.new_page()
    start = time.perf_counter()
    page.goto(path.as_uri(), wait_until="load")
    page.evaluate("document.body.getBoundingClientRect().height")
    seconds = time.perf_counter() - start
    page.close()
    return seconds


def main() -> None:
    """Print times and sizes."""
    program = next(found for name in NAMES if (found := shutil.which(name)))
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        for count in (1, 5):
            report = many_models(count)
            start = time.perf_counter()
            make(report)
            first = time.perf_counter() - start
            best, content = best_seconds(lambda report=report: make(report))  # type: ignore[misc]
            path = Path(folder, f"{count}.html")
            path.write_text(content, encoding="utf-8")
            opened = min(open_in(browser, path) for _ in range(3))
            size = len(content.encode()) / 1000
            print(
                f"{count} model(s): made in {best:.2f} s (first {first:.2f} s), opened in {opened:.2f} s, {size:.0f} kB"
            )
        browser.close()


if __name__ == "__main__":
    main()
