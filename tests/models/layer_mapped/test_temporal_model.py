"""Responses over time: alignment of stretches and time bins, and recurrent networks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError, NotCapable
from pytest_brainscore.models import load_model
from pytest_brainscore.models.asking import is_temporal
from pytest_brainscore.models.commitment.commitment import TimedStep
from pytest_brainscore.models.layer_mapped.temporal_model import TemporalBrainModel
from pytest_brainscore.models.layer_mapped.time_alignment import Stretch, align, alignment_weights
from tests.support.networks import make_model

TENS: list[Stretch] = [(0, 10), (10, 20), (20, 30)]


@pytest.mark.parametrize(
    ("mode", "expected"), [("portion", [[0.5, 0, 0], [0, 0, 0.5]]), ("center", [[1, 0, 0], [0, 0, 1]])]
)
def test_published_weights(mode: Literal["portion", "center"], expected: list[list[float]]) -> None:
    weights = alignment_weights([(0, 100), (100, 200), (200, 300)], [(0, 50), (250, 300)], mode)
    np.testing.assert_array_equal(weights, expected)


def test_video_frames_and_ten_millisecond_bins() -> None:
    frames = [(index * 1000 / 30, (index + 1) * 1000 / 30) for index in range(3)]
    bins = [(start, start + 10) for start in range(0, 100, 10)]
    assert alignment_weights(frames, bins).argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize(
    ("target", "weights"),
    [
        ((5, 25), [0.25, 0.5, 0.25]),
        ((9, 21), [0.1 / 1.2, 1 / 1.2, 0.1 / 1.2]),
        ((9, 13), [0.25, 0.75, 0]),
        ((0, 30), [1 / 3, 1 / 3, 1 / 3]),
    ],
)
def test_published_averages(target: Stretch, weights: list[float]) -> None:
    np.testing.assert_allclose(align(np.eye(3), TENS, [target])[:, 0], weights)


def test_the_published_example() -> None:
    sources: list[Stretch] = [(0, 150), (150, 300)]
    targets: list[Stretch] = [(70, 170), (170, 270)]
    np.testing.assert_allclose(alignment_weights(sources, targets), [[0.5333, 0.1333], [0, 0.6667]], atol=5e-5)
    aligned = align(np.array([[1, 3], [2, 6]], np.float32), sources, targets)
    np.testing.assert_allclose(aligned, [[1.4, 3], [2.8, 6]], rtol=1e-6)
    assert aligned.dtype == np.float32


@pytest.mark.parametrize("target", [(20, 35), (0, 31), (0, 30.00001), (30, 20), (-1, 5)])
def test_bins_outside_are_an_error(target: Stretch) -> None:
    with pytest.raises(ValueError, match="is not within 0 to 30 ms"):
        alignment_weights(TENS, [target])


def test_stretches_with_gaps_are_an_error() -> None:
    with pytest.raises(ValueError, match="do not follow upon each other"):
        alignment_weights([(0, 10), (20, 30)], [(0, 5)])


class Recurrent(nn.Module):
    """Adds its input to its state at each of three steps."""

    def __init__(self) -> None:
        super().__init__()
        self.input = nn.AvgPool2d(8)
        self.state = nn.Identity()

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the last state."""
        drive = self.input(images)
        state = torch.zeros_like(drive)
        for _ in range(3):
            state = self.state(state + drive)
        return state


COURSE = tuple(TimedStep(start=100 * step, end=100 * (step + 1), layer="state", step=step) for step in range(3))


@pytest.fixture
def model() -> TemporalBrainModel:
    return recurrent_model(COURSE)


def recurrent_model(course: tuple[TimedStep, ...]) -> TemporalBrainModel:
    return TemporalBrainModel(
        "recurrent",
        make_model(Recurrent(), identifier="recurrent").reader,
        layers={"V1": ("input",)},
        time_course={"IT": course},
        visual_degrees=8.0,
        commitment_file=Path("recurrent.toml"),
    )


def test_each_step_stands_for_its_time(model: TemporalBrainModel, noise_stimuli: StimulusSet) -> None:
    model.start_recording("V1", [(0, 100)])
    drive = model.look_at(noise_stimuli).values
    model.start_recording("IT", [(0, 100), (100, 200), (150, 250), (200, 300)])
    responses = model.look_at(noise_stimuli)
    assert responses.dims == ("presentation", "neuroid", "time_bin")
    assert responses["time_bin_start"].values.tolist() == [0, 100, 150, 200]
    for time_bin, factor in enumerate((1, 2, 2.5, 3)):
        np.testing.assert_allclose(responses[:, :, time_bin], factor * drive, rtol=1e-5, atol=1e-6)
    assert is_temporal(model)


def test_one_bin_is_not_a_dimension(model: TemporalBrainModel, noise_stimuli: StimulusSet) -> None:
    model.start_recording("IT", [(70, 170)])
    responses = model.look_at(noise_stimuli)
    assert responses.dims == ("presentation", "neuroid")
    np.testing.assert_array_equal(model.record(noise_stimuli), responses)
    np.testing.assert_array_equal(
        model.record(noise_stimuli, neuroids=np.array([5, 2]), maximum_over=2),
        responses.values.reshape(3, 2, -1).max(axis=1)[:, [5, 2]],
    )


def test_a_region_without_time_course_is_the_same_at_all_times(
    model: TemporalBrainModel, noise_stimuli: StimulusSet
) -> None:
    model.start_recording("V1", [(0, 100), (100, 200)])
    responses = model.look_at(noise_stimuli)
    np.testing.assert_array_equal(responses[:, :, 0], responses[:, :, 1])


def test_times_that_the_network_does_not_cover(model: TemporalBrainModel) -> None:
    with pytest.raises(NotCapable, match=r"\(250, 350\) is not within 0 to 300 ms"):
        model.start_recording("IT", [(0, 100), (250, 350)])


def test_several_bins_have_no_plain_record(model: TemporalBrainModel, noise_stimuli: StimulusSet) -> None:
    model.start_recording("IT", [(0, 100), (100, 200)])
    with pytest.raises(ModelError, match="start_recording with one"):
        model.record(noise_stimuli)


def test_a_step_that_does_not_happen(noise_stimuli: StimulusSet) -> None:
    model = recurrent_model((TimedStep(start=0, end=100, layer="state", step=3),))
    model.start_recording("IT", [(0, 100)])
    with pytest.raises(ModelError, match=r"Layer state of recurrent is used 3 times .* there is no state@3"):
        model.look_at(noise_stimuli)


def test_gaps_are_found_at_once() -> None:
    with pytest.raises(ModelError, match="time course of IT in recurrent is wrong"):
        recurrent_model((COURSE[0], COURSE[2]))


def test_a_step_is_a_layer_for_any_model(noise_stimuli: StimulusSet) -> None:
    responses = []
    for layer in ("state@0", "state@2", "state"):
        model = make_model(Recurrent(), layers={"IT": (layer,)})
        model.start_recording("IT", [(0, 100)])
        responses.append(model.record(noise_stimuli))
    np.testing.assert_allclose(3 * responses[0], responses[1], rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(responses[1], responses[2])


def test_a_commitment_file_may_hold_a_time_course(
    tmp_path: Path, brainscore_home: Path, noise_stimuli: StimulusSet
) -> None:
    (tmp_path / "net.py").write_text(
        "from torch import nn\n\n\nclass Net(nn.Module):\n"
        "    def __init__(self):\n        super().__init__()\n        self.cell = nn.ReLU()\n\n"
        "    def forward(self, images):\n        return self.cell(self.cell(images) + 1)\n"
    )
    (tmp_path / "net.toml").write_text(
        "[[time_course.IT]]\nstart = 0\nend = 100\nlayer = 'cell'\nstep = 0\n"
        "[[time_course.IT]]\nstart = 100\nend = 200\nlayer = 'cell'\nstep = 1\n"
    )
    model = load_model(f"{tmp_path}/net.py:Net")
    model.start_recording("IT", [(0, 100), (100, 200)])
    responses = model.look_at(noise_stimuli)
    np.testing.assert_allclose(responses[:, :, 0] + 1, responses[:, :, 1], rtol=1e-6)
    assert isinstance(model, TemporalBrainModel)
    assert model.description().layers["IT"] == ["cell@0 at 0 to 100 ms", "cell@1 at 100 to 200 ms"]
    replaced = load_model(f"{tmp_path}/net.py:Net", layers={"IT": "cell"})
    assert is_temporal(replaced) is False
