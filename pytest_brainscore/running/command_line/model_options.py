"""What the options say of the models: checkpoint, layers, names, and the floor beside them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pytest_brainscore.errors import BrainScoreError, ModelError
from pytest_brainscore.models.sources.checkpoints.containers import container
from pytest_brainscore.models.sources.specification import ModelSpecification, parse_specification

PIXELS = "pixels"
"""The model that is the same floor beside all others."""


def floors_beside(models: tuple[ModelSpecification, ...], count: str) -> tuple[ModelSpecification, ...]:
    """Return the untrained twins of the models, and pixels unless these are among them."""
    if not count.isdecimal():
        raise BrainScoreError(f"--brainscore-floor-seeds {count!r} is no number of untrained twins; give 3, or 0.")
    named = [model for model in models if model.text != PIXELS]
    twins = tuple(replace(model, floor=True, untrained=seed) for model in named for seed in range(int(count)))
    pixels = () if len(named) < len(models) else (replace(parse_specification(PIXELS), floor=True),)
    return twins + pixels


def checkpoint(given: str, models: tuple[ModelSpecification, ...]) -> Path | None:
    """Return the checkpoint that was named, if one was; it belongs to one model."""
    if not given:
        return None
    weights = Path(given).expanduser()
    if len(models) > 1:
        raise ModelError(
            f"--brainscore-weights names one file ({weights}) but {len(models)} models were given; "
            "score them in separate runs."
        )
    container(weights)
    return weights.resolve()


def layer_of(word: str) -> tuple[str, str]:
    """Return the region and the layer of REGION=LAYER."""
    region, equals, layer = word.partition("=")
    if not (region and equals and layer):
        raise ModelError(f"--brainscore-layer {word!r} is not REGION=LAYER; write for example V1=features.6.")
    return region.strip(), layer.strip()


def refuse_duplicates(models: tuple[ModelSpecification, ...]) -> None:
    """Refuse models that would have one name in reports."""
    seen: dict[str, ModelSpecification] = {}
    for model in models:
        other = seen.setdefault(model.identifier, model)
        if other is model:
            continue
        if other.text == model.text:
            raise ModelError(f"The model {model.text} is given twice; name each model once.")
        raise ModelError(
            f"The models {other.text} and {model.text} would both be called {model.identifier}; "
            "rename one factory or score them in separate runs."
        )
