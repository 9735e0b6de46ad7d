"""An option without a value is what becomes of a variable that is not set: the run stops.

These runs end before anything is collected, and take place in the process of the test.
"""

from __future__ import annotations

import pytest

from pytest_brainscore.running.command_line.option_table import OPTIONS, Option

VALUES = [option for option in OPTIONS if not option.switch and not option.choices]


@pytest.fixture
def own(pytester: pytest.Pytester) -> pytest.Pytester:
    """Return a project that has tests of its own, which are green."""
    pytester.makepyfile("def test_own(): pass")
    return pytester


@pytest.mark.parametrize("value", ["", " ", ",", "net.py:build,", ",net.py:build", "\t"])
@pytest.mark.parametrize("flag", ["--model", "--brainscore-model"])
def test_an_empty_model_is_a_usage_error(own: pytest.Pytester, flag: str, value: str) -> None:
    result = own.runpytest_inprocess(f"{flag}={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--brainscore-model (or --model) was given an empty value; name a name*"])


@pytest.mark.parametrize("value", ["brainscore_model=", "brainscore_model= ", "brainscore_weights="])
def test_so_is_an_empty_setting_on_the_command_line(own: pytest.Pytester, value: str) -> None:
    assert own.runpytest_inprocess("-o", value).ret == pytest.ExitCode.USAGE_ERROR


def test_an_empty_line_of_the_ini_file_is_no_setting(own: pytest.Pytester) -> None:
    own.makeini("[pytest]\nbrainscore_model =\nbrainscore_weights =\n")
    own.runpytest_subprocess().assert_outcomes(passed=1)


@pytest.mark.parametrize("option", VALUES, ids=lambda option: option.name)
def test_every_option_refuses_an_empty_value(own: pytest.Pytester, option: Option) -> None:
    result = own.runpytest_inprocess("--model=pixels", f"{option.flag}= ")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"*{option.flag}*was given an empty value*"])


def test_the_second_of_two_models_must_not_be_empty(own: pytest.Pytester) -> None:
    assert own.runpytest_inprocess("--model=pixels", "--model", "").ret == pytest.ExitCode.USAGE_ERROR
