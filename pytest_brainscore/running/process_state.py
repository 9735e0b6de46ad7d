"""What one process of a scoring run holds: its models, the baselines and the tolerances."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models import load_model
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.running.command_line.options import RunOptions
from pytest_brainscore.running.pairs import Pairs
from pytest_brainscore.running.sharing.inputs_folder import shared_inputs
from pytest_brainscore.running.workers import device_of_worker
from pytest_brainscore.scoring.baseline import Baseline, read_baseline
from pytest_brainscore.scoring.tolerance import parse_tolerances

if TYPE_CHECKING:
    from pytest_brainscore.models.interface import BrainModel
    from pytest_brainscore.models.sources.specification import ModelSpecification

MODELS_KEPT = 2
"""Networks held by one process. Tests come model by model, so two are enough even when work is stolen."""


class ScoringRun:
    """The part of a scoring run that lives in one process, a worker or the only one."""

    def __init__(
        self,
        options: RunOptions,
        worker: str,
        run_id: str,
        selected: Iterable[Mapping[str, Any]] = (),
        inputs: str | None = None,
        store: Callable[..., ActivationStore] = ActivationStore,
    ) -> None:
        self.options = options
        self.worker = worker
        self.tolerances = parse_tolerances(options.tolerances)
        self.pairs = Pairs(options.baseline, self.tolerances, selected)
        self._run_id = run_id
        self._inputs = inputs
        self._store = store
        self._load = lru_cache(maxsize=MODELS_KEPT)(self._load_model)
        self._broken: dict[ModelSpecification, Exception] = {}
        self._baselines: dict[str, Baseline] = {}

    def model(self, specification: ModelSpecification) -> BrainModel:
        """Return a model, loaded once per process.

        One that cannot be loaded is not tried again: its other benchmarks meet the same error at once.
        """
        if specification in self._broken:
            raise self._broken[specification].with_traceback(None)
        try:
            return self._load(specification)
        except Exception as error:
            self._broken[specification] = error
            raise

    def baseline(self, model: str) -> Baseline:
        """Return the stored baseline of a model; empty where there is none."""
        if model not in self._baselines:
            self._baselines[model] = read_baseline(self.options.baseline, model)
        return self._baselines[model]

    def _load_model(self, specification: ModelSpecification) -> BrainModel:
        pixels = specification.floor and specification.untrained is None
        # Only what is asked for, as a project's load_model of its own may know no more.
        asked: dict[str, Any] = {"name": specification.identifier} if specification.is_renamed else {}
        inputs = shared_inputs(self._inputs, specification, self.options.trialled)
        asked |= {"inputs": inputs} if inputs is not None else {}
        model = load_model(
            specification.text,
            weights=specification.weights or None,
            weights_entry=self.options.weights_entry if specification.weights else None,
            **asked,
            device=device_of_worker(self.options.device, self.worker),
            layers=None if pixels else self.options.layers or None,
            commitments=self.options.commitments,
            amp=self.options.amp,
            store=self._store(mode=self.options.cache, run_id=self._run_id, size=self.options.cache_size),
            untrained=specification.untrained,
        )
        if self.options.decoder is not None and not pixels:
            _train_decoder(model, self.options.decoder)
        return model


def _train_decoder(model: BrainModel, folder: Path) -> None:
    from pytest_brainscore.models.tasks.linear_decoder import stimuli_from_synset_folders

    train = getattr(model, "train_decoder", None)
    if train is None:
        raise ModelError(
            f"{model.identifier} is no network of layers to fit a decoder to; leave out --brainscore-decoder."
        )
    train(stimuli_from_synset_folders(folder, model.visual_degrees()))
