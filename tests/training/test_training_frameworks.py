"""The callback in the hands of Lightning and of the Trainer of Hugging Face.

Of Hugging Face, what calls callbacks is the real thing. Lightning takes seconds to import: a trainer stands in for it
here that calls callbacks in its order and is as strict. The script ``tests/performance/training_loops.py`` trains with
both packages, in the session ``frameworks`` of nox.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.training import BrainScoreCallback
from tests.support.trainings import batches, callback, first_layer, fixed, leaf, make_network, raising, seed_everything

transformers = pytest.importorskip("transformers.trainer_callback")  # of the extra `test`

SETTINGS: dict[str, Any] = {"submodule": "net", "name": "lit"}


class Module(nn.Module):
    """As a LightningModule: holds the network, and logs."""

    def __init__(self) -> None:
        super().__init__()
        self.net = make_network()
        self.metrics: dict[str, float] = {}

    def log_dict(self, values: dict[str, float], *, logger: bool) -> None:
        """Take metrics that a checkpoint callback may monitor."""
        assert not logger  # they are logged already, at the step that they are of
        self.metrics |= values


class Logger:
    """As a logger of Lightning."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, dict[str, float]]] = []

    def log_metrics(self, metrics: dict[str, float], step: int) -> None:
        """Take metrics of a step."""
        self.rows.append((step, dict(metrics)))


class Trainer:
    """As the Trainer of Lightning 2.6: it takes callbacks of its class only, and calls what that class has."""

    def __init__(self, callbacks: list[Any], base: type, *, accumulate: int = 1, rank: int = 0, world: int = 1) -> None:
        for each in callbacks:
            if not isinstance(each, base):
                raise ValueError("Expected a parent")  # noqa: TRY004 - what it says
        self.callbacks = callbacks
        self.base = base
        self.loggers = [Logger(), Logger()]
        self.global_step = self.current_epoch = 0
        self.is_global_zero, self.world_size = rank == 0, world
        self._accumulate = accumulate

    def call(self, hook: str, *arguments: object) -> None:
        """Call a hook of every callback."""
        for each in self.callbacks:
            getattr(each, hook)(self, *arguments)

    def fit(self, module: Module, epochs: int = 2) -> list[float]:
        """Train, and return the losses."""
        seed_everything()
        for each in self.callbacks:
            each.log, each.log_dict = print, print
        self.call("setup", module, "fit")
        self.call("on_fit_start", module)
        module.train()
        curve = []
        for self.current_epoch in range(epochs):
            self.call("on_train_epoch_start", module)
            for index, (images, labels) in enumerate(batches()):
                loss = nn.functional.cross_entropy(module.net(images), labels)
                torch.autograd.backward(loss)
                if (index + 1) % self._accumulate == 0:
                    with torch.no_grad():
                        for weight in module.parameters():
                            assert weight.grad is not None
                            weight.sub_(0.1 * weight.grad)
                    module.zero_grad()
                    self.global_step += 1
                curve.append(loss.item())
                self.call("on_train_batch_end", module, {"loss": loss}, (images, labels), index)
            self.call("on_train_epoch_end", module)
        self.call("on_train_end", module)
        self.call("teardown", module, "fit")
        return curve


@pytest.fixture(params=["lightning.pytorch"])
def base(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    """Return the class of callbacks of a package that has been imported."""

    def nothing(_self: object, *_arguments: object) -> None: ...

    hooks = ("setup", "teardown", "on_fit_start", "on_train_epoch_start", "on_train_batch_end", "on_train_epoch_end")
    kind = type("Callback", (), dict.fromkeys((*hooks, "on_train_end"), nothing) | {"__module__": request.param})
    module = ModuleType(f"{request.param}.callbacks.callback")
    module.Callback = kind  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return kind


@pytest.mark.parametrize("base", ["lightning.pytorch", "pytorch_lightning"], indirect=True)
def test_lightning(base: type, tmp_path: Path) -> None:
    by_package: dict[str, tuple[int | str, list[str]]] = {
        "lightning.pytorch": ("epoch", ["lit@epoch1", "lit@epoch2"]),
        "pytorch_lightning": (3, ["lit@step3", "lit@step6"]),
    }
    every, names = by_package[base.__module__]
    scoring = callback(every=every, report=tmp_path / "r.json", **SETTINGS)
    module, trainer = Module(), Trainer([scoring], base)
    assert trainer.fit(module) == Trainer([], base).fit(Module())
    assert [each.identifier for each in read_report(tmp_path / "r.json").models] == names
    steps = [each.step for each in scoring.snapshots]
    expected = {f"brainscore/{name}": score for name, score in scoring.snapshots[-1].scores.items()}
    for logger in trainer.loggers:
        assert [step for step, _ in logger.rows] == steps
        assert logger.rows[-1][1] == expected
    assert module.metrics == expected
    assert type(pickle.loads(pickle.dumps(scoring))).__name__ == "BrainScoreCallback"


def test_lightning_scores_a_step_once_whatever_is_accumulated(base: type) -> None:
    scoring = callback(leaf(protocol=fixed(0.5)), every=2, **SETTINGS)
    Trainer([scoring], base, accumulate=2).fit(Module())
    assert [each.name for each in scoring.snapshots] == ["lit@step2", "lit@step4"]


def test_lightning_scores_in_the_first_process_only(base: type) -> None:
    scoring = callback(every="epoch", **SETTINGS)
    trainer = Trainer([scoring], base, rank=1, world=2)
    trainer.fit(Module())
    assert not scoring.snapshots
    assert not trainer.loggers[0].rows
    first, module = callback(leaf(protocol=fixed(0.5)), every="epoch", **SETTINGS), Module()
    Trainer([first], base, rank=0, world=2).fit(module)
    assert first.snapshots
    assert not module.metrics  # which every process would have to have


def test_lightning_checks_before_anything_is_trained(base: type) -> None:
    module = Module()
    weights = first_layer(module.net).weight.clone()
    with pytest.raises(ModelError, match="no layer 'relu'"):
        Trainer([callback(layers={"V1": "relu"}, on_error="warn", **SETTINGS)], base).fit(module)
    assert torch.equal(first_layer(module.net).weight, weights)


def hugging_face(
    scoring: BrainScoreCallback, network: nn.Module, *, attach: bool, report_to: tuple[str, ...] = ()
) -> Any:
    """Call a callback as the Trainer of transformers does in two epochs of four steps; return the trainer."""
    state, control = transformers.TrainerState(), transformers.TrainerControl()
    flow = transformers.DefaultFlowCallback()
    handler = transformers.CallbackHandler([flow] if attach else [flow, scoring], network, None, None, None)
    arguments = SimpleNamespace(
        report_to=list(report_to), logging_strategy="steps", eval_strategy="no", save_strategy="no", eval_delay=0,
        logging_first_step=False,
    )  # fmt: skip
    state.logging_steps, state.max_steps = 1, 8
    trainer = SimpleNamespace(state=state, callback_handler=handler, add_callback=handler.add_callback, lost=0)

    def log(values: dict[str, float]) -> None:
        state.log_history.append({**values, "step": state.global_step})
        handler.on_log(arguments, state, control, values)

    trainer.log = log
    if attach:
        scoring.attach(trainer).attach(trainer)
    handler.on_init_end(arguments, state, control)
    handler.on_train_begin(arguments, state, control)
    for epoch in range(2):
        handler.on_epoch_begin(arguments, state, control)
        for _ in range(4):
            handler.on_step_begin(arguments, state, control)
            state.global_step += 1
            state.epoch = state.global_step / 4
            handler.on_step_end(arguments, state, control)
            trainer.lost += not control.should_log  # the loss of this step would not be logged
        assert state.epoch == epoch + 1
        handler.on_epoch_end(arguments, state, control)
    handler.on_train_end(arguments, state, control)
    return trainer


@pytest.mark.parametrize("attach", [True, False])
@pytest.mark.parametrize(("every", "steps"), [("epoch", [4, 8]), (3, [3, 6])])
def test_hugging_face(attach: bool, every: int | str, steps: list[int]) -> None:
    scoring = callback(every=every, on_error="warn")
    trainer = hugging_face(scoring, make_network(), attach=attach)
    logged = [each for each in trainer.state.log_history if "brainscore/lab-one" in each]
    assert [each["step"] for each in logged] == steps
    assert logged[0]["brainscore/lab.V1"] == scoring.snapshots[0].scores["lab.V1"]
    assert trainer.lost == 0
    assert sum(each is scoring for each in trainer.callback_handler.callbacks) == 1


def test_hugging_face_tells_how_scores_come_to_where_it_logs_to() -> None:
    scoring = callback(leaf(protocol=fixed(0.5)), every="epoch")
    with pytest.warns(UserWarning, match=r"callback\.attach\(trainer\) logs them to tensorboard, wandb, too"):
        hugging_face(scoring, make_network(), attach=False, report_to=("tensorboard", "wandb"))


def test_hugging_face_goes_on_after_an_error_and_checks_before_anything_is_trained() -> None:
    scoring = callback(leaf(protocol=raising(ValueError("odd"))), on_error="warn")
    with pytest.warns(UserWarning, match="net@step3 failed and training goes on: lab-one: ValueError: odd"):
        trainer = hugging_face(scoring, make_network(), attach=True)
    assert trainer.state.global_step == 8
    with pytest.raises(ModelError, match="no layer 'relu'"):
        hugging_face(callback(layers={"V1": "relu"}, on_error="warn"), make_network(), attach=True)
