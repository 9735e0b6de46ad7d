"""What a record says of a score, and of the model that has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_brainscore.report.plain import model_record, to_plain
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord

if TYPE_CHECKING:
    from pytest_brainscore.scoring.score import Score


def described(model: Any, names: Mapping[str, Any]) -> ModelRecord:
    """Return the record of a model, as far as it can describe itself.

    Parameters
    ----------
    model
        What was scored.
    names
        Fields that say by what it was asked for: ``identifier``, ``specification``, ``network``, ``axes`` ...

    Raises
    ------
    ReportError
        What it says of itself is not plain.

    """
    describe = getattr(model, "description", None)
    details = to_plain(describe().__dict__) if describe else {"visual_degrees": to_plain(model.visual_degrees())}
    return model_record({**details, **names})


def layer_of(description: ModelRecord, region: str) -> str | None:
    """Return the layer, or the layers in a row, that stand for a region; None where there is none, or nobody knows."""
    layers = description.layers.get(region)
    return layers if layers is None or isinstance(layers, str) else "+".join(layers)


def model_ingredients(description: ModelRecord, region: str) -> dict[str, str | int | float]:
    """Return what a fingerprint says of the model."""
    found: dict[str, str | int | float] = {
        "weights": description.weights_sha256 or "unknown",
        "layer": layer_of(description, region) or "unknown",
    }
    if description.visual_degrees is not None:
        found["visual_degrees"] = description.visual_degrees
    for name, value in description.preprocessing.items():
        found[f"preprocessing.{name}"] = value if isinstance(value, str | int | float) else str(value)
    return found


def fingerprint_of(score: Score, version: int, region: str, description: ModelRecord) -> dict[str, Any]:
    """Return every ingredient that two scores must share to be comparable."""
    return {"version": version, **to_plain(dict(score.provenance)), **model_ingredients(description, region)}


def scored_record(identity: dict[str, Any], score: Score, description: ModelRecord, **further: Any) -> BenchmarkRecord:
    """Return the record of a score that is a number.

    Parameters
    ----------
    identity
        What was scored, see :func:`~pytest_brainscore.report.making.identity.identity_of`.
    score
        What the benchmark returned.
    description
        Of the model.
    further
        Other fields: what it cost, the comparison.

    Raises
    ------
    ReportError
        A value is not plain.

    """
    region = identity["region"]
    return BenchmarkRecord(
        **identity,
        status="scored",
        reason=None,
        score=to_plain(score.value),
        error=to_plain(score.error, nan_as_none=True),
        raw=to_plain(score.raw, nan_as_none=True),
        ceiling=to_plain(score.ceiling, nan_as_none=True),
        normalisation=score.normalisation,
        clipped=score.clipped,
        unclipped=to_plain(score.unclipped, nan_as_none=True),
        n=to_plain(dict(score.n)),
        layer=layer_of(description, region),
        seed=to_plain(score.provenance.get("seed")),
        fingerprint=fingerprint_of(score, identity["version"], region, description),
        details=to_plain(score.details, nan_as_none=True),
        **further,
    )
