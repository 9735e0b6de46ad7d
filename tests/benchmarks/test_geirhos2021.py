"""Geirhos2021: names for distorted images, and whose errors they share."""

from __future__ import annotations

import contextlib
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.geirhos2021 import BENCHMARKS, ERROR_CONSISTENCY, EXPERIMENTS, TOP1
from pytest_brainscore.benchmarks.geirhos2021.protocol import kept_images
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable, NoNumber
from pytest_brainscore.metrics.behavior.error_consistency import error_consistency_ceiling
from pytest_brainscore.models import load_model
from pytest_brainscore.models.activations.activation_store import ActivationStore
from tests.support.given_data import score_on
from tests.support.networks import make_model
from tests.support.subjects import GreyImage, GreySubject
from tests.support.trial_tables import read_trial_tables

EDGE = load_benchmark("Geirhos2021edge-error_consistency")
EDGE_TOP1 = load_benchmark("Geirhos2021edge-top1")
CATEGORIES = ("bear", "car", "knife", "oven")
IMAGES = 10
"""Images of each category."""


def made_up(conditions: tuple[object, ...] = (0,), *, always_right: bool = False) -> tuple[xr.DataArray, StimulusSet]:
    """Return 40 images, conditions in turn, and the trials of 3 subjects.

    The model and subject s err on images whose number is below 2 + s, so their errors overlap.
    """
    rows, images, trials = [], [], []
    for position, category in enumerate(CATEGORIES):
        wrong = (position + 1) % 4
        for number in range(IMAGES):
            identifier = f"0_{category}_00_{category}{number}"
            condition = conditions[number % len(conditions)]
            rows.append({"stimulus_id": identifier, "truth": category, "condition": condition})
            images.append(GreyImage(wrong if number < 2 and not always_right else position, number))
            for subject in range(3):
                right = number >= 2 + subject or always_right
                trials.append((identifier, f"subject-{subject}", category if right else CATEGORIES[wrong]))
    stimuli = StimulusSet("Geirhos2021_edge", pd.DataFrame(rows), tuple(images), 3.0)
    identifiers, subjects, values = (list(column) for column in zip(*trials, strict=True))
    coordinates = {"stimulus_id": ("presentation", identifiers), "subject": ("presentation", subjects)}
    return xr.DataArray(np.array(values), coordinates, ("presentation",)), stimuli


def given(*, always_right: bool = False) -> dict[str, Any]:
    """Return what is made up, by its name in the data of a benchmark."""
    assembly, stimuli = made_up(always_right=always_right)
    return {"assembly": assembly, "stimuli": stimuli}


def kappa(first_errors: int, second_errors: int) -> float:
    """Cohen's kappa where the smaller set of errors is part of the larger, out of ten images."""
    a, b = 1 - first_errors / 10, 1 - second_errors / 10
    expected, observed = a * b + (1 - a) * (1 - b), 1 - abs(first_errors - second_errors) / 10
    return (observed - expected) / (1 - expected)


class TestErrorConsistency:
    """Kappas of the model with every subject, relative to those of the subjects with each other."""

    def test_the_score_is_the_mean_kappa_with_the_subjects_over_theirs_with_each_other(self) -> None:
        score = score_on(EDGE, GreySubject(), **given())
        raw = np.mean([kappa(2, 2), kappa(2, 3), kappa(2, 4)])
        ceiling = np.mean([kappa(2, 3), kappa(2, 4), kappa(3, 4)])
        assert score.raw == pytest.approx(raw, abs=1e-12)
        assert score.ceiling == pytest.approx(ceiling, abs=1e-12)
        assert (score.value, score.clipped) == (1.0, True)  # the model is one of the subjects, and they differ
        assert score.unclipped == pytest.approx(raw / ceiling)
        assert score.n == {"stimuli": 40, "subjects": 3, "conditions": 1, "bootstraps": 1000}

    def test_values_are_the_signed_kappas(self) -> None:
        values = score_on(EDGE, GreySubject(), **given()).values
        assert values is not None
        assert values.sel(condition="0", subject="subject-2").item() == pytest.approx(kappa(2, 4))

    def test_the_error_is_that_of_a_bootstrap_over_images(self) -> None:
        assembly, stimuli = made_up()
        correct = np.tile(np.arange(IMAGES) >= 2, 4)
        subjects = np.stack([np.tile(np.arange(IMAGES) >= 2 + subject, 4) for subject in range(3)])
        generator = np.random.default_rng(1)
        draws = []
        for _ in range(2000):
            drawn = generator.integers(40, size=40)
            a, b = correct[drawn].mean(), subjects[:, drawn].mean(axis=1)
            expected = a * b + (1 - a) * (1 - b)
            draws.append(np.mean(((subjects == correct)[:, drawn].mean(axis=1) - expected) / (1 - expected)))
        score = score_on(EDGE, GreySubject(), stimuli=stimuli, assembly=assembly)
        assert score.error == pytest.approx(np.std(draws) / score.ceiling, rel=0.1)

    def test_the_same_trials_in_any_order_give_the_same_bits(self) -> None:
        assembly, stimuli = made_up()
        order = np.random.default_rng(0).permutation(assembly.size)
        assert score_on(EDGE, GreySubject(), stimuli=stimuli, assembly=assembly) == score_on(
            EDGE, GreySubject(), stimuli=stimuli, assembly=assembly[order]
        )

    def test_without_any_defined_kappa_there_is_no_number(self) -> None:
        with pytest.raises(NoNumber, match="always right"):
            score_on(EDGE, GreySubject(), **given(always_right=True))

    def test_a_subject_that_did_not_see_every_image_is_refused(self) -> None:
        assembly, stimuli = made_up()
        with pytest.raises(DataUnavailable, match="Not every subject"):
            score_on(EDGE, GreySubject(), stimuli=stimuli, assembly=assembly[1:])

    def test_a_trial_on_an_unknown_image_is_refused(self) -> None:
        assembly, stimuli = made_up()
        with pytest.raises(DataUnavailable, match="1 stimuli of the trials are unknown"):
            score_on(EDGE, GreySubject(), stimuli=stimuli.rows(slice(1, None)), assembly=assembly)


class TestConditions:
    """Undistorted images, and those that people cannot recognise, do not count."""

    @pytest.mark.parametrize(
        ("experiment", "conditions", "kept"),
        [
            ("uniformnoise", ("0.00", "0.60", "0.90", "0.03", "0.10"), ["0.03", "0.10"]),
            ("uniformnoise", (0.0, 0.6, 0.9, 0.03, 0.1), [0.03, 0.1]),  # as packaged: numbers
            ("highpass", (np.inf, 0.55, 0.45, 0.4, 3.0), [3.0]),
            ("falsecolour", ("True", "False"), ["False"]),
            ("falsecolour", (True, False), [False]),
            ("falsecolour", ("False-Colour", "Normal-Image"), ["Normal-Image"]),  # as packaged: exchanged
            ("eidolonIII", ("1-0-10", "16-0-10", "32-0-10", "64-0-10", "128-0-10", "8-0-10"), ["8-0-10"]),
        ],
    )
    def test_they_are_known_however_they_are_written(
        self, experiment: str, conditions: tuple[object, ...], kept: list[object]
    ) -> None:
        stimuli = kept_images(load_benchmark(f"Geirhos2021{experiment}-top1"), made_up(conditions)[1])
        assert sorted(set(stimuli.table["condition"])) == kept
        assert len(stimuli.images) == len(stimuli.table)

    def test_a_condition_that_does_not_occur_is_refused(self) -> None:
        with pytest.raises(DataUnavailable, match=r"c01 must be left out"):
            kept_images(load_benchmark("Geirhos2021contrast-top1"), made_up(("c100", "c05"))[1])

    def test_kappas_are_averaged_over_conditions_first(self) -> None:
        assembly, stimuli = made_up(("0", "90", "180"))
        score = score_on(
            load_benchmark("Geirhos2021rotation-error_consistency"), GreySubject(), stimuli=stimuli, assembly=assembly
        )
        assert score.n["conditions"] == 2
        assert score.n["stimuli"] == 24  # four of ten images have the condition 0


class TestPresentation:
    """Where images appear, and how often a network must look at them."""

    def test_images_of_three_degrees_are_placed_on_the_screen_but_not_for_top1(self) -> None:
        subject = GreySubject()
        assembly, stimuli = made_up()
        score_on(EDGE, subject, stimuli=stimuli, assembly=assembly)
        assert subject.sizes[0][:2] == (64, 64)  # 24 pixels for 3 degrees, on 8
        score = score_on(EDGE_TOP1, subject, stimuli=stimuli)
        assert subject.sizes[0][:2] == (24, 24)
        assert score.value == pytest.approx(0.8)
        assert score.error == pytest.approx(math.sqrt(0.8 * 0.2 / 40))

    def test_a_network_looks_once_at_what_several_benchmarks_show_alike(
        self, tmp_path: Path, request: pytest.FixtureRequest
    ) -> None:
        """Top-1 and Hermann2020 show the cue-conflict images alike: the store gives the second its logits."""
        import torch

        class Classifier(torch.nn.Module):
            def forward(self, images: torch.Tensor) -> torch.Tensor:
                return torch.nn.functional.one_hot(images.mean((1, 2, 3)).abs().mul(7).long() % 1000, 1000).float() + 0

        shown: list[torch.Tensor] = []

        def count(module: torch.nn.Module, inputs: tuple[torch.Tensor]) -> None:
            if isinstance(module, Classifier):
                shown.extend(inputs[0])

        # For all modules: a hook or a counter of the network's own would be part of what its activations are stored by.
        request.addfinalizer(torch.nn.modules.module.register_module_forward_pre_hook(count).remove)
        trials, stimuli = made_up()
        textures = [CATEGORIES[(CATEGORIES.index(truth) + 1) % 4] for truth in stimuli.table["truth"]]
        table = stimuli.table.assign(original_image_category=stimuli.table["truth"], conflict_image_category=textures)
        cue_conflict = replace(stimuli, identifier="Geirhos2021_cue-conflict", table=table)
        names = [
            "Geirhos2021cueconflict-top1",
            "Hermann2020cueconflict-shape_match",
            "Hermann2020cueconflict-shape_bias",
            "Geirhos2021cueconflict-error_consistency",
        ]
        passes = []
        for _ in range(2):  # a worker is another process: another model object on the same store
            model = make_model(Classifier(), layers={}, store=ActivationStore(folder=tmp_path))
            for name in names:
                benchmark = load_benchmark(name)
                before = len(shown)
                # Random answers may name neither cue; what counts is who looked.
                with contextlib.suppress(NoNumber):
                    score_on(benchmark, model, stimuli=cue_conflict, assembly=trials)
                passes.append(len(shown) - before)
        looked, batch = 48, 16  # 40 images in three whole batches
        probe = 4 + batch  # two images, twice, find out the shapes; a batch answers for the key of the store
        checks = 2 * batch  # once more, and in other company
        assert passes == [probe + checks + looked + batch, 0, 0, looked + batch, probe, 0, 0, 0]  # and after each block


class TestDefinitions:
    """What is known without any data."""

    def test_there_are_17_experiments_with_two_benchmarks_each(self) -> None:
        assert (len(EXPERIMENTS), len(BENCHMARKS)) == (17, 34)
        assert np.mean([benchmark.ceiling for benchmark in ERROR_CONSISTENCY]) == pytest.approx(0.43122, abs=1e-5)

    def test_error_consistency_needs_images_and_trials_and_top1_images_only(self) -> None:
        images = ("stimulus_set", "Geirhos2021_edge")
        assert EDGE.needs == (images, ("assembly", "Geirhos2021_edge"))
        assert EDGE_TOP1.needs == (images,)
        assert all(benchmark.readiness().state in ("ready", "fetchable") for benchmark in TOP1)


class TestPublishedScores:
    """The published page of squeezenet1_1, from its weights, the real images and the real trials."""

    @pytest.mark.slow
    @pytest.mark.parametrize(
        ("benchmark", "published", "ours", "tolerance"),
        [
            ("Geirhos2021edge-error_consistency", 0.107, 0.1071162, 0.001),
            ("Geirhos2021silhouette-error_consistency", 0.194, 0.1943566, 0.001),
            ("Geirhos2021edge-top1", 23 / 160, 23 / 160, 1 / 160),
            ("Geirhos2021silhouette-top1", 46 / 160, 45 / 160, 1 / 160),
        ],
    )
    def test_squeezenet1_1(
        self,
        reference_data: Path,
        brainscore_home: Path,
        monkeypatch: pytest.MonkeyPatch,
        benchmark: str,
        published: float,
        ours: float,
        tolerance: float,
    ) -> None:
        monkeypatch.setenv("BRAINSCORE_DATA", str(reference_data))
        model = load_model("squeezenet1_1", weights=reference_data / "weights" / "squeezenet1_1.safetensors")
        value = load_benchmark(benchmark)(model).value
        assert value == pytest.approx(published, abs=tolerance + 1e-9)
        assert value == pytest.approx(ours, abs=1e-6)

    @pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
    def test_the_human_ceilings(self, reference_data: Path, experiment: object) -> None:
        assert isinstance(experiment, type(EXPERIMENTS[0]))
        trials = read_trial_tables(reference_data / "geirhos2021" / "human" / experiment.name)
        trials = trials.without(*experiment.excluded) if experiment.excluded else trials
        ceiling = error_consistency_ceiling(trials.correct, trials.conditions).value
        assert ceiling == pytest.approx(experiment.ceiling, abs=1e-5)
