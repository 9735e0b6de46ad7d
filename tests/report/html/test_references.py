"""What a page cites: the publications of its benchmarks, from the records and from nowhere else."""

from __future__ import annotations

import html
import json
import re

import msgspec
import pytest

from pytest_brainscore.benchmarks import every_version
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.citations import cite
from pytest_brainscore.report.html.page import render_page
from pytest_brainscore.report.html.references import publications
from pytest_brainscore.report.plain import plain_report
from pytest_brainscore.report.record import BenchmarkRecord
from tests.support.records import make_record, make_report

EVERYTHING = every_version()


def record_of(benchmark: Benchmark, **changes: object) -> BenchmarkRecord:
    return make_record(
        identifier=benchmark.identifier,
        version=benchmark.version,
        parent=benchmark.parent,
        parents=list(benchmark.parents),
        citation=benchmark.citation,
        **changes,
    )


def page_citing(*citations: str) -> str:
    """Return the page of made-up benchmarks with these citations, without the reports that it holds."""
    records = [make_record(identifier=f"own-{row}", citation=text) for row, text in enumerate(citations)]
    return re.sub(r"<script.*?</script>", "", render_page([make_report(benchmarks=records)]), flags=re.DOTALL)


@pytest.mark.parametrize("benchmark", EVERYTHING, ids=lambda each: f"{each.identifier}@{each.version}")
def test_every_published_leaf_and_every_further_benchmark_cites_a_publication_with_an_address(
    benchmark: Benchmark,
) -> None:
    cited = publications([benchmark.citation])
    assert cited
    assert all(each.address.startswith("https://") for each in cited)


def test_the_page_links_the_publication_of_every_benchmark_whether_it_has_a_score_or_not() -> None:
    leaves = {each.identifier: each for each in reversed(EVERYTHING)}
    records = [record_of(each, status="unavailable", score=None, comparison=None) for each in leaves.values()]
    page = render_page([make_report(benchmarks=records)])
    rows = (row.partition('data-name="')[2] for row in page.split('<details class="leaf')[1:])
    bodies = {row.partition('"')[0]: row.partition('<div class="body">')[2].partition("</p>")[0] for row in rows}
    assert leaves.keys() == bodies.keys()
    for identifier, benchmark in leaves.items():
        for each in publications([benchmark.citation]):
            assert f'<a href="{html.escape(each.address)}" rel="noreferrer">{each.label}</a>' in bodies[identifier]


def test_every_entry_of_the_bibliography_is_cited() -> None:
    from importlib.resources import files

    text = files("pytest_brainscore.data").joinpath("citations.bib").read_text(encoding="utf-8")
    assert text.count("\n@") + 1 == len(publications(each.citation for each in EVERYTHING))


def test_publications_are_listed_once_and_the_comparison_with_networks_comes_before_the_recordings() -> None:
    names = ("Marques2020_Ringach2002-max_dc", "Marques2020_Ringach2002-or_bandwidth", "Kar2019-ost")
    found = publications(each.citation for name in names for each in EVERYTHING if each.identifier == name)
    assert [each.label for each in found] == ["Marques2021", "Ringach2002", "Kar2019"]


def test_an_unknown_key_is_no_citation() -> None:
    with pytest.raises(KeyError, match="Nobody1999"):
        cite("Nobody1999")


@pytest.mark.parametrize(
    ("citation", "label", "address"),
    [
        ("10.1038/nn.3402", "10.1038/nn.3402", "https://doi.org/10.1038/nn.3402"),
        ("doi:10.1016/0042-6989(82)90112-2", "doi:10.1016/0042-6989(82)90112-2", "https://doi.org/10.1016/0042-6989(82)90112-2"),
        (" https://doi.org/10.1038/nn.3402 ", "https://doi.org/10.1038/nn.3402", "https://doi.org/10.1038/nn.3402"),
        ("https://arxiv.org/abs/1903.12261", "https://arxiv.org/abs/1903.12261", "https://arxiv.org/abs/1903.12261"),
        ("Doe & Roe, in preparation", "Doe & Roe, in preparation", ""),
        ("@article{Doe2026,\n  title = {A {V4} study},\n  doi = {10.1038/nn.3402},\n}", "Doe2026", "https://doi.org/10.1038/nn.3402"),
        ('@misc{Doe2026, url = "https://example.org/x", doi = "10.1038/nn.3402"}', "Doe2026", "https://example.org/x"),
        ("@misc{Doe2026, DOI={https://doi.org/10.1038/nn.3402}}", "Doe2026", "https://doi.org/10.1038/nn.3402"),
        ("@misc{Doe2026, title={Without an address}}", "Doe2026", ""),
        ("@misc{Doe2026, title={Not closed", "Doe2026", ""),
    ],
)  # fmt: skip
def test_a_benchmark_of_ones_own_cites_by_entry_doi_address_or_words(citation: str, label: str, address: str) -> None:
    (found,) = publications([citation])
    assert (found.label, found.address) == (label, address)
    assert found.bibtex.startswith("@")
    page = page_citing(citation)
    shown = html.escape(label)
    assert (f'<a href="{address}" rel="noreferrer">{shown}</a>' in page) if address else (f"{shown}</p>" in page)


def test_several_entries_are_several_publications() -> None:
    text = cite("Marques2021", "Schiller1976")
    assert [each.label for each in publications([text, "", cite("Schiller1976")])] == ["Marques2021", "Schiller1976"]
    assert "\n".join(each.bibtex for each in publications([text])) == text


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org"])
def test_only_pages_of_the_web_become_links(address: str) -> None:
    page = page_citing(address, f"@misc{{Doe2026, url = {{{address}}}}}")
    assert f'href="{address}' not in page
    assert "Doe2026" in page


def test_a_citation_is_text_and_never_markup() -> None:
    page = page_citing("<img src=x onerror=alert(1)>", '@misc{"><b>, url = {https://example.org/"onclick="x}}')
    assert "<img" not in page
    assert "<b>," not in page
    assert '"onclick' not in page


def test_a_report_of_a_version_that_did_not_cite_is_shown_without_publications() -> None:
    plain = plain_report(make_report())
    for record in plain["benchmarks"]:
        del record["citation"]
    old = msgspec.json.decode(json.dumps(plain), type=type(make_report()))
    page = render_page([old])
    assert "texture-index" in page
    assert 'id="bibtex"' not in page
