"""Running a network: in the fastest way that gives what plain PyTorch gives."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from typing import Final, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.models.networks.device import exact_arithmetic, feeding_of
from pytest_brainscore.models.networks.probing.answers import difference
from pytest_brainscore.models.networks.transfers import Transfers

Way = Literal["channels_last", "contiguous", "plain"]
"""Memory format of weights and images; the first two without gradients, ``plain`` as PyTorch does by default."""
WAYS: Final[tuple[Way, ...]] = ("channels_last", "contiguous", "plain")
"""From the fastest on."""
PLAIN_TOLERANCE: Final = 2e-2
"""Allowed difference from plain PyTorch, relative to the output: kernels of reduced precision differ by .001, and a
network that takes its numbers in the order of another memory format gives altogether other ones."""
REDUCED: Final = torch.bfloat16
"""Type of numbers of mixed precision: the range of single precision, so that nothing overflows, on any device."""


class AllRecorded(BaseException):
    """Ends a forward pass once every layer has been recorded; not an Exception, which a network might catch."""


class Execution:
    """Runs a network in evaluation mode on a device.

    Parameters
    ----------
    network
        Changed in place: moved, in evaluation mode, frozen. Wrappers that only distribute or compile it are taken off.
    device
        Where the network runs.
    amp
        Compute in mixed precision: what PyTorch's autocast does in 16 bits (bfloat16).

    """

    def __init__(self, network: nn.Module, device: torch.device, *, amp: bool = False) -> None:
        self.network = unwrapped(network)
        with suppress(NotImplementedError):  # the modules of torch.export have the mode that they were made in
            self.network.eval()  # what a method of the user's returns is not to be relied on
        self.network.to(device=device)
        self.whole = _Whole(self.network)
        """Returns what the network returns, and can be hooked whatever the network is."""
        self.device = device
        self.amp = amp
        self.feeding = feeding_of(device)
        """How images are brought to the device."""
        self.most = self.feeding.batch
        """Images that go through the network at once, at most."""
        self.transfers = Transfers(device)
        self.way: Way | None = None
        """How the network is run; None before :meth:`settle`."""
        self._reduced = False
        self.passes = 0
        """Forward passes until now."""
        self._trained = [parameter for parameter in self.network.parameters() if parameter.requires_grad]
        first = next((parameter for parameter in self.network.parameters() if parameter.is_floating_point()), None)
        self.dtype = torch.float32 if first is None else first.dtype
        """Type of the first parameter, which the input is cast to; activations are float32 whatever it is."""

    def settle(self, pixels: NDArray[np.float32], before_each: Callable[[], None]) -> NDArray[np.float32]:
        """Find out how the network can be run, once, with a few images.

        Parameters
        ----------
        pixels
            float32, images x height x width x 3.
        before_each
            Called before each forward pass; the last one is representative.

        Returns
        -------
        NDArray
            What the network returned: images x values, without what is no tensor with one row an image.

        Raises
        ------
        Exception
            Whatever the network raises in plain PyTorch.

        """

        def ask(way: Way) -> NDArray[np.float32]:
            before_each()
            self._go(way)
            return _values(self.forward(pixels), len(pixels))

        self._reduced = False  # which way gives what plain PyTorch gives is seen best in full precision
        values = self._settled(ask)
        if not self.amp:
            return values
        self._reduced = True
        return ask(self.way or "plain")

    @staticmethod
    def _settled(ask: Callable[[Way], NDArray[np.float32]]) -> NDArray[np.float32]:
        expected = ask("plain")
        for way in WAYS[:-1]:
            try:
                values = ask(way)
            except Exception:  # noqa: S112 - it ran in plain PyTorch, so it needs a layout or gradients
                continue
            if values.shape == expected.shape and difference(expected, values) <= PLAIN_TOLERANCE:
                return values
        return ask("plain")

    def halve(self, images: int) -> None:
        """Have at most half as many images as these go through at once from now on, because memory ran out."""
        self.most = images // 2
        if self.device.type == "cuda":
            torch.cuda.empty_cache()  # in pieces of the former size

    def forward(self, pixels: NDArray[np.float32]) -> object:
        """Return what the network returns; None where :class:`AllRecorded` ended the pass.

        Parameters
        ----------
        pixels
            float32, images x height x width x 3.

        """
        # Images x height x width x channels in memory is the channels-last format of images x channels x ...
        # Copied: some networks change their input in place.
        batch = self.transfers.send(torch.from_numpy(pixels).permute(0, 3, 1, 2)).to(self.dtype)
        if self.way != "channels_last":
            batch = batch.contiguous()
        self.passes += 1
        with self._context():
            try:
                return self.whole(batch)
            except AllRecorded:
                return None

    @contextmanager
    def _context(self) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(torch.enable_grad() if self.way == "plain" else torch.inference_mode())
            if self.device.type == "cuda":  # where a network puts what it makes itself
                stack.enter_context(torch.cuda.device(self.device))
            stack.enter_context(exact_arithmetic(self.device))
            if self._reduced:
                stack.enter_context(torch.autocast(self.device.type, REDUCED))
            if "torch._dynamo" in sys.modules:  # hooks do not reach into what is compiled
                stack.enter_context(torch.compiler.set_stance("force_eager"))
            # The fused kernel of transformers is taken or not by whether there are hooks, and calls no modules inside.
            fused = torch.backends.mha.get_fastpath_enabled()
            stack.callback(torch.backends.mha.set_fastpath_enabled, fused)
            torch.backends.mha.set_fastpath_enabled(False)
            yield

    def _go(self, way: Way) -> None:
        formats = {"channels_last": torch.channels_last}
        if way != "plain" or self.way is not None:
            memory_format = formats.get(way, torch.contiguous_format)
            self.network.to(memory_format=memory_format)
        for parameter in self._trained:
            if parameter.requires_grad != (way == "plain"):
                parameter.requires_grad_(way == "plain")
        self.way = way


class _Whole(nn.Module):
    """A network as a part."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.training = network.training

    def forward(self, images: torch.Tensor) -> object:
        """Return what the network returns."""
        return self.network(images)


def is_lazy(network: nn.Module) -> bool:
    """Tell whether a network gets its shapes, and random weights, from the first image that it sees."""
    return any(torch.nn.parameter.is_lazy(each) for each in [*network.parameters(), *network.buffers()])


def unwrapped(network: nn.Module) -> nn.Module:
    """Take off ``torch.compile``, ``DataParallel`` and ``DistributedDataParallel``, which change no numbers."""
    while True:
        compiled = getattr(network, "_orig_mod", None)
        parallel = isinstance(network, nn.DataParallel | nn.parallel.DistributedDataParallel)
        inner = network.module if parallel else compiled
        if not isinstance(inner, nn.Module):
            return network
        network = inner


def _values(output: object, count: int) -> NDArray[np.float32]:
    """Return all numbers in what a network returned: images x values."""
    parts = [
        tensor.detach().reshape(count, -1).to(torch.float32).cpu().numpy()
        for tensor in _tensors(output)
        if tensor.ndim and tensor.shape[0] == count and tensor.layout == torch.strided and not tensor.is_quantized
    ]
    return np.concatenate(parts, axis=1) if parts else np.zeros((count, 0), np.float32)


def _tensors(output: object) -> Iterator[torch.Tensor]:
    if isinstance(output, torch.Tensor):
        yield torch.view_as_real(output) if output.is_complex() else output
    elif isinstance(output, Mapping):
        for value in output.values():
            yield from _tensors(value)
    elif isinstance(output, tuple | list):
        for value in output:
            yield from _tensors(value)
    elif dataclasses.is_dataclass(output) and not isinstance(output, type):
        for field in dataclasses.fields(output):
            yield from _tensors(getattr(output, field.name))
