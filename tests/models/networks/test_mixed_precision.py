"""``amp``: 16 bits where PyTorch's autocast has them, and never in place of exact numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from tests.support.networks import IMAGE_SIZE, make_tiny_network
from tests.support.stimuli import NoiseImage

LAYERS = ("first.relu", "readout")
STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": [f"n{index}" for index in range(20)]}),
    tuple(NoiseImage(seed, side=40, colour=True) for seed in range(20)),
    8.0,
)


def reader(network: nn.Module | None = None, store: ActivationStore | None = None, *, amp: bool) -> NetworkReader:
    return NetworkReader(
        "tiny",
        network or make_tiny_network(),
        preprocessing=Preprocessing(image_size=IMAGE_SIZE),
        device=torch.device("cpu"),
        store=store or ActivationStore("off"),
        amp=amp,
    )


def respond(network: nn.Module | None = None, *, amp: bool) -> NDArray[np.float32]:
    return reader(network, amp=amp).read(LAYERS, STIMULI)


def test_responses_are_those_of_autocast() -> None:
    pixels = np.empty((16, IMAGE_SIZE, IMAGE_SIZE, 3), np.float32)
    for row, image in enumerate(STIMULI.images[:16]):
        Preprocessing(image_size=IMAGE_SIZE)(image.pixels(), pixels[row])
    network = make_tiny_network().to(memory_format=torch.channels_last).eval()
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        expected = network(torch.from_numpy(pixels).permute(0, 3, 1, 2)).float().numpy()
    np.testing.assert_array_equal(respond(amp=True)[:16, -10:], expected)


def test_responses_are_rounded_and_no_more() -> None:
    exact, mixed = respond(amp=False), respond(amp=True)
    assert mixed.dtype == np.float32
    assert not np.array_equal(exact, mixed)
    assert np.linalg.norm(exact - mixed) < 0.01 * np.linalg.norm(exact)
    np.testing.assert_array_equal(mixed.astype(np.float32), torch.from_numpy(mixed.copy()).bfloat16().float().numpy())


def test_a_network_of_16_bits_stays_one() -> None:
    half = make_tiny_network().to(torch.bfloat16)
    np.testing.assert_allclose(respond(half, amp=True), respond(amp=False), atol=0.05)


def test_how_a_network_is_run_is_found_out_in_full_precision() -> None:
    seen: list[torch.dtype] = []
    network = make_tiny_network()
    network.get_submodule("readout").register_forward_hook(lambda _module, _inputs, output: seen.append(output.dtype))
    ours = reader(network, amp=True)
    ours.shapes(LAYERS)
    assert ours.way == "channels_last"
    assert seen == [torch.float32, torch.float32, torch.bfloat16]


def test_a_changed_network_is_asked_anew_in_the_same_way() -> None:
    network = make_tiny_network()
    ours = reader(network, amp=True)
    before = ours.read(LAYERS, STIMULI)
    network.get_parameter("readout.bias").data.add_(1)
    after = ours.read(LAYERS, STIMULI)
    np.testing.assert_allclose(after[:, -10:], before[:, -10:] + 1, atol=0.05)
    np.testing.assert_array_equal(after[:, :-10], before[:, :-10])


class TestToldApart:
    """What is stored and reported says which it was."""

    def test_activations_are_stored_apart(self, tmp_path: Path) -> None:
        store = ActivationStore(folder=tmp_path)
        network = make_tiny_network()
        exact = reader(network, store, amp=False).read(LAYERS, STIMULI)
        mixed = reader(network, store, amp=True).read(LAYERS, STIMULI)
        assert not np.array_equal(exact, mixed)
        np.testing.assert_array_equal(reader(network, store, amp=False).read(LAYERS, STIMULI), exact)

    def test_exact_activations_keep_their_key(self) -> None:
        assert "amp" not in reader(amp=False).ingredients(LAYERS)
        assert reader(amp=True).ingredients(LAYERS)["amp"] == "bfloat16"

    def test_the_description_says_so(self) -> None:
        assert reader(amp=True).description().preprocessing["amp"] == "bfloat16"
        assert "amp" not in reader(amp=False).description().preprocessing

    @pytest.mark.parametrize("amp", [False, True])
    def test_load_model_takes_it(self, amp: bool, tmp_path: Path) -> None:
        file = tmp_path / "tiny.py"
        file.write_text("from tests.support.networks import make_tiny_network as build\n")
        model = load_model(f"{file}:build", layers={"V1": "0"}, device="cpu", store=ActivationStore("off"), amp=amp)
        assert ("amp" in model.description().preprocessing) == amp  # type: ignore[attr-defined]

    def test_what_is_no_network_takes_no_notice(self) -> None:
        model = load_model("pixels", amp=True, store=ActivationStore("off"))
        assert "amp" not in model.description().preprocessing  # type: ignore[attr-defined]
