"""Where benchmarks of one's own come from, under which names, and what is wrong with some."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from pytest_brainscore import Benchmark, Score, load_benchmark
from pytest_brainscore.benchmarks import all_benchmarks, every_version
from pytest_brainscore.benchmarks.registry import Registry, using
from pytest_brainscore.benchmarks.selector import choose, matches, select
from pytest_brainscore.errors import BenchmarkError
from tests.support.packages import LAB, install_lab
from tests.support.table_models import TableModel

Install = Callable[..., str]
_numbers = count()


def score(benchmark: Benchmark, model: object, data: object) -> Score:
    return Score(value=0.5, error=0.01, raw=0.5, ceiling=1.0, normalisation="r/c", n={"stimuli": 1})


def own(identifier: str = "mine", **fields: Any) -> Benchmark:
    given: dict[str, Any] = {"region": "V4", "metric": "half", "parents": ("mylab",), "protocol": score}
    return Benchmark(identifier=identifier, **{"source": "here"} | given | fields)


def registry(*benchmarks: Benchmark, folder: Path | None = None) -> Registry:
    return Registry(folder, lambda: benchmarks)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a package for this test, and returns its name."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(site)
    names: list[str] = []

    def installed(code: str = LAB, value: str = "BENCHMARKS") -> str:
        names.append(f"lab_package_{next(_numbers)}")
        install_lab(site, names[-1], code, value)
        return names[-1]

    yield installed
    for name in names:
        sys.modules.pop(name, None)


class TestSources:
    @pytest.mark.parametrize("value", ["BENCHMARKS", "BENCHMARKS[0]", "defined", "listed"])
    def test_an_entry_point_is_a_benchmark_several_or_a_function(self, installed: Install, value: str) -> None:
        name = value.rstrip("[0]")
        code = LAB + ("\nBENCHMARKS = BENCHMARKS[0]\n" if value.endswith("]") else "")
        package = installed(f"{code}\ndef listed():\n    yield defined()\n", name)
        (found,) = Registry().own
        assert found.identifier == "lab2026"
        assert found.source == f"the package {package} (entry point lab = {package}:{name})"

    def test_python_finds_it_by_name(self, installed: Install) -> None:
        installed()
        assert load_benchmark("lab2026")(TableModel({}, degrees=8.0)).value == 0.5
        assert load_benchmark("lab2026@1") in every_version()
        with pytest.raises(BenchmarkError, match="did you mean lab2026"):
            load_benchmark("lab2025")

    def test_a_published_name_is_found_without_loading_any_package(self, installed: Install) -> None:
        package = installed()
        load_benchmark("MajajHong2015.V4-pls")
        choose(["V1", "engineering_vision"])
        assert package not in sys.modules
        choose(["*"])
        assert package in sys.modules

    def test_a_file_in_the_project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        reader = ModuleType("toml_folder")
        read: Callable[[Path], tuple[Benchmark, ...]] = lambda path: (own(path.stem, source=""),)  # noqa: E731
        monkeypatch.setattr(reader, "read_benchmarks", read, raising=False)
        monkeypatch.setitem(sys.modules, "pytest_brainscore.benchmarks.own.toml_folder", reader)
        file = tmp_path / "fixtures" / "benchmarks" / "lab" / "recorded.toml"
        file.parent.mkdir(parents=True)
        file.touch()
        (found,) = Registry(tmp_path).own
        assert (found.identifier, found.source) == ("recorded", str(file))
        monkeypatch.chdir(tmp_path)
        assert load_benchmark("recorded") == found
        other = tmp_path / "elsewhere.toml"
        other.touch()
        known = Registry(tmp_path)
        assert known.named(["V1", str(file), "elsewhere.toml"]) == ("V1", "recorded@1", "elsewhere@1")
        assert [each.identifier for each in known.own] == ["recorded", "elsewhere"]

    @pytest.mark.parametrize("name", ["BENCHMARKS", "defined"])
    def test_a_python_file(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "lab.py").write_text(LAB)
        assert load_benchmark(f"{tmp_path / 'lab.py'}:{name}").source == str(tmp_path / "lab.py")

    @pytest.mark.parametrize(
        ("word", "told"),
        [
            ("nothing.toml", "There is no file .*nothing.toml"),
            (
                "nothing.py:MINE",
                "There is no file .*nothing.py; give the path of the Python file that defines the bench",
            ),
            ("lab.py:nothing", "There is no nothing in .*lab.py"),
            ("lab.py:score", "raised TypeError"),
            ("lab.py:NUMBER", "gives a int where a benchmark is expected"),
            ("broken.py:MINE", "broken.py cannot be imported, it raised ZeroDivisionError"),
            ("no such:thing", "'no such:thing' names no benchmark; write path/to/file.toml"),
            ("no_such_module:MINE", "The module no_such_module cannot be imported"),
        ],
    )
    def test_a_place_without_a_benchmark_is_told(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, told: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        Path("lab.py").write_text(f"{LAB}\nNUMBER = 3\n")
        Path("broken.py").write_text("1 / 0\n")
        with pytest.raises(BenchmarkError, match=told):
            load_benchmark(word)


class TestBrokenPackages:
    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("1 / 0", "it raised ZeroDivisionError: division by zero"),
            ("import no_such_module", "it raised ModuleNotFoundError"),
            ("raise SystemExit(3)", "it raised SystemExit: 3"),
            ("OTHER = 1", "it raised AttributeError"),
            ("BENCHMARKS = 3", "gives a int where a benchmark is expected"),
            ("BENCHMARKS = ['V1']", "gives a str where a benchmark is expected"),
            ("def BENCHMARKS(): raise RuntimeError('no luck')", "raised RuntimeError: no luck"),
            (f"{LAB}\nBENCHMARKS = [defined(version='new')]", "has version='new'"),
        ],
    )
    def test_it_fails_by_itself(self, installed: Install, code: str, told: str) -> None:
        package = installed(code)
        known = registry(own())
        broken, mine = sorted(known.own, key=lambda each: each.identifier)
        assert (broken.identifier, mine.identifier) == (f"{package}.lab", "mine")
        for call in (broken.unavailable, lambda: broken(TableModel({}, degrees=8.0))):
            with pytest.raises(BenchmarkError, match=told) as caught:
                call()
            assert f"The package {package} (entry point lab = {package}:BENCHMARKS) cannot be loaded" in str(
                caught.value
            )
        with using(known), pytest.raises(BenchmarkError, match="mend or uninstall it"):
            choose(["lab2026"])

    @pytest.mark.parametrize("parents", [("average_vision", "V9"), ("lab", "V1"), ("public_variants",), ("own",)])
    def test_a_published_parent_is_not_theirs(self, installed: Install, parents: tuple[str, ...]) -> None:
        installed(f"{LAB}\nBENCHMARKS = [defined(parents={parents!r})]")
        (found,) = Registry().own
        assert found.parents == ("own_benchmarks",)
        with pytest.raises(BenchmarkError, match="lab2026, defined in the package"):
            found.unavailable()

    def test_a_published_name_is_not_theirs(self, installed: Install) -> None:
        installed(f"{LAB}\nBENCHMARKS = [defined('MajajHong2015.V4-pls', version=9)]")
        (found,) = Registry().own
        assert found.identifier != "MajajHong2015.V4-pls"
        with pytest.raises(BenchmarkError, match="has the name of one that is defined in pytest-brainscore"):
            found.unavailable()


class TestNames:
    def test_two_definitions_of_one_name_are_told_with_both_places(self, installed: Install) -> None:
        package = installed()
        with pytest.raises(BenchmarkError, match=f"lab2026@1 is defined twice, in here and in the package {package}"):
            _ = registry(own("lab2026")).own

    def test_one_definition_that_is_found_twice_is_one(self, tmp_path: Path) -> None:
        (tmp_path / "lab.py").write_text(LAB)
        word = f"{tmp_path / 'lab.py'}:defined"
        known = Registry(tmp_path)
        assert known.named([word, word]) == ("lab2026@1", "lab2026@1")
        assert len(known.own) == 1
        assert known.mark(known.own[0], "a mark") is known.own[0]

    def test_another_one_in_a_mark_is_told(self) -> None:
        known = registry(own())
        with pytest.raises(BenchmarkError, match="mine@1 is defined twice, in here and in test_mine"):
            known.mark(own(region="IT", source=""), "test_mine.py")

    @pytest.mark.parametrize(
        ("second", "told"),
        [
            (
                own("other", parents=("other-root", "mylab")),
                "has mylab below other-root, and mine, defined in here, has",
            ),
            (own("mylab", parents=("other-root",)), "has the name of a parent of mine"),
            (own("other", parents=("mine",)), "has the parent mine, which is a benchmark defined in here"),
            (own("V1"), "has the name of a place in the published score tree"),
            (own("own"), "or the word own"),
            (own("ImageNet-top1"), "has the name of one that is defined in pytest-brainscore"),
            (own("other", parents=("V1",)), r'names V1 among its parents.*such as \("mylab", "mylab.V1"\)'),
        ],
    )
    def test_a_place_that_is_taken_is_told(self, second: Benchmark, told: str) -> None:
        with pytest.raises(BenchmarkError, match=told):
            _ = registry(own(), second).own

    def test_the_newest_version_is_the_default(self) -> None:
        with using(registry(own(version=2), own(version=10), own(version=9))) as known:
            assert [each.version for each in known.own] == [10, 9, 2]
            assert load_benchmark("mine").version == 10
            assert [each.version for each in choose(["mine"])] == [10]
            assert [each.version for each in choose(["mine@9"])] == [9]
            assert [each.version for each in choose(["own"])] == [10]


class TestSelection:
    def test_by_default_what_others_bring_runs_beside_the_published_leaves(self) -> None:
        with using(registry(own())):
            assert choose([]) == (*all_benchmarks(), own())

    @pytest.mark.parametrize("word", ["mine", "mine@1", "mylab", "my*", "own"])
    def test_words_find_them(self, word: str) -> None:
        with using(registry(own())):
            assert choose([word]) == (own(),)

    def test_a_pattern_finds_published_ones_and_own_ones(self) -> None:
        with using(registry(own("mylab-pls"))):
            assert choose(["*-pls"]) == (*select(["*-pls"], all_benchmarks()), own("mylab-pls"))

    def test_own_is_what_is_not_of_this_package(self) -> None:
        assert matches("own", own())
        assert not any(matches("own", each) for each in every_version())
        assert choose(["own"]) == ()

    def test_what_only_a_mark_holds_is_found_only_when_asked_for(self) -> None:
        with using(registry(own())) as known:
            known.mark(replace(own("marked"), source=""), "test_mine.py")
            assert choose(["own"]) == (own(),)
            assert choose(["marked"], marked=True) == (own("marked"),)
            assert choose(["marked"], lenient=True) == ()
            with pytest.raises(BenchmarkError, match="No benchmark and no parent"):
                choose(["marke"], marked=True)
