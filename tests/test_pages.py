"""Addresses of the site: who points to them."""

from __future__ import annotations

import subprocess
import sys

from click.testing import CliRunner

from pytest_brainscore import pages
from pytest_brainscore.commands import main


def test_the_help_of_the_command_has_whole_addresses() -> None:
    told = CliRunner().invoke(main, ["--help"]).output
    assert f"All commands: {pages.COMMANDS}\n" in told
    assert f"All benchmarks: {pages.BENCHMARKS}\n" in told


def test_the_help_of_pytest_names_the_page_of_its_options() -> None:
    command = [sys.executable, "-m", "pytest", "--help"]
    assert f"({pages.OPTIONS}):" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_a_benchmark_has_a_page() -> None:
    assert pages.benchmark_page("Kar2019-ost") == f"{pages.SITE}benchmarks/Kar2019-ost.html"
