"""Lightning and the Trainer of Hugging Face: their callbacks, without importing either.

Lightning takes only callbacks of its own class. Whoever has a trainer has imported its package, so that the classes are
there when a callback is made for it.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any, Final

from pytest_brainscore.training.schedule import Moment

_BASES: Final = (
    ("lightning.pytorch.callbacks.callback", "Callback"),
    ("pytorch_lightning.callbacks.callback", "Callback"),
    ("transformers.trainer_callback", "TrainerCallback"),
)
PREFIX: Final = "brainscore/"
"""Before the name of a leaf or a parent, where scores are logged."""


def imported_bases() -> tuple[type, ...]:
    """Return the callback classes of the frameworks that this process has imported."""
    modules = ((sys.modules.get(name), kind) for name, kind in _BASES)
    found = (getattr(module, kind, None) for module, kind in modules if module is not None)
    return tuple(each for each in found if isinstance(each, type))


@cache
def joined_class(kind: type, bases: tuple[type, ...]) -> type:
    """Return a class as a callback of frameworks, too."""
    return type(kind.__name__, (kind, *bases), {"__module__": kind.__module__, "__doc__": kind.__doc__})


def logged(scores: Any) -> dict[str, float]:
    """Return scores by the names under which they are logged."""
    return {f"{PREFIX}{name}": score for name, score in scores.items()}


def lightning_moment(trainer: Any, *, after_epoch: bool) -> Moment:
    """Return how far a training of Lightning has come."""
    return Moment(int(trainer.global_step), int(trainer.current_epoch) + 1 if after_epoch else None)


def log_to_lightning(trainer: Any, module: Any, scores: Any) -> None:
    """Give scores to every logger of a Lightning trainer, and to what monitors metrics."""
    values = logged(scores)
    for logger in trainer.loggers:
        logger.log_metrics(values, step=trainer.global_step)
    if trainer.world_size == 1:  # else the other processes, which know no scores, would wait for them
        module.log_dict(values, logger=False)


def hugging_face_moment(state: Any, *, after_epoch: bool) -> Moment:
    """Return how far a training of Hugging Face has come."""
    return Moment(int(state.global_step), round(state.epoch or 0) if after_epoch else None)


def log_to_hugging_face(trainer: Any, state: Any, control: Any, scores: Any) -> None:
    """Give scores to the history of a Hugging Face training, or by its trainer, if known, to all that it logs to."""
    values = logged(scores)
    if trainer is None:
        state.log_history.append({**values, "epoch": state.epoch, "step": state.global_step})
        return
    wanted = control.should_log  # logging takes it back, and the loss of this step would go unlogged
    trainer.log(values)
    control.should_log = wanted
