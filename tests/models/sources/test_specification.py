"""The words that name a model."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.specification import parse_specification


@pytest.mark.parametrize(
    ("text", "kind", "source", "factory", "identifier"),
    [
        ("squeezenet1_1", "name", "squeezenet1_1", "", "squeezenet1_1"),
        (" alexnet ", "name", "alexnet", "", "alexnet"),
        ("timm:resnet18", "timm", "resnet18", "", "timm.resnet18"),
        ("timm:vit_base.augreg_in1k", "timm", "vit_base.augreg_in1k", "", "timm.vit_base.augreg_in1k"),
        ("timm:hf-hub:lab/net", "timm", "hf-hub:lab/net", "", "timm.hf-hub_lab_net"),
        ("mylab/net.py:build", "file", "mylab/net.py", "build", "net.build"),
        ("/data/my nets/v1 net.py:build", "file", "/data/my nets/v1 net.py", "build", "v1_net.build"),
        ("mylab.networks:build", "module", "mylab.networks", "build", "mylab.networks.build"),
        ("hf:facebook/dinov2-small", "hf", "facebook/dinov2-small", "", "hf.facebook_dinov2-small"),
        ("nets/v1 net.onnx", "stored", "nets/v1 net.onnx", "", "v1_net"),
        ("net.pt2", "stored", "net.pt2", "", "net"),
        ("net.torchscript", "stored", "net.torchscript", "", "net"),
        ("~/my.features.npz", "stored", "~/my.features.npz", "", "my.features"),
    ],
)
def test_forms(text: str, kind: str, source: str, factory: str, identifier: str) -> None:
    specification = parse_specification(text)
    assert (specification.kind, specification.source, specification.factory) == (kind, source, factory)
    assert specification.identifier == identifier


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("", "does not name a model"),
        ("timm:", "does not name a model"),
        ("hf:", "does not name a model; give .*hf:ORGANISATION/NAME, or a file that is the model: net.onnx, net.pt2"),
        ("net.py", "write net.py:NAME"),
        ("net.py:", "does not name a model"),
        ("a b:build", "does not name a model"),
        ("../net", "does not name a model"),
        ("best.pth", 'weights="best.pth"'),
        ("best.safetensors", 'weights="best.safetensors"'),
    ],
)
def test_other_words_are_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(ModelError, match=advice):
        parse_specification(text)


def test_parsing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pytest_brainscore.models import load_model; "
        "from pytest_brainscore.models.registry import check_exists; "
        "from pytest_brainscore.models.sources.specification import parse_specification; "
        "check_exists(parse_specification('squeezenet1_1')); "
        "print(sorted({'torch', 'torchvision', 'numpy', 'pandas', 'xarray', 'msgspec'} & set(sys.modules)))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
