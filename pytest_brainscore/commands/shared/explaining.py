"""What ``brainscore compare --explain`` says: who carries the difference of two models on a benchmark."""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.report.html.page import PageTable
from pytest_brainscore.report.notation import aligned, number, signed
from pytest_brainscore.report.paired.words import in_words
from pytest_brainscore.text import printable

if TYPE_CHECKING:
    from pytest_brainscore.report.paired.explaining import Carried, Explained

_MANY: Final[Mapping[str, str]] = {
    "stimulus": "stimuli",
    "neuroid": "neuroids",
    "subject": "people",
    "photograph": "photographs",
}
_CATEGORIES: Final = 10
_DECIMALS: Final = 5
_SIDE: Final = 64
"""Of a thumbnail, in pixels."""
_OPEN_LICENCES: Final = ("CC", "MIT", "BSD", "Apache", "GPL", "public domain")
"""Beginnings of licences that allow images to be shown on a page that is passed on."""


def explanation_lines(found: Explained) -> list[str]:
    """Return what is printed."""
    first, second = found.models
    said = f"{found.leaf}: {second} minus {first} is {signed(found.difference)}"
    if found.paired is not None and math.isfinite(found.paired.error):
        said = in_words(found.leaf, found.models, found.paired, show=number)
    lines = [printable(said)]
    if found.reason:
        return [*lines, printable(f"Who carries the difference on {found.leaf} is not known: {found.reason}.")]
    for carried in found.carried:
        kind = kinds(carried)
        if not carried.most:
            lines.append(f"No one of {carried.count:,} {kind} differs between the two.")
            continue
        lines.append(
            f"The {len(carried.most)} of {carried.count:,} {kind} that differ most; their contributions to the "
            f"difference, {signed(carried.average, _DECIMALS)} on average:"
        )
        header, rows = unit_table(carried)
        lines += ["  " + line for line in aligned(header, rows)]
        if carried.by_category:
            header, rows = category_table(carried)
            lines += ["  " + line for line in aligned(header, rows)]
            more = len(carried.by_category) - _CATEGORIES
            lines += [f"  and {more} more categories (--json has all)"] if more > 0 else []
    return lines


def kinds(carried: Carried) -> str:
    """Return what units are called, such as stimuli."""
    return _MANY.get(carried.kind, f"{carried.kind}s")


def unit_table(carried: Carried) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the units that differ most."""
    labelled = any(each.category is not None for each in carried.most)
    header = [carried.kind, *(["category"] if labelled else []), "contributes"]
    rows = [
        [each.name, *([each.category or ""] if labelled else []), signed(each.contribution, _DECIMALS)]
        for each in carried.most
    ]
    return header, rows


def category_table(carried: Carried) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of the categories that contribute most."""
    rows = [
        [
            each.category,
            str(each.units),
            signed(each.contribution, _DECIMALS),
            f"{each.share * 100:.0f} %" if math.isfinite(each.share) else "",
        ]
        for each in carried.by_category[:_CATEGORIES]
    ]
    return ["category", kinds(carried), "contributes", "of the difference"], rows


def plain_explanation(found: Explained) -> dict[str, Any]:
    """Return the same for programs."""
    return {
        "leaf": found.leaf,
        "models": list(found.models),
        "difference": found.difference,
        "interval": [found.paired.low, found.paired.high]
        if found.paired is not None and math.isfinite(found.paired.error)
        else None,
        "reason": found.reason or None,
        "carried_by": [
            {
                "kind": carried.kind,
                "count": carried.count,
                "average": carried.average,
                "most": [
                    {"name": each.name, "category": each.category, "contribution": each.contribution}
                    for each in carried.most
                ],
                "categories": [
                    {
                        "category": each.category,
                        "count": each.units,
                        "contribution": each.contribution,
                        "share": each.share if math.isfinite(each.share) else None,
                    }
                    for each in carried.by_category
                ],
            }
            for carried in found.carried
        ],
    }


def explanation_tables(found: Explained) -> list[PageTable]:
    """Return the same for a page, with small images where they are at hand and their licence allows."""
    tables = []
    for carried in found.carried:
        header, rows = unit_table(carried)
        made: dict[str, bytes] = {}
        note = f"Sum over all {carried.count:,} {kinds(carried)}: {signed(found.difference, _DECIMALS)}."
        if carried.kind in ("stimulus", "photograph"):
            made, why = thumbnails(found.leaf, [each.name for each in carried.most])
            note = f"{note} {why}".strip()
        images = [made.get(each.name, b"") for each in carried.most] if made else []
        title = f"{found.leaf}: {kinds(carried)} that carry {found.models[1]} minus {found.models[0]}"
        tables.append(PageTable(title, header, rows, note, images))
        if carried.by_category:
            tables.append(PageTable(f"{found.leaf}: by category", *category_table(carried)))
    return tables


def thumbnails(leaf: str, names: Sequence[str]) -> tuple[dict[str, bytes], str]:
    """Return small PNG images of stimuli by name, of those that may be shown, and why there are none as a sentence.

    Parameters
    ----------
    leaf
        Identifier of the benchmark.
    names
        Identifiers of the stimuli.

    """
    from PIL import Image

    from pytest_brainscore.benchmarks import load_benchmark
    from pytest_brainscore.data.catalogue import file_set
    from pytest_brainscore.data.loading import is_here, load_stimulus_set
    from pytest_brainscore.errors import BrainScoreError

    named = "Images are named and not shown, as"
    try:
        benchmark = load_benchmark(leaf)
        files = file_set("stimulus_set", benchmark.stimulus_set or "")
        if not files.licence.startswith(_OPEN_LICENCES):
            licence = (
                f"their licence is {files.licence}" if files.licence else "nobody knows whether their licence allows"
            )
            return {}, f"{named} {licence}."
        if not is_here(files):  # nothing is fetched in order to be looked at
            return {}, f"{named} they are not on this machine (brainscore data fetch {leaf})."
        stimuli = load_stimulus_set(files.identifier, 1.0)
        rows = {str(name): row for row, name in enumerate(stimuli.table["stimulus_id"].tolist())}
        made = {}
        for name in names:
            if name in rows:
                small = Image.fromarray(stimuli.images[rows[name]].pixels()).convert("RGB")
                small.thumbnail((_SIDE, _SIDE))
                content = io.BytesIO()
                small.save(content, "PNG")
                made[name] = content.getvalue()
    except (BrainScoreError, OSError) as error:
        return {}, f"{named} they cannot be read here ({str(error).rstrip('.')})."
    return made, "" if made else f"{named} those at hand have other names."
