"""Scores a network while it is trained: in a plain loop, with Lightning, or with the Trainer of Hugging Face."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from torch import nn

from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.training import frameworks
from pytest_brainscore.training.best import Best
from pytest_brainscore.training.journal import Journal
from pytest_brainscore.training.plan import monitored, suite_of
from pytest_brainscore.training.schedule import Moment, parse_schedule
from pytest_brainscore.training.scorer import Keeping, Scorer, is_first_process
from pytest_brainscore.training.snapshot import Averaged, Copy, Snapshot, Taking
from pytest_brainscore.training.subject import subject_of

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.data.stimuli.showing import Screen
    from pytest_brainscore.models.commitment.commitment import LayerCommitment


class BrainScoreCallback:
    """Scores snapshots of a network in training, which goes on bit for bit as without.

    A plain loop calls it after each step or epoch; trainers of Lightning and Hugging Face take it among their
    ``callbacks``. A snapshot is a copy of the network in evaluation mode.

    Parameters
    ----------
    suite
        What is scored: a leaf, a parent, a pattern, ``own``, ``panel``, the path of a benchmark of your own, as for
        ``--brainscore-benchmark``; several joined by commas or in a list, in which benchmarks may be, too.
    every
        ``"epoch"``, ``"2 epochs"``, ``"500 steps"``; or a number, of steps, or of epochs in a plain loop that counts
        only these. Steps are those of the optimiser.
    budget_s
        Seconds that a snapshot may take. No image is shown after it; leaves that do not fit into the first snapshot are
        left out of all, so that means are comparable, and a warning says which. None: no limit.
    layers
        Layer of each region that is recorded from, ``{"V1": "features.3"}``; several joined by ``+``, reductions
        (``blocks.6#cls``) as anywhere.
    preprocessing
        How the network takes images in: fields of ``[preprocessing]`` in a layer commitment (`image_size`, `mean`,
        `std` ...), or ``"imagenet"`` for 224 pixels and ImageNet's mean and deviation.
    visual_degrees
        Visual angle that the side of the input spans; 8 unless committed otherwise.
    commitment
        Layer commitment, or the path of one, which the three above come before.
    network
        The network, for its layers to be checked now and for a plain loop to leave it out. Without, they are checked
        when a training begins.
    submodule
        Which part of what is trained is the network, for example ``"net"`` of a LightningModule.
    name
        Of the network in reports; that of its class where None.
    report
        JSON report that snapshots are added to, as models called ``NAME@step500`` or ``NAME@epoch3``; None for none.
    csv
        Table that they are appended to.
    log
        Called with ``{"brainscore/V1": .3, ...}`` and the step, or the epoch, of each snapshot.
    checkpoint
        Safetensors file that the weights of the best snapshot are kept in.
    monitor
        Leaf or parent that says which is the best; the first word of `suite` where None.
    ema
        Averaged weights that are scored in place of those in training: the averaged network
        (``torch.optim.swa_utils.AveragedModel``), a state dict, or a function that returns one of both.
    copy
        Takes the network and returns a copy; ``copy.deepcopy`` where None.
    device
        Where snapshots run; where the network is, where None.
    on_error
        What an error in scoring does: ``"warn"`` tells it once and goes on, ``"raise"`` ends the training. What is
        wrong with layers or preprocessing is raised before anything is trained.
    tree
        Score tree that parents are those of; as for the plugin where None.
    screen
        Which pixels placed stimuli have, as for ``load_benchmark``.

    Raises
    ------
    BrainScoreError
        Something is wrong with these; the sentence says what.

    """

    def __new__(cls, *_arguments: object, **_settings: object) -> Self:
        """Make it a callback of the frameworks that have been imported."""
        bases = tuple(each for each in frameworks.imported_bases() if not issubclass(cls, each))
        kind: type = cls
        return object.__new__(frameworks.joined_class(kind, bases) if bases else kind)

    def __init__(
        self,
        suite: str | Benchmark | Iterable[str | Benchmark],
        *,
        every: int | str = "epoch",
        budget_s: float | None = 60.0,
        layers: Mapping[str, str | Sequence[str]] | None = None,
        preprocessing: str | Mapping[str, Any] | None = None,
        visual_degrees: float | None = None,
        commitment: str | os.PathLike[str] | LayerCommitment | None = None,
        network: nn.Module | None = None,
        submodule: str = "",
        name: str | None = None,
        report: str | os.PathLike[str] | None = "brainscore-training.json",
        csv: str | os.PathLike[str] | None = None,
        log: Callable[[dict[str, float], int], object] | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
        monitor: str | None = None,
        ema: Averaged | None = None,
        copy: Copy | None = None,
        device: str | None = None,
        on_error: Literal["warn", "raise"] = "warn",
        tree: str | None = None,
        screen: Screen = "published",
    ) -> None:
        if on_error not in ("warn", "raise"):
            raise BrainScoreError(f'There is no on_error={on_error!r}; give "warn" or "raise".')
        if budget_s is not None and not (isinstance(budget_s, int | float) and budget_s > 0):
            raise BrainScoreError(f"budget_s={budget_s!r} leaves no time to score; give seconds, or None for no limit.")
        self._schedule = parse_schedule(every)
        chosen = suite_of(suite, tree, screen)
        subject = subject_of(commitment, layers, preprocessing, visual_degrees, device)
        subject.check_layers(chosen.leaves)
        keeping = Keeping(log=log)
        if is_first_process():  # the only one that scores and writes
            for benchmark in chosen.leaves:
                benchmark.obtain_data(progress=True)
            if report is not None:
                keeping.journal = Journal(report, chosen.tree, chosen.order)
            if csv is not None:
                keeping.table = Path(csv).expanduser()
            if checkpoint is not None:
                keeping.best = Best(checkpoint, monitored(monitor, chosen))
        self._network = network
        self._trainer: Any = None
        self._last: Moment | None = None
        self._scorer = Scorer(
            chosen,
            subject,
            Taking(ema, copy, submodule),
            self._schedule,
            budget_s,
            keeping,
            name=name or "",
            raising=on_error == "raise",
        )
        if network is not None:
            self._scorer.check(network)

    @property
    def snapshots(self) -> Sequence[Snapshot]:
        """What was scored until now, in order."""
        return tuple(self._scorer.snapshots)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way to another process, whatever was imported in this one."""
        return _restored, (self.__dict__,)

    def __call__(
        self, network: nn.Module | None = None, *, step: int | None = None, epoch: int | None = None
    ) -> Snapshot | None:
        """Score a snapshot where one is due; call it after every step, or every epoch, of a plain loop.

        Parameters
        ----------
        network
            In training; the one given before where None.
        step
            Steps of the optimiser until now.
        epoch
            Epochs that have ended.

        Returns
        -------
        What came of it; None where none is due, in another process than the first, and where it could not be scored.

        Raises
        ------
        BrainScoreError
            At the first call: a layer does not exist, or the network cannot be run as said. Later only where
            ``on_error="raise"``.

        """
        moment = Moment(step, epoch)
        due = self._schedule.is_due(moment)
        if not is_first_process():
            return None
        there = self._network if network is None else network
        if there is None:
            raise BrainScoreError("BrainScoreCallback was called without a network; give callback(network, ...).")
        self._scorer.check(there)
        return self._scorer.snapshot(there, moment) if due else None

    def score(
        self, network: nn.Module | None = None, *, step: int | None = None, epoch: int | None = None
    ) -> Snapshot | None:
        """Score a snapshot now, due or not, for example at the end of a training; as for :meth:`__call__`."""
        there = self._network if network is None else network
        if there is None:
            raise BrainScoreError("BrainScoreCallback was called without a network; give callback.score(network, ...).")
        if not is_first_process():
            return None
        moment = Moment(step, epoch)
        moment.told(None)
        self._scorer.check(there)
        return self._scorer.snapshot(there, moment)

    def attach(self, trainer: Any) -> Self:
        """Add this to a Trainer of Hugging Face, so that scores go wherever it logs to (TensorBoard, W&B ...).

        Among the ``callbacks`` of a Trainer it can reach only ``trainer.state.log_history``.
        """
        if self not in trainer.callback_handler.callbacks:
            trainer.add_callback(self)
        self._trainer = trainer
        return self

    # Lightning

    def on_fit_start(self, trainer: Any, pl_module: Any) -> None:
        """Check layers and preprocessing before anything is trained."""
        if trainer.is_global_zero:
            self._scorer.check(pl_module)

    def on_train_batch_end(self, trainer: Any, pl_module: Any, *_arguments: object) -> None:
        """Score, where steps are counted."""
        moment = frameworks.lightning_moment(trainer, after_epoch=False)
        if self._schedule.unit != "epoch" and moment.step:
            self._lightning(trainer, pl_module, moment)

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Score, where epochs are counted."""
        if self._schedule.unit == "epoch":
            self._lightning(trainer, pl_module, frameworks.lightning_moment(trainer, after_epoch=True))

    def _lightning(self, trainer: Any, pl_module: Any, moment: Moment) -> None:
        if trainer.is_global_zero and self._schedule.is_due(moment) and moment != self._last:
            self._last = moment  # while gradients are accumulated, several batches end at one step
            snapshot = self._scorer.snapshot(pl_module, moment)
            if snapshot is not None:
                with self._scorer.errors("the loggers of the trainer"):
                    frameworks.log_to_lightning(trainer, pl_module, snapshot.scores)

    # The Trainer of Hugging Face

    def on_train_begin(self, args: Any, state: Any, control: Any, **context: Any) -> None:
        """Check layers and preprocessing before anything is trained."""
        if state.is_world_process_zero:
            self._scorer.check(context["model"])
            if self._trainer is None and getattr(args, "report_to", None):
                self._scorer.tell(
                    "Scores of BrainScoreCallback stand in trainer.state.log_history only; callback.attach(trainer) "
                    f"logs them to {', '.join(args.report_to)}, too."
                )

    def on_step_end(self, args: Any, state: Any, control: Any, **context: Any) -> None:
        """Score, where steps are counted."""
        if self._schedule.unit != "epoch":
            self._hugging_face(state, control, context["model"], after_epoch=False)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **context: Any) -> None:
        """Score, where epochs are counted."""
        if self._schedule.unit == "epoch":
            self._hugging_face(state, control, context["model"], after_epoch=True)

    def on_train_end(self, *_arguments: Any, **_context: Any) -> None:
        """Do nothing: both frameworks have it, with other arguments."""

    def _hugging_face(self, state: Any, control: Any, network: nn.Module, *, after_epoch: bool) -> None:
        moment = frameworks.hugging_face_moment(state, after_epoch=after_epoch)
        if state.is_world_process_zero and self._schedule.is_due(moment):
            snapshot = self._scorer.snapshot(network, moment)
            if snapshot is not None:
                with self._scorer.errors("the log of the trainer"):
                    frameworks.log_to_hugging_face(self._trainer, state, control, snapshot.scores)


def _restored(state: dict[str, Any]) -> BrainScoreCallback:
    made = BrainScoreCallback.__new__(BrainScoreCallback)
    made.__dict__.update(state)
    return made
