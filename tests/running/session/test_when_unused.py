"""Without ``--model`` the plugin is silent and free."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

HEAVY = {"torch", "torchvision", "numpy", "pandas", "xarray", "scipy", "sklearn", "msgspec", "PIL"}


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = "import sys, pytest_brainscore, pytest_brainscore.plugin; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(modules)


def test_a_bare_run_says_nothing_of_brainscore(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_something(): pass")
    result = pytester.runpytest_subprocess()
    result.assert_outcomes(passed=1)
    said = [line for line in result.outlines if line.startswith(("brainscore", "==")) and "brainscore" in line]
    assert said == []
    assert not list(pytester.path.glob("brainscore*"))


def test_help_names_every_option_with_a_capital(pytester: pytest.Pytester) -> None:
    from pytest_brainscore.running.command_line.option_table import OPTIONS

    text = pytester.runpytest_subprocess("--help").stdout.str()
    for option in OPTIONS:
        assert option.flag in text
        assert option.help[0].isupper()


def test_a_fixture_called_model_of_ones_own_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def model():
            return "mine"

        def test_mine(model):
            assert model == "mine"
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)
    pytester.runpytest_subprocess("--model", "squeezenet1_1", pytester.path).assert_outcomes(passed=1)
