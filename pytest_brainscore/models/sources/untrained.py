"""Untrained twins: the same architecture with weights drawn anew."""

from __future__ import annotations

from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.seeding import seeded

_METHODS = ("reset_parameters", "_reset_parameters")
"""What PyTorch calls the method of a module that draws its weights; the second is that of attention."""


def draw_anew(network: nn.Module, seed: int, name: str) -> None:
    """Draw all weights of a network anew, and forget what it counted, with the methods of its own modules.

    Parameters
    ----------
    network
        Changed in place.
    seed
        The same seed gives the same weights.
    name
        Of the network, for the error.

    Raises
    ------
    ModelError
        Some weights belong to a module without such a method, and to none that is inside of one with it.

    """
    covered: set[str] = set()
    own: list[tuple[str, nn.Module]] = []
    for path, module in network.named_modules():
        inside = any(path.startswith(f"{each}.") or not each for each in covered)
        if any(callable(getattr(module, method, None)) for method in _METHODS):
            covered.add(path)
            own.append((path, module))
        elif not inside and next(module.parameters(recurse=False), None) is not None:
            raise ModelError(
                f"{name} has no untrained twin, as nothing says how the weights of {path or 'the network itself'} "
                f"({type(module).__name__}) are drawn; give this class a method reset_parameters(self)."
            )
    with seeded(seed):
        # The inner ones first: whoever draws for what is inside of it has the last word.
        for _, module in reversed(own):
            method = next(each for each in _METHODS if callable(getattr(module, each, None)))
            getattr(module, method)()
