"""Untrained twins: weights drawn anew, by seed."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.untrained import draw_anew


def network() -> nn.Module:
    trained = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.LazyLinear(2))
    trained(torch.zeros(1, 3, 5, 5))
    with torch.no_grad():
        for each in trained.parameters():
            each.fill_(7)
    trained[1].running_mean.fill_(3)  # type: ignore[operator]
    return trained


def weights(of: nn.Module) -> torch.Tensor:
    return torch.cat([each.detach().ravel() for each in of.parameters()])


def test_a_seed_gives_weights_and_another_one_gives_others() -> None:
    one, same, other = network(), network(), network()
    for twin, seed in ((one, 0), (same, 0), (other, 1)):
        draw_anew(twin, seed, "net")
    assert torch.equal(weights(one), weights(same))
    assert not torch.equal(weights(one), weights(other))
    assert not (weights(one) == 7).any()
    assert torch.equal(one[1].running_mean, torch.zeros(4))  # type: ignore[index]


def test_the_generator_of_the_caller_stays() -> None:
    drawn = network()
    before = torch.get_rng_state()
    draw_anew(drawn, 0, "net")
    assert torch.equal(torch.get_rng_state(), before)


class Bare(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.zeros(3))


class Drawn(Bare):
    def reset_parameters(self) -> None:
        nn.init.normal_(self.token)


def test_weights_of_which_nothing_says_how_they_are_drawn_are_named() -> None:
    with pytest.raises(ModelError, match=r"net has no untrained twin.*weights of 1 \(Bare\).*reset_parameters\(self\)"):
        draw_anew(nn.Sequential(nn.Linear(2, 2), Bare()), 0, "net")


def test_a_module_with_the_method_draws_for_what_is_inside_of_it() -> None:
    outer = Drawn()
    outer.inside = Bare()
    draw_anew(outer, 0, "net")
    assert outer.token.abs().sum() > 0
    draw_anew(nn.MultiheadAttention(4, 2), 0, "attention")


def test_a_network_of_torchvision_begins_as_its_architecture_says(tmp_path: Path) -> None:
    from pytest_brainscore.models import load_model

    twins = [load_model("squeezenet1_1", untrained=seed) for seed in (0, 0, 1)]
    assert [twin.identifier for twin in twins] == [f"squeezenet1_1.untrained-{seed}" for seed in (0, 0, 1)]
    digests = [twin.description().weights_sha256 for twin in twins]  # type: ignore[attr-defined]
    assert digests[0] == digests[1] != digests[2]


def test_what_has_no_weights_has_no_twin(tmp_path: Path) -> None:
    from pytest_brainscore.models import load_model

    with pytest.raises(ModelError, match="nothing says how to draw its weights anew"):
        load_model("pixels", untrained=0)
    with pytest.raises(ModelError, match="leave out the checkpoint"):
        load_model("squeezenet1_1", untrained=0, weights=tmp_path / "w.safetensors")
