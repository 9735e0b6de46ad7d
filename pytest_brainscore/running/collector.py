"""The controller's side: records as they arrive, what never arrived, and what is made of them at the end.

Only the controller (or the single process of a serial run) has a collector, so every file has one writer.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import msgspec

from pytest_brainscore.benchmarks import every_version
from pytest_brainscore.benchmarks.registry import registry
from pytest_brainscore.benchmarks.selector import matches
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.preflight import check_together
from pytest_brainscore.models.registry import check_exists
from pytest_brainscore.report.assemble_report import assemble_report, environment
from pytest_brainscore.report.networks import joined, what_differs
from pytest_brainscore.report.notation import counted
from pytest_brainscore.report.parts.unfinished import part_of
from pytest_brainscore.report.plain import benchmark_record, model_record
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord, Report, Shard
from pytest_brainscore.report.red import Colour, colour
from pytest_brainscore.running.baselines.updating import store, vanished
from pytest_brainscore.running.command_line.options import RunOptions
from pytest_brainscore.running.command_line.policy import ruled
from pytest_brainscore.running.floors import FloorRecords
from pytest_brainscore.running.ledger import Key, Ledger
from pytest_brainscore.running.output import Output
from pytest_brainscore.running.shards.facts import told
from pytest_brainscore.running.shards.resuming import Found
from pytest_brainscore.running.shards.validity import SETTLED
from pytest_brainscore.scoring.baseline import (
    Baseline,
    baseline_replicates,
    read_baseline,
    stored_name,
)
from pytest_brainscore.scoring.comparison import Verdict, missing
from pytest_brainscore.scoring.floor import Floor
from pytest_brainscore.scoring.ingredients import check_known, check_spelling
from pytest_brainscore.scoring.tolerance import parse_tolerances

if TYPE_CHECKING:
    from pytest_brainscore.inference.attribution import Attribution
    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.running.command_line.selection import Selection
    from pytest_brainscore.scoring.tree import Aggregate

_IDENTITY = (
    "model",
    "identifier",
    "version",
    "parent",
    "parents",
    "region",
    "citation",
    "required",
    "seconds",
    "peak_rss_mb",
    "worker",
)
"""Fields of a record that stay when its score is refused."""
Outcome = Literal["complete", "incomplete", "stopped"]
Value = TypeVar("Value")


class Collector:
    """Gathers the records of a scoring run.

    Checks everything that can stop the run before a model is loaded: that there are such models, that several
    checkpoints of a network are its own, that the tolerances and baselines can be read, and that the reports can be
    written.

    Raises
    ------
    BrainScoreError
        One of these fails.

    """

    def __init__(self, options: RunOptions, command: Sequence[str]) -> None:
        self.options = options
        self.command = list(command)
        for model in options.models:
            check_exists(model, options.commitments)
        check_together(
            options.models,
            commitments=options.commitments,
            weights_entry=options.weights_entry,
            layers=options.layers,
        )
        tolerances = parse_tolerances(options.tolerances)
        self.records: dict[tuple[str, str], BenchmarkRecord] = {}
        self.aggregates: dict[str, dict[str, Aggregate]] = {}
        """The parents of each model as the report has them; none until :meth:`close` was called."""
        self._floors = FloorRecords(options.models, options.floors)
        self.models: dict[str, ModelRecord] = {}
        self.ledger = Ledger()
        self.problems: list[str] = []
        self.complete = True
        """False once the run is known to have been stopped, or to have lost results."""
        self.output = Output(options.reports)
        self._several_networks: dict[str, str] = {}
        self.baselines: dict[str, Baseline] = {
            model.identifier: read_baseline(options.baseline, model.identifier) for model in options.models
        }
        for name, baseline in self.baselines.items():
            if any(tolerances.margin(identifier) is not None for identifier in baseline.scores):
                baseline_replicates(options.baseline, name)  # here, and not in each of the tests that need them
        check_spelling(options.across, self._stored_fingerprints())
        self._environment = environment()
        self.found = Found(options.resume, self._environment, options.tree)
        self._anew: Counter[str] = Counter()
        self.shard: Shard | None = None
        """Which part of a run this is, once that is known."""
        self._begun = False

    @property
    def written(self) -> list[str]:
        """What was written, to be told."""
        return self.output.written

    def expect(self, ids: Iterable[str], selected: Selection) -> None:
        """Note the tests that this run will report on; each worker has selected the same.

        What earlier runs have found of it is written down at once: a run that is killed in turn loses nothing of it.
        """
        self.ledger.expect(ids, selected.leaves)
        if selected.shard is not None:
            self.shard = msgspec.convert(selected.shard, Shard)
        if not self._begun:
            self._begun = True
            self.output.begin(self._report(complete=False), self.found.among(selected.leaves.values()), self._problem)

    @property
    def is_empty_shard(self) -> bool:
        """Whether there are benchmarks to score, and all of them are in other shards."""
        return self.shard is not None and self.shard.selected > 0 and not self.ledger.leaves

    @property
    def resumed(self) -> str | None:
        """What was taken over from earlier runs, and what was scored anew and why; None where there was nothing."""
        if not self.found.results:
            return None
        kept = sum(record.resumed for record in self.records.values())
        reasons = [f"{counted(number, 'result')} scored anew: {reason}" for reason, number in self._anew.items()]
        return "; ".join([f"{counted(kept, 'result')} taken over from earlier runs", *reasons])

    def add(self, nodeid: str, worker: str, attached: Mapping[str, Any], **how: bool) -> BenchmarkRecord:
        """Take the record of a finished benchmark, and append it to the line files at once.

        Parameters
        ----------
        nodeid
            Id of the test.
        worker
            Process that ran it.
        attached
            What came with its report: ``record``, ``replicates`` and ``attribution`` (bootstrap values of its score,
            and what units contribute to it, as files, None where there are none), ``model`` (None where it was never
            loaded), ``amends`` when the record takes the place of one that the same test has sent before, and
            ``concluded`` when it has not arrived but is a conclusion from that: the line files have what has arrived.
        how
            ``excused`` and ``failed``, see :meth:`Ledger.add`.

        """
        benchmark = ruled(benchmark_record(attached["record"]), self.options)
        if self._floors.has(benchmark.model):
            self.ledger.add(
                benchmark, nodeid, worker, excused=how.get("excused", False), failed=how.get("failed", False)
            )
            return self._floors.add(benchmark)
        if attached.get("model") is not None:
            self._note_network(model_record(attached["model"]))
        benchmark = self._refused(benchmark)
        self.ledger.add(
            benchmark,
            nodeid,
            worker,
            replicates=attached.get("replicates"),
            attribution=attached.get("attribution"),
            amends=bool(attached.get("amends")),
            **how,
        )
        key = benchmark.model, benchmark.identifier
        self.records[key] = self._refused(self.ledger.record(key))
        if attached.get("scored_anew"):
            self._anew[str(attached["scored_anew"])] += 1
        if not attached.get("concluded"):
            settled = benchmark.status in SETTLED and not benchmark.resumed  # the files begin with what was resumed
            model, beside = self.models.get(benchmark.model), (attached.get("replicates"), attached.get("attribution"))
            part = part_of(benchmark, model, *beside) if settled else None
            self.output.append(benchmark, self._problem, part)
        return benchmark

    def _note_network(self, model: ModelRecord) -> None:
        """Keep the record of a model, and notice when a name comes with two networks."""
        known = self.models.setdefault(model.identifier, model)
        difference = what_differs(known, model, in_one_run=True)
        if difference is None:
            self.models[model.identifier] = joined(known, model)
        elif model.identifier not in self._several_networks:
            reason = (
                f"{model.identifier} was not the same network each time it was loaded in this run: its {difference} "
                "differ; have the factory seed whatever it draws from, so that it returns the same in every process."
            )
            self._several_networks[model.identifier] = reason
            self._problem(BrainScoreError(reason))
            for key, record in self.records.items():
                self.records[key] = self._refused(record)
                if self.records[key] is not record:  # of two lines on a benchmark the last counts
                    self.output.append(self.records[key], self._problem)

    def _refused(self, record: BenchmarkRecord) -> BenchmarkRecord:
        """Take its score from a model that was several networks: nobody can say whose it is."""
        if record.model not in self._several_networks or record.status not in ("scored", "nan"):
            return record
        plain = {name: getattr(record, name) for name in _IDENTITY}
        return BenchmarkRecord(**plain, status="failed", reason=self._several_networks[record.model])

    def without_score(
        self, nodeid: str, worker: str, reason: str, *, concluded: bool = False
    ) -> BenchmarkRecord | None:
        """Record a selected leaf that ended without a report of its own; None for a test that is none."""
        identity = self.ledger.leaves.get(nodeid)
        if identity is None:
            return None
        record = BenchmarkRecord(**identity, status="crashed", reason=reason, worker=worker)
        attached = {"record": msgspec.to_builtins(record), "concluded": concluded}
        return self.add(nodeid, worker, attached, failed=True)

    def close(self, outcome: Outcome) -> None:
        """Write the reports and baselines of a run that is over; failures are kept in `problems`, never raised.

        Baselines are left alone unless the run is complete: what was lost must not become the new standard.
        """
        self.complete = outcome == "complete"
        self._mark_missing()
        self._check_across()
        replicates = self.replicates()
        accepting = outcome == "complete" and self.options.update != "none"
        stored = self._update_baselines(replicates) if accepting else []  # first: a report says what was accepted
        report = self._report(complete=self.complete, replicates=replicates)
        self.aggregates = report.aggregates
        self.output.write(
            report, replicates, self._attributions(), self.options.baseline, self.options.population, self._problem
        )
        self.output.written += stored

    def _report(self, *, complete: bool, replicates: Mapping[tuple[str, str, int], Replicates] | None = None) -> Report:
        """Return the report of what there is so far."""
        return assemble_report(
            created=datetime.now(UTC).isoformat(timespec="seconds"),
            command=self.command,
            environment=self._environment,
            models=self._model_records(),
            benchmarks=list(self.records.values()),
            order=[benchmark.identifier for benchmark in registry().leaves],
            complete=complete,
            replicates=replicates,
            tree=self.options.tree,
            floors=self.floors(),
            options=told(self.options, self.baselines),
            shard=self.shard,
        )

    def floors(self) -> dict[str, Floor]:
        """Return the floor beside the scores of each model; empty where none was asked for."""
        return self._floors.beside(list(self.records.values()))

    def replicates(self) -> dict[tuple[str, str, int], Replicates]:
        """Return the bootstrap values of the scores, by model, identifier and version."""
        from pytest_brainscore.scoring.replicate_files import unpacked

        return self._of_scores(self.ledger.replicates, unpacked)

    def _attributions(self) -> dict[tuple[str, str, int], Attribution]:
        """Return what units contribute to the scores, likewise."""
        from pytest_brainscore.scoring.attribution_files import unpacked_attributions

        return self._of_scores(self.ledger.attribution, unpacked_attributions)

    def _of_scores(
        self, kept: Callable[[Key], bytes | None], read: Callable[[bytes], dict[str, Value]]
    ) -> dict[tuple[str, str, int], Value]:
        files = {
            (record.model, record.identifier, record.version): kept(key)
            for key, record in self.records.items()
            if record.status == "scored"
        }
        return {key: next(iter(read(file).values())) for key, file in files.items() if file is not None}

    def ordered(self) -> list[BenchmarkRecord]:
        """Return the records model by model in tree order."""
        models = {model.identifier: index for index, model in enumerate(self.options.models)}
        order = {benchmark.identifier: index for index, benchmark in enumerate(registry().default)}

        def place(record: BenchmarkRecord) -> tuple[int, int, str]:
            return models[record.model], order.get(record.identifier, len(order)), record.identifier

        return sorted(self.records.values(), key=place)

    @property
    def colour(self) -> Colour:
        """What the records and their completeness make of the run; settled once :meth:`close` was called."""
        return colour(list(self.records.values()), complete=self.complete)

    def scored(self, *verdicts: Verdict) -> bool:
        """Tell whether a score, which an update could store, has one of these verdicts."""
        return any(each.status == "scored" and each.verdict in verdicts for each in self.records.values())

    def next_command(self, *extra: str) -> str:
        """Return this run's command with further options, ready to type."""
        return shlex.join([*self.command, *extra])

    def _problem(self, error: BrainScoreError) -> None:
        if str(error) not in self.problems:
            self.problems.append(str(error))

    def _stored_fingerprints(self) -> list[Mapping[str, object]]:
        return [score.fingerprint for baseline in self.baselines.values() for score in baseline.scores.values()]

    def _check_across(self) -> None:
        if self.shard is not None and self.shard.count > 1:
            return  # other shards may have scores of it
        compared = [record.fingerprint for record in self.records.values() if record.fingerprint]
        try:
            check_known(self.options.across, [*compared, *self._stored_fingerprints()])
        except BrainScoreError as error:
            self._problem(error)

    def _model_records(self) -> list[ModelRecord]:
        """Return one record per model asked for; a model that was never loaded has only its name."""
        unloaded = (model_record(model.record()) for model in self.options.models)
        return [self.models.get(model.identifier, model) for model in unloaded]

    def _mark_missing(self) -> None:
        """Give the verdict ``missing`` to everything that has a baseline and no score.

        Benchmarks that were not selected are not missing. One that no longer exists is, unless other benchmarks were
        asked for: it may be one of a file, or of a mark, that this run was not told of.
        """
        for key, record in self.records.items():
            baseline = self.baselines[record.model].score_of(record.identifier, record.version)
            if baseline is not None and record.status != "scored" and record.comparison is None:
                missed = msgspec.structs.replace(record, comparison=missing(baseline, record.reason))
                self.records[key] = ruled(missed, self.options)
        if not self.records or (self.shard is not None and self.shard.index > 1):
            return  # nothing was run, which says nothing of any benchmark; or the first shard says it for all
        known = {benchmark.identifier for benchmark in (*every_version(), *registry().marked)}
        known |= {identity["identifier"] for identity in self.ledger.leaves.values()}
        known |= {stored_name(each.identifier, each.version) for each in every_version()}
        for model, stored in self.baselines.items():
            for identifier, baseline in stored.scores.items():
                if identifier not in known:
                    gone = vanished(model, identifier, baseline)
                    words = self.options.benchmarks
                    if not words or any(matches(word, gone) for word in words):
                        self.records[model, identifier] = ruled(gone, self.options)

    def _update_baselines(self, replicates: Mapping[tuple[str, str, int], Replicates]) -> list[str]:
        """Store what was asked for, and return what to tell of it; nothing is accepted that could not be stored."""
        stored = []
        for model in self.options.models:
            mine = [record for record in self.records.values() if record.model == model.identifier]
            try:
                known = self.models.get(model.identifier)
                checkpoint = known.weights_from if known is not None and known.checkpoint else None
                stored += store(model.identifier, mine, self.options, replicates, checkpoint)
            except BrainScoreError as error:
                self._problem(error)
                unchanged = replace(self.options, update="none")
                self.records |= {(each.model, each.identifier): ruled(each, unchanged) for each in mine}
        return stored
