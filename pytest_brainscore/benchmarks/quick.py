"""Quick versions of leaves: a fixed part of their stimuli, beside the score tree, and what the full score will be.

A quick score is compared with quick scores of the same benchmark only. It has an identifier, parents and baselines of
its own, so that no published mean and no full baseline ever meets it. How far full scores lie from quick ones was
measured on real networks, once: ``fixtures/quick/calibration.json`` has both scores of each. Importing this is light.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.benchmarks.selector import matches
from pytest_brainscore.benchmarks.shipped import all_benchmarks, further_benchmarks
from pytest_brainscore.errors import BenchmarkError, mend
from pytest_brainscore.resources import resource_folder
from pytest_brainscore.trees import QUICK

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.scoring.score import Score

VERSION: Final = 1
"""Raise it when the part of the stimuli changes, and calibrate anew: ``python -m tests.performance.zoo``."""
_DIGITS: Final = 4


def quick_version(full: Benchmark, *, node: str, data: str, cost: float) -> Benchmark:
    """Return the quick version of a leaf; ``VERSION`` says which part of the stimuli it has.

    Parameters
    ----------
    full
        A leaf of the published tree.
    node
        Region or kind, for its parent below ``quick``.
    data
        ``module:function`` that returns what the protocol of the leaf is handed, with a part of the stimuli.
    cost
        As that of any benchmark, in seconds.

    """
    return replace(
        full,
        identifier=f"{QUICK}.{full.identifier}",
        version=VERSION,
        parents=(QUICK, f"{QUICK}.{node}"),
        ceiling=None,
        cost=cost,
        protocol=f"{__name__}:score",
        data=data,
        reads=full.needs,
    )


def quick_benchmarks() -> tuple[Benchmark, ...]:
    """Return all quick benchmarks."""
    return tuple(each for each in further_benchmarks() if each.parents[0] == QUICK)


def full_version(quick: Benchmark) -> Benchmark:
    """Return the leaf of the published tree that a quick benchmark has a part of."""
    name = quick.identifier.removeprefix(f"{QUICK}.")
    return next(each for each in all_benchmarks() if each.identifier == name)


def quick_selectors(words: Sequence[str]) -> tuple[str, ...]:
    """Return words that select the quick versions of what words select.

    Parameters
    ----------
    words
        Selectors of full benchmarks (``V1``, ``Geirhos2021*``), or of quick ones; without any, all quick ones are
        selected.

    Raises
    ------
    BenchmarkError
        A word selects nothing that has a quick version.

    """
    known = quick_benchmarks()
    names: dict[str, None] = {}
    for word in words:
        found = [each.identifier for each in known if matches(word, each) or matches(word, full_version(each))]
        if not found:
            full = ", ".join(full_version(each).identifier for each in known)
            asked = mend(option="--brainscore-quick has", python="Quick benchmarks have")
            raise BenchmarkError(f"{asked} no part of {word}; name some of {full}.")
        names |= dict.fromkeys(found)
    return tuple(names) if words else (QUICK,)


def score(benchmark: Benchmark, model: BrainModel, data: Any) -> Score:
    """Score a model as the full benchmark does, on a part of its stimuli.

    Parameters
    ----------
    benchmark
        A quick one.
    model
        What is scored.
    data
        As the protocol of the full benchmark is handed it, with fewer stimuli.

    Returns
    -------
    Score
        ``details`` has ``quick``: the full benchmark, and of each network of the calibration how far its full score
        lies above its quick one. They are left out where other stimuli were shown than then.

    """
    from pytest_brainscore.benchmarks.benchmark import resolve

    full = full_version(benchmark)
    made: Score = resolve(full.protocol)(benchmark, model, data)
    known = calibration()["leaves"].get(full.identifier, {})
    fits = known and known["stimuli"] == made.provenance["stimuli"]
    differences = [above - below for above, below in zip(known["full"], known["quick"], strict=True)] if fits else []
    told = {
        "of": f"{full.identifier}@{full.version}",
        "differences": [round(each, _DIGITS) for each in differences],
    }
    return replace(
        made,
        provenance={**made.provenance, QUICK: benchmark.version},
        details={**made.details, QUICK: told},
    )


@cache
def calibration() -> dict[str, Any]:
    """Return the quick and the full scores of the networks that were scored both ways; see ``docs/zoo``."""
    path = resource_folder("fixtures/quick") / "calibration.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"leaves": {}}
    return content
