"""The cells of the score page: what one model reached at one place of the score tree."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_brainscore.report.html.bars import Bar, draw
from pytest_brainscore.report.html.changes import CHANGES, SIGNS, change_of
from pytest_brainscore.report.html.columns import Column
from pytest_brainscore.report.notation import (
    VERDICTS,
    counted,
    duration,
    floor_in_words,
    interval,
    number,
    number_or_blank,
    plus_minus,
    published_number,
    signed,
)
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.report.red import why_red
from pytest_brainscore.scoring.floor import FloorScore
from pytest_brainscore.scoring.population import Peers, Population
from pytest_brainscore.scoring.tree import Aggregate

# Pixels. Side by side there is less room.
_WIDTH_ALONE, _WIDTH_SIDE_BY_SIDE = 220, 130
# Enough of a checksum to recognise it.
_SHOWN_CHARACTERS = 12


@dataclass(frozen=True)
class Mark:
    """A shape and a word for what became of a benchmark."""

    kind: str
    """Name of the status or the verdict, which the style sheet knows."""
    sign: str
    """The shape."""
    word: str
    """The word."""


@dataclass(frozen=True, kw_only=True)
class Cell:
    """What one model reached at one place of the tree."""

    score: str
    """Score as published pages print it; empty without one, ``X`` where a run gave no number."""
    error: str = ""
    """Its error."""
    bar: str = ""
    """The bar, where there is a number."""
    detail: str = ""
    """Leaf: raw score and ceiling. Parent: mean of what ran, and how much did."""
    marks: tuple[Mark, ...] = ()
    """Leaf: verdict or status. Parent: the changes below it, counted."""
    rank: str = ""
    """Rank in the population; empty where it has none."""
    title: str = ""
    """What the pointer shows: the number and its marks in words."""


@dataclass(frozen=True)
class Style:
    """How the cells of a page are drawn."""

    population: Population | None
    """Models to compare with."""
    side_by_side: bool
    """Whether there are several models, so that bars are short."""

    @property
    def width(self) -> int:
        """Width of a bar in pixels."""
        return _WIDTH_SIDE_BY_SIDE if self.side_by_side else _WIDTH_ALONE


def leaf_cell(record: BenchmarkRecord | None, style: Style, floor: FloorScore | None = None) -> Cell:
    """Return the cell of a leaf, with its floor; `record` is None where nothing is known of it."""
    if record is None:
        return Cell(score="", marks=(Mark("absent", "·", "not run"),))
    if record.status != "scored" or record.score is None:
        return Cell(score="X" if record.status == "nan" else "", marks=(_mark(record),))
    peers = _peers(record, style)
    comparison = record.comparison
    bar = Bar(
        value=record.score,
        error=record.error,
        best=peers.best if peers else None,
        median=peers.median if peers else None,
        baseline=record.baseline,
        tolerance=comparison.tolerance if comparison else None,
        untrained=floor.mean if floor else None,
        pixels=floor.pixels if floor else None,
    )
    return Cell(
        score=published_number(record.score),
        error=plus_minus(record.error),
        bar=draw(bar, style.width),
        detail=", ".join(
            f"{name} {number(value)}"
            for name, value in (("raw", record.raw), ("ceiling", record.ceiling))
            if value is not None
        ),
        marks=(_mark(record),),
        rank=f"{peers.rank} of {peers.models}" if peers else "",
        title=_with_floor(_title(record, peers), floor),
    )


def parent_cell(found: Aggregate, changes: Mapping[str, int], style: Style, floor: FloorScore | None = None) -> Cell:
    """Return the cell of a parent, with its floor and the changes below it by kind."""
    marks = tuple(
        Mark(kind, sign, f"{changes[kind]} {word}")
        for kind in CHANGES
        if changes.get(kind)
        for sign, word in [SIGNS[kind]]
    )
    site, ran = found.site_comparable, found.mean_of_what_ran
    if site is None or ran is None or math.isnan(site):
        failed = f"{found.failed} of {found.leaves} failed" if found.failed else ""
        return Cell(score=published_number(site), detail=failed, marks=marks)
    bar = Bar(
        value=site,
        error=found.site_comparable_error,
        mean_of_what_ran=ran,
        untrained=floor.mean if floor else None,
        pixels=floor.pixels if floor else None,
    )
    coverage = f"{found.scored} of {found.leaves}"
    failed = attempted = ""
    if found.failed:
        failed = f", {found.failed} failed"
        attempted = f"; mean of what was attempted {number(found.mean_of_what_was_attempted)}, where what failed is 0"
    return Cell(
        score=published_number(site),
        error=plus_minus(found.site_comparable_error),
        bar=draw(bar, style.width),
        detail=f"ran {number(ran)} ({coverage}{failed})",
        marks=marks,
        title=_with_floor(
            f"site-comparable {number(site)}, where what did not run counts as 0; mean of what ran "
            f"{number(ran)}, of {coverage} benchmarks{attempted}",
            floor,
        ),
    )


def _with_floor(title: str, floor: FloorScore | None) -> str:
    words = floor_in_words(floor)
    return f"{title}; floor: {words}" if words else title


def facts(record: BenchmarkRecord | None, column: Column, style: Style) -> dict[str, str]:
    """Return everything else about a benchmark, by heading."""
    if record is None:
        return {}
    told = {"why": why_red(record) if record.status != "scored" else ""}
    if record.score is not None:
        outside = not 0 <= record.score <= 1
        cut = " (cut to [0, 1])" if record.clipped else " (outside [0, 1], shown cut to it)" if outside else ""
        told["score"] = f"{number(record.score, 4)} {plus_minus(record.error, 4)}".rstrip() + cut
    for name, value in (("raw", record.raw), ("ceiling", record.ceiling)):
        told[name] = number_or_blank(value, 4)
    told["normalisation"] = record.normalisation or ""
    told["notes"] = " ".join(record.notes)
    told["baseline"] = _against_baseline(record)
    floor = column.floor(record.identifier)
    told["floor"] = floor_in_words(floor)
    if floor is not None and len(floor.untrained) > 1:
        told["floor"] += f" (seeds: {', '.join(number(each) for each in floor.untrained)})"
    peers = _peers(record, style)
    own = style.population.own(record.identifier, record.version, record.model) if style.population else None
    if peers and record.score is not None:
        told["other models"] = (
            f"rank {peers.rank} of {peers.models}; best {number(peers.best)}, median {number(peers.median)}"
        )
    told["in the population"] = number_or_blank(own)
    told["n"] = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in record.n.items())
    told["layer"] = record.layer or ""
    told["seed"] = "" if record.seed is None else str(record.seed)
    if record.seconds:
        memory = "" if record.peak_rss_mb is None else f", process peak {record.peak_rss_mb:.0f} MB"
        told["time"] = f"{duration(record.seconds)}{memory}"
    told["depends on"] = ", ".join(
        f"{name} {short(value)}"
        for name, value in record.fingerprint.items()
        # The layer, the seed and the version have places of their own.
        if name not in column.shared and name not in ("layer", "seed", "version")
    )
    return {name: text for name, text in told.items() if text}


def short(value: str | float) -> str:
    """Return an ingredient of a score, checksums cut to what is needed to recognise them."""
    text = str(value)
    checksum = len(text) >= 32 and all(character in "0123456789abcdef" for character in text)
    return text[:_SHOWN_CHARACTERS] if checksum else text


def _peers(record: BenchmarkRecord, style: Style) -> Peers | None:
    if style.population is None:
        return None
    return style.population.peers(record.identifier, record.version, record.score, record.model)


def _mark(record: BenchmarkRecord) -> Mark:
    """Return the verdict with its difference, or the status of a benchmark that has no score or no verdict."""
    scored = record.status == "scored"
    kind = change_of(record) or (record.verdict if scored else None) or record.status
    shape, word = SIGNS[kind]
    difference = signed(record.delta) if scored and record.verdict in ("improved", "regressed") else ""
    return Mark(kind, shape, f"{word} {difference}".rstrip())


def _against_baseline(record: BenchmarkRecord) -> str:
    comparison = record.comparison
    if comparison is None:
        return ""
    parts = [VERDICTS[comparison.verdict].word]
    if comparison.baseline is not None:
        parts.append(f"baseline {number(comparison.baseline, 4)}")
    if comparison.delta is not None:
        parts.append(f"difference {signed(comparison.delta, 4)}")
    paired = comparison.paired
    if paired is not None:
        scores = counted(paired.comparisons, "score")
        parts.append(f"interval {interval(paired.low, paired.high, 4)} for {scores} of the run at once")
        parts.append(f"margin {paired.margin:g}")
    elif comparison.tolerance is not None:
        parts.append(f"tolerance {comparison.tolerance:g}")
    reason = f": {comparison.reason}" if comparison.reason else ""
    return ", ".join(parts) + reason


def _title(record: BenchmarkRecord, peers: Peers | None) -> str:
    parts = [f"score {published_number(record.score)} {plus_minus(record.error)}".rstrip()]
    if peers:
        parts.append(f"best {number(peers.best)}, median {number(peers.median)} of other models")
    if record.baseline is not None:
        parts.append(f"baseline {number(record.baseline)}")
    return "; ".join(parts)
