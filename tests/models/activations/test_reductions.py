"""What is left of a layer, against PyTorch and scikit-learn; and reductions that do not fit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.random_projection import SparseRandomProjection
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layout import layout_of
from pytest_brainscore.models.activations.reductions import projection_error, reduce_layer
from pytest_brainscore.models.commitment.layer_name import parse_layer
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers
from tests.support.networks import make_model

ONE_BIN = ((70, 170),)
RANDOM = np.random.RandomState(0)
TOKENS = RANDOM.randn(3, 197, 8).astype(np.float32)
CONVOLUTION = RANDOM.randn(3, 6, 5, 5).astype(np.float32)
CHANNELS_LAST = RANDOM.randn(3, 5, 5, 6).astype(np.float32)
VIDEO = RANDOM.randn(3, 6, 4, 5, 5).astype(np.float32)


def left_of(responses: NDArray[np.float32], words: str) -> NDArray[np.float32]:
    reductions = parse_layer(f"layer{words}").reductions
    reduced = reduce_layer(layout_of(responses.shape[1:]), reductions, "layer x of net")
    answer = reduced(responses)
    assert answer.shape == (len(responses), reduced.layout.size)
    assert answer.dtype == np.float32
    return answer


CASES = {
    "class token": (TOKENS, "#cls", TOKENS[:, 0]),
    "class token with registers": (TOKENS[:, :54], "#cls", TOKENS[:, 0]),
    "patches": (TOKENS, "#patch", TOKENS[:, 1:]),
    "patches after five": (TOKENS, "#patch:5", TOKENS[:, 5:]),
    "mean of tokens": (TOKENS, "#mean", TOKENS.mean(1)),
    "mean of patches": (TOKENS, "#patch#mean", TOKENS[:, 1:].mean(1)),
    "channels of tokens": (TOKENS, "#channels", TOKENS.mean(1)),
    "maximum of tokens": (TOKENS, "#maxpool", TOKENS.max(1)),
    "one token": (TOKENS, "#token:9", TOKENS[:, 9]),
    "mean of places": (CONVOLUTION, "#mean", CONVOLUTION.mean((2, 3))),
    "maximum of places": (CONVOLUTION, "#maxpool", CONVOLUTION.max((2, 3))),
    "channels of a convolution": (CONVOLUTION, "#channels", CONVOLUTION.mean((2, 3))),
    "channels come last": (CHANNELS_LAST, "#mean", CHANNELS_LAST.mean((1, 2))),
    "maximum where channels come last": (CHANNELS_LAST, "#maxpool", CHANNELS_LAST.max((1, 2))),
    "places of a video": (VIDEO, "#mean", VIDEO.mean((3, 4))),
    "channels of a video": (VIDEO, "#channels", VIDEO.mean((2, 3, 4))),
    "frame of a video": (VIDEO, "#frame:2", VIDEO[:, :, 2]),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_left(case: str) -> None:
    responses, words, expected = CASES[case]
    np.testing.assert_allclose(left_of(responses, words), expected.reshape(3, -1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("seed", [0, 3])
def test_random_projections_are_those_of_scikit_learn(seed: int) -> None:
    flat = TOKENS.reshape(3, -1)
    words = "#srp:50" if seed == 0 else f"#srp:50:{seed}"
    expected = SparseRandomProjection(50, random_state=seed).fit_transform(flat.astype(float))
    np.testing.assert_allclose(left_of(TOKENS, words), expected, rtol=1e-5)


@pytest.mark.parametrize("projections", [50, 200])
def test_the_error_of_random_projections(projections: int) -> None:
    """Over 200 draws, the deviation of a squared distance is as stated, within 5 standard errors of a deviation."""
    one, other = RANDOM.randn(2, 500)
    true = ((one - other) ** 2).sum()
    changes = []
    for seed in range(200):
        projected = SparseRandomProjection(projections, random_state=seed).fit_transform(np.stack([one, other]))
        changes.append(((projected[0] - projected[1]) ** 2).sum() / true - 1)
    stated = projection_error(projections)
    assert abs(float(np.std(changes)) / stated - 1) < 5 / np.sqrt(2 * 200)
    assert abs(float(np.mean(changes))) < 5 * stated / np.sqrt(200)


@pytest.mark.parametrize(
    ("shape", "words", "sentence"),
    [
        ((6, 5, 5), "#cls", r"#cls does not fit layer x of net, which answers \(6, 5, 5\): it has no tokens"),
        ((1000,), "#mean", "no rows and columns and no tokens"),
        ((1000,), "#channels", "nothing but channels"),
        ((196, 8), "#cls", "196 tokens are a grid of 14 x 14 and no class token before them"),
        ((77, 8), "#cls", "no grid of patches.*#token:0"),
        ((77, 8), "#patch", "say how many tokens come before"),
        ((5, 8), "#patch:5", "nothing is left of 5"),
        ((5, 8), "#token:5", "there are 5 of token, counted from 0; give 4 or less"),
        ((5, 8), "#frame:0", "no axis of time"),
        ((5, 8), "#srp:41", "40 units cannot be reduced to 41"),
        ((197, 8), "#cls#patch", r"#patch does not fit layer x of net, which answers \(8,\)"),
        ((197, 8), "#patch#cls", "no class token"),
        ((197, 8), "#srp:5#mean", "no rows and columns"),
        ((2, 2, 2, 2, 2), "#mean", "no rows and columns"),
    ],
)
def test_what_does_not_fit(shape: tuple[int, ...], words: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        left_of(np.zeros((1, *shape), np.float32), words)


class Blocks(nn.Module):
    """A transformer in little: 1 + 16 tokens of 6 channels from 32 x 32 pixels."""

    def __init__(self) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            self.patches = nn.Conv2d(3, 6, 8, 8)
            self.blocks = nn.Sequential(*(nn.Sequential(nn.LayerNorm(6), nn.Linear(6, 6), nn.GELU()) for _ in range(2)))
            self.register_buffer("cls", torch.randn(1, 1, 6))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the class token."""
        tokens = self.patches(images).flatten(2).mT
        cls = self.cls + tokens.mean(1, keepdim=True)
        out: torch.Tensor = self.blocks(torch.cat([cls, tokens], 1))[:, 0]
        return out


@pytest.fixture
def store(tmp_path: Path) -> ActivationStore:
    return ActivationStore(folder=tmp_path)


def test_a_model_is_recorded_at_reduced_layers(noise_stimuli: StimulusSet, store: ActivationStore) -> None:
    layers = {"V1": ("blocks.0",), "V4": ("blocks.0#cls", "blocks.1#patch#mean"), "IT": ("blocks.1#srp:20",)}
    model = make_model(Blocks(), layers=layers, store=store)
    whole = {}
    for layer in ("blocks.0", "blocks.1"):
        whole[layer] = model.reader.read((layer,), noise_stimuli).reshape(-1, 17, 6)
    model.start_recording("V4", ONE_BIN)
    recorded = model.look_at(noise_stimuli)
    expected = np.concatenate([whole["blocks.0"][:, 0], whole["blocks.1"][:, 1:].mean(1)], axis=1)
    np.testing.assert_allclose(recorded.values, expected, rtol=1e-5, atol=1e-6)
    assert recorded["layer"].values.tolist() == ["blocks.0#cls"] * 6 + ["blocks.1#patch#mean"] * 6
    assert recorded["channel"].values.tolist() == [*range(6), *range(6)]
    assert recorded["neuroid_id"].values[0] == "tiny.blocks.0#cls.0"
    remarks = model.description().remarks
    assert remarks == [
        "blocks.1#srp:20: 20 random projections (seed 0) change squared distances of responses by about 0.32 of them "
        "(standard deviation)"
    ]


def test_every_reduction_is_stored_under_a_key_of_its_own(noise_stimuli: StimulusSet, store: ActivationStore) -> None:
    reader = make_model(Blocks(), store=store).reader
    words = ("", "#cls", "#srp:6", "#srp:6:1")
    read = [reader.read((f"blocks.1{word}",), noise_stimuli) for word in words]
    alone = [make_model(Blocks()).reader.read((f"blocks.1{word}",), noise_stimuli) for word in words]
    for one, other in zip(read, alone, strict=True):
        np.testing.assert_array_equal(one, other)
    assert len({array.tobytes() for array in read}) == len(words)


def test_candidates_with_reductions(noise_stimuli: StimulusSet, store: ActivationStore) -> None:
    model = make_model(Blocks(), layers={}, store=store)
    chosen = matching_layers(model, ["blocks.*#cls", "blocks.1#patch"])
    assert chosen == ("blocks.0#cls", "blocks.1#cls", "blocks.1#patch")
    candidates = CandidateLayers(model, chosen)
    assert candidates.reader.candidates() == {"blocks.0#cls": (6,), "blocks.1#cls": (6,), "blocks.1#patch": (16, 6)}
    for layer in chosen:
        candidates.choose(layer)
        candidates.start_recording("IT", ONE_BIN)
        expected = make_model(Blocks()).reader.read((layer,), noise_stimuli)
        np.testing.assert_array_equal(candidates.record(noise_stimuli), expected)


def test_a_word_that_is_nothing_is_told_with_those_that_are(noise_stimuli: StimulusSet) -> None:
    reader = make_model(Blocks()).reader
    with pytest.raises(
        ModelError, match=r"blocks.1 of tiny has no part 'men', .*it returns one array; did you mean #mean"
    ):
        reader.read(("blocks.1#men",), noise_stimuli)
