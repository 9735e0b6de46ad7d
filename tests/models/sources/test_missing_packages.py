"""Models whose package is not installed: the sentence says which extra to install."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from pytest_brainscore import load_model
from pytest_brainscore.errors import ModelError


def test_hugging_face(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ModelError, match=r'the package transformers, .*; pip install "pytest-brainscore\[hf\]"\.'):
        load_model("hf:facebook/dinov2-small")
    with pytest.raises(ModelError, match=r"needs the package timm, which is not installed; pip install timm\."):
        load_model("timm:resnet18")


@pytest.mark.parametrize("package", ["onnx", "onnxruntime"])
def test_onnx(package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for each in ("onnx", "onnxruntime"):
        monkeypatch.setitem(sys.modules, each, sys if each != package else None)
    path = tmp_path / "net.onnx"
    path.write_bytes(b"")
    with pytest.raises(ModelError, match=rf'net.onnx needs the package {package}, .* "pytest-brainscore\[onnx\]"\.'):
        load_model(str(path))
