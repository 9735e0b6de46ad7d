"""The home folder."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_brainscore.data import home as home_module
from pytest_brainscore.data.home import home, shared_home
from pytest_brainscore.errors import BrainScoreError

if TYPE_CHECKING:
    from tests.support.projects import Project

if sys.platform != "win32":
    import grp
    import pwd


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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
class TestWhoCanWriteThere:
    """What lies in the home folder is used, so that it matters who can put something there."""

    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "shared"
        folder.mkdir()
        monkeypatch.setenv("BRAINSCORE_HOME", str(folder))
        monkeypatch.setattr(home_module, "_others", lambda group: True)
        return folder

    @pytest.mark.parametrize("mode", [0o777, 0o707, 0o2777])
    def test_a_folder_in_which_everybody_can_replace_files_is_refused(self, folder: Path, mode: int) -> None:
        folder.chmod(mode)
        with pytest.raises(BrainScoreError, match=rf"chmod o-w {folder}.*BRAINSCORE_HOME"):
            home()

    @pytest.mark.parametrize(("mode", "who"), [(0o775, "members of its group"), (0o1777, "everybody")])
    def test_one_that_some_can_write_to_is_named(self, folder: Path, mode: int, who: str) -> None:
        folder.chmod(mode)
        assert home() == folder
        assert who in (shared_home() or "")

    @pytest.mark.parametrize("mode", [0o700, 0o755, 0o555])
    def test_any_other_is_as_usual(self, folder: Path, mode: int) -> None:
        folder.chmod(mode)
        assert home() == folder
        assert shared_home() is None

    def test_nor_is_the_group_of_one_user_alone_a_reason(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Where every user has a group, folders are made writable for it."""
        monkeypatch.setattr(home_module, "_others", lambda group: False)
        folder.chmod(0o775)
        assert shared_home() is None

    def test_a_group_has_others_if_it_is_not_the_users_or_lists_someone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pwd, "getpwuid", lambda user: SimpleNamespace(pw_name="me", pw_gid=7))
        monkeypatch.setattr(grp, "getgrgid", lambda group: SimpleNamespace(gr_mem=["me"]))
        assert not home_module._others(7)
        assert home_module._others(8)
        monkeypatch.setattr(grp, "getgrgid", lambda group: SimpleNamespace(gr_mem=["you"]))
        assert home_module._others(7)

    def test_a_folder_that_is_not_there_yet_is_no_reason(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "not yet"))
        assert shared_home() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_a_run_says_so_once_or_does_not_begin(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    folder.chmod(0o1777)
    monkeypatch.setenv("BRAINSCORE_HOME", str(folder))
    result = project.run("-n", "2")
    result.assert_outcomes(passed=2)
    told = f"brainscore: {folder} can be written to by everybody on this machine: *"
    result.stdout.fnmatch_lines([told])
    assert result.stdout.str().count("can be written to") == 1
    folder.chmod(0o777)
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: Everybody on this machine can replace what is kept in *"])
