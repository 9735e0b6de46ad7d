"""Packages that are installed for a test: a module with benchmarks, and the metadata of an entry point."""

from __future__ import annotations

from pathlib import Path

LAB = """
from pytest_brainscore import Benchmark, Score


def score(benchmark, model, data):
    return Score(value=.5, error=.01, raw=.5, ceiling=1., normalisation="r/c", n={"stimuli": 1})


def defined(identifier="lab2026", **fields):
    fields = {"region": "V4", "metric": "half", "parents": ("lab",), "protocol": score} | fields
    return Benchmark(identifier=identifier, **fields)


BENCHMARKS = [defined()]
"""


def install(site: Path, package: str, code: str = LAB, value: str = "BENCHMARKS") -> None:
    """Install a package into a folder of the module path, as ``pip install --target`` does.

    Parameters
    ----------
    site
        The folder.
    package
        Name of the package and of its module.
    code
        Content of the module.
    value
        What of the module the entry point names.

    """
    metadata = site / f"{package}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / f"{package}.py").write_text(code)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[pytest_brainscore.benchmarks]\nlab = {package}:{value}\n")
