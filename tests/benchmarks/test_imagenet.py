"""ImageNet, ImageNet-C and ObjectNet: naming photographs by the 1000 classes of ImageNet."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pandas as pd
import pytest

from pytest_brainscore.benchmarks import every_version, load_benchmark
from pytest_brainscore.benchmarks.shared.photographs import naming_score, standard_error
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.scoring.tree import published_tree
from tests.support.given_data import score_on
from tests.support.subjects import GreyImage, GreySubject

SYNSETS = ("n01440764", "n01443537", "n01484850")
TOP1 = load_benchmark("ImageNet-top1")


def photographs(right: int, wrong: int) -> StimulusSet:
    """Return so many images that a subject names rightly and wrongly."""
    count = right + wrong
    table = pd.DataFrame(
        {
            "stimulus_id": [f"val_{number}" for number in range(count)],
            "filename": [f"val_{number}.JPEG" for number in range(count)],
            "synset": [SYNSETS[number % 2] for number in range(count)],
        }
    )
    levels = [number % 2 if number < right else 2 for number in range(count)]
    images = tuple(GreyImage(level, number) for number, level in enumerate(levels))
    return StimulusSet("imagenet2012", table, images, 8.0)


class TestTop1:
    """The share of images named by their class."""

    def test_it_is_the_share_of_right_answers_with_its_standard_error(self) -> None:
        score = naming_score(TOP1, GreySubject(SYNSETS), photographs(30, 10), 40)
        assert score.value == score.raw == 0.75
        assert score.error == pytest.approx(math.sqrt(0.75 * 0.25 / 40))
        assert (score.ceiling, score.n) == (1.0, {"stimuli": 40})

    def test_images_fill_the_input_and_their_class_is_not_shown(self) -> None:
        subject = GreySubject(SYNSETS)
        naming_score(TOP1, subject, photographs(2, 2), 4)
        assert set(subject.sizes) == {(24, 24, 3)}
        assert subject.columns == ["stimulus_id"]

    def test_all_images_are_scored_without_a_warning(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            score = naming_score(TOP1, GreySubject(SYNSETS), photographs(2, 2), 4)
        assert score.provenance["images"] == "4 of 4"

    def test_a_part_of_the_images_is_scored_visibly_incomparable(self) -> None:
        with pytest.warns(UserWarning, match="scored on 4 images instead of 50000; the score cannot be compared"):
            score = naming_score(TOP1, GreySubject(SYNSETS), photographs(2, 2), 50_000)
        assert score.provenance["images"] == "4 of 50000"

    def test_no_images_and_no_classes_are_refused(self) -> None:
        with pytest.raises(DataUnavailable, match="has no images"):
            naming_score(TOP1, GreySubject(SYNSETS), photographs(0, 0), 4)
        stimuli = photographs(1, 1)
        del stimuli.table["synset"]
        with pytest.raises(DataUnavailable, match="no column 'synset'"):
            naming_score(TOP1, GreySubject(SYNSETS), stimuli, 4)


class TestStandardError:
    """Versions of one photograph are one piece of evidence."""

    def test_copies_of_the_same_answers_add_nothing(self) -> None:
        correct = np.random.default_rng(0).random(50) < 0.6
        names = [f"a/{number}.JPEG" for number in range(50)]
        copies = [name.replace("a/", f"{folder}/") for folder in "bcd" for name in names]
        once = standard_error(correct, names)
        assert once == pytest.approx(correct.std() / math.sqrt(50))
        assert standard_error(np.tile(correct, 3), copies) == pytest.approx(once)

    def test_a_model_that_is_always_right_has_none(self) -> None:
        assert standard_error(np.ones(3, bool), ["a", "b", "c"]) == 0


class TestImageNetC:
    """Corrupted photographs, pooled over types and levels."""

    def archive(self, images: int) -> StimulusSet:
        """Return an archive whose images are named rightly where their level is below 4."""
        rows, grey = [], []
        for kind in ("gaussian_noise", "shot_noise", "impulse_noise"):
            for level in range(1, 6):
                for number in range(images):
                    rows.append((f"{kind}_{level}_{number}", f"{number}.JPEG", SYNSETS[0], kind, level))
                    grey.append(GreyImage(0 if level < 4 else 1, number))
        columns = ["stimulus_id", "filename", "synset", "noise_type", "noise_level"]
        return StimulusSet("imagenet_c.noise", pd.DataFrame(rows, columns=columns), tuple(grey), 8.0)

    def test_every_tenth_row_is_used(self) -> None:
        with pytest.warns(UserWarning, match="30 images instead of 75000"):
            score = score_on(load_benchmark("ImageNet-C-noise-top1"), GreySubject(SYNSETS), stimuli=self.archive(20))
        assert score.n == {"stimuli": 30}
        assert score.value == pytest.approx(3 / 5)
        assert score.values is not None
        shares = score.values.to_series()
        assert len(shares) == 15
        assert shares[(score.values["noise_level"] < 4).values].eq(1).all()

    def test_generated_images_are_benchmarks_of_their_own_outside_the_published_tree(self) -> None:
        generated = [each for each in every_version() if "generated" in each.identifier]
        assert [each.identifier for each in generated] == [
            f"ImageNet-C-generated-{category}-top1" for category in ("noise", "blur", "weather", "digital")
        ]
        published = published_tree()
        for each in generated:
            assert each.identifier not in published.leaves
            assert not set(each.parents) & set(published.children)
            assert each.stimulus_set == TOP1.stimulus_set

    def test_without_the_library_they_say_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pytest_brainscore.benchmarks.imagenet_c.generated.find_spec", lambda _name: None)
        reason = load_benchmark("ImageNet-C-generated-blur-top1").unavailable()
        assert reason is not None
        assert 'pip install "pytest-brainscore[corruptions]"' in reason

    def test_generated_images_of_a_small_folder_are_all_used(self) -> None:
        pytest.importorskip("imagecorruptions")

        class Blind(GreySubject):
            def look_at(self, stimuli: StimulusSet, number_of_trials: int = 1):  # type: ignore[no-untyped-def]
                self.shown = stimuli
                return super().look_at(StimulusSet("grey", stimuli.table, (GreyImage(0),) * len(stimuli), 8.0))

        subject = Blind(SYNSETS)
        with pytest.warns(UserWarning, match="60 images instead of 100000"):
            score = score_on(load_benchmark("ImageNet-C-generated-digital-top1"), subject, stimuli=photographs(3, 0))
        assert score.value == pytest.approx(2 / 3)
        assert "imagecorruptions" in str(score.provenance["corrupted_by"])
        assert subject.shown.images[0].pixels().shape == (224, 224, 3)


@pytest.mark.parametrize(("identifier", "complete"), [("ImageNet-top1", 50_000), ("ObjectNet-top1", 17_261)])
def test_each_benchmark_has_its_own_number_of_images(identifier: str, complete: int) -> None:
    with pytest.warns(UserWarning, match=f"{identifier} is scored on 4 images instead of {complete}"):
        score = score_on(load_benchmark(identifier), GreySubject(SYNSETS), stimuli=photographs(2, 2))
    assert score.value == 0.5
