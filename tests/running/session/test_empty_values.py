"""An option without a value is what becomes of a variable that is not set: the run stops."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.running.command_line.options import OPTIONS

if TYPE_CHECKING:
    from tests.support.projects import Project

VALUES = [option for option in OPTIONS if not option.switch and not option.choices]


@pytest.fixture
def own(project: Project) -> Project:
    """Return a project that has tests of its own, which are green."""
    (project.path / "test_own.py").write_text("def test_own(): pass\n")
    return project


@pytest.mark.parametrize("value", ["", " ", ",", "net.py:build,", ",net.py:build", "\t"])
@pytest.mark.parametrize("flag", ["--model", "--brainscore-model"])
def test_an_empty_model_is_a_usage_error(own: Project, flag: str, value: str) -> None:
    result = own.run("test_own.py", f"{flag}={value}", model=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--brainscore-model (or --model) was given an empty value; name a name*"])


@pytest.mark.parametrize("value", ["brainscore_model=", "brainscore_model= ", "brainscore_weights="])
def test_so_is_an_empty_setting_on_the_command_line(own: Project, value: str) -> None:
    result = own.run("test_own.py", "-o", value, model=None)
    assert result.ret == pytest.ExitCode.USAGE_ERROR


def test_an_empty_line_of_the_ini_file_is_no_setting(own: Project) -> None:
    (own.path / "pytest.ini").write_text("[pytest]\nbrainscore_model =\nbrainscore_weights =\n")
    own.run("test_own.py", "--deselect", "test_toys.py", model=None).assert_outcomes(passed=1, deselected=1)


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
def test_every_option_refuses_an_empty_value(own: Project, option: object) -> None:
    flag = getattr(option, "flag", "")
    result = own.run(f"{flag}= ")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{flag}*was given an empty value*"])


def test_the_second_of_two_models_must_not_be_empty(own: Project) -> None:
    assert own.run("--model", "").ret == pytest.ExitCode.USAGE_ERROR
