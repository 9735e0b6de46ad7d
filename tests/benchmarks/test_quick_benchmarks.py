"""Quick benchmarks: which part of the stimuli they have, where they stand, and what they are called."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from pytest_brainscore import load_benchmark
from pytest_brainscore.benchmarks import all_benchmarks, benchmark_data
from pytest_brainscore.benchmarks.geirhos2021.protocol import quick_data
from pytest_brainscore.benchmarks.marques2020 import stimuli
from pytest_brainscore.benchmarks.quick import calibration, full_version, quick_benchmarks, quick_selectors
from pytest_brainscore.benchmarks.selector import choose
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import BenchmarkError
from pytest_brainscore.scoring.quick import FEWEST
from pytest_brainscore.trees import TREES, leaves_of
from tests.support.stimuli import NoiseImage

SETS = {
    stimuli.receptive_field_gratings: (162, "2784d57b4bdad5e7"),
    stimuli.orientation_gratings: (144, "abe8f7473d2b82ec"),
    stimuli.spatial_frequency_gratings: (264, "5829fe2746579986"),
    stimuli.size_gratings: (192, "4168452e1f4ce78a"),
}
"""Number and digest of the quick gratings. Another digest is another subset: raise the version, calibrate anew."""


@pytest.mark.parametrize("made", SETS, ids=lambda made: made.__name__)
def test_the_gratings_are_a_fixed_part_of_the_published_ones(made: object) -> None:
    assert callable(made)
    whole, part = made(), made(stimuli.QUICK)
    assert (len(part), part.digest()[:16]) == SETS[made]
    published = [image.digest() for image in whole.images]
    places = [published.index(image.digest()) for image in part.images]
    assert places == sorted(places)
    assert part.identifier == f"{whole.identifier}.quick"


def test_they_stand_in_no_tree_and_run_only_where_they_are_named() -> None:
    quick = quick_benchmarks()
    assert len(quick) == 9
    names = {each.identifier for each in quick}
    assert not names & {leaf.identifier for tree in TREES for leaf in leaves_of(tree)}
    assert not names & {each.identifier for each in choose(())}
    assert not names & {each.identifier for each in choose(("V1",))}
    assert {each.identifier for each in choose(("quick",))} == names
    assert {parent for each in quick for parent in each.parents} == {"quick", "quick.V1", "quick.behavior"}
    assert load_benchmark(quick[0].identifier) == quick[0]
    for each in quick:
        full = full_version(each)
        assert full in all_benchmarks()
        assert each.needs == full.needs
        assert each.region == full.region


def test_words_for_full_benchmarks_select_quick_ones() -> None:
    v1 = [each.identifier for each in quick_benchmarks() if each.parent == "quick.V1"]
    assert quick_selectors(()) == ("quick",)
    assert list(quick_selectors(("V1",))) == v1
    assert list(quick_selectors(("quick.V1",))) == v1
    assert quick_selectors(("Geirhos2021edge*",)) == ("quick.Geirhos2021edge-error_consistency",)
    with pytest.raises(BenchmarkError, match="have no part of IT; name some of Marques2020"):
        quick_selectors(("V1", "IT"))


def test_the_calibration_is_of_these_benchmarks_and_stimuli() -> None:
    known = calibration()
    assert len(known["networks"]) >= FEWEST
    assert set(known["leaves"]) == {full_version(each).identifier for each in quick_benchmarks()}
    shown = {
        "DeValois1982-pref_or": stimuli.orientation_gratings,
        "Schiller1976-sf_bandwidth": stimuli.spatial_frequency_gratings,
        "Cavanaugh2002-surround_diameter": stimuli.size_gratings,
    }
    for name, made in shown.items():
        assert known["leaves"][f"Marques2020_{name}"]["stimuli"] == made(stimuli.QUICK).digest()
    for leaf in known["leaves"].values():
        assert len(leaf["full"]) == len(leaf["quick"]) == len(known["networks"])


def test_every_other_image_of_a_category_is_shown_whatever_their_order(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"{category}{number}" for category in ("bear", "dog") for number in (1, 2, 3, 4, 10)]
    table = pd.DataFrame({"stimulus_id": names, "truth": [name.rstrip("0123456789") for name in names]})
    whole = StimulusSet("edge", table, tuple(NoiseImage(seed) for seed in range(len(names))), 3.0)
    trials = xr.DataArray(["dog"] * 20, {"stimulus_id": ("presentation", names * 2)}, ("presentation",))
    monkeypatch.setattr(benchmark_data, "load_assembly", lambda _: trials)
    benchmark = load_benchmark("quick.Geirhos2021edge-error_consistency")
    for order in (np.arange(10), np.random.default_rng(0).permutation(10)):
        shuffled = whole.rows(order)
        monkeypatch.setattr(benchmark_data, "load_stimulus_set", lambda *_, made=shuffled: made)
        data = quick_data(benchmark)
        # As text: 1, 10, 2, 3, 4.
        kept = {"bear1", "bear2", "bear4", "dog1", "dog2", "dog4"}
        assert set(data.stimuli.table["stimulus_id"]) == kept
        assert set(data.assembly["stimulus_id"].values) == kept
        assert data.assembly.size == 12


def test_a_subset_that_is_another_has_no_expectation(monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_brainscore.benchmarks import benchmark as benchmarks
    from pytest_brainscore.benchmarks import quick
    from pytest_brainscore.scoring.score import Score

    one = quick_benchmarks()[0]
    leaf = calibration()["leaves"][full_version(one).identifier]
    for shown, count in ((leaf["stimuli"], len(leaf["full"])), ("other", 0)):
        made = Score(
            value=0.5, error=0.1, raw=0.5, ceiling=1.0, normalisation="r/c", n={}, provenance={"stimuli": shown}
        )
        monkeypatch.setattr(benchmarks, "resolve", lambda _, made=made: lambda *_: made)
        scored = quick.score(one, None, None)  # type: ignore[arg-type]
        assert len(scored.details["quick"]["differences"]) == count
        assert scored.provenance["quick"] == one.version
        assert dataclasses.replace(scored, details={}, provenance=made.provenance) == made
