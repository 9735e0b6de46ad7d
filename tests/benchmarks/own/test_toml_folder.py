"""Benchmarks in TOML files: read lightly, scored as ``score`` does, wrong keys told all at once."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore import score
from pytest_brainscore.benchmarks.own.own_recording import OwnRecording
from pytest_brainscore.benchmarks.own.toml_folder import read_benchmarks, read_definitions
from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording
from pytest_brainscore.data.recordings.load_recording import load_recording
from pytest_brainscore.errors import BenchmarkError, RecordingError
from tests.support.table_models import TableModel

STIMULI, NEURONS, UNITS, REPETITIONS = 60, 4, 40, 5
IDS = [f"im{place}" for place in range(STIMULI)]
MINIMAL = 'identifier = "Lab.V4"\nregion = "V4"\nrecording = "v4.csv"\nstimuli = "images"\n'


def features() -> NDArray[np.float32]:
    """Return what the model responds."""
    values: NDArray[np.float64] = np.random.default_rng(0).normal(size=(STIMULI, UNITS))
    return values.astype(np.float32)


def responses() -> NDArray[np.float64]:
    """Return what was recorded, stimuli x neurons x repetitions."""
    noise = np.random.default_rng(1).normal(size=(STIMULI, NEURONS, REPETITIONS))
    return np.asarray(features()[:, :NEURONS, np.newaxis] + noise)


def averages() -> pd.DataFrame:
    """Return the means over repetitions."""
    return pd.DataFrame(responses().mean(axis=2), IDS, [f"n{place}" for place in range(NEURONS)])


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return a folder with images and recordings in several forms."""
    (tmp_path / "images").mkdir()
    for place, name in enumerate(IDS):
        Image.new("L", (8, 8), place).save(tmp_path / "images" / f"{name}.png")
    averages().rename_axis("image").to_csv(tmp_path / "v4.csv")
    np.savez(tmp_path / "v4.npz", responses=responses(), image_id=IDS, neuron=list(averages().columns))
    np.save(tmp_path / "bare.npy", responses().mean(axis=2).T)
    np.save(tmp_path / "reliability.npy", np.full(NEURONS, 0.8))
    return tmp_path


def model() -> TableModel:
    """Return a model that has the features."""
    return TableModel(dict(zip(IDS, features(), strict=True)))


def written(lab: Path, text: str) -> Path:
    """Write a file of benchmarks."""
    (lab / "lab.toml").write_text(text, encoding="utf-8")
    return lab / "lab.toml"


def test_six_lines_are_a_benchmark(lab: Path) -> None:
    (benchmark,) = read_benchmarks(written(lab, MINIMAL))
    assert (benchmark.identifier, benchmark.version, benchmark.parents, benchmark.region) == (
        "Lab.V4",
        1,
        ("own_benchmarks",),
        "V4",
    )
    scored = benchmark(model())
    expected = score(pd.DataFrame(features(), IDS), averages())
    assert scored.raw == pytest.approx(expected.raw, abs=1e-12)
    assert scored.n["stimuli"] == STIMULI


def test_repetitions_are_the_ceiling(lab: Path) -> None:
    (benchmark,) = read_benchmarks(written(lab, MINIMAL.replace("v4.csv", "v4.npz")))
    expected = score(pd.DataFrame(features(), IDS), averages(), ceiling=np.moveaxis(responses(), 2, 0))
    assert benchmark(model()).value == pytest.approx(expected.value, abs=1e-12)


@pytest.mark.parametrize(
    ("line", "ceiling"),
    [
        ("ceiling = 0.7", 0.7),
        ("ceiling = [0.7, 0.7, 0.9, 0.7]", 0.7),
        ('ceiling = "reliability.npy"', 0.8),
        ('ceiling = "none"', 1.0),
        ('ceiling = "v4.npz"', None),
    ],
)
def test_ceilings(lab: Path, line: str, ceiling: float | None) -> None:
    (benchmark,) = read_benchmarks(written(lab, f"{MINIMAL}{line}\n"))
    if ceiling is None:
        ceiling = score(pd.DataFrame(features(), IDS), averages(), ceiling=np.moveaxis(responses(), 2, 0)).ceiling
    assert benchmark(model()).ceiling == pytest.approx(ceiling, abs=1e-12)


def test_a_recording_can_be_in_the_order_of_the_images(lab: Path) -> None:
    text = MINIMAL.replace('"v4.csv"', '{ file = "bare.npy", ids = "stimuli", axes = ["neuroid", "stimulus"] }')
    (benchmark,) = read_benchmarks(written(lab, text))
    assert benchmark(model()).raw == pytest.approx(read_benchmarks(written(lab, MINIMAL))[0](model()).raw, abs=1e-12)


def test_several_benchmarks_share_what_stands_before_them(lab: Path) -> None:
    text = """
    parent = "mylab/monkeys"
    stimuli = "images"
    region = "V4"
    recording = "v4.csv"
    [[benchmark]]
    identifier = "Lab.pls"
    [[benchmark]]
    identifier = "Lab.ridge"
    region = "IT"
    metric = "ridge"
    alpha = 2.0
    """
    one, other = read_benchmarks(written(lab, text))
    assert [each.region for each in (one, other)] == ["V4", "IT"]
    assert one.parents == other.parents == ("mylab", "monkeys")
    assert other(model()).provenance["alpha"] == 2.0


def test_paths_start_from_the_file_and_from_the_environment(lab: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_DATA", str(lab))
    monkeypatch.chdir(Path(__file__).parent)
    (lab / "below").mkdir()
    text = MINIMAL.replace('"v4.csv"', '"../v4.csv"').replace('"images"', '"$MY_DATA/images"')
    (benchmark,) = read_benchmarks(written(lab / "below", text))
    assert benchmark.unavailable() is None


def test_files_that_are_missing_make_it_unavailable(lab: Path) -> None:
    (benchmark,) = read_benchmarks(written(lab, MINIMAL.replace("v4.csv", "v5.csv")))
    assert re.search(r"Lab\.V4 needs .*v5\.csv, which is not there", str(benchmark.unavailable()))


def test_a_file_that_is_read_twice_defines_one_benchmark(lab: Path) -> None:
    path = written(lab, MINIMAL)
    assert read_benchmarks(path) == read_benchmarks(path)
    assert read_benchmarks(path) != read_benchmarks(written(lab, f"{MINIMAL}metric = 'ridge'"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (f"{MINIMAL}regoin = 1", "unknown key 'regoin'; did you mean region?"),
        (f"{MINIMAL}trials = 3", "unknown key 'trials'; did you mean number_of_trials?"),
        (f"{MINIMAL}degrees = 3", "unknown key 'degrees'; did you mean visual_degrees?"),
        (f"{MINIMAL}version = 'one'", "wrong at version: expected `int`, got `str`"),
        (f"{MINIMAL}time_bin = [1]", "wrong at time_bin"),
        (f"{MINIMAL}ceiling = 'subject'", "has the ceiling 'subject'"),
        (
            MINIMAL.replace("region", "task").replace('"V4"', '"label"'),
            "write a Benchmark whose protocol is a function",
        ),
        (MINIMAL.replace('"V4"', '"V7"'), "did you mean V"),
        (MINIMAL.replace('region = "V4"', ""), "has no region"),
        ("", "has no identifier"),
        (MINIMAL.replace('"v4.csv"', '{ ids = "a.csv" }'), "recording has no file"),
        (MINIMAL.replace('"v4.csv"', '{ file = "a.npy", axis = 1 }'), "unknown key 'axis'; did you mean axes?"),
        (f'{MINIMAL}[[benchmark]]\nparent = "a"\n[[benchmark]]\nparent = "b"', "has the benchmark Lab.V4 twice"),
        ("identifier = ", "cannot be read"),
        ("benchmark = 3", r"tables \[\[benchmark\]\]"),
    ],
)
def test_what_is_wrong_is_one_sentence_with_the_file(lab: Path, text: str, sentence: str) -> None:
    with pytest.raises(BenchmarkError, match=sentence) as raised:
        read_benchmarks(written(lab, text))
    assert "lab.toml" in str(raised.value)


def test_all_faults_are_told_at_once(lab: Path) -> None:
    faults = read_definitions(written(lab, 'regoin = "V4"\nstimuli = 3\nversion = 0\nmetrics = "pls"')).faults
    assert len(faults) == 7
    assert all(fault.endswith((".", "?")) for fault in faults)


def test_every_key_of_a_recording_is_a_parameter_of_the_loader() -> None:
    keys = {each.name for each in msgspec.structs.fields(Recording)}
    annotations: dict[str, Any] = load_recording.__annotations__
    assert keys - {"file"} == set(annotations) - {"path", "return"}


def test_every_key_is_described() -> None:
    source = Path(sys.modules[Definition.__module__].__file__ or "").read_text()
    for name in (each.name for each in msgspec.structs.fields(Definition)):
        assert re.search(rf'\n    {name}: .*\n    """', source), name


def test_reading_a_file_imports_nothing_heavy(lab: Path) -> None:
    program = (
        "import sys; from pytest_brainscore.benchmarks.own.toml_folder import read_benchmarks\n"
        f"read_benchmarks({str(written(lab, MINIMAL))!r})[0].readiness()\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'xarray'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "[]\n"


@pytest.mark.parametrize(
    "text",
    [
        "[benchmark]\n" + MINIMAL,
        'region = "V4"\n[benchmark]\nidentifier = "Lab.V4"\nrecording = "v4.csv"\nstimuli = "images"\n',
        '[benchmark]\nidentifier = "Lab.V4"\nregion = "V4"\nstimuli = "images"\n[recording]\nfile = "v4.csv"\n',
        '[benchmark]\nidentifier = "Lab.V4"\nregion = "V4"\nstimuli = "images"\nrecording = { file = "v4.csv" }\n',
    ],
    ids=["all in it", "some before it", "the recording after it", "the recording in it"],
)
def test_one_benchmark_may_stand_in_a_table(lab: Path, text: str) -> None:
    assert read_benchmarks(written(lab, text)) == read_benchmarks(written(lab, MINIMAL))


@pytest.mark.parametrize("value", ['"v4"', "[]", "[1]"])
def test_other_things_called_benchmark_are_refused(lab: Path, value: str) -> None:
    with pytest.raises(BenchmarkError, match=r"something else than tables \[\[benchmark\]\] or \[benchmark\]"):
        read_benchmarks(written(lab, f"benchmark = {value}\n"))


@pytest.mark.parametrize("word", ["0.5", "1e-1", "subject"])
def test_a_ceiling_that_is_no_word_and_no_file_is_told(lab: Path, word: str) -> None:
    with pytest.raises(BenchmarkError, match=f"has the ceiling '{word}'; give a number, a file, or one of"):
        read_benchmarks(written(lab, f'{MINIMAL}ceiling = "{word}"\n'))


def test_thresholds_are_of_tasks_and_not_of_recordings(lab: Path) -> None:
    (benchmark,) = read_benchmarks(written(lab, f'{MINIMAL}metric = "threshold"\n'))
    with pytest.raises(RecordingError, match="threshold compares answers in the trials of a task, and models are rec"):
        benchmark(model())


def test_what_a_score_comes_about_by_has_a_checksum(lab: Path) -> None:
    def asked(more: str = "") -> str:
        (found,) = read_benchmarks(written(lab, MINIMAL + more))
        assert isinstance(found.data, OwnRecording)
        return found.data.asked(found)

    before = asked()
    assert before == asked('citation = "Lab 2026"\ncost = 3\n')
    settings = ["splits = 3", "visual_degrees = 4", 'metric = "ridge"', "ceiling = 0.5", "time_bin = [0, 100]"]
    settings += ["options = { alpha = [1, 2] }", "options = { alpha = [1, 3] }"]
    assert len({before, *map(asked, settings)}) == 1 + len(settings)
    Image.new("L", (8, 8), 255).save(next((lab / "images").glob("*.png")))
    assert asked() != before
    (averages() + 1).rename_axis("image").to_csv(lab / "v4.csv")
    assert len({asked(), before, asked("splits = 3")}) == 3
