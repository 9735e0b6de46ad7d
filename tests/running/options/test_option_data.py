"""``--brainscore-data``: a folder of data that the user has."""

from __future__ import annotations

import pytest


def test_the_folder_is_where_data_are_looked_for(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    arguments = ["--model", "squeezenet1_1", "-k", "silhouette", "-rs", "-n", "2", "--brainscore-offline"]
    without = pytester.runpytest_subprocess(*arguments)
    without.assert_outcomes(skipped=2)
    without.stdout.fnmatch_lines(["*put them into DIR/*filled-silhouettes and give --brainscore-data DIR*"])
    folder = pytester.mkdir("data")
    given = pytester.runpytest_subprocess(*arguments, "--brainscore-data", "data")
    given.stdout.fnmatch_lines([f"*put them into {folder}/*filled-silhouettes*"])
    pytester.makeini("[pytest]\nbrainscore_data = data\n")
    pytester.runpytest_subprocess(*arguments).stdout.fnmatch_lines([f"*put them into {folder}/*filled-silhouettes*"])


@pytest.fixture
def session(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> str:
    """Put a session of Cowley et al. (2023) into the folder ``mine``; return the name of its benchmark."""
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    for folder, name in (("images", "images_991231.zip"), ("responses_averaged", "responses_991231.npy")):
        path = pytester.path / "mine" / "v4_cowley2023" / folder / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"never read here")
    return "Cowley2023.991231.V4-pls"


def test_benchmarks_on_the_users_recordings_can_be_chosen(pytester: pytest.Pytester, session: str) -> None:
    words = ["--model", "squeezenet1_1", "--brainscore-benchmark", session, "-n", "2"]
    result = pytester.runpytest_subprocess(*words, "--brainscore-data", "mine")
    assert result.ret != pytest.ExitCode.USAGE_ERROR
    result.stdout.fnmatch_lines([f"*{session}*"])
    without = pytester.runpytest_subprocess(*words)
    assert without.ret == pytest.ExitCode.USAGE_ERROR
    assert "No benchmark" in without.stdout.str() + without.stderr.str()


def test_so_they_can_where_the_settings_name_the_folder(pytester: pytest.Pytester, session: str) -> None:
    pytester.makeini("[pytest]\nbrainscore_data = mine\n")
    words = ["--model", "squeezenet1_1", "--collect-only", "-q", "--brainscore-benchmark"]
    pytester.runpytest_subprocess(*words, session).stdout.fnmatch_lines([f"*[[]squeezenet1_1-{session}]"])
    pytester.runpytest_subprocess(*words, "Cowley2023.9*").stdout.fnmatch_lines([f"*[[]squeezenet1_1-{session}]"])


def test_the_list_of_benchmarks_looks_there(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    folder = pytester.mkdir("mine")
    result = pytester.runpytest_subprocess("--brainscore-list", "--brainscore-data", "mine")
    assert str(folder) in result.stdout.str()


@pytest.mark.parametrize("way", ["--brainscore-data=nowhere", "-obrainscore_data=nowhere"])
def test_a_folder_that_does_not_exist_is_a_usage_error(pytester: pytest.Pytester, way: str) -> None:
    for words in (["--model", "squeezenet1_1"], ["--brainscore-list"]):
        result = pytester.runpytest_subprocess(*words, way)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        assert "There is no folder" in result.stdout.str() + result.stderr.str()
