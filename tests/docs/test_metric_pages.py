"""Every metric has a page with the same parts, and every pitfall is one of a benchmark that exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from pytest_brainscore.benchmarks.own.metric_registry import shipped_metrics
from pytest_brainscore.benchmarks.shipped import all_benchmarks, further_benchmarks

DOCS = Path(__file__).parents[2] / "docs"
PARTS = ["Formula", "Reading", "When it misleads", "Degenerate cases", "Example", "Elsewhere"]
PAGES = {path: path.read_text(encoding="utf-8") for path in sorted((DOCS / "metrics").glob("*.md"))}
OF_METRICS = {path: text for path, text in PAGES.items() if "\n## Formula\n" in text}
PITFALLS: dict[str, list[str]] = tomllib.loads((DOCS / "benchmarks/pitfalls.toml").read_text(encoding="utf-8"))
IDENTIFIERS = {each.identifier for each in (*all_benchmarks(), *further_benchmarks())}


def told(text: str) -> set[str]:
    """Return the metrics that a page is about: its first lines name them."""
    return set(re.findall(r"`([\w ]+)`", text.partition("\n## ")[0]))


def test_every_metric_of_a_benchmark_has_one_page() -> None:
    names = [name for text in OF_METRICS.values() for name in told(text)]
    assert len(names) == len(set(names))
    assert {each.metric for each in (*all_benchmarks(), *further_benchmarks())} - set(names) == set()


def test_every_metric_of_score_has_a_page() -> None:
    names = {name for text in OF_METRICS.values() for name in told(text)}
    assert {metric.name for metric in shipped_metrics()} - names == set()


@pytest.mark.parametrize("page", OF_METRICS, ids=lambda page: page.stem)
def test_a_page_has_all_parts_in_their_order(page: Path) -> None:
    assert re.findall(r"^## (.+)$", OF_METRICS[page], re.MULTILINE) == PARTS
    # The test of code blocks compares what it prints.
    assert re.search(r"^```python\n.*?^```\n\n```text\n[^`\n]", OF_METRICS[page], re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("pattern", PITFALLS)
def test_a_pitfall_is_one_of_a_benchmark(pattern: str) -> None:
    assert any(re.fullmatch(pattern, identifier) for identifier in IDENTIFIERS)
    assert all(text.endswith(".") for text in PITFALLS[pattern])
