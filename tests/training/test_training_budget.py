"""The budget of a snapshot: which leaves fit, which do not, and that it is told."""

from __future__ import annotations

import time
import warnings
from pathlib import Path
from typing import Any

import pytest

from pytest_brainscore import Benchmark, Score
from tests.support.trainings import callback, fixed, leaf, make_network, mean_response


class Clock:
    """A clock that goes on when it is told to."""

    now = 0.0

    def perf_counter(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Put a clock in the place of the one that budgets are measured by."""
    made = Clock()
    monkeypatch.setattr(time, "perf_counter", made.perf_counter)
    return made


def taking(clock: Clock, seconds: float, *, looks: bool = False) -> Any:
    """Return a protocol that takes so long, and looks at images after that where it is to."""

    def protocol(benchmark: Benchmark, model: Any, data: None) -> Score:
        clock.now += seconds
        return mean_response(benchmark, model, data) if looks else fixed(0.5)(benchmark, model, data)

    return protocol


def test_leaves_that_do_not_fit_are_left_out_of_all_snapshots(clock: Clock, tmp_path: Path) -> None:
    suite = [
        leaf("long", taking(clock, 40, looks=True), cost=3.0),
        leaf("short", taking(clock, 10), cost=1.0),
        leaf("longest", taking(clock, 100), cost=90.0),
        leaf("middle", taking(clock, 15), cost=2.0),
    ]
    scoring = callback(suite, budget_s=60, report=tmp_path / "r.json")
    network = make_network()
    with pytest.warns(UserWarning, match="In the budget of 60 s are lab-short, lab-middle") as told:
        first = scoring(network, step=3)
    assert first is not None
    assert set(first.left_out) == {"lab-long", "lab-longest"}
    assert "the budget of 60 s was over after 40 s of it" in first.left_out["lab-long"]
    assert "nothing of the budget was left" in first.left_out["lab-longest"]
    assert first.scores["lab.V1"] == 0.5  # of the leaves that fit
    assert any("lab-longest" in str(each.message) for each in told)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        second = scoring(network, step=6)
    assert second is not None
    assert [each.identifier for each in second.records] == ["lab-short", "lab-middle"]
    assert second.seconds == 25


def test_what_is_expected_to_take_far_longer_is_not_begun(clock: Clock) -> None:
    suite = [leaf("one", taking(clock, 10), cost=1.0), leaf("other", taking(clock, 500), cost=50.0)]
    with pytest.warns(UserWarning, match="lab-other: it is expected to take 500 s, with 49 s left of the budget"):
        scored = callback(suite, budget_s=60)(make_network(), step=3)
    assert scored is not None
    assert scored.seconds == 10


def test_a_snapshot_that_is_late_has_no_mean_of_other_leaves(clock: Clock) -> None:
    seconds = {"one": 10.0, "other": 20.0}

    def slow(name: str) -> Any:
        def protocol(*given: Any) -> Score:
            return taking(clock, seconds[name], looks=True)(*given)  # type: ignore[no-any-return]

        return protocol

    scoring = callback([leaf("one", slow("one")), leaf("other", slow("other"), cost=2.0)], budget_s=60)
    network = make_network()
    first = scoring(network, step=3)
    seconds["other"] = 55.0
    with pytest.warns(UserWarning, match="net@step6 was not scored on all leaves, and has no mean over them"):
        second = scoring(network, step=6)
    assert first is not None
    assert second is not None
    assert "lab.V1" in first.scores
    assert "lab.V1" not in second.scores
    assert "lab-one" in second.scores


def test_more_than_the_budget_is_never_silent(clock: Clock) -> None:
    with pytest.warns(UserWarning, match=r"net@step3 took 70.0 s to score, more than the budget of 60 s"):
        callback(leaf(protocol=taking(clock, 70)), budget_s=60)(make_network(), step=3)


def test_where_nothing_fits_it_is_an_error(clock: Clock) -> None:
    scoring = callback(leaf(protocol=taking(clock, 70, looks=True)), budget_s=5, on_error="warn")
    with pytest.warns(UserWarning, match="No leaf of lab-one fits into the budget of 5 s; give a larger budget_s"):
        scoring(make_network(), step=3)


def test_without_a_budget_everything_is_scored(clock: Clock) -> None:
    scored = callback(leaf(protocol=taking(clock, 1e6, looks=True)), budget_s=None)(make_network(), step=3)
    assert scored is not None
    assert scored.scores


def test_a_resumed_training_scores_the_leaves_of_the_first_run(clock: Clock, tmp_path: Path) -> None:
    settings = {"budget_s": 60, "report": tmp_path / "r.json"}
    suite = [leaf("one", taking(clock, 10)), leaf("late", taking(clock, 70, looks=True), cost=2.0)]
    with pytest.warns(UserWarning, match="In the budget"):
        callback(suite, **settings)(make_network(), step=3)
    quick = [leaf("one", taking(clock, 10)), leaf("late", taking(clock, 1), cost=2.0)]
    with pytest.warns(UserWarning, match="lab-late: it was not scored before this training was resumed"):
        resumed = callback(quick, **settings)(make_network(), step=6)
    assert resumed is not None
    assert [each.identifier for each in resumed.records] == ["lab-one"]
