"""Formulas as MathML, which browsers read themselves: no script, no font and no address that a page would need."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.util import logging

_LOGGER = logging.getLogger(__name__)


def inline(self: Any, node: Any) -> None:
    """Write a formula within a line."""
    self.body.append(_mathml(node, as_block=False))
    raise nodes.SkipNode


def block(self: Any, node: Any) -> None:
    """Write a formula on lines of its own, which can be wider than the page."""
    self.body.append(f'<div class="math" tabindex="0">{_mathml(node, as_block=True)}</div>')
    raise nodes.SkipNode


def _mathml(node: Any, *, as_block: bool) -> str:
    # What docutils does not know, or not in every place: MathML decides the style by where a formula stands.
    text = node.astext().replace("\\dots", "\\ldots").replace("\\textstyle", "")
    try:
        return str(tex2mathml(text, as_block=as_block))
    except MathError as error:
        _LOGGER.warning("the formula %r cannot be written: %s", text, error, location=node)
        return ""
