"""Averaged weights are scored in place of those in training."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.weights import load_checkpoint
from tests.support.trainings import callback, first_layer, make_network


class Averaged(nn.Module):
    """Holds an average as ``torch.optim.swa_utils.AveragedModel`` does, whose package takes seconds to import."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.module = copy.deepcopy(network)
        self.register_buffer("n_averaged", torch.tensor(3))


def average() -> Averaged:
    averaged = Averaged(make_network())
    with torch.no_grad():
        first_layer(averaged.module).weight.mul_(3)
    return averaged


FORMS: dict[str, Callable[[Averaged], Any]] = {
    "network": lambda averaged: averaged,
    "its own network": lambda averaged: averaged.module,
    "state dict": lambda averaged: averaged.state_dict(),
    "state dict of its network": lambda averaged: averaged.module.state_dict(),
    "function": lambda averaged: lambda: averaged,
    "function of a state dict": lambda averaged: averaged.state_dict,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_score_of_the_average(form: str, tmp_path: Path) -> None:
    averaged = average()
    expected = callback()(averaged.module, step=3)
    path = tmp_path / "best.safetensors"
    trained = make_network()
    scored = callback(ema=FORMS[form](averaged), checkpoint=path)(trained, step=3)
    assert scored is not None
    assert expected is not None
    assert scored.scores == expected.scores
    kept = make_network()
    load_checkpoint(kept, path)  # what was scored is what is kept
    assert torch.equal(first_layer(kept).weight, first_layer(averaged.module).weight)
    assert averaged.module.training
    assert torch.equal(first_layer(trained).weight, first_layer(make_network()).weight)


def test_the_average_of_the_moment_is_scored() -> None:
    averaged = average()
    scoring = callback(ema=averaged)
    first = scoring(make_network(), step=3)
    with torch.no_grad():
        first_layer(averaged.module).weight.mul_(2)
    second = scoring(make_network(), step=6)
    assert first is not None
    assert second is not None
    assert first.scores != second.scores


def test_a_part_of_what_is_averaged() -> None:
    whole = nn.ModuleDict({"net": make_network()})
    averaged = copy.deepcopy(whole)
    with torch.no_grad():
        first_layer(averaged["net"]).weight.mul_(3)
    expected = callback()(averaged["net"], step=3)
    assert expected is not None
    for ema in (averaged, averaged.state_dict(), averaged["net"]):
        scored = callback(ema=ema, submodule="net")(whole, step=3)
        assert scored is not None
        assert scored.scores == expected.scores


def test_other_weights_are_refused() -> None:
    with pytest.raises(ModelError, match=r"The weights in ema of net.* do not belong to Sequential"):
        callback(ema={"weight": torch.zeros(2)})(make_network(), step=3)
    with pytest.raises(ModelError, match=r"ema of net.* is a int; give the averaged network"):
        callback(ema=lambda: 3)(make_network(), step=3)
