"""``brainscore data clean --activations`` and what ``brainscore info`` says of the store."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result

from pytest_brainscore.data.retrieval.sizes import parse_age, parse_size
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.storage.entries import MARK, entries, use

Brainscore = Callable[..., Result]
DAY = 86400


@pytest.fixture
def store(brainscore_home: Path) -> Path:
    """Return a store of three entries of 2,128 bytes, used now and ten and forty days ago."""
    folder = brainscore_home / "activations"
    for number in range(3):
        ActivationStore(folder=folder).activations(
            {"number": number}, (5, 100), 5, lambda rows: np.zeros((5, 100), np.float32), "tiny"
        )
    for entry, days in zip(entries(folder), (40, 10, 0), strict=True):
        os.utime(entry.folder / MARK, (entry.used - days * DAY,) * 2)
    return folder


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ([], 0),
        (["--older", "30d"], 2),
        (["--older", "1w"], 1),
        (["--older", "60d"], 3),
        (["--keep", "3kB"], 1),
        (["--keep", "4256"], 2),
        (["--keep", "1GB"], 3),
        (["--keep", "1GB", "--older", "30d"], 2),
        (["--keep", "2.2kB", "--older", "30d"], 1),
    ],
)
def test_the_least_recently_used_goes(brainscore: Brainscore, store: Path, words: list[str], left: int) -> None:
    newest = [each.folder for each in entries(store)][3 - left :]
    told = brainscore("data", "clean", "--activations", *words, "--dry-run")
    assert f"would remove {3 - left} of 3 entries" in told.stdout
    assert len(entries(store)) == 3
    result = brainscore("data", "clean", "--activations", *words)
    assert (result.exit_code, [each.folder for each in entries(store)]) == (0, newest)
    assert told.stdout.replace("would remove", "removing").replace("would be", "were") == result.stdout


def test_what_is_in_use_stays(brainscore: Brainscore, store: Path) -> None:
    oldest = entries(store)[0].folder
    held = use(oldest)
    assert held is not None
    told = brainscore("info").stdout
    assert "3 entries, last used between" in told
    assert "in use now: 1 (2.1 kB)" in told
    result = brainscore("data", "clean", "--activations")
    assert "left 1 that are in use (2.1 kB)" in result.stdout
    assert [each.folder for each in entries(store)] == [oldest]
    held.release()
    assert brainscore("data", "clean", "--activations").exit_code == 0
    assert not store.exists()


def test_info_tells_the_cap(brainscore: Brainscore, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "half of the free space" in brainscore("info").stdout
    monkeypatch.setenv("BRAINSCORE_CACHE_SIZE", "20GB")
    assert "may take 20.0 GB, $BRAINSCORE_CACHE_SIZE" in brainscore("info").stdout


def test_stored_scores_go_when_asked(brainscore: Brainscore, store: Path) -> None:
    result = store.parent / "results" / "ab" / "abc.result"
    result.parent.mkdir(parents=True)
    result.write_bytes(b"12345")
    assert "stored scores       5 bytes, 1 in all" in brainscore("info").stdout
    assert brainscore("data", "clean").exit_code == 0
    assert result.exists()
    assert "5 bytes were freed" in brainscore("data", "clean", "--results").stdout
    assert not result.exists()
    assert len(entries(store)) == 3


@pytest.mark.parametrize("words", [["--older", "30d"], ["--keep", "5GB"], ["--activations", "--older", "30"]])
def test_words_that_say_nothing(brainscore: Brainscore, store: Path, words: list[str]) -> None:
    result = brainscore("data", "clean", *words)
    assert result.exit_code != 0
    assert "--activations" in result.output or "no duration" in result.output
    assert len(entries(store)) == 3


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("20GB", 20 * 10**9),
        ("1.5 tb", 15 * 10**11),
        ("2GiB", 2 * 2**30),
        ("500M", 5 * 10**8),
        ("7", 7),
        ("7 bytes", 7),
        (".5k", 500),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text, "it") == size


@pytest.mark.parametrize("text", ["", "0", "GB", "-1GB", "1e3", "1 EB", "20 GB of it", "nan"])
def test_no_sizes(text: str) -> None:
    with pytest.raises(BrainScoreError, match="which is no size"):
        parse_size(text, "it")


def test_ages() -> None:
    assert [parse_age(text, "it") for text in ("30d", "12 h", "2w", "90min", "1.5D")] == [
        30 * DAY,
        DAY / 2,
        14 * DAY,
        5400,
        1.5 * DAY,
    ]
    for text in ("30", "d", "-1d", "1 month", ""):
        with pytest.raises(BrainScoreError, match="which is no duration"):
            parse_age(text, "it")
