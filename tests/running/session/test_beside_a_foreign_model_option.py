"""``--model`` is a common name: a project or plugin that has such an option, or such a fixture, keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

FOREIGN = {
    "text": "parser.addoption('--model', default='theirs')",
    "whole number": "parser.addoption('--model', type=int, default=3)",
    "switch": "parser.addoption('--model', action='store_true')",
    "other place": "parser.addoption('--model', dest='network', default='theirs')",
    "our place": "parser.addoption('--model', dest='brainscore_models', action='append', default=[])",
    "two names": "parser.getgroup('lab').addoption('-M', '--model', default='theirs')",
    "several words": "parser.addoption('--model', nargs=2, default=['a', 'b'])",
}
SAYS = "brainscore: --model is another plugin's option here; models to score are named by --brainscore-model"


def option(how: str) -> str:
    return f"def pytest_addoption(parser):\n    {FOREIGN[how]}\n"


ASKS = "def test_it(request):\n    assert request.config.getoption('--model') == {expected!r}\n"


@pytest.mark.parametrize(
    ("workers", "how", "words", "expected"),
    [
        ("0", "text", [], "theirs"),
        ("2", "text", ["--model", "resnet"], "resnet"),
        ("0", "whole number", ["--model=4"], 4),
        ("0", "switch", ["--model"], True),
        ("0", "other place", ["--model", "net"], "net"),
        ("2", "our place", ["--model", "net"], ["net"]),
        ("0", "two names", ["-M", "net"], "net"),
        ("0", "several words", ["--model", "c", "d"], ["c", "d"]),
    ],
)
def test_an_option_of_the_project_stays_the_projects(
    pytester: pytest.Pytester, workers: str, how: str, words: list[str], expected: object
) -> None:
    pytester.makeconftest(option(how))
    pytester.makepyfile(ASKS.format(expected=expected))
    result = pytester.runpytest_subprocess("-n", workers, *words)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([SAYS])


@pytest.mark.parametrize("where", ["-p, before ours", "entry point, after ours", "PYTEST_PLUGINS"])
def test_so_does_an_option_of_a_plugin(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    pytester.makepyfile(zz_owner=option("text"), test_it=ASKS.format(expected="net"))
    pytester.syspathinsert()
    words = ["--model", "net"]
    if where.startswith("-p"):
        words += ["-p", "zz_owner"]
    elif where == "PYTEST_PLUGINS":
        monkeypatch.setenv("PYTEST_PLUGINS", "zz_owner")
    else:
        information = pytester.mkdir("zz_owner-1.dist-info")
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: zz-owner\nVersion: 1\n")
        (information / "entry_points.txt").write_text("[pytest11]\nzz_owner = zz_owner\n")
    result = pytester.runpytest_subprocess(*words)
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines([SAYS])


def test_a_conftest_of_a_sub_folder_may_add_it_during_collection(pytester: pytest.Pytester) -> None:
    folder = pytester.mkpydir("checks")
    (folder / "conftest.py").write_text(option("text"))
    (folder / "test_it.py").write_text(ASKS.format(expected="theirs"))
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_the_long_option_scores(project: Project) -> None:
    conftest = project.path / "conftest.py"
    conftest.write_text(conftest.read_text() + option("whole number"))
    result = project.run("--brainscore-model", "net.py:build", "--model", "7", "-n", "2", model=None)
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines([SAYS])


def test_the_word_behind_theirs_scores_nothing_and_a_line_says_how_to(project: Project) -> None:
    conftest = project.path / "conftest.py"
    conftest.write_text(conftest.read_text() + option("text"))
    result = project.run(model="net.py:build")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["brainscore: the suites score a model; * pytest --brainscore-model squeezenet1_1 *"])


class TestWhereNobodyElseHasIt:
    """The short name works wherever an option may stand."""

    def test_in_a_file_of_arguments(self, project: Project) -> None:
        (project.path / "words.txt").write_text("--model\nnet.py:build\n")
        project.run("@words.txt", model=None).assert_outcomes(passed=2)

    def test_in_the_settings(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        (project.path / "pytest.ini").write_text("[pytest]\naddopts = --model=net.py:build\n")
        project.run("-n", "2", model=None).assert_outcomes(passed=2)
        (project.path / "pytest.ini").write_text("[pytest]\n")
        monkeypatch.setenv("PYTEST_ADDOPTS", "--model net.py:build")
        project.run(model=None).assert_outcomes(passed=2)

    def test_the_conftest_files_of_the_test_paths_are_read_as_without_it(self, project: Project) -> None:
        """They are read early only if no path is given, and a model is no path."""
        (project.path / "pytest.ini").write_text("[pytest]\ntestpaths = checks\n")
        (project.path / "checks").mkdir()
        (project.path / "checks" / "conftest.py").write_text(
            "def pytest_addoption(parser):\n    parser.addoption('--speed')\n"
        )
        result = project.pytester.runpytest_subprocess("--model", "net.py:build", "--speed", "9", "test_toys.py")
        assert result.ret == pytest.ExitCode.USAGE_ERROR  # as without --model: a path is given
        result = project.pytester.runpytest_subprocess("--model", "net.py:build", "--speed=9", "--collect-only")
        assert result.ret == 0

    def test_the_words_may_be_longer_than_the_name_of_a_file(self, project: Project) -> None:
        (project.path / "many.py").write_text("def build(): ...\n" + "".join(f"def m{i}(): ...\n" for i in range(100)))
        models = ",".join(f"many.py:m{number}" for number in range(100))
        project.run("--collect-only", "-q", model=models).stdout.fnmatch_lines(["200 tests collected*"])

    def test_it_needs_a_word(self, project: Project) -> None:
        result = project.run("--model", model=None)
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines(["*--brainscore-model: expected one argument*"])

    def test_help_names_it(self, pytester: pytest.Pytester) -> None:
        pytester.runpytest_subprocess("--help").stdout.fnmatch_lines(["*--model NAME*"])


@pytest.mark.parametrize("words", [["-n", "2"], ["--model", "net.py:build"]], ids=["plain", "scoring"])
def test_a_fixture_of_another_plugin_reaches_its_tests(project: Project, words: list[str]) -> None:
    """Whichever was loaded first: pytest would take the fixture of the last."""
    (project.path / "aa_lab.py").write_text("import pytest\n@pytest.fixture\ndef model():\n    return 'theirs'\n")
    (project.path / "test_theirs.py").write_text("def test_it(model):\n    assert model == 'theirs'\n")
    project.pytester.syspathinsert()
    arguments = ["-p", "aa_lab", "test_theirs.py", *words]
    project.pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=1)


def test_neither_does_a_fixture_with_parameters_suffer(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        aa_lab="import pytest\n@pytest.fixture(params=[1, 2])\ndef model(request):\n    return request.param\n",
        test_theirs="def test_it(model):\n    assert model in (1, 2)\n",
    )
    pytester.syspathinsert()
    pytester.runpytest_subprocess("-p", "aa_lab").assert_outcomes(passed=2)
