"""Which layers a network has, and what they return: found out with two images, without keeping any numbers."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.layer_reader import OutputError, some_of
from pytest_brainscore.models.commitment.layer_name import STEP, split_keys
from pytest_brainscore.models.networks.out_of_memory import OutOfMemory, memory_ran_out
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.answers import sketch
from pytest_brainscore.models.networks.probing.execution import Execution
from pytest_brainscore.models.networks.probing.images import KINDS, ProbeKind, probe_images
from pytest_brainscore.models.networks.probing.outputs import outline_of, part_of, rows_of, tensor_of
from pytest_brainscore.models.networks.seeding import seeded

OUTPUT = "output"
"""The whole network as a layer, unless it has a module of that name."""


@dataclass(frozen=True)
class Reading:
    """What one pass over two images found out about a layer."""

    kind: ProbeKind
    """Images of the probe that reach it."""
    calls: int
    """Which use of the module in one forward pass counts, from 1: the last one, or that of the step."""
    last_of_several: bool
    """Whether earlier uses are passed over, so that it matters how many there are."""
    shape: tuple[int, ...]
    """Shape of the output without the batch."""
    dtype: torch.dtype


@dataclass(frozen=True)
class _Use:
    """What a module returned, without the numbers."""

    whole: torch.Tensor | OutputError
    """What is taken for responses; or why there are none."""
    outline: object
    """All its parts."""

    def part(self, keys: Sequence[str], layer: str) -> torch.Tensor:
        """Return a part, or the whole; errors as for :meth:`Survey.reading`."""
        part = tensor_of(part_of(self.outline, keys, layer), layer) if keys else self.whole
        if isinstance(part, OutputError):
            raise part
        return part


_Uses = Mapping[nn.Module, Sequence[_Use]]
"""Each use of each module in one forward pass."""
Key = TypeVar("Key", bound=Hashable)
Hook = Callable[[nn.Module, object, object], None]


class Survey:
    """What there is to read in a network.

    Parameters
    ----------
    execution
        Runs the network; settled with the first image.
    preprocessing
        From pixels to the network's input.
    name
        Name of the model, for errors.

    """

    def __init__(self, execution: Execution, preprocessing: Preprocessing, name: str) -> None:
        self.outline: tuple[float, ...] = ()
        """Sketch of what the whole network answers to two images of the probe; empty before it ran."""
        self._execution = execution
        self._network = execution.network
        self._preprocessing = preprocessing
        self._name = name
        self._modules: dict[str, nn.Module] = {name: each for name, each in self._network.named_modules() if name}
        self._modules.setdefault(OUTPUT, execution.whole)
        self._uses: dict[ProbeKind, _Uses] = {}
        self._inputs: dict[ProbeKind, NDArray[np.float32]] = {}
        self._readings: dict[str, Reading] = {}
        self._missed: set[tuple[str, ProbeKind]] = set()

    def shapes_of_all(self) -> dict[str, tuple[int, ...]]:
        """Return, for each module that returns one row an image, the shape of its output for one image.

        Raises
        ------
        ModelError
            The network cannot process an image.

        """
        uses = self._uses_of("mixed")
        last = {
            name: uses[module][-1].whole for name, module in self._network.named_modules() if name and module in uses
        }
        return {name: tuple(use.shape[1:]) for name, use in last.items() if isinstance(use, torch.Tensor)}

    def by_kind(self, layers: Iterable[str]) -> dict[ProbeKind, tuple[str, ...]]:
        """Sort layers by the images of the probe that they are asked with."""
        kinds: dict[ProbeKind, tuple[str, ...]] = {}
        for layer in layers:
            kind = self.reading(layer).kind
            kinds[kind] = (*kinds.get(kind, ()), layer)
        return kinds

    def input(self, kind: ProbeKind) -> NDArray[np.float32]:
        """Return the network's input for the images of the probe."""
        if kind not in self._inputs:
            images = probe_images()[kind]
            self._inputs[kind] = self.empty(len(images))
            for row, image in enumerate(images):
                self._preprocessing(image, self._inputs[kind][row])
        return self._inputs[kind]

    def empty(self, count: int) -> NDArray[np.float32]:
        """Return room for the network's input for so many images: images x height x width x 3."""
        return np.empty((count, self._preprocessing.image_size, self._preprocessing.image_size, 3), np.float32)

    def called(self, layer: str) -> str:
        """Return the name of a layer and of the model, to begin a sentence."""
        return f"Layer {layer} of {self._name}"

    def rows(self, layer: str, output: object, count: int) -> torch.Tensor:
        """Return what is read of what the module of a layer returned for so many images; errors as :meth:`reading`."""
        keys = self._taken_apart(layer)[2]
        return rows_of(part_of(output, keys, self.called(layer)), count, self.called(layer))

    def _taken_apart(self, layer: str) -> tuple[str, int | None, tuple[str, ...]]:
        """Return the name of the module, the step, and the keys of the part, that the name of a layer consists of."""
        if layer in self._modules:
            return layer, None, ()
        used, keys = split_keys(layer)
        name, mark, step = used.rpartition(STEP)
        if mark and used not in self._modules and step.isdecimal():
            return name, int(step), keys
        return used, None, keys

    def module(self, layer: str) -> nn.Module:
        """Return the module of a layer, which may have several names."""
        name = self._taken_apart(layer)[0]
        if name in self._modules:
            return self._modules[name]
        try:
            module: nn.Module = self._network.get_submodule(name)
        except AttributeError:
            near = difflib.get_close_matches(name, self._modules, n=3) or some_of(list(self._modules))
            raise ModelError(f"{self._name} has no layer {layer!r}; did you mean {', '.join(near)}?") from None
        return module

    def reading(self, layer: str) -> Reading:
        """Return what is to be read of a layer.

        Raises
        ------
        OutputError
            Its output is not one tensor with one row an image.
        ModelError
            It does not exist or is not reached; or the network cannot process an image.

        """
        if layer not in self._readings:
            self._readings[layer] = self._read(layer)
        return self._readings[layer]

    def read_with_others(self, layer: str) -> None:
        """Read a layer with another kind of images, because some of this kind do not reach it.

        Raises
        ------
        ModelError
            There is no other.

        """
        self._missed.add((layer, self._readings.pop(layer).kind))
        self.reading(layer)

    def _read(self, layer: str) -> Reading:
        name, step, keys = self._taken_apart(layer)
        for kind in [kind for kind in KINDS if (layer, kind) not in self._missed]:
            uses = self._uses_of(kind).get(self.module(layer), ())
            if not uses:
                continue
            if step is not None and step >= len(uses):
                raise ModelError(
                    f"Layer {name} of {self._name} is used {len(uses)} times in a forward pass, "
                    f"so there is no {layer}; steps count from 0."
                )
            found = uses[-1 if step is None else step].part(keys, self.called(name))
            calls, several = (len(uses), len(uses) > 1) if step is None else (step + 1, False)
            return Reading(kind, calls, several, tuple(found.shape[1:]), found.dtype)
        if isinstance(self.module(layer), torch.jit.ScriptModule):
            raise ModelError(
                f"{self.called(layer)} is compiled by torch.jit, which lets nothing be read inside; give the network "
                f"as it was before, or name the layer {OUTPUT}."
            )
        raise ModelError(f"{self.called(layer)} takes no part in its forward pass; name a layer that does.")

    @contextmanager
    def blaming(self, images: int = 0) -> Iterator[None]:
        """Say of whatever the network raises that it is the network's.

        Parameters
        ----------
        images
            How many go through at once; 0 where that is not known.

        Raises
        ------
        OutOfMemory
            Memory does not suffice.
        ModelError
            In place of any other Exception.

        """
        try:
            yield
        except ModelError:
            raise
        except Exception as error:  # the network is the user's code
            if memory_ran_out(error):
                raise OutOfMemory(self._name, self._execution.device, images, error) from error
            height, width = self.empty(0).shape[1:3]
            raise ModelError(
                f"{self._name} cannot process an image of {height} x {width} pixels ({type(error).__name__}: "
                f"{error}); mend the network, or image_size, channels or frames in its layer commitment."
            ) from error

    def _uses_of(self, kind: ProbeKind) -> _Uses:
        """Run two images through the whole network, once for each kind, and note what each module returns."""
        if kind not in self._uses:
            pixels = self.input(kind)[[0, -1]]
            names = {module: self.called(name) for name, module in self._modules.items()}
            uses: dict[nn.Module, list[_Use]] = {}

            def note(module: nn.Module, _inputs: object, output: object) -> None:
                uses.setdefault(module, []).append(_use(output, len(pixels), names[module]))

            with self.blaming(), hooks({module: module for module in names}, lambda _: note), seeded():
                if self._execution.way is None:
                    self.outline = sketch(self._execution.settle(pixels, before_each=uses.clear))
                else:
                    self._execution.forward(pixels)
            self._uses[kind] = uses
        return self._uses[kind]


@contextmanager
def hooks(modules: Mapping[Key, nn.Module], make: Callable[[Key], Hook]) -> Iterator[None]:
    """Have modules call the hooks that are made for their keys."""
    handles = [
        module.register_forward_hook(make(key))
        for key, module in modules.items()
        if not isinstance(module, torch.jit.ScriptModule)  # has no hooks
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _use(output: object, count: int, layer: str) -> _Use:
    try:
        whole: torch.Tensor | OutputError = rows_of(output, count, layer).detach().to("meta")
    except OutputError as error:
        whole = error
    return _Use(whole, outline_of(output, count, layer))
