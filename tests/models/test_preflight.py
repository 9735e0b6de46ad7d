"""What is told of many models before the first is scored, and what checkpoints are called from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models import load_model
from pytest_brainscore.models.preflight import check_together
from pytest_brainscore.models.sources.specification import parse_specifications
from tests.support.projects import TORCH_COMMITMENT, TORCH_NETWORK


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.py").write_text(TORCH_NETWORK)
    (tmp_path / "net.toml").write_text(TORCH_COMMITMENT)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def weights(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    shapes = {"0.weight": (2, 3, 5, 5), "0.bias": (2,), "3.weight": (4, 2, 3, 3), "3.bias": (4,)}
    return {name: torch.randn(shape) for name, shape in shapes.items()}


def test_files_of_every_kind_are_looked_into_and_fit() -> None:
    save_file(weights(1), "epoch1.safetensors")
    torch.save({"state_dict": weights(2), "optimizer": {"lr": 0.1}}, "epoch2.pth")
    torch.save({"module." + name: value for name, value in weights(3).items()}, "epoch3.pth")
    torch.save(weights(4), "epoch4.pth", _use_new_zipfile_serialization=False)
    torch.save({"model": weights(5), "model_ema": weights(6)}, "epoch5.pth")
    check_together(parse_specifications("net.py:build@epoch*"))


def test_what_does_not_fit_is_named_with_file_and_key() -> None:
    save_file(weights(1), "epoch1.safetensors")
    torch.save(weights(2) | {"3.bias": torch.zeros(5)}, "epoch2.pth")
    Path("epoch3.pth").write_bytes(Path("epoch2.pth").read_bytes()[:-300])
    torch.save({"net": torch.nn.Conv2d(1, 1, 1)}, "epoch4.pth")  # an object, which is not unpickled
    models = parse_specifications("net.py:build@epoch*")
    with pytest.raises(
        ModelError, match=r"epoch2\.pth have 1 wrong shapes .*3\.bias is \(5,\) instead of \(4,\)"
    ) as told:
        check_together(models)
    assert "Neither can epoch3.pth, epoch4.pth be used. 1 of 4 checkpoints fit." in str(told.value)
    check_together(models[1:2])  # one model is left to its loading


def test_other_than_networks_and_factories_that_raise_are_left_to_their_loading() -> None:
    Path("net.py").write_text("def build():\n    raise RuntimeError('no such luck')\n")
    save_file(weights(1), "a.safetensors")
    save_file(weights(2), "b.safetensors")
    check_together(parse_specifications("net.py:build@*.safetensors"), layers={"V1": "features"})


def test_checkpoints_are_named_from_python_too() -> None:
    save_file(weights(1), "epoch1.safetensors")
    words = "net.py:build@epoch1.safetensors"
    assert load_model(words).identifier == "net.build@epoch1"
    assert load_model(f"mine={words}").identifier == "mine"
    named = load_model("net.py:build", weights="epoch1.safetensors", name="last")
    assert named.identifier == "last"
    assert load_model("net.py:build", weights="epoch1.safetensors").identifier == "net.build"
    assert load_model(words, name="first").identifier == "first"
    with pytest.raises(ModelError, match=r"has its checkpoint, and b.pth is another one"):
        load_model(words, weights="b.pth")
