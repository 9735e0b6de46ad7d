"""Lonnqvist2024: answers about curves, recomputed with pandas from files in the published layout."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.lonnqvist2024 import GROUPS
from pytest_brainscore.errors import DataUnavailable
from tests.support.given_data import score_on
from tests.support.published_files import PublishedFiles
from tests.support.table_subjects import NeverAsked, TableSubject, made_up_stimuli, trials_of

PEOPLE = load_benchmark("Lonnqvist2024_InlabInstructionsBehavioralAccuracyDistance")
ACCURACY = load_benchmark("Lonnqvist2024_EngineeringAccuracy")
IMAGES, SUBJECTS = 38, 10


def tables(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[object, object]]:
    """Return fitting images, test images, the trials of all subjects, and the probabilities of a model.

    The truth is 0 or 1: text, whole or floating-point number, as files have it.
    """
    generator = np.random.RandomState(seed)
    fitting = pd.DataFrame({"stimulus_id": [f"fit{row}" for row in range(8)], "image_label": [1.0, 0.0] * 4})
    truth = generator.randint(0, 2, IMAGES)
    test = pd.DataFrame(
        {
            "stimulus_id": [f"test{row:02d}" for row in generator.permutation(IMAGES)],
            "curve_length": generator.randint(1, 5, IMAGES),
            "n_cross": generator.randint(0, 3, IMAGES),
            "truth": truth,
            "image_label": truth,
        }
    )
    people = []
    for subject in range(SUBJECTS):
        right = generator.rand(IMAGES) < 0.7 + 0.02 * subject
        answers = np.where(right, truth, 1 - truth).astype(float)
        people.append(pd.DataFrame({"stimulus_id": test["stimulus_id"], "subject": f"s{subject}", "value": answers}))
    of_one = generator.rand(IMAGES)
    return (
        fitting,
        test,
        pd.concat(people),
        dict(zip(test["stimulus_id"], np.stack([of_one, 1 - of_one], 1), strict=True)),
    )


def similarity(accuracy: float, target: float) -> float:
    return 1 - abs(accuracy - target) / max(target, 1 - target)


def test_score_and_ceiling_are_those_of_a_recomputation_from_files(published_files: PublishedFiles) -> None:
    fitting, test, trials, answers = tables()
    published_files.stimuli(made_up_stimuli(fitting, 8.0), "Lonnqvist2024_train")
    published_files.stimuli(made_up_stimuli(test, 8.0), "Lonnqvist2024_test")
    published_files.assembly(trials_of(trials, "value").drop_vars("value"), "Lonnqvist2024_inlab-instructions")
    model = TableSubject(answers)
    score = PEOPLE(model)
    truth = test.set_index("stimulus_id")["truth"]
    own = np.mean([(answers[name][0] > 0.5) == (truth[name] == 1) for name in truth.index])  # type: ignore[index]
    right = trials["value"] == trials["stimulus_id"].map(truth)
    humans = right.groupby(trials["subject"]).mean().tolist()
    raw = np.mean([similarity(float(own), human) for human in humans])
    ceiling = np.mean([similarity(one, other) for one, other in combinations(humans, 2)])
    assert score.raw == pytest.approx(raw, abs=1e-12)
    assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
    assert score.value == pytest.approx(min(raw / ceiling, 1), abs=1e-12)
    assert score.n == {"stimuli": IMAGES, "subjects": SUBJECTS, "trials": IMAGES * SUBJECTS, "bootstraps": 1000}
    assert score.error > 0
    assert score.replicates is not None
    assert model.trials == [1]
    # Placed on the screen of 8 degrees: a crop of 4 x 6 pixels of 17.70753 degrees.
    assert {each.pixels().shape[:2] for each in model.shown[0].images} == {(2, 3)}


def test_engineering_accuracy_is_the_share_of_right_choices(published_files: PublishedFiles) -> None:
    fitting, test, _, answers = tables()
    published_files.stimuli(made_up_stimuli(fitting, 8.0), "Lonnqvist2024_train")
    published_files.stimuli(made_up_stimuli(test, 8.0), "Lonnqvist2024_test")
    score = ACCURACY(TableSubject(answers))
    truth = test.set_index("stimulus_id")["truth"]
    own = np.mean([(answers[name][0] > 0.5) == (truth[name] == 1) for name in truth.index])  # type: ignore[index]
    assert score.value == pytest.approx(own, abs=1e-12)
    assert score.ceiling == 1.0
    assert score.details["confusion"]["labels"] == ["0", "1"]


def test_a_model_as_accurate_as_the_middle_of_the_subjects_is_cut_to_1() -> None:
    fitting, test, trials, _ = tables()
    wrong = set(test["stimulus_id"][:8])
    answers: dict[object, object] = {
        name: [float((truth == 1) != (name in wrong)), float((truth == 0) != (name in wrong))]
        for name, truth in test[["stimulus_id", "truth"]].values
    }
    score = score_on(
        PEOPLE,
        TableSubject(answers),
        stimuli=made_up_stimuli(test, 17.70753),
        assembly=trials_of(trials, "value"),
        fitting=made_up_stimuli(fitting, 17.70753),
    )
    assert score.clipped
    assert score.value == 1
    assert score.unclipped is not None
    assert score.unclipped > 1


def test_bad_data_are_a_sentence_before_the_model_is_asked() -> None:
    fitting, test, trials, _ = tables()
    one = trials[trials["subject"] == "s0"]
    cases = [
        (fitting, test, trials.iloc[1:], "answered once to each of 38 images"),
        (fitting, test, pd.concat([trials, trials.iloc[:1]]), "answered once to each of 38 images"),
        (fitting, test, one, "has 1 subject, and a ceiling needs two"),
        (fitting.assign(image_label=["yes", "no"] * 4), test, trials, "show 0, 1, while those that a model is fitted"),
        (fitting.drop(columns="image_label"), test, trials, "no column 'image_label'"),
        (fitting, test.drop(columns="truth"), trials, "no column 'truth'"),
    ]
    for learnt, shown, answered, words in cases:
        with pytest.raises(DataUnavailable, match=words):
            score_on(
                PEOPLE,
                NeverAsked(),
                stimuli=made_up_stimuli(shown, 17.70753),
                assembly=trials_of(answered, "value"),
                fitting=made_up_stimuli(learnt, 17.70753),
            )


def test_missing_fitting_images_are_named(published_files: PublishedFiles) -> None:
    _, test, trials, answers = tables()
    published_files.stimuli(made_up_stimuli(test, 8.0), "Lonnqvist2024_test")
    published_files.assembly(trials_of(trials, "value").drop_vars("value"), "Lonnqvist2024_inlab-instructions")
    assert "Lonnqvist2024_train" in str(PEOPLE.unavailable())
    with pytest.raises(DataUnavailable, match="Lonnqvist2024_train"):
        PEOPLE(TableSubject(answers))


@pytest.mark.parametrize(("group", "ceiling"), [(name, ceiling) for name, (_, ceiling) in GROUPS.items()])
def test_three_groups_of_people_have_benchmarks(group: str, ceiling: float) -> None:
    benchmark = load_benchmark(f"Lonnqvist2024_{group}BehavioralAccuracyDistance")
    assert (benchmark.version, benchmark.ceiling, benchmark.visual_degrees) == (1, ceiling, 17.70753)
    assert benchmark.parents == ("Lonnqvist2024",)
