"""Trainings with and without the callback: the same curve bit for bit, and what it costs.

Run with ``python tests/performance/training_loops.py [LOOP ...] [--suite V1] [--budget 120]``; needs ``lightning``,
``pytorch-lightning`` and ``accelerate``. Prints a table, and ends with 1 where a curve or a weight differs, a score is
missing, or a snapshot took longer than the budget.
"""

from __future__ import annotations

import argparse
import importlib
import random
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from pytest_brainscore.training import BrainScoreCallback

PREPROCESSING = {"image_size": 32, "mean": (0.5, 0.5, 0.5), "std": (0.25, 0.25, 0.25)}
Result = tuple[list[float], nn.Module, Any]


def make_network() -> nn.Module:
    """Return a network with statistics of batches and with dropout."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(3, 16, 3, padding=1), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2)]
    layers += [nn.Conv2d(16, 32, 3, padding=1), nn.BatchNorm2d(32), nn.ReLU(), nn.Dropout(0.2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))


def data() -> TensorDataset:
    """Return synthetic images of CIFAR's size, whose class is seen in their colours."""
    drawn = torch.Generator().manual_seed(1)
    labels = torch.randint(0, 10, (512,), generator=drawn)
    colours = torch.randn(10, 3, 1, 1, generator=drawn)
    return TensorDataset(torch.randn(512, 3, 32, 32, generator=drawn) + colours[labels], labels)


def plain(scoring: BrainScoreCallback | None, epochs: int) -> Result:
    """Train in a plain loop."""
    torch.manual_seed(0)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - what augmentations draw from
    network, curve = make_network().train(), []
    optimiser = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    for epoch in range(1, epochs + 1):
        for images, labels in DataLoader(data(), batch_size=64, shuffle=True):
            loss = nn.functional.cross_entropy(network(images), labels)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            curve.append(loss.item())
        curve += [random.random(), float(np.random.rand())]  # noqa: NPY002
        if scoring is not None:
            scoring(network, epoch=epoch)
    return curve, network, None


def lightning(package: str) -> Callable[[BrainScoreCallback | None, int], Result]:
    """Return what trains with a package of Lightning."""
    pl: Any = importlib.import_module(package)

    class Module(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = make_network()
            self.curve: list[float] = []

        def training_step(self, batch: Any, _index: int) -> torch.Tensor:
            loss = nn.functional.cross_entropy(self.net(batch[0]), batch[1])
            self.curve.append(loss.item())
            self.log("loss", loss)
            return loss

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.SGD(self.parameters(), lr=0.05, momentum=0.9)

    def train(scoring: BrainScoreCallback | None, epochs: int) -> Result:
        pl.seed_everything(0, verbose=False)
        loggers = importlib.import_module(f"{package}.loggers")
        with tempfile.TemporaryDirectory() as folder:
            logger = loggers.CSVLogger(folder)
            trainer = pl.Trainer(
                max_epochs=epochs, callbacks=[] if scoring is None else [scoring], logger=[logger], accelerator="cpu",
                enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False, log_every_n_steps=1,
            )  # fmt: skip
            module = Module()
            trainer.fit(module, DataLoader(data(), batch_size=64, shuffle=True))
            written = Path(logger.log_dir, "metrics.csv").read_text()
        return module.curve, module, written if scoring else None

    return train


def hugging_face(scoring: BrainScoreCallback | None, epochs: int) -> Result:
    """Train with the Trainer of transformers."""
    from transformers import Trainer, TrainingArguments, set_seed

    class Model(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = make_network()

        def forward(self, pixels: torch.Tensor, labels: torch.Tensor) -> dict[str, torch.Tensor]:
            outputs = self.net(pixels)
            return {"loss": nn.functional.cross_entropy(outputs, labels), "logits": outputs}

    set_seed(0)
    rows = [{"pixels": pixels, "labels": labels} for pixels, labels in (data()[row] for row in range(len(data())))]
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainingArguments(
            folder, num_train_epochs=epochs, per_device_train_batch_size=64, logging_steps=1, report_to=[],
            save_strategy="no", use_cpu=True, disable_tqdm=True, learning_rate=0.01,
        )  # fmt: skip
        model = Model()
        trainer = Trainer(model, settings, train_dataset=rows)
        if scoring is not None:
            scoring.attach(trainer)
        trainer.train()
    history = trainer.state.log_history
    return [each["loss"] for each in history if "loss" in each], model, str(history) if scoring else None


LOOPS: dict[str, Callable[[], Callable[[BrainScoreCallback | None, int], Result]]] = {
    "plain": lambda: plain,
    "lightning": lambda: lightning("lightning.pytorch"),
    "pytorch_lightning": lambda: lightning("pytorch_lightning"),
    "hugging_face": lambda: hugging_face,
}


def main() -> int:
    """Train, compare, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("loops", nargs="*", default=[*LOOPS])
    parser.add_argument("--suite", default="V1")
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--budget", type=float, default=120.0)
    arguments = parser.parse_args()
    failed = False
    for name in arguments.loops:
        train = LOOPS[name]()
        curve, network, _ = train(None, arguments.epochs)
        with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            scoring = BrainScoreCallback(
                arguments.suite, every="epoch", budget_s=arguments.budget, layers={"V1": "2"},
                preprocessing=PREPROCESSING, submodule="" if name == "plain" else "net", name="net",
                report=Path(folder, "report.json"), checkpoint=Path(folder, "best.safetensors"),
            )  # fmt: skip
            processor, wall = time.process_time(), time.perf_counter()
            scored_curve, scored, logged = train(scoring, arguments.epochs)
            processor, wall = time.process_time() - processor, time.perf_counter() - wall
        pairs = zip(network.state_dict().values(), scored.state_dict().values(), strict=True)
        same = curve == scored_curve and all(torch.equal(one, other) for one, other in pairs)
        seconds = [each.seconds for each in scoring.snapshots]
        told = logged is None or "brainscore/" in str(logged)
        fine = same and told and len(seconds) == arguments.epochs and max(seconds) <= arguments.budget
        failed |= not fine
        print(
            f"{name:<18} {len(curve):>3} losses {'the same' if same else 'OTHER'}, logged {told}, snapshots of "
            f"{', '.join(f'{each:.1f}' for each in seconds)} s (budget {arguments.budget:g}), training with them "
            f"{wall:.1f} s, {processor:.1f} s of the processor",
            flush=True,
        )
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
