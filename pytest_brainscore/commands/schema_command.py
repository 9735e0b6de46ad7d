"""``brainscore schema``."""

from __future__ import annotations

import json

import click


@click.command
def command() -> None:
    """Print the JSON Schema (draft 2020-12) of a report."""
    from pytest_brainscore.report.plain import json_schema

    click.echo(json.dumps(json_schema(), indent=2))
