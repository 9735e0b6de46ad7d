"""``brainscore list``, and the help of ``brainscore`` itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from click.testing import Result

from pytest_brainscore import commands
from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.data.citations import cite

Brainscore = Callable[..., Result]


def test_all_leaves_stand_below_their_parents(brainscore: Brainscore) -> None:
    lines = brainscore("list").stdout.splitlines()
    assert lines[0] == "average_vision"
    assert lines[1] == "  neural_vision"
    names = [line.split()[0] for line in lines[:-1] if line]
    assert [name for name in names if name in {each.identifier for each in all_benchmarks()}] == [
        each.identifier for each in all_benchmarks()
    ]
    assert lines[-1] == "7 of 106 are ready; what the others need: brainscore data status"


def test_a_selection_shows_only_its_own_parents(brainscore: Brainscore) -> None:
    output = brainscore("list", "engineering_vision").stdout
    assert "ImageNet-top1" in output
    assert "neural_vision" not in output


def test_programs_get_objects(brainscore: Brainscore) -> None:
    (row,) = json.loads(brainscore("list", "Marques2020_DeValois1982-pref_or", "--json").stdout)
    assert (row["identifier"], row["version"], row["region"], row["state"]) == (
        "Marques2020_DeValois1982-pref_or",
        1,
        "V1",
        "ready",
    )
    assert row["parents"][0] == "average_vision"
    assert row["citation"] == cite("Marques2021", "DeValois1982a")


def test_versions_adds_what_is_not_in_the_tree(brainscore: Brainscore) -> None:
    default = json.loads(brainscore("list", "--json").stdout)
    everything = json.loads(brainscore("list", "--json", "--versions").stdout)
    assert everything[: len(default)] == default
    assert len(everything) > len(default)


def test_of_all_versions_too_every_parent_stands_once(brainscore: Brainscore) -> None:
    *lines, _, _ = brainscore("list", "V1", "--versions").stdout.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == [
        "average_vision",
        "public_variants",
        "further_recordings",
    ]
    assert lines.count("    V1") == 1


def test_what_is_not_in_the_tree_is_listed_where_it_is_named(brainscore: Brainscore) -> None:
    rows = json.loads(brainscore("list", "Malania2007*", "V2", "MajajHong2015.IT-pls@4", "--json").stdout)
    assert sum(row["identifier"].startswith("Malania2007.") for row in rows) == 10
    assert {"FreemanZiemba2013.V2-pls", "MajajHong2015.IT-pls"} <= {row["identifier"] for row in rows}
    assert not any("public" in row["identifier"] for row in rows)
    assert "Islam2021-shape_v1_dimensionality" in brainscore("list", "Islam2021").stdout


def test_a_selector_that_matches_nothing_is_one_sentence(brainscore: Brainscore) -> None:
    result = brainscore("list", "Marques2020_DeValois1982-prefor")
    assert result.exit_code == 1
    assert "did you mean Marques2020_DeValois1982-pref_or" in result.stderr


def test_help_names_every_command_and_each_has_a_module(brainscore: Brainscore) -> None:
    output = brainscore("--help").stdout
    folder = Path(commands.__file__).parent
    for name in commands._COMMANDS:
        assert f"  {name} " in output
        assert (folder / f"{name}_command.py").is_file()


def test_an_unknown_command_is_a_usage_error(brainscore: Brainscore) -> None:
    result = brainscore("scores")
    assert result.exit_code == 2
    assert "No such command 'scores'" in result.stderr
