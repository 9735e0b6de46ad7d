"""Packages that are installed as far as Python can tell: a folder on ``sys.path`` with the metadata of a wheel."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


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
