"""Metrics of one's own: a function, or an entry point of an installed package."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray

from pytest_brainscore import Score, score
from pytest_brainscore.benchmarks.own import metric_registry
from pytest_brainscore.errors import NoNumber, RecordingError
from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency

STIMULI, NEURONS = 30, 4
_generator = np.random.default_rng(0)
FEATURES = _generator.standard_normal((STIMULI, 6))
REPEATED = FEATURES[:, :NEURONS] + _generator.standard_normal((5, STIMULI, NEURONS))
RECORDING = REPEATED.mean(axis=0)
IDS = [f"s{number:02d}" for number in range(STIMULI)]


def first_units(features: Any, recording: Any) -> Any:
    return np.array([np.corrcoef(features[:, n], recording[:, n])[0, 1] for n in range(recording.shape[1])])


EXPECTED = first_units(FEATURES, RECORDING)


def test_a_number() -> None:
    found = score(FEATURES, RECORDING, lambda features, recording: 0.25, ceiling=0.5)
    assert (found.value, found.raw, found.normalisation) == (0.5, 0.25, "r/c")
    assert np.isnan(found.error)


def test_a_number_for_each_neuroid() -> None:
    found = score(FEATURES, RECORDING, first_units, ceiling=REPEATED, normalisation="r^2/c")
    assert found.raw == pytest.approx(np.median(EXPECTED))
    assert found.ceiling == internal_consistency(REPEATED).value
    np.testing.assert_allclose(np.asarray(found.values), EXPECTED)
    assert found.provenance["metric"] == "first_units"


def test_a_number_for_each_split_and_neuroid() -> None:
    found = score(FEATURES, RECORDING, lambda f, r: np.stack([first_units(f, r)] * 10))
    assert (found.raw, found.error) == pytest.approx((np.median(EXPECTED), 0), abs=1e-15)
    assert found.n["splits"] == 10


def test_a_score_is_taken_as_it_is() -> None:
    mine = Score(value=0.3, error=0.1, raw=0.2, ceiling=0.7, normalisation="mine", n={"stimuli": 3})
    assert score(FEATURES, RECORDING, lambda f, r: mine) is mine
    with pytest.raises(RecordingError, match="a ceiling of its own; leave out ceiling"):
        score(FEATURES, RECORDING, lambda f, r: mine, ceiling=0.5)


def test_it_is_given_joined_arrays_in_one_order() -> None:
    seen = []

    def look(features: Any, recording: Any) -> float:
        seen.append((features, recording))
        return 0.5

    order = _generator.permutation(STIMULI)
    score(pd.DataFrame(FEATURES, IDS), pd.DataFrame(RECORDING, IDS).iloc[order], look)
    np.testing.assert_array_equal(seen[0][0], FEATURES)
    np.testing.assert_array_equal(seen[0][1], RECORDING)


def test_subjects_are_given_one_by_one_and_as_ceilings_of_one_another() -> None:
    shapes = []

    def look(features: Any, recording: Any) -> float:
        shapes.append((features.shape, recording.shape))
        return 0.5

    found = score(FEATURES, RECORDING, look, subject=list("aaab"), ceiling="subjects")
    assert (found.value, found.n["subjects"]) == (1, 2)
    assert shapes == [((30, 1), (30, 3)), ((30, 3), (30, 1)), ((30, 6), (30, 3)), ((30, 6), (30, 1))]


def test_its_keyword_parameters_are_settings() -> None:
    def powered(features: Any, recording: Any, *, power: float = 1.0, stratify: Any = None, seed: int = 7) -> float:
        return float(0.5**power) if stratify is None else float(len(set(stratify)) / 10)

    assert score(FEATURES, RECORDING, powered).provenance["power"] == 1.0
    assert score(FEATURES, RECORDING, powered, power=2).value == 0.25
    labelled = xarray.DataArray(
        RECORDING,
        {"stimulus_id": ("presentation", IDS), "kind": ("presentation", np.arange(STIMULI) % 3)},
        ("presentation", "neuroid"),
    )
    assert score(pd.DataFrame(FEATURES, IDS), labelled, powered, stratify="kind").value == 0.3
    with pytest.raises(RecordingError, match="metric powered has no parameter components; leave it out"):
        score(FEATURES, RECORDING, powered, components=2)
    with pytest.raises(RecordingError, match="metric powered has no parameter sharpness; it has power, stratify, seed"):
        score(FEATURES, RECORDING, powered, sharpness=2)


@pytest.mark.parametrize(
    ("returned", "sentence"),
    [
        (None, "returned a NoneType"),
        ("high", "returned a str"),
        ([0.1, 0.2], r"returned a list of shape \(2,\); it must return a number, one for each of 4 neuroids"),
        (np.zeros((2, 3, 4)), r"returned a ndarray"),
    ],
)
def test_anything_else_is_refused(returned: Any, sentence: str) -> None:
    with pytest.raises(RecordingError, match=sentence):
        score(FEATURES, RECORDING, lambda f, r: returned)


def test_its_code_is_an_ingredient() -> None:
    def half(features: Any, recording: Any) -> float:
        return 0.5

    def third(features: Any, recording: Any) -> float:
        return 1 / 3

    codes = [score(FEATURES, RECORDING, each).provenance["metric_code"] for each in (half, third, half)]
    assert codes[0] == codes[2] != codes[1]
    assert "metric_code" not in score(FEATURES, RECORDING, "ridge").provenance


def test_nan_is_no_number() -> None:
    with pytest.raises(NoNumber, match="has no number"):
        score(FEATURES, RECORDING, lambda f, r: float("nan"))


def test_its_own_errors_keep_their_traceback() -> None:
    def broken(features: Any, recording: Any) -> float:
        raise ValueError("my own defect")

    with pytest.raises(ValueError, match="my own defect") as raised:
        score(FEATURES, RECORDING, broken)
    assert not isinstance(raised.value, RecordingError)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a folder of installed packages."""
    monkeypatch.syspath_prepend(str(tmp_path))
    metric_registry._of_packages.cache_clear()
    yield tmp_path
    metric_registry._of_packages.cache_clear()
    for name in ("lab_metrics", "other_metrics"):
        sys.modules.pop(name, None)


def install(folder: Path, package: str, source: str, *entries: str) -> None:
    (folder / f"{package}.py").write_text(source)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[pytest_brainscore.metrics]\n" + "\n".join(entries) + "\n")


SOURCE = "def half(features, recording, *, scale=1.0):\n    return scale * 0.5\n\n\nnumber = 3\n"


def test_an_installed_package_has_a_metric(packages: Path) -> None:
    install(packages, "lab_metrics", SOURCE, "lab_half = lab_metrics:half")
    assert "lab_half" in metric_registry.metric_names()
    assert "lab_metrics" not in sys.modules  # until it is used
    found = score(FEATURES, RECORDING, "lab_half", scale=0.5)
    assert (found.value, found.provenance["metric"], found.provenance["scale"]) == (0.25, "lab_half", 0.5)
    with pytest.raises(RecordingError, match=r"did you mean lab_half"):
        score(FEATURES, RECORDING, "lab_hlaf")


@pytest.mark.parametrize(
    ("source", "entry", "sentence"),
    [
        ("raise RuntimeError('no licence')", "m = lab_metrics:m", r"package lab-metrics .*RuntimeError: no licence"),
        (SOURCE, "m = lab_metrics:absent", "package lab-metrics cannot be loaded from lab_metrics:absent"),
        (SOURCE, "m = lab_metrics:number", "of the package lab-metrics is of type int"),
        ("import absent_library", "m = lab_metrics:m", "No module named 'absent_library'"),
    ],
)
def test_a_broken_package_is_one_sentence_and_all_else_runs(
    packages: Path, source: str, entry: str, sentence: str
) -> None:
    install(packages, "lab_metrics", source, entry)
    with pytest.raises(RecordingError, match=sentence.replace("lab-metrics", r"lab[-_]metrics")):
        score(FEATURES, RECORDING, "m")
    assert score(FEATURES, RECORDING, "ridge").value > 0


def test_two_packages_with_one_name_and_the_name_of_a_shipped_metric_are_refused(packages: Path) -> None:
    install(packages, "lab_metrics", SOURCE, "half = lab_metrics:half", "cka = lab_metrics:half")
    install(packages, "other_metrics", SOURCE, "half = other_metrics:half")
    with pytest.raises(RecordingError, match=r"half is defined twice, by .*_metrics:half of .* and .*_metrics:half of"):
        score(FEATURES, RECORDING, "half")
    with pytest.raises(RecordingError, match=r"cka is one of pytest-brainscore, and lab[-_]metrics defines it, too"):
        score(FEATURES, RECORDING, "cka")
