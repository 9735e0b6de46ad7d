"""Shape or texture: which of the two decides where they contradict each other, for each category of shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_brainscore.report.plots.drawing import MODEL, NEURONS, SOFT, coordinate, document, nothing, shortened, text

_LEFT, _TOP, _WIDTH = 110, 88, 420
_ROW, _BAR = 22, 14
_OTHER: Final = "#c9ced4"


def shape_bias(title: str, decisions: Mapping[str, Any]) -> str:
    """Draw a bar for each category of shape, divided into the answers that named shape, neither, and texture.

    The number at its end is the shape bias: the share of shape among the answers that named shape or texture.

    Parameters
    ----------
    title
        Heading.
    decisions
        The detail ``cue_conflict`` of a record: ``labels``, and for each the counts ``shape``, ``texture``, ``other``.

    """
    rows = list(zip(decisions["labels"], decisions["shape"], decisions["texture"], decisions["other"], strict=True))
    if not sum(sum(counts) for _, *counts in rows):
        return nothing(title, "There are no answers to show.")
    whole = ("all", *(sum(decisions[name]) for name in ("shape", "texture", "other")))
    parts = [text(_LEFT + _WIDTH + 14, _TOP - 10, "shape bias", weight="bold")]
    key = ((MODEL, "shape"), (_OTHER, "neither"), (NEURONS, "texture"))
    for index, (colour, name) in enumerate(key):
        left = _LEFT + 90 * index
        parts.append(f'<rect x="{left}" y="54" width="12" height="12" fill="{colour}"/>')
        parts.append(text(left + 18, 64, name))
    told = []
    for index, (label, shape, texture, other) in enumerate([*rows, whole]):
        y = _TOP + index * _ROW + (8 if index == len(rows) else 0)
        parts.append(text(_LEFT - 8, y + 11, shortened(label, 92), anchor="end"))
        total = shape + texture + other
        x = float(_LEFT)
        for colour, count in ((MODEL, shape), (_OTHER, other), (NEURONS, texture)):
            width = _WIDTH * count / total if total else 0.0
            if width:
                parts.append(
                    f'<rect x="{coordinate(x)}" y="{y}" width="{coordinate(width)}" height="{_BAR}" fill="{colour}"/>'
                )
            x += width
        bias = f"{100 * shape / (shape + texture):.0f} %" if shape + texture else "-"
        parts.append(text(_LEFT + _WIDTH + 14, y + 11, f"{bias} of {shape + texture}"))
        told.append(f"{label}: shape {shape}, texture {texture}, neither {other}")
    bottom = _TOP + (len(rows) + 1) * _ROW + 8
    for share in (0, 0.25, 0.5, 0.75, 1):
        at = _LEFT + _WIDTH * share
        parts.append(f'<path d="M{coordinate(at)} {_TOP - 4}V{bottom}" stroke="{SOFT}" stroke-opacity=".4"/>')
        parts.append(text(at, bottom + 14, f"{100 * share:g} %", anchor="middle", colour=SOFT))
    parts.append(text(_LEFT + _WIDTH / 2, bottom + 32, "share of the answers", anchor="middle"))
    return document(title, "; ".join(told) + ".", parts, bottom + 44, "answers by category of the shape")
