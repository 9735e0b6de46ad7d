"""A training with the callback is, bit for bit, the training without."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import BrainModel
from tests.support.trainings import (
    LAYER,
    all_tensors,
    callback,
    first_layer,
    fixed,
    leaf,
    make_network,
    mean_response,
    train,
)


def disturbing(benchmark: Any, model: BrainModel, data: None) -> Any:
    """Score as a careless protocol does: it draws random numbers and changes what the whole process shares."""
    torch.manual_seed(7)
    np.random.seed(7)  # noqa: NPY002
    random.seed(7)
    torch.backends.cudnn.benchmark = not torch.backends.cudnn.benchmark
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(torch.get_num_threads() + 1)
    return mean_response(benchmark, model, data)


@pytest.mark.parametrize("protocol", [mean_response, disturbing])
def test_losses_weights_and_random_numbers_are_the_same(protocol: Callable[..., Any]) -> None:
    without, with_it = make_network(), make_network()
    flags = torch.backends.cudnn.benchmark, torch.get_num_threads(), torch.get_default_dtype()
    scoring = callback(leaf(protocol=protocol))
    curve = train(with_it, lambda network, step: scoring(network, step=step))
    assert curve == train(without)
    assert [each.name for each in scoring.snapshots] == ["net@step3", "net@step6"]
    assert all(torch.equal(one, other) for one, other in zip(all_tensors(without), all_tensors(with_it), strict=True))
    assert (torch.backends.cudnn.benchmark, torch.get_num_threads(), torch.get_default_dtype()) == flags


def test_the_network_is_as_it_was() -> None:
    network = make_network().to(memory_format=torch.channels_last)
    network.get_submodule("1").eval()  # frozen statistics, in a network that trains
    first_layer(network).weight.requires_grad = False
    seen: list[tuple[int, ...]] = []
    handle = first_layer(network).register_forward_hook(
        lambda _module, _inputs, output: seen.append(tuple(output.shape))
    )
    torch.autograd.backward(network(torch.rand(4, 3, 32, 32)).sum())
    before = [(each.data_ptr(), each.stride(), each._version, each.clone()) for each in all_tensors(network)]
    modes = [module.training for module in network.modules()]
    hooks = [list(module._forward_hooks) for module in network.modules()]
    frozen = [each.requires_grad for each in network.parameters()]
    assert callback()(network, step=3) is not None
    for (pointer, stride, version, values), now in zip(before, all_tensors(network), strict=True):
        assert (now.data_ptr(), now.stride(), now._version) == (pointer, stride, version)
        assert torch.equal(now, values)
    assert [module.training for module in network.modules()] == modes
    assert [list(module._forward_hooks) for module in network.modules()] == hooks
    assert not any(module._forward_pre_hooks for module in network.modules())
    assert [each.requires_grad for each in network.parameters()] == frozen
    handle.remove()


@pytest.mark.parametrize(
    "context", [torch.no_grad, torch.inference_mode, lambda: torch.autocast("cpu", torch.bfloat16)]
)
def test_what_surrounds_the_call_does_not_matter(context: Callable[[], Any]) -> None:
    network = make_network()
    expected = callback()(network, step=3)
    with context():
        grad = torch.is_grad_enabled()
        scored = callback()(network, step=3)
        assert torch.is_grad_enabled() == grad
    assert scored is not None
    assert expected is not None
    assert scored.scores == expected.scores


def test_a_snapshot_is_scored_in_evaluation_mode_by_what_it_is_now() -> None:
    network = make_network()
    scoring = callback()
    first = scoring(network, step=3)
    with torch.no_grad():
        first_layer(network).weight.mul_(2)
    second = scoring(network, step=6)
    evaluated = callback()(network.eval(), step=6)
    assert first is not None
    assert second is not None
    assert evaluated is not None
    assert first.scores != second.scores == evaluated.scores


def test_wrappers_that_distribute_or_compile_are_taken_off() -> None:
    network = make_network()
    expected = callback()(network, step=3)
    wrapped = callback()(nn.DataParallel(network), step=3)
    assert expected is not None
    assert wrapped is not None
    assert wrapped.scores == expected.scores


def test_a_part_of_what_is_trained_is_scored() -> None:
    whole = nn.ModuleDict({"net": make_network(), "teacher": nn.Linear(2, 2)})
    scored = callback(submodule="net")(whole, step=3)
    assert scored is not None
    with pytest.raises(ModelError, match="no submodule 'ne' to be scored; give one of net, teacher"):
        callback(submodule="ne")(whole, step=3)


class Replaced(nn.Module):
    """Calls a network through a function that a copy shares with it."""

    def __init__(self) -> None:
        super().__init__()
        self.inner: Any = make_network()
        called: Any = self.inner.forward
        setattr(self.inner, "forward", lambda images: called(images))  # noqa: B010

    def forward(self, images: torch.Tensor) -> Any:
        """Return what the network returns."""
        return self.inner(images)


def test_a_copy_that_calls_the_network_in_training_is_refused_before_it_is_changed() -> None:
    network = Replaced()
    statistics = network.inner[1].running_mean.clone()
    settings = {"layers": {"V1": f"inner.{LAYER}"}}
    with pytest.raises(ModelError, match=r"calls the network in training itself.*copy=FUNCTION"):
        callback(**settings)(network, step=3)
    assert torch.equal(network.inner[1].running_mean, statistics)

    def copied(trained: Any) -> nn.Module:
        made = Replaced()
        made.inner.load_state_dict(trained.inner.state_dict())
        return made

    assert callback(leaf(protocol=fixed(0.5)), copy=copied, **settings)(network, step=3)


def test_a_network_that_cannot_be_copied_is_told_with_the_way_out() -> None:
    network = make_network()
    network.cache = network(torch.rand(2, 3, 32, 32))  # a tensor with a history
    with pytest.raises(ModelError, match=r"net cannot be copied to be scored .*copy=FUNCTION"):
        callback()(network, step=3)
    with pytest.raises(ModelError, match="copy of net returned the network itself"):
        callback(copy=lambda network: network)(make_network(), step=3)
