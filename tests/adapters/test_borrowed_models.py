"""Models of the published package are scored here: stimuli, tasks, time bins and answers are translated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from PIL import Image

from pytest_brainscore import load_model, recording_benchmark
from pytest_brainscore.adapters import adapted, from_brainscore
from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from tests.support.published_package import Theirs
from tests.support.stimuli import NoiseImage

pytestmark = pytest.mark.usefixtures("published_package")
IMAGES = [NoiseImage(seed, side=16, square=16, colour=True) for seed in range(6)]


def stimuli(ids: str = "abcdef") -> StimulusSet:
    table = pd.DataFrame({"stimulus_id": list(ids), "image_label": ["dark", "bright", "dark"] * (len(ids) // 3)})
    return StimulusSet("noise", table, [IMAGES[ord(each) - ord("a")] for each in ids], 8.0)


def colours(ids: str = "abcdef") -> NDArray[np.float32]:
    return np.array([IMAGES[ord(each) - ord("a")].pixels().mean((0, 1)) for each in ids], np.float32)


@pytest.mark.parametrize("reverse", [False, True])
def test_recordings(reverse: bool) -> None:
    theirs = Theirs()
    theirs.reverse = reverse
    model = from_brainscore(theirs)
    model.start_recording("V4", [(70, 170)])
    seen = model.look_at(stimuli("abcdea"))  # one of them twice
    assert seen.dims == ("presentation", "neuroid")
    assert list(seen["stimulus_id"].values) == list("abcdea")
    assert list(seen["image_label"].values) == ["dark", "bright", "dark"] * 2
    assert list(seen["neuroid_id"].values) == list("rgb")
    assert seen.dtype == np.float32
    np.testing.assert_array_equal(seen.values, colours("abcdea"))
    assert theirs.started == [("passive", None), ("V4", [(70, 170)])]
    assert theirs.identifiers == [None]  # or its store would answer with what it saw another time


def test_several_time_bins() -> None:
    model = from_brainscore(Theirs())
    model.start_recording("IT", [(70, 90), (90, 110)])
    seen = model.look_at(stimuli())
    assert seen.dims == ("presentation", "neuroid", "time_bin")
    np.testing.assert_array_equal(seen.values[:, :, 1], 2 * colours())
    assert list(seen["time_bin_start"].values) == [70, 90]


def test_tasks() -> None:
    theirs = Theirs()
    model = from_brainscore(theirs)
    model.start_task("label", ("dark", "bright"))
    answers = model.look_at(stimuli())
    assert answers.dims == ("presentation", "choice")
    assert answers.values[:, 0].tolist() == ["bright" if each > 128 else "dark" for each in colours().mean(1)]
    model.start_task("probabilities", stimuli())
    answers = model.look_at(stimuli())
    assert list(answers["choice"].values) == ["dark", "bright"]
    np.testing.assert_allclose(answers.sel(choice="dark").values, colours().mean(1) / 255, rtol=1e-5)
    model.start_task("odd_one_out")
    answers = model.look_at(stimuli("abcabf"))
    assert answers.values.tolist() == [["c"], ["f"]]
    assert list(answers["stimulus_id"].values) == ["a|b|c", "a|b|f"]
    model.start_recording("V4", [(70, 170)])  # a task of before is over
    assert model.look_at(stimuli()).dims == ("presentation", "neuroid")


def test_the_position_of_the_odd_one_is_taken_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Theirs, "look_at", lambda *_given, **_settings: pd.Series([2, 0]).to_xarray())
    model = from_brainscore(Theirs())
    model.start_task("odd_one_out")
    assert model.look_at(stimuli("abcabf")).values.tolist() == [["c"], ["a"]]
    with pytest.raises(ModelError, match="2 answers to 1 triplets"):
        model.look_at(stimuli("abc"))


def test_what_it_cannot_do_is_unavailable() -> None:
    model = from_brainscore(Theirs())
    with pytest.raises(NotCapable, match=r"theirs cannot be recorded from V2 \(KeyError"):
        model.start_recording("V2", [(70, 170)])
    with pytest.raises(NotCapable, match="theirs cannot do the task label"):
        model.start_task("label", ["no such thing"])
    with pytest.raises(NotCapable, match="knows categories by name only"):
        model.start_task("label", {"one": [1]})


def test_answers_that_are_none_are_told() -> None:
    theirs = Theirs()
    model = from_brainscore(theirs)
    with pytest.raises(ModelError, match="was asked for nothing"):
        model.look_at(stimuli())
    model.start_recording("V4", [(70, 170)])
    theirs.trials = 2
    with pytest.raises(ModelError, match=r"theirs returned 12 rows for 6 stimuli of noise.*also for several trials"):
        model.look_at(stimuli())
    theirs.started.append(("label", ["dark", "bright"]))
    with pytest.raises(
        ModelError, match=r"returned the dimensions choice, presentation; it must return presentation and neuroid"
    ):
        model.look_at(stimuli())
    with pytest.raises(ModelError, match=r"object has no identifier.*give from_brainscore a BrainModel"):
        from_brainscore(object())
    with pytest.raises(ModelError, match="is a class"):
        from_brainscore(Theirs)


def test_images_that_are_files_are_shown_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(IMAGES[0].pixels()).save(tmp_path / "a.png")
    shown: list[str] = []
    look = Theirs.look_at

    def noted(self: Theirs, given: Any, **settings: Any) -> object:
        shown.extend(map(str, given.stimulus_paths.values()))
        return look(self, given, **settings)

    monkeypatch.setattr(Theirs, "look_at", noted)
    model = from_brainscore(Theirs())
    model.start_recording("V4", [(70, 170)])
    model.look_at(StimulusSet("files", pd.DataFrame({"stimulus_id": ["a"]}), [ImageFile(tmp_path / "a.png")], 8.0))
    assert shown == [str(tmp_path / "a.png")]


def test_a_factory_may_return_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "theirs.py").write_text(
        "from tests.support.published_package import Theirs\n\ndef build():\n    return Theirs()\n"
    )
    model = load_model("theirs.py:build")
    model.start_recording("V4", [(70, 170)])
    np.testing.assert_array_equal(model.look_at(stimuli()).values, colours())
    pixels = load_model("pixels")
    assert adapted(pixels) is pixels


def test_it_is_scored_as_any_other_model() -> None:
    noise = np.random.default_rng(0).standard_normal((6, 3))
    benchmark = recording_benchmark("lab-rdm", colours() + noise, stimuli(), region="V4", metric="rdm", ceiling=1.0)
    assert benchmark(from_brainscore(Theirs())).value > 0.5
