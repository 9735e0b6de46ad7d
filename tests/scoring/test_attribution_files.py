"""Contributions as a file."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.inference.attribution import Attribution, Contributions
from pytest_brainscore.scoring import attribution_files
from pytest_brainscore.scoring.attribution_files import NotContributions, packed_attributions, unpacked_attributions
from pytest_brainscore.scoring.npz import npz

NAMES = np.array(["a\nb", "ä", "c"])


def parts(values: list[float], categories: list[str] | None = None) -> Attribution:
    labels = None if categories is None else np.array(categories)
    return Attribution(sum(values), (Contributions("stimulus", NAMES, np.array(values), labels),))


@given(values=st.lists(st.floats(-1, 1), min_size=3, max_size=3))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_and_still_sums_to_the_score(values: list[float]) -> None:
    found = unpacked_attributions(packed_attributions({"net/a@1": parts(values, ["x", "y", "x"])}))["net/a@1"]
    (part,) = found.parts
    assert part.values.sum() == pytest.approx(sum(values), abs=1e-12)
    np.testing.assert_allclose(part.values, values, atol=max(np.ptp(values) / 2**15, 1e-12))
    assert part.names.tolist() == NAMES.tolist()
    assert part.categories is not None
    assert part.categories.tolist() == ["x", "y", "x"]


def test_names_that_scores_share_are_there_once() -> None:
    long = np.array([f"{place:064x}" for place in np.random.default_rng(0).integers(0, 2**60, 2000)])
    values = np.arange(2000.0)
    one = Attribution(values.sum(), (Contributions("stimulus", long, values),))
    alone, five = (len(packed_attributions({f"net{n}/a@1": one for n in range(count)})) for count in (1, 5))
    assert five < 2 * alone


def test_a_reason_and_no_categories_stay() -> None:
    attributions = {"net/a@1": Attribution(0.5, reason="it jumps"), "net/b@1": parts([0.1, 0.2, 0.3])}
    found = unpacked_attributions(packed_attributions(attributions))
    assert found["net/a@1"].reason == "it jumps"
    assert found["net/b@1"].parts[0].categories is None


def test_too_many_units_are_not_kept_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attribution_files, "MOST_UNITS", 2)
    found = unpacked_attributions(packed_attributions({"net/a@1": parts([0.1, 0.2, 0.3])}))["net/a@1"]
    assert found.parts == ()
    assert found.reason == "3 of one kind (stimulus) are more than 2, which are kept"


def test_the_same_give_the_same_bytes_in_any_order() -> None:
    one, two = parts([0.1, 0.2, 0.3]), parts([0.3, 0.2, 0.1])
    assert packed_attributions({"a": one, "b": two}) == packed_attributions({"b": two, "a": one})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        npz({"a": np.zeros(2)}),
        npz({"index": np.frombuffer(b"[]", dtype=np.uint8)}),
        npz({"index": np.frombuffer(b'{"a": {"parts": [{}]}}', dtype=np.uint8)}),
    ],
)
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(NotContributions):
        unpacked_attributions(content)
