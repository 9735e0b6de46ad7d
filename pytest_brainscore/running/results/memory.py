"""What one process remembers of results: looks them up before anything is computed, and keeps what was computed.

With ``--brainscore-cache use``, the network is loaded and asked the probe all the same, so that it is the one that the
result is of. With ``only``, a network that files and versions identify is not even loaded. ``refresh`` computes anew
and keeps, ``off`` does neither.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from pytest_brainscore.report.parts.unfinished import Earlier, part_of
from pytest_brainscore.report.plain import benchmark_record, model_record
from pytest_brainscore.running.results.keys import (
    Ingredients,
    benchmark_ingredients,
    checksum,
    is_known_unloaded,
    model_ingredients,
    network_ingredients,
    surroundings,
)
from pytest_brainscore.running.results.result_store import StoredResult, store_result, stored_result

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.sources.specification import ModelSpecification
    from pytest_brainscore.running.command_line.options import RunOptions

READS: Final = ("use", "only")
WRITES: Final = ("use", "refresh")
Load = Callable[[], object]
"""Loads the model, or returns it where it is loaded already."""


class ResultMemory:
    """Looks up and keeps results.

    Parameters
    ----------
    options
        Those of the run.

    """

    def __init__(self, options: RunOptions) -> None:
        self._options = options
        self._models: dict[ModelSpecification, tuple[Ingredients | None, bool]] = {}
        self._asked: set[tuple[ModelSpecification, str, int]] = set()

    def look_up(self, model: ModelSpecification, benchmark: Benchmark, load: Load) -> Earlier | None:
        """Return the result of a benchmark for a model; None where it is to be computed.

        Asked once more, by whoever repeats tests to see whether scores stay the same, it is None. Errors of loading are
        none here: whoever loads the model next meets them.
        """
        name = model, benchmark.identifier, benchmark.version
        again = name in self._asked
        self._asked.add(name)
        if self._options.cache not in READS or (again and self._options.cache == "use"):
            return None
        facts = self._facts(model, benchmark)
        if facts is None:
            return None
        _, unloaded = self._model(model)
        if unloaded and self._options.cache == "only":
            known = stored_result(checksum(facts))
            return None if known is None else known.earlier
        if unloaded and stored_result(checksum(facts)) is None:
            return None  # nothing to be gained from asking the network
        network = _network(load, benchmark)
        if network is None:
            return None
        found = stored_result(_key(facts, network, unloaded=unloaded))
        return found.earlier if found is not None and found.network == network else None

    def keep(
        self,
        model: ModelSpecification,
        benchmark: Benchmark,
        load: Load,
        record: Mapping[str, Any],
        description: Mapping[str, Any] | None,
        files: tuple[bytes | None, bytes | None],
    ) -> None:
        """Keep a result that was computed just now, where all that it depends on is known.

        Parameters
        ----------
        model, benchmark, load
            As for :meth:`look_up`.
        record
            The plain record.
        description
            The plain record of the model.
        files
            Bootstrap values and contributions, as files.

        """
        if self._options.cache not in WRITES or record["status"] != "scored" or description is None:
            return
        facts = self._facts(model, benchmark)
        network = None if facts is None else _network(load, benchmark)
        if facts is None or network is None:
            return
        kept = msgspec.structs.replace(
            benchmark_record(record),
            comparison=None,
            required=False,
            attempts=[],
            cached=True,
            computed=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        part = part_of(kept, model_record(description), *files)
        key = _key(facts, network, unloaded=self._model(model)[1])
        store_result(StoredResult(key=key, network=network, earlier=Earlier(record=kept, part=part)))

    def _facts(self, model: ModelSpecification, benchmark: Benchmark) -> Ingredients | None:
        about = benchmark_ingredients(benchmark)
        asked = None if about is None else self._model(model)[0]
        if asked is None or about is None:
            return None
        return {"surroundings": surroundings(), **asked, **about}

    def _model(self, model: ModelSpecification) -> tuple[Ingredients | None, bool]:
        if model not in self._models:  # once a process: files of weights are read for it
            self._models[model] = model_ingredients(model, self._options), is_known_unloaded(model, self._options)
        return self._models[model]


def _network(load: Load, benchmark: Benchmark) -> str | None:
    """Return which network it is; None where that cannot be known, or it cannot be loaded."""
    try:
        found = network_ingredients(load(), benchmark.region)
    except Exception:  # of somebody's network: whoever scores it meets the same
        return None
    return None if found is None else checksum(found)


def _key(facts: Ingredients, network: str, *, unloaded: bool) -> str:
    """Return the name of a result: two networks of one name have two, unless files tell them apart."""
    return checksum(facts if unloaded else {**facts, "network": network})
