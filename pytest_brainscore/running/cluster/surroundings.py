"""What a worker must have in common with the process that talks to the user, so that its scores are the same.

The same code of this package, the same versions of what computes, and the same folders. Nothing heavy is imported.
"""

from __future__ import annotations

import hashlib
import os
import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from pytest_brainscore.data.home import home
from pytest_brainscore.data.user_folder import VARIABLE, user_folder

COMPUTING = ("torch", "torchvision", "numpy", "scipy", "scikit-learn", "pandas", "xarray", "pillow")
"""Packages that a score can depend on."""
_PACKAGE = Path(__file__).parents[2]


def surroundings(folder: Path, token: str) -> dict[str, Any]:
    """Return what workers are to have, as plain values.

    Parameters
    ----------
    folder
        That the run was started in.
    token
        Name of something in the home folder: who sees it sees the same folder.

    """
    data = user_folder()
    return {
        "versions": versions(),
        "folder": str(folder),
        "home": str(home()),
        "token": token,
        "data": None if data is None else [str(data.absolute()), _listing(data)],
    }


def problem(wanted: Mapping[str, Any]) -> str | None:
    """Return in words how this process, a worker's, differs from what is wanted; None where it does not."""
    for name, here in versions().items():
        there = wanted["versions"].get(name)
        if here != there:
            if name == "code":
                return "has other code of pytest-brainscore than this process; install the same there"
            return f"has {name} {here or '(none)'} where this process has {there or 'none'}; install the same there"
    if not Path(wanted["folder"]).is_dir():
        return f"does not see the folder {wanted['folder']}; start from one on a disk that both share"
    if not (Path(wanted["home"]) / wanted["token"]).exists():
        return (
            f"does not see the home folder {wanted['home']} as it is here; set BRAINSCORE_HOME to one on a disk that "
            "both share"
        )
    if wanted["data"] is not None:
        path, listing = wanted["data"]
        if _listing(Path(path)) != listing:
            return f"does not see the same data in {path}; set {VARIABLE} to a folder on a disk that both share"
    return None


@cache
def versions() -> dict[str, str | None]:
    """Return the versions that a score can depend on, and a digest of this package's own code."""
    found: dict[str, str | None] = {"python": platform.python_version(), "code": _digest_of_code()}
    for name in COMPUTING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = None
    return found


def _digest_of_code() -> str:
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _listing(folder: Path) -> str | None:
    """Return a digest of the names in a folder; None where there is none."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 - names alone
    except OSError:
        return None
    return hashlib.sha256("\0".join(names).encode("utf-8", "surrogateescape")).hexdigest()
