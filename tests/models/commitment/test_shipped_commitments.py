"""The commitments that come with the package: their layers are in the networks, and fit what is read of them."""

from __future__ import annotations

import pytest
import torch

from pytest_brainscore.models.activations.layout import layout_of
from pytest_brainscore.models.activations.reductions import reduce_layer
from pytest_brainscore.models.commitment.commitment import REGIONS, read_commitment
from pytest_brainscore.models.commitment.layer_name import parse_layer
from pytest_brainscore.models.registry import committed_names
from pytest_brainscore.resources import resource_folder

TORCHVISION = [name for name in committed_names() if name not in ("pixels", "efficientnet_lite0")]
# Units of each region at 224 x 224 pixels, counted by hand: tokens x channels, or rows x columns x channels.
UNITS = {
    "vit_b_32": {"V1": 50 * 768, "V2": 50 * 768, "V4": 50 * 768, "IT": 50 * 768, "behavior": 768},
    "swin_t": {"V1": 56 * 56 * 96, "V2": 28 * 28 * 192, "V4": 14 * 14 * 384, "IT": 7 * 7 * 768, "behavior": 768},
    "convnext_tiny": {"V1": 56 * 56 * 96, "V2": 28 * 28 * 192, "V4": 14 * 14 * 384, "IT": 7 * 7 * 768, "behavior": 768},
}


def test_all_families_have_one() -> None:
    names = ["vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14", "swin_t", "swin_s", "swin_b", "swin_v2_t"]
    names += ["swin_v2_s", "swin_v2_b", "convnext_tiny", "convnext_small", "convnext_base", "convnext_large"]
    assert set(names) <= set(committed_names())


@pytest.mark.parametrize("name", TORCHVISION)
def test_layers_are_in_the_network(name: str) -> None:
    from torchvision.models import get_model, get_model_weights

    commitment = read_commitment(resource_folder("fixtures/models") / f"{name}.toml")
    with torch.device("meta"):
        modules = dict(get_model(name, weights=None).named_modules())
    layers = commitment.committed_layers()
    assert {*REGIONS} <= {*layers}
    assert {parse_layer(layer).layer for some in layers.values() for layer in some} <= modules.keys()
    assert commitment.weights in get_model_weights(name).__members__
    assert "depth, not by selection" in commitment.evidence or "published" in commitment.evidence


@pytest.mark.parametrize("name", UNITS)
def test_what_is_read_of_them(name: str) -> None:
    from torchvision.models import get_model

    commitment = read_commitment(resource_folder("fixtures/models") / f"{name}.toml")
    shapes: dict[str, tuple[int, ...]] = {}
    with torch.device("meta"):  # shapes without numbers
        network = get_model(name, weights=None)
        for each in {parse_layer(layer).layer for (layer,) in commitment.committed_layers().values()}:
            network.get_submodule(each).register_forward_hook(
                lambda *call, each=each: shapes.update({each: tuple(call[2].shape[1:])})
            )
        network(torch.empty(1, 3, 224, 224))
    sizes = {}
    for region, (layer,) in commitment.committed_layers().items():
        named = parse_layer(layer)
        sizes[region] = reduce_layer(layout_of(shapes[named.layer]), named.reductions, layer).layout.size
    assert sizes == UNITS[name]
