"""Vision models of Hugging Face transformers: small ones with random weights, saved and loaded without any download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.sources.specification import parse_specification

transformers = pytest.importorskip("transformers", reason="transformers is of the extra hf")

SMALL: dict[str, Any] = {
    "hidden_size": 12,
    "num_hidden_layers": 2,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "image_size": 32,
    "patch_size": 8,
}


def make(kind: str, seed: int = 0) -> Any:
    """Return a small model with random weights."""
    torch.manual_seed(seed)
    makers = {
        "vit": lambda: transformers.ViTModel(transformers.ViTConfig(**SMALL)),
        "vit classifier": lambda: transformers.ViTForImageClassification(
            transformers.ViTConfig(**SMALL, num_labels=1000)
        ),
        "dinov2": lambda: transformers.Dinov2Model(transformers.Dinov2Config(**SMALL)),
        "convnext": lambda: transformers.ConvNextModel(
            transformers.ConvNextConfig(hidden_sizes=[4, 6], depths=[1, 1], num_stages=2)
        ),
        "clip": lambda: transformers.CLIPModel(
            transformers.CLIPConfig(
                text_config={**{k: SMALL[k] for k in list(SMALL)[:4]}, "vocab_size": 20, "projection_dim": 6},
                vision_config={**SMALL, "projection_dim": 6},
                projection_dim=6,
            )
        ),
    }
    return makers[kind]().eval()


PROCESSORS: dict[str, Any] = {
    "vit": lambda: transformers.ViTImageProcessorPil(size={"height": 32, "width": 32}),
    "shortest edge": lambda: transformers.BitImageProcessorPil(
        size={"shortest_edge": 37}, crop_size={"height": 32, "width": 32}
    ),
    "convnext": lambda: transformers.ConvNextImageProcessorPil(size={"shortest_edge": 32}, crop_pct=0.875),
    "clip": lambda: transformers.CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    ),
    "levels": lambda: transformers.ViTImageProcessorPil(
        size={"height": 32, "width": 32}, do_rescale=False, do_normalize=False, resample=3
    ),
}


def saved(folder: Path, model: str = "vit", processor: str = "vit") -> str:
    make(model).save_pretrained(folder)
    PROCESSORS[processor]().save_pretrained(folder)
    return f"hf:{folder}"


def loaded(text: str, **layers: str) -> LayerMappedModel:
    model = load_model(text, store=ActivationStore("off"), layers=layers)
    assert isinstance(model, LayerMappedModel)
    return model


def expected(model: Any, processor: str, stimuli: StimulusSet, **options: Any) -> Any:
    images = [Image.fromarray(image.pixels()) for image in stimuli.images]
    pixels = PROCESSORS[processor]()(images=images, return_tensors="pt")["pixel_values"].float()
    with torch.inference_mode():
        return model(pixels, **options)


LAYERS: list[tuple[str, str, str, Any]] = [
    ("vit", "vit", "#last_hidden_state#cls", lambda out: out.last_hidden_state[:, 0]),
    ("vit", "levels", "#last_hidden_state#patch#mean", lambda out: out.last_hidden_state[:, 1:].mean(1)),
    ("vit", "shortest edge", "#pooler_output", lambda out: out.pooler_output),
    ("vit classifier", "vit", "output", lambda out: out.logits),
    ("dinov2", "shortest edge", "#last_hidden_state#cls", lambda out: out.last_hidden_state[:, 0]),
    ("convnext", "convnext", "#last_hidden_state#mean", lambda out: out.last_hidden_state.mean((2, 3))),
]


@pytest.mark.parametrize(("model", "processor", "layer", "part"), LAYERS)
def test_it_answers_as_transformers_does(
    model: str, processor: str, layer: str, part: Any, tmp_path: Path, noise_stimuli: StimulusSet
) -> None:
    read = loaded(saved(tmp_path, model, processor)).reader.read((layer,), noise_stimuli)
    answer = part(expected(make(model), processor, noise_stimuli)).numpy()
    np.testing.assert_allclose(read, answer, rtol=1e-4, atol=1e-5)


def test_of_images_and_text_the_part_that_sees(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    read = loaded(saved(tmp_path, "clip", "clip")).reader.read(("#pooler_output",), noise_stimuli)
    answer = expected(make("clip").vision_model, "clip", noise_stimuli).pooler_output.numpy()
    np.testing.assert_allclose(read, answer, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("processor", PROCESSORS)
def test_images_are_those_of_the_processor_bit_for_bit(processor: str, tmp_path: Path) -> None:
    reader = loaded(saved(tmp_path, "vit", processor)).reader
    assert isinstance(reader, NetworkReader)
    random = np.random.RandomState(0)
    for shape in ((64, 64, 3), (61, 97, 3), (20, 30), (300, 41, 3)):
        pixels = random.randint(0, 256, shape).astype(np.uint8)
        out = np.empty((32, 32, 3), np.float32)
        reader.preprocessing(pixels, out)
        image = Image.fromarray(pixels).convert("RGB")
        told = PROCESSORS[processor]()(images=image, return_tensors="np")["pixel_values"][0]
        np.testing.assert_array_equal(out, np.asarray(told, np.float32).transpose(1, 2, 0))


def test_what_the_report_tells(tmp_path: Path) -> None:
    described = loaded(saved(tmp_path, "vit classifier"), IT="vit.layernorm#cls").description()
    assert described.preprocessing["processor"] == "ViTImageProcessorPil"
    assert described.preprocessing["image_mean"] == [0.5, 0.5, 0.5]
    assert described.weights_from == f"{tmp_path} of Hugging Face"


def test_layers_inside_and_label_tasks(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    model = loaded(saved(tmp_path, "vit classifier"))
    assert model.why_not("label") is None
    blocks = [name for name in model.reader.names() if name.endswith("layernorm_after")]
    read = model.reader.read((f"{blocks[1]}#cls",), noise_stimuli)
    assert read.shape == (6, 12)


def test_weights_of_ones_own(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    text = saved(tmp_path / "saved")
    other = make("vit", seed=1)
    torch.save(other.state_dict(), tmp_path / "other.pth")
    model = load_model(text, store=ActivationStore("off"), weights=tmp_path / "other.pth")
    assert isinstance(model, LayerMappedModel)
    read = model.reader.read(("#last_hidden_state#cls",), noise_stimuli)
    answer = expected(other, "vit", noise_stimuli).last_hidden_state[:, 0].numpy()
    np.testing.assert_allclose(read, answer, rtol=1e-4, atol=1e-5)


def test_names() -> None:
    assert parse_specification("hf:facebook/dinov2-small").identifier == "hf.facebook_dinov2-small"
    assert parse_specification("hf:/models/mine").identifier == "hf.mine"
    assert parse_specification("hf:./mine").identifier == "hf.mine"


def test_what_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"hf:nobody/nothing cannot be loaded .*; check the name, and that it is on"):
        loaded("hf:nobody/nothing")
    text = saved(tmp_path / "whole")
    (tmp_path / "whole" / "preprocessor_config.json").unlink()
    with pytest.raises(ModelError, match=r"cannot be loaded .* or give a folder with its config.json"):
        loaded(text)
    broken = tmp_path / "broken"
    saved(broken)
    from safetensors.torch import load_file, save_file

    weights = load_file(broken / "model.safetensors")
    weights.pop("layernorm.weight")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=r"are not whole: 1 missing keys \(layernorm.weight\)"):
        loaded(f"hf:{broken}")
    with pytest.raises(ModelError, match=r"returns a BaseModelOutputWithPooling .*, as in #last_hidden_state"):
        loaded(saved(tmp_path / "two")).reader.shapes(("output",))
