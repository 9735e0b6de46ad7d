"""The home folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pytest_brainscore.data.home import home


def test_brainscore_home_is_the_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "here"))
    assert home() == tmp_path / "here"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no XDG folders")
def test_else_a_folder_in_the_users_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("BRAINSCORE_HOME", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert home() == tmp_path / "pytest-brainscore"
    monkeypatch.setenv("HOME", str(tmp_path))
    for ignored in ("", "relative/folder"):
        monkeypatch.setenv("XDG_CACHE_HOME", ignored)
        assert home() == tmp_path / ".cache" / "pytest-brainscore"


def test_asking_creates_nothing(brainscore_home: Path) -> None:
    assert home() == brainscore_home
    assert not brainscore_home.exists()
