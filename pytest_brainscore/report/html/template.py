"""Filling in the templates of the pages, whose policy allows their own style and script and no other."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from unicodedata import category

import jinja2
from markupsafe import Markup


def render(template: str, *, style: str, script: str = "", **values: object) -> str:
    """Return a page.

    Parameters
    ----------
    template
        Name of the template.
    style, script
        Our own style sheet and script; the template is given their hashes too, as ``style_hash`` and ``script_hash``.
    values
        What else the template shows. Everything is escaped, and control characters that HTML forbids are replaced.

    """
    return (
        _environment()
        .get_template(template)
        .render(
            style=Markup(style),  # noqa: S704 - our own file
            script=Markup(script),  # noqa: S704 - our own file
            style_hash=_hash(style),
            script_hash=_hash(script),
            **values,
        )
    )


@cache
def resource(name: str) -> str:
    """Return the text of a template, a style sheet or a script."""
    return files(__package__).joinpath("templates", name).read_text(encoding="utf-8")


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FunctionLoader(resource),
        autoescape=True,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )


def _clean(value: object) -> object:
    """Return what a template shows, without the control characters that HTML forbids; markup is our own."""
    return "".join(map(_seen, value)) if isinstance(value, str) and not isinstance(value, Markup) else value


def _seen(character: str) -> str:
    return "\N{REPLACEMENT CHARACTER}" if category(character) == "Cc" and character not in "\t\n\r" else character


def _hash(text: str) -> str:
    """Return the source expression of an inline element, CSP level 3, 2.3.1."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
