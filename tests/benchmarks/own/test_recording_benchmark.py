"""``recording_benchmark``: arrays in hand and stimuli become a benchmark that scores as ``score`` does."""

from __future__ import annotations

import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore import Benchmark, Score, recording_benchmark, score
from pytest_brainscore.benchmarks.placing import same
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import BenchmarkError, NoNumber, RecordingError
from tests.support.table_models import TableModel, stimuli_named

STIMULI, NEURONS, UNITS, REPETITIONS = 60, 4, 40, 6
IDS = [f"im{place:02}" for place in range(STIMULI)]


def features() -> NDArray[np.float32]:
    """Return what the model responds, stimuli x units."""
    values: NDArray[np.float64] = np.random.default_rng(0).normal(size=(STIMULI, UNITS))
    return values.astype(np.float32)  # as responses of models are


def repetitions() -> NDArray[np.float64]:
    """Return what was recorded, repetitions x stimuli x neurons."""
    noise = np.random.default_rng(1).normal(size=(REPETITIONS, STIMULI, NEURONS))
    return np.asarray(features()[:, :NEURONS] + noise)


def averages() -> pd.DataFrame:
    """Return the recording without its repetitions."""
    return pd.DataFrame(repetitions().mean(axis=0), pd.Index(IDS, name="image"), [f"n{n}" for n in range(NEURONS)])


def stimuli(degrees: float = 8.0) -> StimulusSet:
    """Return an image for each stimulus, in another order, and two that nobody saw."""
    return stimuli_named([*reversed(IDS), "extra1", "extra2"], degrees)


def model(**settings: Any) -> TableModel:
    """Return a model that has the features."""
    return TableModel({**dict(zip(IDS, features(), strict=True))}, **settings)


def test_the_score_is_that_of_score() -> None:
    scored = recording_benchmark("Mine", averages(), stimuli(), region="V4", time_bin=(50, 200))(model())
    expected = score(pd.DataFrame(features(), IDS), averages())
    assert (scored.value, scored.raw, scored.error) == (expected.value, expected.raw, expected.error)
    assert scored.normalisation == "r"
    assert scored.n == {"repetitions": 1, **expected.n}


def test_the_model_is_recorded_from_and_sees_only_what_was_recorded() -> None:
    shown = model()
    recording_benchmark("Mine", averages(), stimuli(), region="V4", time_bin=(50, 200))(shown)
    assert shown.recordings == [("V4", ((50, 200),))]
    assert sorted({name for seen in shown.seen for name in seen.table["stimulus_id"]}) == IDS


@pytest.mark.parametrize("form", ["array", "presentations", "data array", "three dimensions", "file"])
def test_repetitions_are_averaged_and_are_the_ceiling(form: str, tmp_path: Path) -> None:
    in_rows = pd.concat([pd.DataFrame(each, IDS, averages().columns) for each in repetitions()])
    in_rows = (
        in_rows.rename_axis("stimulus_id").assign(repetition=np.repeat(np.arange(REPETITIONS), STIMULI)).reset_index()
    )
    in_rows.to_csv(tmp_path / "v4.csv", index=False)
    coordinates = {"stimulus_id": ("presentation", IDS), "neuroid_id": ("neuroid", list(averages().columns))}
    cube = xarray.DataArray(repetitions(), coordinates, ("repetition", "presentation", "neuroid"))
    recordings: dict[str, Any] = {
        "array": repetitions(),
        "presentations": in_rows,
        "data array": cube.transpose("presentation", "neuroid", "repetition"),
        "three dimensions": lambda: cube,
        "file": tmp_path / "v4.csv",
    }
    images = stimuli_named(IDS, 8.0)
    scored = recording_benchmark("Mine", recordings[form], images)(model())
    expected = score(pd.DataFrame(features(), IDS), averages(), ceiling=repetitions())
    assert scored.value == pytest.approx(expected.value, abs=1e-12)
    assert scored.ceiling == pytest.approx(expected.ceiling, abs=1e-12)
    assert (scored.normalisation, scored.n["repetitions"]) == ("r^2/c", REPETITIONS)
    assert recording_benchmark("Mine", recordings[form], images, ceiling="none")(model()).normalisation == "r"


@pytest.mark.parametrize("ceiling", [0.8, [0.7, 0.8, 0.8, 0.9], repetitions(), lambda: 0.8])
def test_ceilings_are_those_of_score(ceiling: Any) -> None:
    scored = recording_benchmark(
        "Mine", averages().reset_index(drop=True).to_numpy(), stimuli_named(IDS, 8.0), ceiling=ceiling
    )
    expected = score(features(), averages().to_numpy(), ceiling=ceiling() if callable(ceiling) else ceiling)
    assert scored(model()).ceiling == pytest.approx(expected.ceiling, abs=1e-12)


def test_settings_are_those_of_score() -> None:
    benchmark = recording_benchmark(
        "Mine", averages(), stimuli(), metric="ridge", alpha=3.0, splits=12, test_size=0.2, seed=5
    )
    expected = score(pd.DataFrame(features(), IDS), averages(), "ridge", alpha=3.0, splits=12, test_size=0.2, seed=5)
    scored = benchmark(model())
    assert scored.raw == expected.raw
    assert scored.provenance["seed"] == 5
    with pytest.raises(RecordingError, match="alhpa"):
        recording_benchmark("Mine", averages(), stimuli(), alhpa=3.0)(model())


def test_splits_are_in_proportion_to_a_column_of_the_recording_or_of_the_stimuli() -> None:
    kinds = [name[-1] in "13579" for name in IDS]
    expected = score(pd.DataFrame(features(), IDS), averages(), stratify=np.array(kinds, dtype=int))
    labelled = averages().assign(kind=np.array(kinds, dtype=int))
    assert recording_benchmark("Mine", labelled, stimuli(), stratify="kind")(model()).raw == expected.raw
    images = stimuli_named(IDS, 8.0, kind=np.array(kinds, dtype=int))
    assert recording_benchmark("Mine", averages(), images, stratify="kind")(model()).raw == expected.raw


def test_no_order_of_rows_moves_a_score() -> None:
    shuffled = averages().sample(frac=1, random_state=1).iloc[:, ::-1]
    one = recording_benchmark("Mine", averages(), stimuli())(model())
    other = recording_benchmark("Mine", shuffled, stimuli_named(IDS, 8.0))(model())
    assert (one.value, one.error) == (other.value, other.error)


def folder(tmp_path: Path, names: list[str]) -> Path:
    """Write an image for each name."""
    for place, name in enumerate(names):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (8, 6), place).save(path)
    return tmp_path / "images"


@pytest.mark.parametrize("name", ["{}.png", "deep/{}.jpg"])
def test_images_in_a_folder_fill_the_input_and_have_their_size_where_it_is_known(tmp_path: Path, name: str) -> None:
    images = folder(tmp_path, [name.format(each) for each in IDS])
    shown = model(degrees=4.0)
    recording_benchmark("Mine", averages(), images)(shown)
    assert shown.seen[0].images[0].pixels().shape[:2] == (6, 8)
    recording_benchmark("Mine", averages(), images, visual_degrees=2.0)(shown)
    assert shown.seen[-1].images[0].pixels().shape[:2] == (12, 16)


def test_a_stimulus_set_keeps_its_size() -> None:
    shown = model(degrees=4.0)
    recording_benchmark("Mine", averages(), stimuli(degrees=2.0))(shown)
    assert shown.seen[0].images[0].pixels().shape[:2] == (16, 16)


def test_a_score_says_what_it_depends_on() -> None:
    scored = recording_benchmark("Mine", averages(), stimuli(), region="V4", visual_degrees=8.0)(model())
    assert {"protocol", "data_sha256", "stimuli", "seed", "metric", "region", "time_bin", "stimulus_degrees"} <= set(
        scored.provenance
    )
    assert (
        recording_benchmark("Mine", averages(), stimuli(), region="V4", visual_degrees=8.0)(model()).provenance
        == scored.provenance
    )
    other = recording_benchmark("Mine", averages() + 1, stimuli(), region="V4", visual_degrees=8.0)(model())
    assert other.provenance["data_sha256"] != scored.provenance["data_sha256"]
    images = stimuli_named(IDS, 8.0)
    assert (
        recording_benchmark("Mine", averages(), images)(model()).provenance["stimuli"] != scored.provenance["stimuli"]
    )


def test_another_ceiling_or_normalisation_is_another_score(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full(NEURONS, 0.9))
    np.save(tmp_path / "b.npy", np.full(NEURONS, 0.8))
    once = repetitions()
    given: list[Any] = [
        "none", 0.9, 0.8, [0.9] * NEURONS, [0.9, 0.9, 0.9, 0.8], once, once[:4], lambda: once[1:],
        tmp_path / "a.npy", tmp_path / "b.npy",
    ]  # fmt: skip
    given = [str(each) if isinstance(each, Path) else each for each in given]
    names = ("ceiling", "ceiling_sha256", "normalisation")
    seen = set()
    for ceiling in given:
        one, same = (recording_benchmark("Mine", averages(), stimuli(), ceiling=ceiling)(model()) for _ in range(2))
        assert one.provenance == same.provenance
        seen.add(tuple(one.provenance.get(name) for name in names))
    assert len(seen) == len(given)
    other = recording_benchmark("Mine", averages(), stimuli(), ceiling=0.9, normalisation="r/c")(model())
    assert tuple(other.provenance.get(name) for name in names) not in seen


def test_a_metric_of_ones_own_counts_with_its_code() -> None:
    def constant(features: Any, recording: Any) -> float:
        return 0.5

    def other(features: Any, recording: Any) -> float:
        return 0.25

    def whole(features: Any, recording: Any) -> Score:
        return Score(value=0.5, error=0.0, raw=0.5, ceiling=1.0, normalisation="r", n={"stimuli": len(features)})

    codes = [
        recording_benchmark("Mine", averages(), stimuli(), metric=metric)(model()).provenance["metric_code"]
        for metric in (constant, constant, other, whole)
    ]
    assert codes[0] == codes[1]
    assert len(set(codes)) == 3


def test_numbers_without_names_need_images_in_an_order(tmp_path: Path) -> None:
    images = folder(tmp_path, [f"{each}.png" for each in IDS])
    with pytest.raises(RecordingError, match="a folder of images has no order"):
        recording_benchmark("Mine", averages().to_numpy(), images)(model())
    listed = [images / f"{each}.png" for each in IDS]
    scored = recording_benchmark("Mine", averages().to_numpy(), listed)(model())
    assert scored.raw == recording_benchmark("Mine", averages(), images)(model()).raw
    with pytest.raises(RecordingError, match="60 stimuli without names, and there are 59 images"):
        recording_benchmark("Mine", averages().to_numpy(), listed[1:])(model())


def test_stimuli_that_were_recorded_and_are_not_there_are_refused() -> None:
    with pytest.raises(RecordingError, match="1 stimuli of the recording are not among the images of named"):
        recording_benchmark("Mine", averages().rename(index={"im00": "nobody"}), stimuli())(model())


def test_a_model_that_cannot_be_fitted_has_no_number_and_a_recording_that_cannot_is_wrong() -> None:
    small = TableModel(dict(zip(IDS, features()[:, :3], strict=True)))
    with pytest.raises(NoNumber, match="table cannot be fitted to Mine"):
        recording_benchmark("Mine", averages(), stimuli())(small)
    with pytest.raises(RecordingError):
        recording_benchmark("Mine", averages().iloc[:20], stimuli())(model())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"region": "v4"}, "did you mean V4"),
        ({"region": "label"}, "write a Benchmark whose protocol is a function"),
        ({"parent": "my lab"}, "cannot stand below my lab"),
        ({"time_bin": (200, 100)}, "start and end in whole milliseconds"),
        ({"visual_degrees": 0}, "has visual_degrees 0"),
        ({"version": 0}, "a whole number from 1"),
        ({"identifier": "a b"}, "cannot be called so"),
    ],
)
def test_a_definition_that_is_wrong_is_refused_when_it_is_made(settings: dict[str, Any], sentence: str) -> None:
    identifier = settings.pop("identifier", "Mine")
    with pytest.raises(BenchmarkError, match=sentence):
        recording_benchmark(identifier, averages(), stimuli(), **settings)


def test_files_that_are_not_there_make_it_unavailable(tmp_path: Path) -> None:
    benchmark = recording_benchmark("Mine", tmp_path / "v4.csv", tmp_path / "images")
    assert str(tmp_path / "v4.csv") in str(benchmark.unavailable())
    assert recording_benchmark("Mine", averages(), stimuli()).unavailable() is None


def test_the_same_definition_is_equal_and_another_is_not() -> None:
    images = stimuli()
    one, same, other = (recording_benchmark("Mine", each, images) for each in (averages(), averages(), averages() + 1))
    assert one == same
    assert one != other


def defined(code: str) -> dict[str, Any]:
    """Return what a file defines; each call is another import of it."""
    names: dict[str, Any] = {}
    exec(code, names)
    return names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"recording": averages()}, {"recording": averages() + 1}),
        ({"recording": averages()}, {"recording": averages().iloc[::-1].set_index(averages().index)}),
        ({"recording": averages()}, {"recording": averages().rename({"im00": "im99"})}),
        ({"recording": averages().to_numpy()}, {"recording": averages().to_numpy() + 1}),
        ({"recording": averages().stack().to_xarray()}, {"recording": (averages() + 1).stack().to_xarray()}),
        ({"ceiling": [np.ones(2), np.ones(3)]}, {"ceiling": [np.ones(2), np.zeros(3)]}),
        ({"stimuli": pd.DataFrame({"image": IDS})}, {"stimuli": pd.DataFrame({"image": IDS[::-1]})}),
        ({"stimuli": stimuli()}, {"stimuli": stimuli(degrees=4.0)}),
        ({"metric": defined("f = lambda a, b: .5")["f"]}, {"metric": defined("f = lambda a, b: .25")["f"]}),
    ],
    ids=["table", "rows", "names", "array", "data array", "ceiling", "table of images", "stimulus set", "metric"],
)
def test_two_recordings_are_one_only_where_everything_in_them_is(one: dict[str, Any], other: dict[str, Any]) -> None:
    def made(given: dict[str, Any]) -> Benchmark:
        arguments = {"recording": averages(), "stimuli": stimuli(), **copy.deepcopy(given)}
        return recording_benchmark("Mine", **arguments)

    assert same(made(one), made(one))
    assert not same(made(one), made(other))


def test_a_file_that_is_imported_twice_defines_one_benchmark() -> None:
    code = """
def metric(features, recording):
    return 0.5

def load():
    return [1, 2]
"""
    one, other = (
        recording_benchmark("Mine", each["load"], [], metric=each["metric"]) for each in map(defined, [code] * 2)
    )
    assert same(one, other)
    changed = defined(code.replace("2", "3"))
    assert not same(one, recording_benchmark("Mine", changed["load"], [], metric=changed["metric"]))


def test_defining_one_imports_nothing_heavy() -> None:
    program = (
        "import sys; from pytest_brainscore import recording_benchmark\n"
        "recording_benchmark('Mine', 'v4.csv', 'images').readiness()\n"
        "print(sorted({'numpy', 'pandas', 'scipy', 'torch', 'xarray'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout == "[]\n"


def test_dissimilarities_are_not_taken_for_responses() -> None:
    distances = np.abs(np.subtract.outer(averages()["n0"].to_numpy(), averages()["n0"].to_numpy()))
    with pytest.raises(RecordingError, match="which the metric pls does not compare; use rdm"):
        recording_benchmark("Mine", distances, stimuli_named(IDS, 8.0))(model())
