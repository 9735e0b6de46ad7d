"""Models across the border, with the published package itself; not collected, as it needs an environment of its own.

It pins packages to old versions, so that the two are installed like this::

    python3.11 -m venv /tmp/both && /tmp/both/bin/pip install brainscore-vision==2.4.2 msgspec safetensors threadpoolctl
    /tmp/both/bin/pip install --no-deps pytest-brainscore        # or PYTHONPATH to this repository
    /tmp/both/bin/python tests/adapters/peer_check.py WEIGHTS [IMAGES RECORDING]

``WEIGHTS`` is a checkpoint of torchvision's squeezenet1_1. Prints a table of scores by both ways, and ends with 1 where
two that are to be equal differ.
"""

from __future__ import annotations

import functools
import sys
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
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

        shade = np.random.RandomState(number).randint(0, 256, (8, 8, 3)).astype(np.uint8)
        files.append(folder / f"{number}.png")
        Image.fromarray(shade.repeat(32, 0).repeat(32, 1)).save(files[-1])
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


def their_benchmark(folder: Path, count: int = 40, neuroids: int = 12) -> Any:
    """Return a neural benchmark of the published package, with its PLS, on synthetic recordings."""
    from brainscore_core.supported_data_standards.brainio.assemblies import NeuroidAssembly
    from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
    from brainscore_vision.benchmark_helpers.neural_common import NeuralBenchmark
    from brainscore_vision.metrics import Score
    from brainscore_vision.metrics.regression_correlation.metric import (
        CrossRegressedCorrelation,
        pearsonr_correlation,
        pls_regression,
    )

    ours = photographs(folder, count)
    stimuli = StimulusSet(ours.table.assign(object_name=ours.table["image_label"]))
    stimuli.identifier = "peer-check"
    stimuli.stimulus_paths = {
        each: str(image.path) for each, image in zip(ours.table["stimulus_id"], ours.images, strict=True)
    }
    means = np.array([np.asarray(image.pixels(), float).reshape(-1, 3).mean(0) for image in ours.images])
    drawn = np.random.RandomState(0)
    values = means @ drawn.standard_normal((3, neuroids)) / 20 + 0.3 * drawn.standard_normal((count, neuroids))
    assembly = NeuroidAssembly(
        values[:, :, None],
        coords={
            "stimulus_id": ("presentation", list(ours.table["stimulus_id"])),
            "object_name": ("presentation", list(ours.table["image_label"])),
            "neuroid_id": ("neuroid", [f"n{number}" for number in range(neuroids)]),
            "region": ("neuroid", ["V4"] * neuroids),
            "time_bin_start": ("time_bin", [70]),
            "time_bin_end": ("time_bin", [170]),
        },
        dims=["presentation", "neuroid", "time_bin"],
    )
    assembly.attrs["stimulus_set"] = stimuli
    assembly.attrs["stimulus_set_identifier"] = stimuli.identifier
    metric = CrossRegressedCorrelation(
        regression=pls_regression(), correlation=pearsonr_correlation(),
        crossvalidation_kwargs={"splits": 4, "stratification_coord": "object_name"},
    )  # fmt: skip
    return NeuralBenchmark(
        identifier="peer.V4-pls", version=1, assembly=assembly, similarity_metric=metric, visual_degrees=8,
        number_of_trials=1, ceiling_func=lambda: Score(0.9), parent="V4", bibtex="",
    )  # fmt: skip


def main(weights: Path) -> int:
    """Compare, print, and return 1 where something differs."""
    from pytest_brainscore import load_benchmark
    from pytest_brainscore.adapters import adapted, from_brainscore, to_brainscore

    theirs, ours = networks(weights)
    borrowed, lent = from_brainscore(theirs), to_brainscore(ours)
    assert isinstance(adapted(theirs), type(borrowed))
    rows: list[tuple[str, str, float, float]] = []
    failed = False

    def compare(what: str, one: float, other: float, tolerance: float) -> None:
        nonlocal failed
        failed |= not abs(one - other) <= tolerance
        rows.append((what, f"{tolerance:g}", one, other))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        benchmark = load_benchmark(V1)
        compare(f"{V1}, their model here", benchmark(borrowed).value, benchmark(ours).value, 1e-3)
        stimuli = photographs(folder)
        for model in (borrowed, ours):
            model.start_recording("V4", [(70, 170)])
        got, own = borrowed.look_at(stimuli), ours.look_at(stimuli)
        assert list(got["stimulus_id"].values) == list(own["stimulus_id"].values)
        compare(
            "largest response difference, relative",
            float(abs(got.values - own.values).max() / abs(own.values).max()),
            0,
            1e-4,
        )
        for task in ("label", "probabilities"):
            got, own = (answers(model, stimuli, task) for model in (borrowed, ours))
            assert got.dims == own.dims == ("presentation", "choice"), (got.dims, own.dims)
            if task == "label":
                compare("labels that are the same", float((got.values == own.values).mean()), 1, 0)
            else:
                assert list(got["choice"].values) == list(own["choice"].values)
                compare("largest difference of probabilities", float(abs(got.values - own.values).max()), 0, 1e-2)
        triplets = stimuli.rows([0, 1, 2, 3, 4, 5, 0, 4, 7])
        got, own = (answers(model, triplets, "odd_one_out") for model in (borrowed, ours))
        compare("odd ones that are the same", float((got.values == own.values).mean()), 1, 0)
        assert list(got["stimulus_id"].values) == list(own["stimulus_id"].values)

        peer = their_benchmark(folder)
        compare("their PLS benchmark, our model there", float(peer(lent)), float(peer(theirs)), 1e-3)
        for task, fitting in (("label", LABELS), ("probabilities", "set"), ("odd_one_out", None)):
            given = {"set": peer._assembly.stimulus_set}.get(fitting, fitting) if isinstance(fitting, str) else fitting
            shown = peer._assembly.stimulus_set
            shown = shown.iloc[:39] if task == "odd_one_out" else shown
            there = []
            for model in (lent, theirs):
                model.start_task(task, *([] if given is None else [given]))
                there.append(model.look_at(shown))
            assert there[0].dims == there[1].dims, (task, there[0].dims, there[1].dims)
            if task == "probabilities":
                there = [each.sortby("choice") for each in there]
                compare(
                    f"{task}, largest difference there", float(abs(there[0].values - there[1].values).max()), 0, 1e-2
                )
            else:
                compare(
                    f"{task}, answers that are the same there", float((there[0].values == there[1].values).mean()), 1, 0
                )
    for what, tolerance, one, other in rows:
        print(f"{what:<75} {one:.8f} {other:.8f}  (within {tolerance})")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
