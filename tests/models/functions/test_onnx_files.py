"""ONNX files as models, against the PyTorch network with the same weights; and files that are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from tests.support.networks import make_model, make_tiny_network

onnx = pytest.importorskip("onnx", reason="onnx is of the extra onnx")
pytest.importorskip("onnxruntime", reason="onnxruntime is of the extra onnx")

ONE_BIN = ((70, 170),)
LAYERS = {"V1": "relu", "V4": "second", "IT": "logits"}


def write(
    path: Path, batch: int | str = "n", shape: tuple[Any, ...] = (3, 32, 32), *, last: bool = False, half: bool = False
) -> Path:
    """Write the tiny network; with `last`, channels of the input come last; with `half`, it has 16 bits."""
    helper, float32 = onnx.helper, onnx.TensorProto.FLOAT
    weights = {name: value.numpy() for name, value in make_tiny_network().state_dict().items()}
    if shape[0] == 1:
        weights["first.conv.weight"] = weights["first.conv.weight"].sum(axis=1, keepdims=True)
    steps = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
    nodes = [
        helper.make_node("Conv", ["images", "first.conv.weight", "first.conv.bias"], ["conv"], **steps),
        helper.make_node("Relu", ["conv"], ["relu"]),
        helper.make_node("Conv", ["relu", "second.weight", "second.bias"], ["second"], **steps),
        helper.make_node("Flatten", ["second"], ["flat"]),
        helper.make_node("Gemm", ["flat", "readout.weight", "readout.bias"], ["logits"], transB=1),
    ]
    name, dims = "images", (batch, *shape)
    if last:
        name, dims = "given", (batch, *shape[1:], shape[0])
        nodes.insert(0, helper.make_node("Transpose", ["given"], ["images"], perm=[0, 3, 1, 2]))
    if half:
        name = "given"
        nodes.insert(0, helper.make_node("Cast", ["given"], ["images"], to=float32))
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT16 if half else float32, dims)],
        [helper.make_tensor_value_info("logits", float32, (batch, 10))],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(model, path)
    return path


def loaded(path: Path, store: ActivationStore | None = None, **layers: str) -> LayerMappedModel:
    model = load_model(str(path), store=store or ActivationStore("off"), layers=layers or LAYERS)
    assert isinstance(model, LayerMappedModel)
    return model


@pytest.mark.parametrize(("batch", "last"), [("n", False), ("n", True), (1, False), (3, False), (16, True)])
def test_it_answers_as_the_network_does(
    batch: int | str, last: bool, tmp_path: Path, noise_stimuli: StimulusSet
) -> None:
    model = loaded(write(tmp_path / "tiny.onnx", batch, last=last))
    network = make_model(layers={"V1": ("first.relu",), "V4": ("second",), "IT": ("readout",)})
    for region in ("V1", "V4", "IT"):
        expected, read = (each.reader.read(each.layers[region], noise_stimuli) for each in (network, model))
        np.testing.assert_allclose(read, expected, rtol=1e-5, atol=1e-5)
    model.start_recording("V1", ONE_BIN)
    assembly = model.look_at(noise_stimuli)
    assert assembly["channel_y"].values[:17].tolist() == [*range(16), 0]
    assert model.description().weights_sha256 == loaded(tmp_path / "tiny.onnx").description().weights_sha256


def test_what_is_read_with_a_layer_does_not_change_it(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    reader = loaded(write(tmp_path / "tiny.onnx")).reader
    together = reader.read(("relu", "logits", "second#mean"), noise_stimuli)
    alone = [reader.read((layer,), noise_stimuli) for layer in ("relu", "logits", "second#mean")]
    np.testing.assert_array_equal(together, np.concatenate(alone, axis=1))


def test_layers_can_be_chosen_among(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    model = loaded(write(tmp_path / "tiny.onnx"), ActivationStore(folder=tmp_path / "store"))
    assert model.reader.candidates() == {
        "conv": (6, 16, 16),
        "relu": (6, 16, 16),
        "second": (4, 8, 8),
        "flat": (256,),
        "logits": (10,),
    }
    candidates = CandidateLayers(model, matching_layers(model, ["*"]))
    candidates.choose("second")
    candidates.start_recording("V4", ONE_BIN)
    np.testing.assert_array_equal(candidates.record(noise_stimuli), model.reader.read(("second",), noise_stimuli))


def test_images_of_16_bits(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    whole, half = (loaded(write(tmp_path / f"{half}.onnx", half=half)).reader for half in (False, True))
    read = half.read(("logits",), noise_stimuli)
    np.testing.assert_allclose(read, whole.read(("logits",), noise_stimuli), rtol=1e-2, atol=1e-3)


def test_grey_images_and_other_sizes(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    grey = loaded(write(tmp_path / "grey.onnx", shape=(1, 32, 32)))
    assert grey.description().preprocessing["channels"] == 1
    assert grey.reader.read(("logits",), noise_stimuli).shape == (6, 10)
    free = write(tmp_path / "free.onnx", shape=(3, "h", "w"))
    free.with_suffix(".toml").write_text('[preprocessing]\nimage_size = 48\n[layers]\nV1 = "relu#mean"\n')
    model = load_model(str(free), store=ActivationStore("off"))
    model.start_recording("V1", ONE_BIN)
    assert model.look_at(noise_stimuli).shape == (6, 6)
    assert isinstance(model, LayerMappedModel)
    assert model.reader.shapes(("relu",)) == {"relu": (6, 24, 24)}


def test_what_is_refused(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    with pytest.raises(ModelError, match=r"takes in images of 32 x 16 pixels; export it for square ones"):
        loaded(write(tmp_path / "long.onnx", shape=(3, 32, 16)))
    with pytest.raises(ModelError, match=r"takes in images \(n, 5, 32, 32\); it must have one input"):
        loaded(write(tmp_path / "five.onnx", shape=(5, 32, 32)))
    (tmp_path / "text.onnx").write_text("no network")
    with pytest.raises(ModelError, match="cannot be read as an ONNX network"):
        loaded(tmp_path / "text.onnx")
    path = write(tmp_path / "tiny.onnx")
    with pytest.raises(ModelError, match="has no layer 'rellu'; did you mean relu"):
        loaded(path, V1="rellu").reader.read(("rellu",), noise_stimuli)
    with pytest.raises(ModelError, match=r"has no part 'weights', .*one array"):
        loaded(path).reader.read(("relu#weights",), noise_stimuli)
    with pytest.raises(ModelError, match="leave out weights"):
        load_model(str(path), weights="w.pth")
    path.with_suffix(".toml").write_text("[preprocessing]\nimage_size = 64\n")
    with pytest.raises(ModelError, match="takes in 32 as image_size, and 64 is committed"):
        loaded(path)
