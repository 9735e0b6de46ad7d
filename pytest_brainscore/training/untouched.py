"""A training goes on as if nothing had been in between: what scoring could change in this process is put back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from pytest_brainscore.errors import ModelError


@contextmanager
def untouched() -> Iterator[None]:
    """Put back, after the block, generators of random numbers, modes, flags and threads of this process.

    Inside, gradients can be computed, no autocast is in force, and numbers are of single precision by default, whatever
    surrounds the block.
    """
    with ExitStack() as stack:
        stack.callback(random.setstate, random.getstate())
        stack.callback(np.random.set_state, np.random.get_state())  # noqa: NPY002 - what the training draws from
        stack.callback(torch.set_rng_state, torch.get_rng_state())
        if torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
            stack.callback(torch.cuda.set_rng_state_all, torch.cuda.get_rng_state_all())
        if torch.backends.mps.is_available():
            stack.callback(torch.mps.set_rng_state, torch.mps.get_rng_state())
        stack.callback(torch.set_num_threads, torch.get_num_threads())
        stack.callback(torch.set_default_dtype, torch.get_default_dtype())
        cudnn: Any = torch.backends.cudnn
        for flag in ("deterministic", "benchmark", "enabled"):
            stack.callback(setattr, cudnn, flag, getattr(cudnn, flag))
        torch.set_default_dtype(torch.float32)
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        for kind in ("cpu", *(["cuda"] if torch.cuda.is_available() else [])):
            stack.enter_context(torch.autocast(kind, enabled=False))
        yield


@contextmanager
def not_called(network: nn.Module, name: str) -> Iterator[None]:
    """See to it that the network being trained takes no part in the block: its batch statistics would change.

    Raises
    ------
    ModelError
        It is called.

    """

    def refuse(_module: nn.Module, _inputs: object) -> None:
        raise ModelError(
            f"The copy of {name} that was to be scored calls the network in training itself, perhaps by a forward that "
            "was replaced; give BrainScoreCallback copy=FUNCTION, which takes the network and returns one to be scored."
        )

    handles = [
        module.register_forward_pre_hook(refuse)
        for module in network.modules()
        if not isinstance(module, torch.jit.ScriptModule)  # has no hooks
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
