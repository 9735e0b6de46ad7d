"""A report as JUnit XML: one test case per benchmark, its numbers as properties."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from xml.etree import ElementTree

from pytest_brainscore.report.formats.ctrf import WHOLE_RUN, outcome
from pytest_brainscore.report.notation import judgement, result
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.red import INCOMPLETE, why_red

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML 1.0 document cannot hold (https://www.w3.org/TR/xml/#charsets)."""


def junit(report: Report) -> str:
    """Return a report as JUnit XML, one test suite per model."""
    root = ElementTree.Element("testsuites", name="pytest-brainscore")
    for model, records in groupby(report.benchmarks, key=lambda record: record.model):
        _suite(root, _clean(model), list(records), report.created)
    if not report.complete:
        suite = ElementTree.SubElement(
            root, "testsuite", name=WHOLE_RUN, timestamp=report.created, tests="1", failures="0", errors="1",
            skipped="0", time="0",
        )  # fmt: skip
        case = ElementTree.SubElement(suite, "testcase", name="complete", classname=WHOLE_RUN, time="0")
        ElementTree.SubElement(case, "error", message=INCOMPLETE)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _suite(root: ElementTree.Element, model: str, records: list[BenchmarkRecord], created: str) -> None:
    outcomes = [outcome(record) for record in records]
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=model,
        timestamp=created,
        tests=str(len(records)),
        failures=str(outcomes.count("failed")),
        errors="0",
        skipped=str(outcomes.count("skipped") + outcomes.count("other")),
        time=f"{sum(record.seconds for record in records):.3f}",
    )
    for record, told in zip(records, outcomes, strict=True):
        case = ElementTree.SubElement(
            suite, "testcase", name=_clean(record.identifier), classname=_clean(".".join(record.parents)),
            time=f"{record.seconds:.3f}",
        )  # fmt: skip
        properties = ElementTree.SubElement(case, "properties")
        for name, value in _properties(record):
            ElementTree.SubElement(properties, "property", name=name, value=_clean(value))
        reason = _clean(why_red(record))
        if told == "failed":
            ElementTree.SubElement(
                case, "failure", message=f"{judgement(record) or record.status} {result(record)}"
            ).text = reason
        elif told != "passed":
            ElementTree.SubElement(case, "skipped", message=reason or record.status)


def _properties(record: BenchmarkRecord) -> Iterator[tuple[str, str]]:
    """Yield what is known of a benchmark as names and words."""
    for name in (
        "version", "status", "score", "error", "raw", "ceiling", "normalisation", "layer", "seed",
        "verdict", "baseline",
    ):  # fmt: skip
        value = getattr(record, name)
        if value is not None:
            yield name, str(value)


def _clean(text: str) -> str:
    return _NOT_IN_XML.sub("\ufffd", text)
