"""What benchmarks give to plots: plain values that say what the score is made of."""

from __future__ import annotations

import json

import numpy as np
import pytest

from pytest_brainscore.benchmarks import all_benchmarks
from pytest_brainscore.benchmarks.hermann2020.protocol import decision_details
from pytest_brainscore.benchmarks.marques2020 import neuronal_property
from pytest_brainscore.benchmarks.marques2020.distributions import _AXES, distribution_details, is_log_spaced
from pytest_brainscore.benchmarks.marques2020.targets import PropertyTarget
from pytest_brainscore.benchmarks.shared.behavior import confusion_details
from pytest_brainscore.report.plain import to_plain


def test_both_distributions_are_shares_of_the_defined_values_in_the_bins_of_the_metric() -> None:
    neurons = np.array([0.5, 0.5, 1.5, np.nan])
    target = PropertyTarget(neurons, np.array([0.0, 1.0, 2.0]), "sha", "source")
    details = distribution_details("surround_diameter", np.array([-9.0, 2.0, 7.0, 1.0, np.nan]), target)
    assert details["model"] == [0.25, 0.75]
    assert details["neurons"] == pytest.approx([2 / 3, 1 / 3], abs=1e-6)
    assert (details["model_undefined"], details["neurons_undefined"]) == (0.2, 0.25)
    assert (details["property"], details["unit"], details["log"]) == ("surround diameter", "degrees", False)
    assert json.loads(json.dumps(to_plain(details))) == details


def test_units_without_any_value_have_empty_bins() -> None:
    target = PropertyTarget(np.array([0.5]), np.array([0.0, 1.0]), "sha", "source")
    details = distribution_details("surround_diameter", np.array([np.nan]), target)
    assert (details["model"], details["model_undefined"]) == ([0.0], 1.0)


@pytest.mark.parametrize(
    ("edges", "log"),
    [
        ([0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0], True),
        ([0.0625, 0.125, 0.25, 0.5, 1.0], True),
        ([0.0, 1.0, 2.0, 3.0], False),
        ([1.0, 2.0, 3.0, 4.0, 5.0], False),
        ([-22.5, 22.5, 67.5, 112.5], False),
        ([1.0, 2.0], False),
    ],
)
def test_logarithmic_bins_are_told_by_their_edges(edges: list[float], log: bool) -> None:
    assert is_log_spaced(np.array(edges)) is log


def test_every_property_has_a_name_for_its_axis() -> None:
    properties = {neuronal_property(each) for each in all_benchmarks() if each.identifier.startswith("Marques2020")}
    assert properties == set(_AXES)


def test_a_confusion_matrix_has_a_row_for_each_truth() -> None:
    details = confusion_details(np.array(["cat", "bear", "cat"]), np.array(["bear", "bear", "cat"]))
    assert details == {"labels": ["bear", "cat"], "counts": [[1, 0], [1, 1]]}


def test_decisions_count_images_whose_cues_conflict() -> None:
    shapes, textures = np.array(["bear", "bear", "cat", "cat"]), np.array(["cat", "bear", "bear", "bear"])
    answers = np.array(["cat", "bear", "cat", "dog"])
    assert decision_details(answers, shapes, textures) == {
        "labels": ["bear", "cat"],
        "shape": [0, 1],
        "texture": [1, 0],
        "other": [0, 1],
    }
