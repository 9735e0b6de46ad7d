"""Kato2026: golden values of sets with and without a base, pairing by photograph, who answers, and bad data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from numpy.typing import NDArray

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.kato2026 import further_benchmarks
from pytest_brainscore.benchmarks.kato2026.protocol import PhotographData, score
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.scoring.score import Score
from tests.support.published_files import PublishedFiles
from tests.support.table_subjects import TableSubject, made_up_stimuli, trials_of

CATEGORIES = np.array(["kato2026_acorn", "kato2026_bee", "kato2026_cat", "kato2026_others"])
STEMS = np.array(sorted(f"{('acorn', 'bee', 'cat')[i % 3]}_ILSVRC2012_val_{i:08}" for i in range(24)))
SUFFIX = {"Ori": "o", "Sil": "s", "Sparse": "cs"}
SHOWN = {
    "Ori": np.ones(24, bool),
    "Sil": np.ones(24, bool),
    "Sparse": np.array([int(stem[-8:]) % 4 != 0 for stem in STEMS]),
}
MODEL = {"Ori": (1, 0.8), "Sil": (2, 0.6), "Sparse": (3, 0.4)}
PEOPLE = {
    "Ori": ((10, 11, 12), (0.9, 0.8, 0.85), 0.05),
    "Sil": ((20, 21, 22), (0.7, 0.6, 0.8), 0.05),
    "Sparse": ((30, 31, 32), (0.5, 0.4, 0.6), 0.1),
}
BASE = {"Ori": None, "Sil": "Ori", "Sparse": "Sil"}


def truth_of(name: str) -> NDArray[np.str_]:
    return np.array([f"kato2026_{stem.partition('_')[0]}" for stem in STEMS[SHOWN[name]]])


def ids_of(name: str) -> list[str]:
    return [f"{stem}_{SUFFIX[name]}" for stem in STEMS[SHOWN[name]]]


def answers(name: str, seed: int, accuracy: float, missing: float) -> NDArray[np.str_]:
    truth, generator = truth_of(name), np.random.RandomState(seed)
    attended, other = generator.rand(len(truth)), CATEGORIES[generator.randint(0, 4, len(truth))]
    answered = np.where(attended < accuracy, truth, other)
    return np.where(generator.rand(len(truth)) < missing, "", answered)


def stimuli_of(name: str, order: Any = slice(None)) -> StimulusSet:
    table = pd.DataFrame({"stimulus_id": ids_of(name), "truth": truth_of(name), "condition": name})
    return made_up_stimuli(table.iloc[order].reset_index(drop=True), 10.0, f"Kato2026.{name}")


def trials_in(name: str) -> xr.DataArray:
    seeds, accuracies, missing = PEOPLE[name]
    tables = [
        pd.DataFrame(
            {
                "stimulus_id": ids_of(name),
                "subject": f"s{number:02}",
                "truth": truth_of(name),
                "answer": answers(name, seed, accuracy, missing),
            }
        )
        for number, (seed, accuracy) in enumerate(zip(seeds, accuracies, strict=True))
    ]
    return trials_of(pd.concat(tables), "answer")


def model() -> TableSubject:
    known: dict[object, object] = {}
    for name in SHOWN:
        known |= dict(zip(ids_of(name), answers(name, *MODEL[name], 0), strict=True))
    return TableSubject(known, screen=10.0)


def scored(name: str, metric: str, looking: TableSubject | None = None, **changes: Any) -> Score:
    benchmark = load_benchmark(f"Kato2026{name}-{metric}")
    base = BASE[name]
    given = {"stimuli": stimuli_of(name), "base": stimuli_of(base) if base else None, "assembly": trials_in(name)}
    return score(benchmark, looking or model(), PhotographData(benchmark, **(given | changes)))


GOLDEN = {
    ("Ori", "error_consistency"): (
        *(1, 0.096290095203, 0.293024366139, 0.009865203895),
        [-0.1165048544, 0.5106382979, -0.1052631579],
    ),
    ("Ori", "accuracy_distance"): (
        *(1, 0.928571428571, 0.070093340209, 0.904139433551),
        [0.9523809524, 0.8333333333, 1],
    ),
    ("Sil", "error_consistency"): (
        *(0.240356502526, 0.026950941019, 0.244709019175, 0.112129028072),
        [-0.25, 0.3137254902, -0.1445783133],
    ),
    ("Sil", "accuracy_distance"): (
        *(1, 0.818487394958, 0.093545681009, 0.761111111111),
        [0.7142857143, 0.8, 0.9411764706],
    ),
    ("Sparse", "error_consistency"): (
        *(0.034514758936, 0.012278116127, 0.372708526987, 0.355735242135),
        [0.3243243243, -0.511627907, 0.224137931],
    ),
    ("Sparse", "accuracy_distance"): (
        *(0.912657969833, 0.753787878788, 0.097459699472, 0.825925925926),
        [0.875, 0.75, 0.6363636364],
    ),
}


@pytest.mark.parametrize(("name", "metric"), GOLDEN, ids=lambda each: each)
def test_golden_values(name: str, metric: str) -> None:
    value, raw, error, ceiling, subjects = GOLDEN[name, metric]
    found = scored(name, metric)
    assert found.values is not None
    told = (found.value, found.raw, found.values.raw_error, found.ceiling)
    np.testing.assert_allclose(told, (value, raw, error, ceiling), rtol=0, atol=1e-11)
    np.testing.assert_allclose(found.values.values, subjects, rtol=0, atol=1e-9)
    assert found.clipped == (value == 1)
    assert found.error > 0
    assert found.replicates is not None
    assert found.replicates.score == found.value


def test_the_model_chooses_by_the_most_probable_class_and_others_come_last() -> None:
    class Told(TableSubject):
        told: str | None = None

        def start_task(self, task: str, fitting: object = None, *, aggregation: str = "mean") -> None:
            super().start_task(task, fitting)
            self.told = aggregation

    looking = Told(model().answers, screen=10.0)
    scored("Sil", "error_consistency", looking)
    assert looking.asked == ("label", CATEGORIES.tolist())
    assert looking.told == "max"
    assert [each.identifier for each in looking.shown] == ["Kato2026.Sil", "Kato2026.Ori"]


def test_base_images_are_paired_by_photograph_whatever_their_order() -> None:
    """The published system pairs by place: it would return .196639359262 here."""
    permuted = stimuli_of("Ori", np.random.RandomState(50).permutation(24))
    found = scored("Sil", "error_consistency", base=permuted)
    assert found.raw == pytest.approx(GOLDEN["Sil", "error_consistency"][1], abs=1e-11)


def test_base_images_without_a_partner_are_not_shown() -> None:
    looking = model()
    scored("Sparse", "error_consistency", looking)
    assert [len(each) for each in looking.shown] == [18, 18]


def test_the_order_of_images_and_trials_does_not_matter() -> None:
    order = np.random.RandomState(4)
    mixed = trials_in("Sil").isel(presentation=order.permutation(72))
    found = scored("Sil", "error_consistency", stimuli=stimuli_of("Sil", order.permutation(24)), assembly=mixed)
    assert found.raw == pytest.approx(GOLDEN["Sil", "error_consistency"][1], abs=1e-12)


def test_a_missing_base_image_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"1 of 24 images of Kato2026\.Sil \(.* first\) have no base"):
        scored("Sil", "error_consistency", base=stimuli_of("Ori", slice(1, None)))


def test_a_model_that_knows_no_base_image_has_no_number() -> None:
    ignorant = TableSubject(dict.fromkeys(model().answers, "kato2026_others"), screen=10.0)
    with pytest.raises(NoNumber, match=r"names none of 24 images of Kato2026\.Ori correctly"):
        scored("Sil", "accuracy_distance", ignorant)


def test_a_trial_that_is_missing_is_a_sentence() -> None:
    with pytest.raises(DataUnavailable, match=r"Not every subject of Kato2026\.Sil answered once to each of 24"):
        scored("Sil", "accuracy_distance", assembly=trials_in("Sil").isel(presentation=slice(1, None)))


def test_the_18_keys() -> None:
    found = further_benchmarks()
    sets = ("Ori", "Fil", "Lin", "SilTex", "Sil", "Tex", "LinFil", "Sparse", "Dense")
    assert {each.identifier for each in found} == {
        f"Kato2026{name}-{metric}" for name in sets for metric in ("error_consistency", "accuracy_distance")
    }
    for each in found:
        assert (each.version, each.visual_degrees, each.number_of_trials) == (1, 10.0, 1)
        assert each.parents == ("average_vision", "behavior_vision", "Kato2026")
    sparse, dense = (load_benchmark(f"Kato2026{name}-error_consistency") for name in ("Sparse", "Dense"))
    for each in (sparse, dense):
        assert ("stimulus_set", "Kato2026.Sil") in each.needs
    assert len(load_benchmark("Kato2026Ori-error_consistency").needs) == 2


def test_from_published_files(published_files: PublishedFiles) -> None:
    benchmark = load_benchmark("Kato2026Sil-error_consistency")
    for name in ("Sil", "Ori"):
        assert benchmark.unavailable() is not None
        published_files.stimuli(stimuli_of(name), f"Kato2026.{name}")
    published_files.assembly(trials_in("Sil"), "Kato2026.Sil")
    assert benchmark.unavailable() is None
    assert benchmark(model()).value == pytest.approx(0.240356502526, abs=1e-11)


@pytest.mark.parametrize("metric", ["error_consistency", "accuracy_distance"])
def test_one_person_alone_is_a_sentence(metric: str) -> None:
    trials = trials_in("Sil")
    alone = trials.isel(presentation=np.flatnonzero(trials["subject"] == "s01"))
    with pytest.raises(DataUnavailable, match="1 subject, and a ceiling needs two"):
        scored("Sil", metric, assembly=alone)
