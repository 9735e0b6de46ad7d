"""What the options say of the models: checkpoint, layers, names, and the floor beside them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pytest_brainscore.errors import BrainScoreError, ModelError
from pytest_brainscore.models.sources.specification import (
    ModelSpecification,
    parse_specification,
    parse_specifications,
)

PIXELS = "pixels"
"""The model that is the same floor beside all others."""


def floors_beside(models: tuple[ModelSpecification, ...], count: str) -> tuple[ModelSpecification, ...]:
    """Return the untrained twins of the models, and pixels unless these are among them."""
    if not count.isdecimal():
        raise BrainScoreError(f"--brainscore-floor-seeds {count!r} is no number of untrained twins; give 3, or 0.")
    named = [model for model in models if model.text != PIXELS]
    twins = tuple(dict.fromkeys(model.twin(seed) for model in named for seed in range(int(count))))
    pixels = () if len(named) < len(models) else (replace(parse_specification(PIXELS), floor=True),)
    return twins + pixels


def models_of(words: Sequence[str], weights: Sequence[str]) -> tuple[ModelSpecification, ...]:
    """Return the models that were named, each checkpoint one of them.

    Parameters
    ----------
    words
        Of ``--model``.
    weights
        Of ``--brainscore-weights``: none, or one for each of the words, in their order.

    Raises
    ------
    ModelError
        A word cannot be understood, there is no such checkpoint, there are not as many checkpoints as models, or two
        models would have one name.

    """
    if weights and len(weights) != len(words):
        raise ModelError(
            f"--brainscore-weights was given {_times(len(weights))} ({', '.join(weights)}) for {len(words)} models; "
            "give it once for each --model, in their order, or write the file behind its model: --model MODEL@FILE."
        )
    models = [
        model
        for word, file in zip(words, weights or [""] * len(words), strict=True)
        for model in parse_specifications(word, file)
    ]
    names = Counter(model.identifier for model in models)
    # Of a network that is there with several files, the name tells which.
    told = [
        model.told() if names[model.identifier] > 1 and not (model.name or model.label) else model for model in models
    ]
    refuse_duplicates(told)
    return tuple(told)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def layer_of(word: str) -> tuple[str, str]:
    """Return the region and the layer of REGION=LAYER."""
    region, equals, layer = word.partition("=")
    if not (region and equals and layer):
        raise ModelError(f"--brainscore-layer {word!r} is not REGION=LAYER; write for example V1=features.6.")
    return region.strip(), layer.strip()


def refuse_duplicates(models: Sequence[ModelSpecification]) -> None:
    """Refuse models that would have one name in reports, or one file: many systems do not tell A from a in names."""
    seen: dict[str, ModelSpecification] = {}
    for model in models:
        other = seen.setdefault(model.identifier.casefold(), model)
        if other is model:
            continue
        if (other.asked, other.weights, other.floor) == (model.asked, model.weights, model.floor):
            raise ModelError(f"The model {model.asked} is given twice; name each model once.")
        if model.name and other.name:
            advice = "give one of them another name"
        else:
            factory = "rename one factory, " if model.kind in ("file", "module") and not model.checkpoint else ""
            advice = f"{factory}give one a name of its own (NAME={model.asked}) or score them in separate runs"
        alike = f" and {other.identifier}, one file to many systems" if other.identifier != model.identifier else ""
        raise ModelError(
            f"The models {other.asked} and {model.asked} would both be called {model.identifier}{alike}; {advice}."
        )
