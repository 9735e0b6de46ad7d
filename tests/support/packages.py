"""Packages that are installed as far as Python can tell: a folder on ``sys.path`` with the metadata of a wheel."""

from __future__ import annotations

from collections.abc import Mapping
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


def install(
    site: Path,
    package: str,
    *,
    entry_points: Mapping[str, Mapping[str, str]],
    files: Mapping[str, str],
    version: str = "1.0",
) -> None:
    """Write a package into a folder, as pip would.

    Parameters
    ----------
    site
        Folder on ``sys.path``, made where it is not there.
    package
        Name of the distribution.
    entry_points
        ``module:attribute`` by name, by group.
    files
        Text by path below `site`.
    version
        Of the distribution.

    """
    metadata = site / f"{package.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {version}\n")
    groups = [
        "\n".join([f"[{group}]", *(f"{name} = {value}" for name, value in points.items())])
        for group, points in entry_points.items()
    ]
    (metadata / "entry_points.txt").write_text("\n\n".join(groups) + "\n")
    for name, text in files.items():
        path = site / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def install_lab(site: Path, package: str, code: str = LAB, value: str = "BENCHMARKS") -> None:
    """Write a package of one module that offers benchmarks: what `value` names of its `code`."""
    points = {"pytest_brainscore.benchmarks": {"lab": f"{package}:{value}"}}
    install(site, package, entry_points=points, files={f"{package}.py": code})
