"""Takes snapshots, scores them, and keeps what came of it; the training notices nothing but the time."""

from __future__ import annotations

import atexit
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import torch
from torch import nn

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.commitment.commitment import REGIONS
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.shared_inputs import SharedInputs
from pytest_brainscore.report.making.records import described
from pytest_brainscore.report.plain import model_record
from pytest_brainscore.report.record import ModelRecord
from pytest_brainscore.running.sharing.inputs_folder import InputsFolder
from pytest_brainscore.training.best import Best
from pytest_brainscore.training.deadline import Deadline
from pytest_brainscore.training.frameworks import logged
from pytest_brainscore.training.journal import Journal, append_table
from pytest_brainscore.training.plan import Plan, Suite
from pytest_brainscore.training.schedule import Moment, Schedule
from pytest_brainscore.training.scoring import Results, failures, score_leaves, scores_of_parents
from pytest_brainscore.training.snapshot import Snapshot, Taking, network_within
from pytest_brainscore.training.subject import Subject
from pytest_brainscore.training.untouched import not_called, untouched

_RANKS = ("RANK", "LOCAL_RANK")
"""Variables that launchers number processes by, before these know each other."""


@dataclass
class Keeping:
    """Where what came of snapshots goes."""

    journal: Journal | None = None
    table: Path | None = None
    best: Best | None = None
    log: Callable[[dict[str, float], int], object] | None = None


class Scorer:
    """Scores snapshots of one network.

    Parameters
    ----------
    suite, subject, taking, schedule
        What is scored, how the network is shown images, how snapshots are taken, and what is counted.
    budget
        Seconds that a snapshot may take; None for no limit.
    keeping
        Where results go.
    name
        Of the network; that of its class where empty.
    raising
        Whether an error in scoring ends the training.

    """

    def __init__(
        self,
        suite: Suite,
        subject: Subject,
        taking: Taking,
        schedule: Schedule,
        budget: float | None,
        keeping: Keeping,
        *,
        name: str,
        raising: bool,
    ) -> None:
        self.snapshots: list[Snapshot] = []
        self._suite = suite
        self._subject = subject
        self._taking = taking
        self._schedule = schedule
        self._keeping = keeping
        self._name = name
        self._raising = raising
        self._plan = Plan([*suite.leaves], budget)
        self._planned = False
        self._checked = False
        self._told: set[str] = set()
        self._inputs: InputsFolder | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Go to another process without the prepared images, which are this one's."""
        return {**self.__dict__, "_inputs": None}

    def check(self, network: nn.Module) -> None:
        """Check, once, that a snapshot can be taken, takes images in and has the layers.

        Raises
        ------
        ModelError
            It is otherwise.

        """
        if self._checked:
            return
        inner = network_within(network, self._taking.submodule)
        with self._model(inner, self._name_of(inner), Deadline(None)) as (model, _):
            for region, layers in model.layers.items():
                if region in {each.region for each in self._suite.leaves} or region not in REGIONS:
                    model.reader.layouts(layers)
        self._checked = True
        self.tell(self._suite.what_cannot_be_scored())

    def snapshot(self, network: nn.Module, moment: Moment) -> Snapshot | None:
        """Score a snapshot and keep what came of it; None where that failed, which was told."""
        if not self._plan.leaves:  # nothing fits into the budget, which was told
            return None
        deadline = Deadline(self._plan.budget)
        made: Snapshot | None = None
        with self.errors("scoring a snapshot"):
            inner = network_within(network, self._taking.submodule)
            unit, count = moment.told(self._schedule.unit)
            whole = self._name_of(inner)
            name = f"{whole}@{unit}{count}"
            self._plan_first(whole)
            with self._model(inner, name, deadline) as (model, scored):
                results = score_leaves(model, name, self._plan, deadline)
                about = self._described(model, name, whole, moment)
                made = self._made(results, name, moment, deadline)
                self._keep(made, results, about, scored, moment)
            self._settle(results)
            if results.raised is not None and self._raising:
                raise results.raised
            self._tell_of(made, results, deadline)
        return made

    @contextmanager
    def _model(self, network: nn.Module, name: str, deadline: Deadline) -> Iterator[tuple[LayerMappedModel, nn.Module]]:
        """Yield a snapshot as a brain model, and its network; nothing of it is left after."""
        with untouched(), tempfile.TemporaryDirectory(prefix="brainscore-", ignore_cleanup_errors=True) as folder:
            copied = self._taking.take(network, name)
            with not_called(network, name):
                store = ActivationStore(folder=folder)
                yield self._subject.model(copied, name, store, deadline, self._prepared()), copied

    def _prepared(self) -> SharedInputs | None:
        """Return where images that were prepared are kept until this process ends; None where there is no room."""
        if self._inputs is None:
            self._inputs = InputsFolder()
            if self._inputs.make():
                atexit.register(self._inputs.remove)
        return SharedInputs(self._inputs.path, self._inputs.limit) if self._inputs.limit else None

    def _name_of(self, network: nn.Module) -> str:
        return self._name or type(network).__name__

    def _plan_first(self, name: str) -> None:
        """Take over what was found out about leaves in a run before, of which this is the continuation."""
        if self._planned or self._keeping.journal is None or self.snapshots:
            return
        before = self._keeping.journal.seconds_before(name)
        if before:
            self._plan.known_before(before)
            self._planned = True
            self.tell(self._plan.told())

    def _settle(self, results: Results) -> None:
        """Keep to the leaves of the first snapshot."""
        if self._planned:
            return
        for identifier, reason in results.left_out.items():
            self._plan.leave_out(identifier, reason)
        self._plan.settle()
        self._planned = True
        self.tell(self._plan.told())
        if not self._plan.leaves:
            raise BrainScoreError(
                f"No leaf of {', '.join(self._suite.words)} fits into the budget of {self._plan.budget:g} s; give a "
                "larger budget_s, or another suite."
            )

    def _made(self, results: Results, name: str, moment: Moment, deadline: Deadline) -> Snapshot:
        scores, errors = scores_of_parents(results, self._suite, self._plan.leaves, name, first=not self._planned)
        return Snapshot(
            name=name,
            step=moment.step,
            epoch=moment.epoch,
            scores=scores | results.scores(),
            errors=errors | results.errors(),
            seconds=deadline.passed,
            records=tuple(results.records),
            left_out=self._plan.left_out | results.left_out,
        )

    def _described(self, model: LayerMappedModel, name: str, whole: str, moment: Moment) -> ModelRecord:
        counts = {"step": moment.step, "epoch": moment.epoch}
        axes = {unit: count for unit, count in counts.items() if count is not None}
        names = {"identifier": name, "specification": f"{name}, a snapshot in training", "network": whole, "axes": axes}
        try:
            about = described(model, names)
        except BrainScoreError:
            about = model_record(names)
        remark = self._plan.told()
        return msgspec.structs.replace(about, remarks=[*about.remarks, *([remark] if remark else [])])

    def _keep(self, made: Snapshot, results: Results, about: ModelRecord, network: nn.Module, moment: Moment) -> None:
        keeping = self._keeping
        self.snapshots.append(made)
        if keeping.best is not None:
            with self.errors("keeping the best checkpoint"):
                keeping.best.offer(made.scores.get(keeping.best.node), network, made.name, moment)
        if keeping.journal is not None:
            with self.errors("adding to the report"):
                keeping.journal.add(about, made.records, results.replicates)
        if keeping.table is not None:
            with self.errors("adding to the table"):
                append_table(keeping.table, made)
        if keeping.log is not None:
            with self.errors("the function given as log"):
                keeping.log(logged(made.scores), moment.told(self._schedule.unit)[1])

    def _tell_of(self, made: Snapshot, results: Results, deadline: Deadline) -> None:
        failed = failures(results.records)
        if failed:
            self.tell(f"Scoring of {made.name} failed and training goes on: {failed}", key="failed")
        new = {name: reason for name, reason in results.left_out.items() if name not in self._plan.left_out}
        if new:
            told = "; ".join(f"{name}: {reason}" for name, reason in new.items())
            self.tell(f"{made.name} was not scored on all leaves, and has no mean over them: {told}", key="late")
        if self._plan.budget is not None and deadline.passed > self._plan.budget:
            self.tell(
                f"{made.name} took {deadline.passed:.1f} s to score, more than the budget of {self._plan.budget:g} s.",
                key="over",
            )

    @contextmanager
    def errors(self, what: str) -> Iterator[None]:
        """Tell an error once in place of raising it, unless errors are to end the training."""
        try:
            yield
        except Exception as error:
            if self._raising:
                raise
            told = str(error) if isinstance(error, BrainScoreError) else f"{type(error).__name__}: {error}"
            self.tell(f"{what[0].upper()}{what[1:]} failed and training goes on: {told}", key=what)

    def tell(self, sentence: str, key: str = "") -> None:
        """Warn of something, once for each key."""
        if sentence and (key or sentence) not in self._told:
            self._told.add(key or sentence)
            warnings.warn(sentence, UserWarning, stacklevel=2)


def is_first_process() -> bool:
    """Tell whether this process is the one of a distributed training that scores; of others, every one is."""
    distributed = torch.distributed
    if distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank()) == 0
    return all(os.environ.get(name, "0") == "0" for name in _RANKS)
