"""What a model answers must be repeatable, and independent of what it sees besides: else it is refused."""

from __future__ import annotations

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.probing.answers import (
    COARSE_COMPANY_TOLERANCE,
    COMPANY_TOLERANCE,
    REPEAT_TOLERANCE,
    Answer,
    difference,
)
from pytest_brainscore.models.networks.probing.images import COMPANY


class Unreliable(ModelError):
    """The same image does not always get the same answer."""


def check_repeated(first: Answer, again: Answer, layer: str, when: str) -> None:
    """Refuse a layer that answered one batch in two ways.

    Raises
    ------
    Unreliable
        The answers differ by more than rounding.

    """
    if first.digest == again.digest:
        return
    change = difference(first.sample, again.sample)
    if change > REPEAT_TOLERANCE:
        raise Unreliable(
            f"{layer} answers the same images differently {when} (by {change:.2g} of its responses): its forward pass "
            "draws random numbers or changes a state; make it repeatable, for example with dropout and noise only "
            "where self.training."
        )


def check_company(known: Answer, other: Answer, layer: str, *, coarse: bool) -> None:
    """Refuse a layer whose answer to an image depends on the other images of the batch.

    Parameters
    ----------
    known
        To the images of the probe.
    other
        To the first of them, in reverse order, in a batch without the others.
    layer
        Names the layer and the model.
    coarse
        Whether the network computes with numbers of 16 bits or fewer.

    Raises
    ------
    Unreliable
        The answers differ by more than rounding.

    """
    change = difference(known.sample[:COMPANY], other.sample[:COMPANY][::-1])
    if change > (COARSE_COMPANY_TOLERANCE if coarse else COMPANY_TOLERANCE):
        raise Unreliable(
            f"{layer} answers an image differently beside other images (by {change:.2g} of its responses), so scores "
            "would depend on how stimuli are put into batches; have it use no statistics of the batch (for example "
            "BatchNorm with track_running_stats=True), and no state that a pass changes."
        )


def check_undrawn(before: object, after: object, layer: str) -> None:
    """Refuse a network that draws from a generator of random numbers on the way to a layer.

    Raises
    ------
    Unreliable
        The generators changed, though the answers to the probe may not have.

    """
    if before != after:
        raise Unreliable(
            f"The network draws random numbers on the way to {layer[0].lower()}{layer[1:]}, so its answers cannot be "
            "repeated; make it draw only where self.training."
        )
