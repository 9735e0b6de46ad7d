"""Decisions from ImageNet logits: golden choices, published class lists, and no overflow."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.models.tasks.label_decisions import (
    BAKER_CATEGORIES,
    GEIRHOS_CATEGORIES,
    KATO_CATEGORIES,
    category_probabilities,
    choose_category,
    choose_imagenet_class,
)

LOGITS = np.random.RandomState(3).standard_normal((4, 1000)).astype(np.float32) * 3
NAMES = sorted(GEIRHOS_CATEGORIES)
CATEGORIES = [GEIRHOS_CATEGORIES[name] for name in NAMES]
ONE_CLASS = [GEIRHOS_CATEGORIES[name] for name in ("airplane", "knife", "oven")]


def test_golden_choices() -> None:
    assert [NAMES[choice] for choice in choose_category(LOGITS, CATEGORIES)] == ["cat", "car", "bird", "truck"]
    assert choose_imagenet_class(LOGITS).tolist() == [673, 471, 592, 474]


def test_golden_mean_probabilities() -> None:
    expected = [1.60933e-5, 6.0244e-6, 2.14478e-5, 0.0002229839, 4.60276e-5, 0.0003810249, 1.8993e-6, 0.0017123051]
    expected += [0.0005218081, 1.61941e-5, 0.0009069486, 1.4361e-6, 4.99135e-5, 2.24e-8, 1.624e-7, 1.54222e-5]
    # The golden values have ten decimals and come from plain exponentials in single precision.
    exponentials = np.exp(LOGITS[0])
    plain = exponentials / exponentials.sum()
    single = [float(plain[list(classes)].mean()) for classes in CATEGORIES]
    np.testing.assert_allclose(single, expected, rtol=0, atol=6e-11)
    rounding = 2 * float(np.finfo(np.float32).eps)
    np.testing.assert_allclose(category_probabilities(LOGITS, CATEGORIES)[0], expected, rtol=rounding, atol=6e-11)


def test_the_published_class_lists() -> None:
    sizes = {name: len(classes) for name, classes in GEIRHOS_CATEGORIES.items()}
    assert list(GEIRHOS_CATEGORIES) == NAMES
    assert len(sizes) == 16
    assert sizes == {
        **{"airplane": 1, "bear": 4, "bicycle": 2, "bird": 49, "boat": 5, "bottle": 7, "car": 3, "cat": 6},
        **{"chair": 4, "clock": 3, "dog": 109, "elephant": 2, "keyboard": 2, "knife": 1, "oven": 1, "truck": 8},
    }
    together = [index for classes in GEIRHOS_CATEGORIES.values() for index in classes]
    assert len(set(together)) == len(together)
    assert list(BAKER_CATEGORIES) == sorted(BAKER_CATEGORIES)
    assert {name: (min(classes), max(classes), len(classes)) for name, classes in BAKER_CATEGORIES.items()} == {
        "bear": (294, 297, 4),
        "bunny": (330, 332, 3),
        "cat": (281, 286, 6),
        "elephant": (385, 386, 2),
        "frog": (30, 32, 3),
        "lizard": (38, 48, 11),
        "tiger": (286, 293, 8),
        "turtle": (33, 37, 5),
        "wolf": (269, 275, 7),
    }


def test_a_category_is_not_favoured_for_having_many_classes() -> None:
    logits = np.zeros((1, 1000))
    logits[0, 766] = 0.01
    assert sorted(GEIRHOS_CATEGORIES)[choose_category(logits, CATEGORIES)[0]] == "oven"


def test_the_first_of_equal_categories_is_chosen() -> None:
    assert choose_category(np.zeros((1, 1000)), ONE_CLASS) == 0
    assert choose_category(np.zeros((1, 1000)), ONE_CLASS[::-1]) == 0
    assert choose_imagenet_class(np.zeros((1, 1000))) == 0


def test_large_logits_neither_overflow_nor_change_the_choice() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        shifted = category_probabilities(LOGITS.astype(np.float64) + 1e4, CATEGORIES)
    np.testing.assert_allclose(shifted, category_probabilities(LOGITS, CATEGORIES), rtol=1e-9)


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20, deadline=None)
def test_the_order_of_presentations_and_categories_only_reorders_the_answers(seed: int) -> None:
    generator = np.random.default_rng(seed)
    logits = generator.standard_normal((5, 1000))
    presentations, order = generator.permutation(5), generator.permutation(16)
    reordered = category_probabilities(logits[presentations], [CATEGORIES[category] for category in order])
    np.testing.assert_array_equal(reordered, category_probabilities(logits, CATEGORIES)[presentations][:, order])
    chosen = order[choose_category(logits, [CATEGORIES[category] for category in order])]
    np.testing.assert_array_equal(chosen, choose_category(logits, CATEGORIES))


def test_no_presentations_are_no_choices() -> None:
    assert choose_category(np.zeros((0, 1000)), CATEGORIES).shape == (0,)


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match=r"shape \(2, 128\) are not of ImageNet"):
        choose_category(np.zeros((2, 128)), CATEGORIES)
    with pytest.raises(ValueError, match="are not of ImageNet"):
        choose_imagenet_class(np.zeros(1000))
    broken = LOGITS.copy()
    broken[2, 5] = np.nan
    with pytest.raises(ValueError, match="Presentation 2 has logits that are not finite"):
        choose_category(broken, CATEGORIES)
    with pytest.raises(ValueError, match="Presentation 2 has logits that are not finite"):
        choose_imagenet_class(broken)
    for classes in ((), (-1,), (3, 1000)):
        with pytest.raises(ValueError, match="Category 1 has the classes"):
            choose_category(LOGITS, [(404,), classes])
    with pytest.raises(ValueError, match="no categories to choose from"):
        choose_category(LOGITS, [])


def test_the_most_probable_class_decides_where_the_maximum_is_asked_for() -> None:
    logits = 3 * np.random.RandomState(0).standard_normal((8, 1000))
    names = [name.removeprefix("kato2026_") for name in KATO_CATEGORIES]
    classes = list(KATO_CATEGORIES.values())
    by_mean = [names[each] for each in choose_category(logits, classes)]
    assert by_mean == ["tiger", "hammer", "bear", "crab", "flower", "car", "airplane", "cat"]
    by_maximum = [names[each] for each in choose_category(logits, classes, "max")]
    assert by_maximum == ["others", "snake", "snake", "crab", "others", "car", "others", "cat"]
    few = ("acorn", "bee", "cat", "others")
    chosen = choose_category(logits, [KATO_CATEGORIES[f"kato2026_{name}"] for name in few], "max")
    assert [few[each] for each in chosen] == ["others"] * 7 + ["cat"]


def test_of_one_class_each_mean_and_maximum_are_the_same() -> None:
    logits = np.random.RandomState(1).standard_normal((5, 1000))
    np.testing.assert_array_equal(
        category_probabilities(logits, ONE_CLASS), category_probabilities(logits, ONE_CLASS, "max")
    )


def test_another_aggregation_is_refused() -> None:
    with pytest.raises(ValueError, match="no aggregation 'median': give one of mean, max"):
        choose_category(np.zeros((1, 1000)), ONE_CLASS, "median")  # type: ignore[arg-type]


def test_the_49_categories_share_all_classes_among_them() -> None:
    together = sorted(index for classes in KATO_CATEGORIES.values() for index in classes)
    assert together == list(range(1000))
    assert len(KATO_CATEGORIES) == 49
    assert list(KATO_CATEGORIES)[-1] == "kato2026_others"
    assert len(KATO_CATEGORIES["kato2026_others"]) == 668
