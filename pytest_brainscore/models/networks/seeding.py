"""Random numbers of the user's code, the same in every process."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np
import torch

Generator = torch.Generator | np.random.Generator | np.random.RandomState | random.Random
"""Generators of random numbers that somebody's code may have of its own."""
SEED: Final = 0
"""Seed of random weights, so that a network that is not trained is the same in every process."""


@contextmanager
def seeded(seed: int = SEED) -> Iterator[None]:
    """Seed the generators of PyTorch, NumPy and the standard library; those of the caller stay as they were."""
    state = random.getstate(), np.random.get_state()  # noqa: NPY002 - the generator that the user's code draws from
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else ()  # type: ignore[no-untyped-call]
    with torch.random.fork_rng(devices=devices):
        torch.manual_seed(seed)
        random.seed(seed)
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            random.setstate(state[0])
            np.random.set_state(state[1])  # noqa: NPY002


def drawn(own: Sequence[Generator] = ()) -> object:
    """Return something that changes, as a whole, whenever one of the generators is drawn from.

    Parameters
    ----------
    own
        Generators besides those of PyTorch, NumPy and the standard library.

    """
    numpy = [np.asarray(part).tobytes() for part in np.random.get_state()]  # noqa: NPY002
    devices = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else []  # type: ignore[no-untyped-call]
    states = [torch.get_rng_state(), *devices]
    return random.getstate(), numpy, [state.numpy().tobytes() for state in states], [_state(each) for each in own]


def _state(generator: Generator) -> str | bytes:
    if isinstance(generator, torch.Generator):
        return generator.get_state().numpy().tobytes()
    if isinstance(generator, random.Random):
        return repr(None if isinstance(generator, random.SystemRandom) else generator.getstate())
    if isinstance(generator, np.random.Generator):
        return repr(generator.bit_generator.state)
    return repr([np.asarray(part).tobytes() for part in generator.get_state()])
