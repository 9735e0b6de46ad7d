"""Networks of torch.export and TorchScript as models; and archives that would run code when they are read."""

from __future__ import annotations

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.sources.specification import parse_specification
from pytest_brainscore.models.sources.stored_networks import exported_network
from tests.support.networks import make_model, make_tiny_network

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:FutureWarning", "ignore:`torch.jit:DeprecationWarning")
ANY_NUMBER = {0: torch.export.Dim("images", min=1, max=1024)}


def export(
    path: Path, network: nn.Module | None = None, shape: tuple[int, ...] = (4, 3, 32, 32), any_number: bool = True
) -> Path:
    program = torch.export.export(
        (network or make_tiny_network()).eval(),
        (torch.zeros(shape),),
        dynamic_shapes=(ANY_NUMBER,) if any_number else None,
    )
    torch.export.save(program, path)
    return path


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(tmp_path_factory.mktemp("exported") / "tiny.pt2")


def loaded(path: Path, **layers: str) -> LayerMappedModel:
    model = load_model(str(path), store=ActivationStore("off"), layers=layers)
    assert isinstance(model, LayerMappedModel)
    return model


def test_layers_of_an_exported_network_are_those_of_the_network(exported: Path, noise_stimuli: StimulusSet) -> None:
    model, network = loaded(exported), make_model(layers={})
    assert model.identifier == "tiny"
    for layers in (("first.relu",), ("second#mean", "readout")):
        expected, read = (each.reader.read(layers, noise_stimuli) for each in (network, model))
        np.testing.assert_allclose(read, expected, rtol=1e-5, atol=1e-5)
    assert model.description().weights_from == "tiny.pt2"


@pytest.mark.parametrize("name", ["tiny.pt", "tiny.torchscript"])
def test_torchscript_is_read_as_a_whole(name: str, tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    path = tmp_path / name
    traced = torch.jit.trace(make_tiny_network().eval(), torch.zeros(1, 3, 32, 32))  # type: ignore[no-untyped-call]
    traced.save(str(path))
    path.with_suffix(".toml").write_text('[preprocessing]\nimage_size = 32\n[layers]\nIT = "output"\n')
    model = loaded(path)
    expected = make_model(layers={}).reader.read(("readout",), noise_stimuli)
    np.testing.assert_allclose(model.reader.read(model.layers["IT"], noise_stimuli), expected, rtol=1e-5, atol=1e-5)
    with pytest.raises(ModelError, match="lets nothing be read inside; give the network as it was before, or name"):
        model.reader.read(("second",), noise_stimuli)


def test_a_checkpoint_is_no_network(tmp_path: Path) -> None:
    path = tmp_path / "weights.pt"
    torch.save(make_tiny_network().state_dict(), path)
    with pytest.raises(ModelError, match="is a weights file"):
        parse_specification(str(path))
    with pytest.raises(ModelError, match="is a weights file"):
        parse_specification("not/there.pt")


MORE_THAN_TENSORS = date(2026, 11, 27)
"""Harmless, and no tensor."""


def pickled(_content: bytes) -> bytes:
    buffer = io.BytesIO()
    torch.save(MORE_THAN_TENSORS, buffer)
    return buffer.getvalue()


def with_pickled_weight(content: bytes) -> bytes:
    config = json.loads(content)
    next(iter(config["config"].values()))["use_pickle"] = True
    return json.dumps(config).encode()


def with_pickled_constant(_content: bytes) -> bytes:
    constant = {"path_name": "opaque_obj_0", "is_param": False, "use_pickle": True, "tensor_meta": None}
    return json.dumps({"config": {"x": constant}}).encode()


def with_formula(content: bytes) -> bytes:
    return content.replace(b'"expr_str": "Symbol(', b'"expr_str": "len(chr(1)) + Symbol(')


@pytest.mark.parametrize(
    ("member", "change", "sentence"),
    [
        ("sample_inputs/model.pt", pickled, "sample_inputs/model.pt could run code: it holds more than tensors"),
        ("model_weights_config.json", with_pickled_weight, "first.conv.weight is pickled"),
        ("model_constants_config.json", with_pickled_constant, "x is pickled"),
        ("models/model.json", with_formula, r"len\(chr\(1\)\) \+ Symbol.* is no size"),
    ],
)
def test_archives_that_would_run_code_are_not_loaded(
    member: str, change: Callable[[bytes], bytes], sentence: str, exported: Path, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.pt2"
    with zipfile.ZipFile(exported) as source, zipfile.ZipFile(bad, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name.endswith(member) else content)
        target.writestr("tiny/data/constants/opaque_obj_0", pickle.dumps(MORE_THAN_TENSORS))
    with pytest.raises(ModelError, match=sentence):
        load_model(str(bad))


def test_what_is_refused(tmp_path: Path, exported: Path) -> None:
    with pytest.raises(ModelError, match=r"was exported for 4 images at once; export it for any number: torch.export"):
        exported_network(export(tmp_path / "fixed.pt2", any_number=False))
    (tmp_path / "text.pt2").write_text("no network")
    with pytest.raises(ModelError, match=r"text.pt2 is no file of torch.export"):
        load_model(str(tmp_path / "text.pt2"))
    with zipfile.ZipFile(tmp_path / "empty.pt2", "w") as archive:
        archive.writestr("a/b", "c")
    with pytest.raises(ModelError, match="holds no network in the present format"):
        load_model(str(tmp_path / "empty.pt2"))
    with pytest.raises(ModelError, match="is a file with all its weights, not a network; leave out weights"):
        load_model(str(exported), weights="w.pth")
    with pytest.raises(ModelError, match=r"There is no file nothing\.pt2"):
        load_model("nothing.pt2")
    path = export(tmp_path / "flat.pt2", nn.Linear(3, 2), shape=(4, 3))
    with pytest.raises(ModelError, match="export a network of square images"):
        load_model(str(path))
