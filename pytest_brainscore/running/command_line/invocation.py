"""What the command line says beyond the values of options: is any empty or misread, and are tests to run?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.running.command_line.option_table import OPTIONS

if TYPE_CHECKING:
    import pytest

    from pytest_brainscore.running.command_line.options import RunOptions


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


def refuse_definitions_as_tests(config: pytest.Config) -> None:
    """Refuse a TOML file where test files are named: it defines benchmarks, and pytest would find no test in it.

    Raises
    ------
    BrainScoreError
        One is named.

    """
    for word in config.args:
        if word.endswith(".toml") and (config.invocation_params.dir / word).is_file():
            raise BrainScoreError(
                f"{word} holds no tests; for the benchmarks in it, write --brainscore-benchmark {word}."
            )


def runs_tests(config: pytest.Config) -> bool:
    """Tell whether this run is to run tests, and not only to show what there is."""
    only_shows = (
        "collectonly",
        "setuponly",
        "setupplan",
        "showfixtures",
        "show_fixtures_per_test",
        "brainscore_plan",
    )
    return not any(getattr(config.option, name, False) for name in only_shows)


def overlooked_settings(config: pytest.Config, options: RunOptions) -> str | None:
    """Return a sentence when pytest took an option's value for a test path, and so read no settings of the project.

    Pytest looks for its root folder and ini file before plugins have named their options: in
    ``--brainscore-weights FILE`` it then sees a path to collect from, and where that is outside the project, the
    project's ini file is not found. ``--brainscore-weights=FILE`` is unmistakable.
    """
    here = config.invocation_params.dir
    settings = [name for name in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg") if (here / name).is_file()]
    if config.inipath is not None or not settings:
        return None
    folders = {"--brainscore-data": options.data, "--brainscore-baseline": options.baseline}
    files = [("--brainscore-weights", Path(model.weights)) for model in options.models if model.weights]
    scheduler = None if options.cluster is None else options.cluster.file
    for flag, path in [*files, ("--brainscore-cluster", scheduler), *folders.items()]:
        if path is not None and flag in config.invocation_params.args and not path.resolve().is_relative_to(here):
            return (
                f"pytest took {path} for a test path and so did not read the settings in {settings[0]}; write "
                f"{flag}=PATH, with an equals sign."
            )
    return None
