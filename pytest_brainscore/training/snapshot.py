"""A snapshot of a network in training: a copy with the weights of the moment, or with averaged ones."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.probing.execution import unwrapped
from pytest_brainscore.models.sources.weights import load_weights

if TYPE_CHECKING:
    from pytest_brainscore.report.record import BenchmarkRecord

Weights = nn.Module | Mapping[str, Any]
Averaged = Weights | Callable[[], Weights]
"""An averaged network, its state dict, or a function that returns one of both."""
Copy = Callable[[nn.Module], nn.Module]
_SHARDED: Final = ("FullyShardedDataParallel", "FSDPModule")
_WRAPPED: Final = "module."
_COUNTER: Final = "n_averaged"


@dataclass(frozen=True)
class Snapshot:
    """What became of the scoring of a snapshot."""

    name: str
    """In reports: that of the network, and when it was, for example ``net@step1000``."""
    step: int | None
    """Steps of the optimiser before it, where they were counted."""
    epoch: int | None
    """Epochs before it, where they were counted."""
    scores: Mapping[str, float]
    """By leaf, and by parent where all of its leaves that are scored came to an end; what failed counts as 0 there."""
    errors: Mapping[str, float]
    """Of `scores`, where they are known."""
    seconds: float
    """How long it kept the training waiting."""
    records: tuple[BenchmarkRecord, ...] = field(repr=False)
    """What the report says of each leaf."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Leaves that were not scored this time, and why."""


def network_within(network: nn.Module, submodule: str) -> nn.Module:
    """Return a network without what distributes or compiles it, or a part of it.

    Raises
    ------
    ModelError
        It is none, or has no such part.

    """
    if not isinstance(network, nn.Module):
        raise ModelError(
            f"BrainScoreCallback was given a {type(network).__name__} as network; give the torch.nn.Module in training."
        )
    bare = unwrapped(network)
    if not submodule:
        return bare
    try:
        return bare.get_submodule(submodule)
    except AttributeError:
        there = ", ".join(name for name, _ in bare.named_children())
        raise ModelError(
            f"{type(bare).__name__} has no submodule {submodule!r} to be scored; give one of {there}."
        ) from None


@dataclass(frozen=True)
class Taking:
    """How snapshots are taken."""

    averaged: Averaged | None = None
    """Weights to be scored in place of those in training."""
    copied: Copy | None = None
    """Returns a copy of the network; ``copy.deepcopy`` where None."""
    submodule: str = ""
    """Which part of what is trained is scored; all of it where empty."""

    def take(self, network: nn.Module, name: str) -> nn.Module:
        """Return a network to be scored, which shares nothing with the one in training.

        Parameters
        ----------
        network
            In training, without wrappers (see :func:`network_within`); not changed.
        name
            Of the network, for errors.

        Raises
        ------
        ModelError
            It cannot be copied, or the averaged weights are not those of the network.

        """
        given = self.averaged
        weights = given() if callable(given) and not isinstance(given, nn.Module) else given
        if isinstance(weights, nn.Module):
            inner = unwrapped(getattr(weights, "module", weights))  # AveragedModel of torch, ModelEma of timm
            whole = not self.submodule or type(inner) is type(network)
            return self._copy(inner if whole else network_within(inner, self.submodule), name)
        if not (self.copied and weights is not None):
            _check_whole(network, name)
        made = self._copy(network, name)
        if weights is not None:
            if not isinstance(weights, Mapping):
                raise ModelError(
                    f"ema of {name} is a {type(weights).__name__}; give the averaged network, its state dict, or a "
                    "function that returns one of both."
                )
            load_weights(made, self._named_as_in(made, weights), f"ema of {name}")
        return made

    def _named_as_in(self, network: nn.Module, weights: Mapping[str, Any]) -> dict[str, torch.Tensor]:
        """Return averaged weights by the names that the network has for them."""
        own = network.state_dict().keys()
        state = {key: value for key, value in weights.items() if torch.is_tensor(value) and key != _COUNTER}
        for prefix in (_WRAPPED, f"{self.submodule}."):
            inside = {key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)}
            if inside and not state.keys() & own:
                state = inside
        return state

    def _copy(self, network: nn.Module, name: str) -> nn.Module:
        try:
            made = copy.deepcopy(network) if self.copied is None else self.copied(network)
        except Exception as error:  # tensors with a history, generators, handles ... or somebody's function
            raise ModelError(
                f"{name} cannot be copied to be scored ({type(error).__name__}: {error}); give BrainScoreCallback "
                "copy=FUNCTION, which takes the network and returns one with the same weights."
            ) from error
        if not isinstance(made, nn.Module) or made is network:
            what = "the network itself" if made is network else f"a {type(made).__name__}"
            raise ModelError(f"copy of {name} returned {what}; return another torch.nn.Module with the same weights.")
        return made


def _check_whole(network: nn.Module, name: str) -> None:
    kinds = {each.__name__ for module in network.modules() for each in type(module).__mro__}
    pieces = any(type(each).__name__ == "DTensor" or hasattr(each, "ds_id") for each in network.parameters())
    if pieces or not kinds.isdisjoint(_SHARDED):
        raise ModelError(
            f"The weights of {name} lie in pieces on several devices, and a copy would have only those of this one; "
            "give BrainScoreCallback ema=FUNCTION, which gathers and returns the whole state dict, and copy=FUNCTION, "
            "which returns a network for it."
        )
