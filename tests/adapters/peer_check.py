"""Models across the border, with the published package itself; not collected, as it needs an environment of its own.

It pins packages to old versions, so that the two are installed like this::

    python3.11 -m venv /tmp/both && /tmp/both/bin/pip install brainscore-vision==2.4.2 msgspec safetensors threadpoolctl
    /tmp/both/bin/pip install --no-deps pytest-brainscore        # or PYTHONPATH to this repository
    /tmp/both/bin/python tests/adapters/peer_check.py WEIGHTS [v1]

``WEIGHTS`` is a checkpoint of torchvision's squeezenet1_1. Prints a table of scores by both ways, and ends with 1 where
two that are to be equal differ. With ``v1`` also a published benchmark of single neurons, which takes minutes.
"""

from __future__ import annotations

import functools
import os
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
os.environ["RESULTCACHING_DISABLE"] = "1"  # its store knows stimuli by name, and serves those of an earlier run
LAYER, READOUT = "features.6.expand3x3_activation", "features.12.expand3x3_activation"
V1 = "Marques2020_Cavanaugh2002-surround_suppression_index"
LABELS = ["airplane", "bear", "bicycle", "bird", "boat", "bottle", "car", "cat", "chair", "clock", "dog", "elephant"]


def networks(weights: Path) -> tuple[Any, Any]:
    """Return one network as a model of the published package and as one of this package."""
    from brainscore_vision.model_helpers.activations.pytorch import PytorchWrapper, load_preprocess_images
    from brainscore_vision.model_helpers.brain_transformation import ModelCommitment
    from safetensors.torch import load_file
    from torchvision.models import squeezenet1_1

    from pytest_brainscore import load_model
    from pytest_brainscore.models.activations.activation_store import ActivationStore

    network = squeezenet1_1(weights=None)
    network.load_state_dict(load_file(str(weights)))
    network.eval()
    wrapper = PytorchWrapper(network, functools.partial(load_preprocess_images, image_size=224), "peer", batch_size=16)
    theirs = ModelCommitment(
        "peer", wrapper, [READOUT], behavioral_readout_layer=READOUT,
        region_layer_map=dict.fromkeys(("V1", "V2", "V4", "IT"), LAYER),
    )  # fmt: skip
    layers = dict.fromkeys(("V1", "V2", "V4", "IT"), LAYER) | {"behavior": READOUT}
    ours = load_model("squeezenet1_1", weights=weights, layers=layers, store=ActivationStore("off"))
    return theirs, ours


def photographs(folder: Path, count: int = 24) -> Any:
    """Return images with labels as stimuli of this package."""
    from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet

    files = []
    for number in range(count):
        from PIL import Image

        shade = np.random.RandomState(number).randint(0, 256, (2, 2, 3)).astype(np.uint8)
        files.append(folder / f"{number}.png")
        Image.fromarray(shade.repeat(128, 0).repeat(128, 1)).save(files[-1])
    table = pd.DataFrame({
        "stimulus_id": [f"image-{number}" for number in range(count)],
        "image_label": [LABELS[number % 3] for number in range(count)],
    })  # fmt: skip
    return StimulusSet("photographs", table, tuple(map(ImageFile, files)), 8.0)


def answers(model: Any, stimuli: Any, task: str) -> Any:
    """Return what a model of this package's interface answers."""
    fitting = {"label": LABELS, "probabilities": stimuli}.get(task)
    model.start_task(task, *([] if fitting is None else [fitting]))
    return model.look_at(stimuli)


COUNT, NEURONS = 40, 12


def recording(stimuli: Any) -> Any:
    """Return synthetic responses of neurons that see colours: stimuli x neurons."""
    means = np.array([np.asarray(image.pixels(), float).reshape(-1, 3).mean(0) for image in stimuli.images])
    drawn = np.random.RandomState(0)
    return means @ drawn.standard_normal((3, NEURONS)) / 20 + 0.3 * drawn.standard_normal((COUNT, NEURONS))


def our_benchmark(stimuli: Any) -> Any:
    """Return a benchmark of this package on them, with its PLS."""
    from pytest_brainscore import recording_benchmark

    return recording_benchmark(
        "peer.V4-pls", recording(stimuli), stimuli, region="V4", parent="peer", ceiling=0.9, splits=4
    )


def their_benchmark(stimuli: Any) -> Any:
    """Return a neural benchmark of the published package on them, with its PLS."""
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
    from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
    from brainscore_vision.benchmark_helpers.neural_common import NeuralBenchmark
    from brainscore_vision.metrics import Score
    from brainscore_vision.metrics.regression_correlation.metric import (
        CrossRegressedCorrelation,
        pearsonr_correlation,
        pls_regression,
    )

    table = stimuli.table.assign(object_name=stimuli.table["image_label"])
    shown = StimulusSet(table)
    shown.identifier = "peer-check"
    shown.stimulus_paths = {
        each: str(image.path) for each, image in zip(table["stimulus_id"], stimuli.images, strict=True)
    }
    assembly = NeuroidAssembly(
        recording(stimuli)[:, :, None],
        coords={
            "stimulus_id": ("presentation", list(table["stimulus_id"])),
            "object_name": ("presentation", list(table["object_name"])),
            "neuroid_id": ("neuroid", [f"n{number}" for number in range(NEURONS)]),
            "region": ("neuroid", ["V4"] * NEURONS),
            "time_bin_start": ("time_bin", [70]),
            "time_bin_end": ("time_bin", [170]),
        },
        dims=["presentation", "neuroid", "time_bin"],
    ).squeeze("time_bin")
    assembly.attrs |= {"stimulus_set": shown, "stimulus_set_identifier": shown.identifier}
    metric = CrossRegressedCorrelation(
        regression=pls_regression(),
        correlation=pearsonr_correlation(),
        crossvalidation_kwargs={"splits": 4, "stratification_coord": "object_name"},
    )
    return NeuralBenchmark(
        identifier="peer.V4-pls",
        version=1,
        assembly=assembly,
        similarity_metric=metric,
        visual_degrees=8,
        number_of_trials=1,
        ceiling_func=lambda: Score(0.9),
        parent="V4",
        bibtex="",
    )


class Table:
    """What was compared."""

    def __init__(self) -> None:
        self.failed = False

    def add(self, what: str, one: float, other: float, tolerance: float) -> None:
        """Print a row, and note whether the two numbers agree."""
        agree = abs(one - other) <= tolerance
        self.failed |= not agree
        print(f"{what:<64} {one:.8f} {other:.8f} within {tolerance:g}{'' if agree else '  NO'}", flush=True)


def main(weights: Path, *, v1: bool) -> int:
    """Compare, print, and return 1 where something differs."""
    from pytest_brainscore import load_benchmark
    from pytest_brainscore.adapters import adapted, from_brainscore, to_brainscore

    theirs, ours = networks(weights)
    borrowed, lent = from_brainscore(theirs), to_brainscore(ours)
    assert isinstance(adapted(theirs), type(borrowed))
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        stimuli = photographs(Path(name), COUNT)
        here(table, borrowed, ours, stimuli)
        there(table, lent, theirs, stimuli)
    if v1:
        benchmark = load_benchmark(V1)
        table.add("our V1 benchmark: their model, our model", benchmark(borrowed).value, benchmark(ours).value, 1e-3)
    return int(table.failed)


def here(table: Table, borrowed: Any, ours: Any, stimuli: Any) -> None:
    """Compare the model of the published package with ours, as this package sees them."""
    benchmark = our_benchmark(stimuli)
    table.add("our PLS benchmark: their model, our model", benchmark(borrowed).value, benchmark(ours).value, 1e-4)
    for model in (borrowed, ours):
        model.start_recording("V4", [(70, 170)])
    got, own = borrowed.look_at(stimuli), ours.look_at(stimuli)
    assert list(got["stimulus_id"].values) == list(own["stimulus_id"].values)
    difference = float(abs(got.values - own.values).max() / abs(own.values).max())
    table.add("here: largest difference of responses, relative", difference, 0, 1e-5)
    for task in ("label", "probabilities", "odd_one_out"):
        shown = stimuli.rows([0, 1, 2, 3, 4, 5, 0, 4, 7]) if task == "odd_one_out" else stimuli
        got, own = (answers(model, shown, task) for model in (borrowed, ours))
        assert got.dims == own.dims == ("presentation", "choice"), (got.dims, own.dims)
        assert list(got["stimulus_id"].values) == list(own["stimulus_id"].values)
        told(table, f"here, {task}", got, own, task)


def there(table: Table, lent: Any, theirs: Any, stimuli: Any) -> None:
    """Compare our model with the one of the published package, as that sees them."""
    benchmark = their_benchmark(stimuli)
    theirs.start_task("passive")  # or it goes on with the task of before
    table.add("their PLS benchmark: our model, their model", float(benchmark(lent)), float(benchmark(theirs)), 1e-4)
    shown = benchmark._assembly.stimulus_set
    for task, fitting in (("label", [LABELS]), ("probabilities", [shown]), ("odd_one_out", [])):
        given = shown.iloc[:39] if task == "odd_one_out" else shown
        got, own = (started(model, task, fitting).look_at(given) for model in (lent, theirs))
        assert got.dims == own.dims, (task, got.dims, own.dims)
        told(table, f"there, {task}", got, own, task)


def started(model: Any, task: str, fitting: list[Any]) -> Any:
    """Return a model that was given a task."""
    model.start_task(task, *fitting)
    return model


def told(table: Table, what: str, got: Any, own: Any, task: str) -> None:
    """Compare answers to a task."""
    if task == "probabilities":
        assert list(got["choice"].values) == list(own["choice"].values)
        table.add(f"{what}: largest difference", float(abs(got.values - own.values).max()), 0, 1e-2)
    else:
        table.add(f"{what}: share of answers that are the same", float((got.values == own.values).mean()), 1, 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), v1="v1" in sys.argv[2:]))
