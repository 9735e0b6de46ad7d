"""What the catalogue says in words of stimuli and recordings, as numbers."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.cost.counts import Recording, images_in_words, needed, recording_in_words, sizes_of, together


@pytest.mark.parametrize(
    ("shape", "images"),
    [
        ("3528 images", 3528),
        ("1 image", 1),
        ("1280 images (800 kept by the benchmark)", 1280),
        ("6204 stimuli, about 31.8k trial rows", 6204),
        ("1320 rows, 1318 unique images", 1318),
        ("8640 images (720 categories x 12)", 8640),
        ("640 images of 112 x 112 pixels (session 210325)", 640),
        ("", None),
    ],
)
def test_images(shape: str, images: int | None) -> None:
    assert images_in_words(shape) == images


@pytest.mark.parametrize(
    ("shape", "region", "stimuli", "neuroids", "repetitions"),
    [
        ("148480 presentations over 3200 images; 256 neuroids; 1 time bin", "IT", 3200, 256, 46),
        ("5760 images x 28 rep; 47 V4 + 88 IT; 7 time bins", "V4", 5760, 47, 28),
        ("2560 images x repetitions; 256 neuroids (88 V4, 168 IT); 1 time bin 70-170 ms", "IT", 2560, 168, None),
        ("6300 presentations (315 images x 20 rep) x 205 neuroids (102 V1, 103 V2)", "V2", 315, 103, 20),
        ("800 presentations (800 images x 1) x 40314 neuroids x 1 time bin", "V1", 800, 40314, 1),
        ("16000 (200 x 80) x 170 x 100", "IT", 200, 170, 80),
        ("22248 x 2048 x 1", "V1", 22248, 2048, 1),
        ("585511 trials", "", 585511, None, 1),
        ("", "V1", None, None, None),
    ],
)
def test_recordings(
    shape: str, region: str, stimuli: int | None, neuroids: int | None, repetitions: int | None
) -> None:
    found = recording_in_words(shape, region)
    assert (found.stimuli, found.neuroids, found.repetitions) == (stimuli, neuroids, repetitions)


def test_recordings_in_hand_have_the_neuroids_of_the_region() -> None:
    assembly = xr.DataArray(
        np.zeros((6, 5)),
        coords={
            "stimulus_id": ("presentation", ["a", "b", "c"] * 2),
            "region": ("neuroid", ["V4", "V4", "IT", "IT", "IT"]),
            "subject": ("neuroid", ["x", "x", "x", "y", "y"]),
        },
        dims=("presentation", "neuroid"),
    )
    found = sizes_of(assembly, "IT")
    assert (found.stimuli, found.neuroids, found.repetitions, found.subjects, found.bytes) == (3, 3, 2, 2, 240)


def test_what_a_benchmark_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    benchmark = Benchmark(
        identifier="x",
        region="IT",
        metric="pls",
        protocol="m:f",
        stimulus_set="hvm-public",
        assembly="MajajHong2015.public",
    )
    need = needed(benchmark)
    assert [(each.kind, each.name) for each in need.data] == [
        ("stimulus set", "hvm-public"),
        ("assembly", "MajajHong2015.public"),
    ]
    assert need.state == "to download"
    assert need.reason is not None


def test_recordings_of_several_subjects() -> None:
    one, other = Recording(100, 20, 3, 1, 1000), Recording(100, 30, 3, 1, 2000)
    assert together([one, other]) == Recording(100, 50, 3, 2, 3000)
    assert together([one, Recording(100)]).neuroids is None
