"""The last plan of a model, kept in the home folder: records of a later run have estimate beside measurement."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.data.home import home
from pytest_brainscore.report.record import Estimate

if TYPE_CHECKING:
    from pytest_brainscore.cost.planning import Plan
    from pytest_brainscore.models.sources.specification import ModelSpecification


def settings_of(specification: ModelSpecification, layers: Mapping[str, str] | None, device: str) -> str:
    """Return what tells the plans of two models apart, as a word: what was asked for, not what it turned out to be."""
    weights = specification.weights
    told = [specification.text, specification.untrained, str(Path(weights).absolute()) if weights else None]
    said = json.dumps([*told, sorted((layers or {}).items()), device])
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def keep(plan: Plan, settings: Mapping[str, str]) -> None:
    """Keep the estimates of a plan, by model; that they cannot be written is no error.

    Parameters
    ----------
    plan
        Of one or more models.
    settings
        Of each model, by its identifier; see `settings_of`.

    """
    for model, name in settings.items():
        leaves = {
            f"{leaf.benchmark}@{leaf.version}": {
                "seconds": round(leaf.seconds, 3),
                "memory_mb": round(leaf.memory / 1e6, 1),
                "forward_passes": leaf.forward_passes,
            }
            for leaf in plan.leaves
            if leaf.model == model and None not in (leaf.seconds, leaf.memory, leaf.forward_passes)
            if leaf.seconds is not None and leaf.memory is not None
        }
        with suppress(OSError):
            folder = home() / "plans"
            folder.mkdir(parents=True, exist_ok=True)
            write_atomically(folder / f"{name}.json", json.dumps(leaves).encode())


def estimate_of(settings: str, benchmark: str, version: int) -> Estimate | None:
    """Return what the last plan of a model says of a benchmark; None where there is none."""
    found = _kept(home() / "plans" / f"{settings}.json").get(f"{benchmark}@{version}")
    try:
        return None if found is None else Estimate(**found)
    except TypeError:  # of another version
        return None


@lru_cache(maxsize=16)
def _kept(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
