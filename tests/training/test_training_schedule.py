"""When a snapshot is scored: every so many steps or epochs."""

from __future__ import annotations

import pytest

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.training.schedule import Moment, Schedule, parse_schedule
from tests.support.trainings import callback, fixed, leaf, make_network


@pytest.mark.parametrize(
    ("every", "schedule"),
    [
        ("epoch", Schedule(1, "epoch")),
        ("2 epochs", Schedule(2, "epoch")),
        ("500 steps", Schedule(500, "step")),
        ("step", Schedule(1, "step")),
        (1000, Schedule(1000, None)),
    ],
)
def test_numbers_and_words(every: int | str, schedule: Schedule) -> None:
    assert parse_schedule(every) == schedule


@pytest.mark.parametrize(
    "every", ["", "epochs 2", "0 steps", "2.5 epochs", "-1 epochs", "hour", 0, -3, True, 1.5, None]
)
def test_nonsense_is_refused(every: object) -> None:
    with pytest.raises(BrainScoreError, match=r"There is no every=.*500 steps"):
        parse_schedule(every)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("every", "moment", "due"),
    [
        (3, Moment(step=6), True),
        (3, Moment(step=7), False),
        (3, Moment(step=0), True),  # before the first step: what the training starts from
        (3, Moment(epoch=3), True),
        (3, Moment(step=7, epoch=3), False),  # a number counts steps where there are some
        ("3 epochs", Moment(step=7, epoch=3), True),
        ("epoch", Moment(step=7, epoch=4), True),
    ],
)
def test_what_is_due(every: int | str, moment: Moment, due: bool) -> None:
    assert parse_schedule(every).is_due(moment) == due


def test_a_loop_that_does_not_count_is_told() -> None:
    scoring = callback(every="epoch")
    with pytest.raises(BrainScoreError, match=r"every=1 epochs counts epochs.* give epoch=NUMBER"):
        scoring(make_network(), step=1)
    with pytest.raises(BrainScoreError, match="give step=NUMBER"):
        callback()(make_network())
    with pytest.raises(BrainScoreError, match="give step=NUMBER, or epoch"):
        callback().score(make_network())
    with pytest.raises(BrainScoreError, match="called without a network"):
        callback()(step=3)


def test_snapshots_are_called_by_what_is_counted() -> None:
    network = make_network()
    by_epoch = callback(leaf(protocol=fixed(0.5)), every="2 epochs", network=network)
    assert by_epoch(epoch=1) is None
    by_epoch(step=80, epoch=2)
    by_epoch.score(step=81)  # due or not
    assert [(each.name, each.step, each.epoch) for each in by_epoch.snapshots] == [
        ("net@epoch2", 80, 2),
        ("net@step81", 81, None),
    ]


def test_only_the_first_process_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RANK", "1")
    other = callback(report="never.json")
    assert other(make_network(), step=3) is None
    assert other.score(make_network(), step=3) is None
    assert not other.snapshots
    monkeypatch.setenv("RANK", "0")
    assert callback()(make_network(), step=3) is not None
