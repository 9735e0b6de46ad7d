"""Reports to make score pages of: the published model page of squeezenet1_1, and made-up models of any number."""

from __future__ import annotations

import csv
import random
from functools import cache
from typing import Any

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report
from pytest_brainscore.resources import resource_folder
from pytest_brainscore.scoring.comparison import Comparison, Verdict
from pytest_brainscore.scoring.tree import published_tree
from tests.support.records import make_record, make_report

WITHIN_ROUNDING = 0.00012
"""What the published leaves were more than printed, as far as this page goes.

They are printed with three decimals, so that each was somewhere within .0005 of the printed number. From the printed
numbers themselves, the mean of all would be .13246; it is printed as .133. With .00012 added to each, all leaves and
all parents are printed as published."""

_REGIONS = ("V1", "V2", "V4", "IT")


def published_scores() -> dict[str, str]:
    """Return the scores of the published page of squeezenet1_1, parents and leaves, as printed."""
    text = (resource_folder("fixtures/tree") / "published" / "squeezenet1_1.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(line for line in text.splitlines() if not line.startswith("#"))
    return {row["identifier"]: row["score"] for row in rows}


def published_report() -> Report:
    """Return the published numbers of squeezenet1_1 as a report: scores alone, since no more was published."""
    scores = published_scores()
    records = [
        leaf_record(
            "squeezenet1_1",
            name,
            status="nan" if scores[name] == "X" else "scored",
            reason="ran without giving a number" if scores[name] == "X" else None,
            score=None if scores[name] == "X" else float(scores[name]) + WITHIN_ROUNDING,
            **dict.fromkeys(("error", "raw", "ceiling", "normalisation", "layer", "seed", "peak_rss_mb", "comparison")),
            n={},
            seconds=0.0,
            fingerprint={},
        )
        for name in published_tree().leaves
        if name in scores
    ]
    model = ModelRecord(
        identifier="squeezenet1_1",
        specification="squeezenet1_1",
        layers={"V1": "features.6.expand3x3_activation"},
        visual_degrees=8.0,
    )
    return make_report(models=[model], benchmarks=records, command=["published", "page"])


def many_models(count: int, seed: int = 0) -> Report:
    """Return a report of made-up models, each with a number on all 106 benchmarks and a verdict on it."""
    draw = random.Random(seed)
    names = [f"network_{index}" for index in range(count)]
    records = []
    for name in names:
        for leaf in published_tree().leaves:
            score, delta = draw.random(), draw.gauss(0, 0.003)
            verdict: Verdict = "unchanged" if abs(delta) <= 0.005 else "improved" if delta > 0 else "regressed"
            comparison = Comparison(verdict=verdict, baseline=score - delta, delta=delta, tolerance=0.005)
            records.append(leaf_record(name, leaf, score=score, raw=0.9 * score, comparison=comparison))
    models = [ModelRecord(identifier=name, specification=name, layers={"V1": "layer1"}) for name in names]
    return make_report(models=models, benchmarks=records)


def leaf_record(model: str, identifier: str, **changes: Any) -> BenchmarkRecord:
    """Return the record of a benchmark of the published tree, in the version of the tree, with fields changed."""
    leaf = published_tree().leaves[identifier]
    region = next((each for each in _REGIONS if each in leaf.parents), "label")
    # A fingerprint as long as those of real records.
    fingerprint = {
        "data_sha256": f"{hash_like(identifier)}",
        "layer": "features.6.expand3x3_activation",
        "preprocessing.image_size": 224,
        "preprocessing.mean": "[0.485, 0.456, 0.406]",
        "preprocessing.std": "[0.229, 0.224, 0.225]",
        "seed": 0,
        "stimuli": f"{hash_like(leaf.parents[-1])}",
        "version": leaf.version,
        "visual_degrees": 8.0,
        "weights": f"{hash_like(model)}",
    }
    fields = {
        "version": leaf.version,
        "parent": leaf.parents[-1],
        "parents": list(leaf.parents),
        "region": region,
        "citation": _citations()[identifier],
        "fingerprint": fingerprint,
    }
    return make_record(model=model, identifier=identifier, **(fields | changes))


@cache
def _citations() -> dict[str, str]:
    return {benchmark.identifier: benchmark.citation for benchmark in all_benchmarks()}


def hash_like(text: str) -> str:
    """Return 64 hexadecimal digits that depend on a text."""
    return f"{random.Random(text).getrandbits(256):064x}"
