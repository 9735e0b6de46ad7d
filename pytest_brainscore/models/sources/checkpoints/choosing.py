"""Which of a checkpoint's tensors are a network's weights: found by their names, never by the order in the file.

Training scripts save the state dict in envelopes (``state_dict``, ``model``, ``params``), more than one of them
(``state_dict_ema``), and under the names that wrappers give (``module.``, ``_orig_mod.``, ``backbone.``). Whatever the
words are, the weights of a network are where all of its names are, and nothing else under the same prefix.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch

from pytest_brainscore.errors import ModelError, mend
from pytest_brainscore.models.sources.checkpoints.reading import StateDict, read_state_dicts

BATCH_COUNTER: Final = "num_batches_tracked"
"""A counter of batch normalisation used in training only; checkpoints older than PyTorch 0.4.1 have none."""
WRAPPERS: Final = ("module", "_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
"""Children that DataParallel, ``torch.compile`` and the like put around a network or around parts of it."""
ENCLOSING: Final = (*WRAPPERS, "model", "net", "network", "backbone", "encoder", "trunk", "base_model")
"""Only child of a network that does something before or after another one: preprocessing, mostly."""
SHOWN: Final = 3
"""Names shown in a sentence."""
_AVERAGE: Final = re.compile(r"(^|[._])(ema|swa|averaged?|avg|shadow|polyak)(?=[._]|$)", re.IGNORECASE)
"""Marks weights averaged over training steps; those that were trained are taken where both are there."""


@dataclass(frozen=True)
class Choice:
    """The weights of a network among those of a checkpoint."""

    state: StateDict
    """By the network's own names."""
    entry: str
    """Keys that lead to the state dict, with dots between them; empty for the file itself."""
    prefix: str
    """Left off before each name, with its dot."""
    others: tuple[str, ...]
    """Other places in the file that hold other weights for this network."""
    left_out: int
    """Tensors of the same state dict that are none of the network's."""

    @property
    def place(self) -> str:
        """Where in the file the weights are, as it is given to choose them; empty for the file itself."""
        return _place(self.entry, self.prefix)


def choose_weights(network: torch.nn.Module, path: Path, entry: str | None = None, *, lazily: bool = False) -> Choice:
    """Find a network's weights in a checkpoint.

    Parameters
    ----------
    network
        Not changed.
    path
        The checkpoint.
    entry
        Place in the file, where it holds more than one set of weights for this network: keys with dots between them,
        such as ``state_dict_ema`` or ``checkpoint.teacher``, followed by the beginning of the names, where sets share
        a state dict. Found where None.
    lazily
        Read as little of the numbers as the choice needs.

    Returns
    -------
    Choice
        Where no place has all names of the network, the place with most of them, for the error that follows.

    Raises
    ------
    ModelError
        The file cannot be read, has no such place, or several that fit; the sentence names them.

    """
    found = read_state_dicts(path, lazily=lazily)
    own = {name: value for name, value in network.state_dict().items() if torch.is_tensor(value)}
    candidates = [each for key, state in found.items() for each in _candidates(key, state, own)]
    if entry is not None:
        wanted = entry.strip(".")
        asked = [each for each in candidates if _under(each.place, wanted)] or [
            each for each in candidates if each.entry == wanted
        ]
        if not asked:
            there = _places(_fitting(candidates, network)) or [key or "(the file itself)" for key in found]
            raise ModelError(
                f"The weights file {path} has no entry {entry!r} for {type(network).__name__}; it has {_some(there)}."
            )
        candidates = asked
    fitting = _fitting(candidates, network)
    if not fitting:
        return max(candidates, key=lambda each: (_overlap(each.state, own), -len(each.state)))
    trained = [each for each in fitting if not _AVERAGE.search(each.place)] or fitting
    if len(trained) > 1:
        places = _places(trained)
        raise ModelError(
            f"The weights file {path} holds {len(trained)} sets of weights that fit {type(network).__name__} "
            f"({', '.join(places)}); choose one with "
            + mend(option=f"--brainscore-weights-entry {places[-1]}.", python=f"weights_entry={places[-1]!r}.")
        )
    chosen = trained[0]
    others = tuple(_places([each for each in fitting if each is not chosen]))
    return Choice(chosen.state, chosen.entry, chosen.prefix, others, chosen.left_out)


def missing_names(network: torch.nn.Module, state: Mapping[str, object]) -> list[str]:
    """Return names of a network without which it cannot be given its weights.

    Not missing are counters of batch normalisation, and names of a tensor that is there by another name: parameters
    that a network shares are saved once by some formats.
    """
    own = network.state_dict(keep_vars=True)
    there = {location(own[name]) for name in state if name in own}
    return [name for name in own if name not in state and location(own[name]) not in there and not is_counter(name)]


def location(value: object) -> object:
    """Return where a tensor lies in memory: equal for two names of one tensor."""
    if not isinstance(value, torch.Tensor) or torch.nn.parameter.is_lazy(value) or value.layout != torch.strided:
        return id(value)
    if value.numel() == 0 or value.device.type == "meta":
        return id(value)
    return value.data_ptr(), tuple(value.shape), value.stride(), value.dtype


def is_counter(name: str) -> bool:
    """Tell whether a name is that of a counter of batch normalisation, which only training reads."""
    return name.rpartition(".")[2] == BATCH_COUNTER


def _candidates(entry: str, state: StateDict, own: StateDict) -> Iterator[Choice]:
    """Yield what a state dict holds under each prefix that goes before a name of the network."""
    for renamed, names in _spellings(state, own):
        places: dict[str, dict[str, str]] = {"": {}}
        for key in renamed:
            for start in (0, *(dot.end() for dot in re.finditer(r"\.", key))):
                if key[start:] in names:
                    places.setdefault(key[:start], {})[key[start:]] = key
        for prefix in places:
            under = [key for key in renamed if key.startswith(prefix)]
            named = {
                names.get(key.removeprefix(prefix), key.removeprefix(prefix)): state[renamed[key]] for key in under
            }
            yield Choice(named, entry, prefix, (), len(state) - len(named))


def _spellings(state: StateDict, own: StateDict) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Yield the file's names and the network's, each with the name that it stands for, as they are and unwrapped."""
    plain = {key: key for key in state}, {name: name for name in own}
    yield plain
    bare = {_unwrapped(key): key for key in state}, {_unwrapped(name): name for name in own}
    whole = len(bare[0]) == len(state) and len(bare[1]) == len(own)
    if whole and bare != plain:
        yield bare
    names = bare[1] if whole else plain[1]
    while names and len(first := {name.partition(".")[0] for name in names}) == 1 and first <= set(ENCLOSING):
        names = {name.partition(".")[2]: own_name for name, own_name in names.items()}
        yield (bare if whole else plain)[0], names


def _unwrapped(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in WRAPPERS) or name


def _fitting(candidates: list[Choice], network: torch.nn.Module) -> list[Choice]:
    """Return the candidates with all names and shapes of a network and no other; equal ones once."""
    own = network.state_dict(keep_vars=True)
    fitting: list[Choice] = []
    for each in candidates:
        state = each.state
        if (
            not missing_names(network, state)
            and state.keys() <= own.keys()
            and all(torch.nn.parameter.is_lazy(own[name]) or own[name].shape == state[name].shape for name in state)
            and not any(_equal(state, other.state) for other in fitting)
        ):
            fitting.append(each)
    return fitting


def _equal(state: StateDict, other: StateDict) -> bool:
    return state.keys() == other.keys() and all(
        value is other[name] or (value.dtype == other[name].dtype and torch.equal(value, other[name]))
        for name, value in state.items()
    )


def _overlap(state: StateDict, own: StateDict) -> int:
    return sum(name in own for name in state) - sum(name not in own for name in state)


def _place(entry: str, prefix: str) -> str:
    return ".".join(part for part in (entry, prefix.removesuffix(".")) if part)


def _under(place: str, wanted: str) -> bool:
    return place == wanted or place.startswith(f"{wanted}.")


def _places(choices: list[Choice]) -> list[str]:
    return [each.place or "(the file itself)" for each in choices]


def _some(words: list[str]) -> str:
    return ", ".join(words[:SHOWN]) + (", ..." if len(words) > SHOWN else "")
