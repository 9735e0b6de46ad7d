"""What the command line asks for beyond the values of options: whether any is empty, and whether tests are to run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.running.options import OPTIONS

if TYPE_CHECKING:
    import pytest


def refuse_empty_values(config: pytest.Config) -> None:
    """Refuse an option that was given without a value: it is what becomes of a variable that is not set.

    As if it had not been given, ``--model "$MODEL"`` would run whatever tests there are, and ``--brainscore-weights
    "$FILE"`` would score the published weights. An empty line of an ini file is a setting left at its default, but not
    with ``-o``.

    Raises
    ------
    BrainScoreError
        A value is empty, or one of those between its commas.

    """
    overridden = {word.partition("=")[0].strip() for word in config.getoption("override_ini", None) or []}
    for option in OPTIONS:
        if option.switch:
            continue
        value: str | list[str] | None = config.getoption(option.name)
        given = value if isinstance(value, list) else [] if value is None else [value]
        if option is OPTIONS[0]:
            given = [word for entry in given for word in entry.split(",")]
        if any(not word.strip() for word in given) or (option.name in overridden and not config.getini(option.name)):
            flags = f"{option.flag} (or --model)" if option is OPTIONS[0] else option.flag
            raise BrainScoreError(
                f"{flags} was given an empty value; name a {(option.metavar or 'value').lower()}, or leave it out."
            )


def runs_tests(config: pytest.Config) -> bool:
    """Tell whether this run is to run tests, and not only to show what there is."""
    only_shows = ("collectonly", "setuponly", "setupplan", "showfixtures", "show_fixtures_per_test")
    return not any(getattr(config.option, name, False) for name in only_shows)
