"""The command line ``brainscore``: one module per command, imported when it is called."""

from __future__ import annotations

from importlib import import_module

import click

from pytest_brainscore.errors import BrainScoreError, options_spoken
from pytest_brainscore.pages import BENCHMARKS, COMMANDS

_COMMANDS = {
    "data": "See which data are here, and get, check or remove them.",
    "info": "Show where everything is kept, how large it is, and which versions are installed.",
    "list": "List the benchmarks: version, place in the score tree, what they need.",
    "show": "Show the scores of a report.",
    "compare": "Compare two reports, and say which ingredients differ.",
    "report": "Turn a report into a page, a table, a badge ...",
    "merge": "Join the reports of several shards or models.",
    "leaderboard": "Make one page of all reports in a folder.",
    "benchmark": "Write and check benchmarks of one's own recordings.",
    "plan": "Say what a run would cost: forward passes, disk, memory and time.",
    "power": "Say how many stimuli, repetitions or neuroids tell two models apart.",
    "commit": "Choose a model's layers by scoring candidates on the public benchmarks.",
    "schema": "Print the JSON Schema of a report.",
}
"""Name of each command, which is the name of its module here (``_command`` appended), and its line of help."""


class _Commands(click.Group):
    """Commands that are imported when they are called, so that ``brainscore --help`` answers at once."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = import_module(f"{__name__}.{cmd_name}_command").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> object:
        """Show an error that the user can mend as one sentence."""
        try:
            with options_spoken():
                return super().invoke(ctx)
        except BrainScoreError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Commands, epilog=f"\b\nAll commands: {COMMANDS}\nAll benchmarks: {BENCHMARKS}")
@click.version_option(package_name="pytest-brainscore")
def main() -> None:
    """Score vision models against primate brains and behavior. The scoring itself is ``pytest --model NAME``."""
