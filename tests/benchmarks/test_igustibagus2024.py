"""Igustibagus2024: sites and images that count, backgrounds, and a read-out in other domains, from files."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray
from scipy.stats import pearsonr
from sklearn.linear_model import Ridge, RidgeClassifierCV
from sklearn.model_selection import ShuffleSplit, StratifiedShuffleSplit
from sklearn.preprocessing import StandardScaler

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.igustibagus2024 import reading_out
from pytest_brainscore.errors import DataUnavailable
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_models import TableModel
from tests.support.table_subjects import made_up_stimuli

RIDGE = load_benchmark("Igustibagus2024-ridge")
READOUT = load_benchmark("Igustibagus2024.IT_readout-accuracy")
OBJECTS = ("bear", "car", "dog")
ART = ("cartoon", "line_drawing", "mosaic", "painting", "sketch")
REPETITIONS, SITES, UNITS = 6, 6, 20
KINDS = [("Silhouette", "original", 48), *(("Art", style, 36) for style in ART)]
KINDS += [("COCOColor", "colour", 30), ("COCOGray", "grayscale", 33), ("TDW", "textures", 36)]
KINDS += [("Silhouette", style, 24) for style in ("convex_hull", "outline", "skeleton", "silhouette")]


def draw(seed: int, *shape: int) -> NDArray[np.float64]:
    return np.random.RandomState(seed).standard_normal(shape)


def images() -> pd.DataFrame:
    """Return images of all domains; silhouettes have backgrounds of images of HVM, and so has a cartoon."""
    rows = []
    for source, style, count in KINDS:
        for number in range(count):
            background = 100 + number if source == "Silhouette" else 0
            rows.append((source, style, OBJECTS[number % 3], background))
    rows[50] = ("Art", "cartoon", OBJECTS[2], 103)
    rows += [("Art", "glitter", "bear", 0), ("Elsewhere", "painting", "bear", 0)]  # do not count
    table = pd.DataFrame(rows, columns=["stimulus_source", "object_style", "object_label", "background_id"])
    ids = [f"im{number:03d}" for number in np.random.RandomState(7).permutation(len(table))]
    return table.assign(stimulus_id=ids)


TABLE = images()
LATENT = draw(1, len(TABLE), UNITS)
LATENT[:, :3] += 3 * np.eye(3)[[OBJECTS.index(each) for each in TABLE["object_label"]]]
FEATURES = LATENT.astype(np.float32).astype(np.float64)
NOISE = np.array([1.0, 1.0, 1.0, 30.0, 1.0, 1.0])
"""Of every site; the fourth is not reliable."""
RESPONSES = FEATURES @ draw(2, UNITS, SITES) + 3 * NOISE * draw(3, REPETITIONS, len(TABLE), SITES)
COUNTS = ~TABLE["object_style"].isin(["glitter", "skeleton", "colour"]) & (TABLE["stimulus_source"] != "Elsewhere")


def recorded(
    responses: NDArray[np.float64] = RESPONSES, table: pd.DataFrame = TABLE, joined: bool = True
) -> xr.DataArray:
    """Return single presentations in the published layout; the columns of the stimuli are joined when loaded."""
    repetition, image = (each.ravel() for each in np.indices(responses.shape[:2]))
    coordinates: dict[str, Any] = {
        "stimulus_id": ("presentation", table["stimulus_id"].to_numpy(str)[image]),
        "repetition": ("presentation", repetition),
        "neuroid_id": ("neuroid", [f"site{number}" for number in range(SITES)]),
        "region": ("neuroid", ["IT"] * SITES),
        "animal": ("neuroid", ["Pico"] * 3 + ["Oleo"] * 3),
        "time_bin_start": ("time_bin", [170, 70]),
        "time_bin_stop": ("time_bin", [270, 170]),
    }
    if joined:
        coordinates |= {str(name): ("presentation", each.to_numpy()[image]) for name, each in table.items()}
        coordinates["time_bin_end"] = coordinates.pop("time_bin_stop")
    values = np.stack([np.zeros_like(responses), responses], axis=-1)[repetition, image]
    return xr.DataArray(values, coordinates, ("presentation", "neuroid", "time_bin"))


def model(features: NDArray[np.float64] = FEATURES) -> TableModel:
    return TableModel(dict(zip(TABLE["stimulus_id"], features, strict=True)))


def halves(single: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return corrected split-half correlations, split x site."""
    found = []
    for first, _ in ShuffleSplit(10, train_size=0.5, random_state=1).split(np.arange(REPETITIONS)):
        rest = np.setdiff1d(np.arange(REPETITIONS), first)
        one, other = single[first].mean(axis=0), single[rest].mean(axis=0)
        r = np.array([pearsonr(one[:, site], other[:, site])[0] for site in range(single.shape[2])])
        found.append(2 * r / (1 + r))
    return np.array(found)


def recomputed(backgrounds: NDArray[np.int_]) -> tuple[float, float, int]:
    """Return raw score, ceiling, and how many training images were left out in all splits."""
    reliable = halves(RESPONSES).mean(axis=0) > 0.7
    order = np.argsort(TABLE["stimulus_id"].to_numpy(str))
    order = order[COUNTS.to_numpy()[order]]
    single = RESPONSES[:, order][:, :, reliable]
    mean, labels, shown = single.mean(axis=0), TABLE["object_label"].to_numpy(str)[order], backgrounds[order]
    medians, left_out = [], 0
    for train, test in StratifiedShuffleSplit(10, train_size=0.9, random_state=1).split(order, labels):
        kept = [row for row in train if shown[row] == 0 or shown[row] not in shown[test]]
        left_out += len(train) - len(kept)
        predicted = Ridge(alpha=1).fit(FEATURES[order[kept]], mean[kept]).predict(FEATURES[order[test]])
        medians.append(np.median([pearsonr(predicted[:, each], mean[test, each])[0] for each in range(mean.shape[1])]))
    return float(np.mean(medians)), float(np.median(halves(single), axis=1).mean()), left_out


def test_ridge_is_that_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(TABLE, 8.0), "Igustibagus2024")
    published_files.assembly(recorded(joined=False), "Igustibagus2024")
    subject = model()
    score = RIDGE(subject)
    raw, ceiling, left_out = recomputed(TABLE["background_id"].to_numpy())
    assert left_out > 0
    assert score.raw == pytest.approx(raw, abs=1e-9)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-9)
    assert score.value == pytest.approx(raw**2 / ceiling, abs=1e-9)
    assert (score.n["neuroids"], score.n["stimuli"]) == (SITES - 1, int(COUNTS.sum()))
    assert "share a background" in str(score.provenance["regression"])
    assert subject.recordings == [("IT", ((70, 170),))]
    assert score.replicates is not None


def test_where_no_background_is_shared_all_are_trained_on() -> None:
    table = TABLE.assign(background_id=np.where(TABLE["object_style"] == "original", TABLE["background_id"], 0))
    raw, ceiling, left_out = recomputed(table["background_id"].to_numpy())
    score = score_on(RIDGE, model(), stimuli=made_up_stimuli(table, 8.0), assembly=recorded(table=table))
    assert left_out == 0
    assert score.raw == pytest.approx(raw, abs=1e-9)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-9)


def test_backgrounds_may_be_names_and_nothing_is_no_background() -> None:
    named = TABLE["background_id"].map(lambda number: f"scene{number}" if number else np.nan)
    table = TABLE.assign(background_id=named)
    score = score_on(RIDGE, model(), stimuli=made_up_stimuli(table, 8.0), assembly=recorded(table=table))
    assert score.raw == pytest.approx(recomputed(TABLE["background_id"].to_numpy())[0], abs=1e-9)


@pytest.mark.parametrize(
    ("responses", "table", "words"),
    [
        (RESPONSES[:1], TABLE, "one repetition"),
        (draw(9, *RESPONSES.shape), TABLE, r"No site of .* has a reliability above 0.7"),
        (RESPONSES, TABLE.assign(object_style="glitter"), "No image of .* is of a source and a style that count"),
        (RESPONSES, TABLE.drop(columns="background_id"), "no coordinate 'background_id'"),
        (RESPONSES, TABLE.assign(background_id=7), "tests the backgrounds of all its training images"),
    ],
    ids=["one repetition", "noise", "other styles", "no backgrounds", "one background"],
)
def test_bad_data_are_a_sentence(responses: NDArray[np.float64], table: pd.DataFrame, words: str) -> None:
    with pytest.raises(DataUnavailable, match=words):
        score_on(RIDGE, model(), stimuli=made_up_stimuli(table, 8.0), assembly=recorded(responses, table))


def test_missing_recordings_are_named(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(TABLE, 8.0), "Igustibagus2024")
    assert READOUT.unavailable() is None  # needs the images only
    assert "Igustibagus2024" in str(RIDGE.unavailable())


@pytest.fixture
def few_splits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw 20 of 1000 splits."""
    monkeypatch.setattr(reading_out, "SPLITS", 20)


@pytest.mark.usefixtures("few_splits")
def test_a_read_out_is_that_of_scikit_learn_on_the_same_splits(published_files: PublishedFiles) -> None:
    published_files.stimuli(made_up_stimuli(TABLE, 8.0), "Igustibagus2024")
    score = READOUT(model())
    shown = reading_out._images(made_up_stimuli(TABLE, 8.0))
    place = {name: row for row, name in enumerate(TABLE["stimulus_id"])}
    features = FEATURES[[place[name] for name in shown.stimuli.table["stimulus_id"]]]
    by_domain: dict[str, list[float]] = {}
    for train, test in reading_out._splits(shown):
        scaler = StandardScaler().fit(features[train])
        readout = RidgeClassifierCV(alphas=[1e-4, 1e-3, 1e-2, 1e-1, 1, 10])
        readout.fit(scaler.transform(features[train]), shown.objects[train])
        decisions = readout.decision_function(scaler.transform(features[test]))
        own = decisions[np.arange(len(test)), np.searchsorted(readout.classes_, shown.objects[test])]
        won = (own[:, np.newaxis] > decisions).sum(axis=1) / (len(OBJECTS) - 1)
        for domain in np.unique(shown.domains[test]):
            by_domain.setdefault(domain, []).append(won[shown.domains[test] == domain].mean())
    means = {domain: float(np.mean(each)) for domain, each in by_domain.items()}
    assert score.values is not None
    assert dict(zip(score.values["domain"].values, score.values.values, strict=True)) == pytest.approx(means, abs=1e-9)
    assert score.value == pytest.approx(np.mean(list(means.values())), abs=1e-9)
    assert score.values.attrs["raw_error"] == pytest.approx(np.std(list(means.values())), abs=1e-9)
    assert score.error == pytest.approx(np.std(list(means.values())) / np.sqrt(13), abs=1e-9)
    assert (score.ceiling, score.n["domains"], score.n["splits"]) == (1.0, 13, 20)
    assert score.value > 0.7


@pytest.mark.usefixtures("few_splits")
def test_splits_hold_30_images_of_a_domain_and_the_silhouettes_on_backgrounds_that_were_left_out() -> None:
    shown = reading_out._images(made_up_stimuli(TABLE, 8.0))
    for train, test in reading_out._splits(shown):
        counts = dict(zip(*np.unique(shown.domains[test], return_counts=True), strict=True))
        assert {counts[name] for name in ("hvm", "painting", "cococolor", "cocogray", "tdw")} == {30}
        assert set(shown.domains[train]) == {"hvm"}
        assert len(train) == 48 - 30
        silhouettes = test[shown.domains[test] == "skeleton"]
        assert silhouettes.size
        assert not set(shown.backgrounds[silhouettes]) & set(shown.backgrounds[train])
        assert set(np.unique(shown.objects[train], return_counts=True)[1]) == {6}


@pytest.mark.usefixtures("few_splits")
def test_responses_that_know_nothing_of_objects_are_at_chance() -> None:
    noise = np.random.RandomState(11).standard_normal(FEATURES.shape)
    score = score_on(READOUT, model(noise), stimuli=made_up_stimuli(TABLE, 8.0))
    assert score.value == pytest.approx(0.5, abs=0.08)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        (
            TABLE[TABLE["object_style"] != "original"],
            r"no images of the domain hvm \(source Silhouette, style original\)",
        ),
        (TABLE[TABLE["stimulus_source"] != "TDW"], r"no images of the domain tdw \(source TDW\)"),
        (TABLE.drop(columns="object_label"), "no column 'object_label'"),
        (TABLE[(TABLE["object_style"] != "original") | (TABLE.index < 25)], "images of hvm in .* cannot be split"),
        (
            TABLE.assign(background_id=TABLE["background_id"] + 500 * (TABLE["object_style"] == "original")),
            "No image of convex_hull, outline, skeleton, silhouette in .* has the background",
        ),
    ],
    ids=["not trained", "not tested", "no objects", "too few", "other backgrounds"],
)
@pytest.mark.usefixtures("few_splits")
def test_bad_images_are_a_sentence(table: pd.DataFrame, words: str) -> None:
    with pytest.raises(DataUnavailable, match=words):
        score_on(READOUT, model(), stimuli=made_up_stimuli(table, 8.0))


def test_definitions_are_the_published_ones() -> None:
    assert (RIDGE.version, RIDGE.number_of_trials, RIDGE.parent) == (2, 63, "IT")
    assert (READOUT.version, READOUT.ceiling, READOUT.parent) == (1, 1.0, "engineering")
