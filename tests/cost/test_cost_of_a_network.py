"""What is planned for a network is what scoring then does: passes, bytes, layers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn
from torch.nn.modules.module import register_module_forward_pre_hook

from pytest_brainscore import recording_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.cost.machine import Rates
from pytest_brainscore.cost.passes import ModelCost, model_cost
from pytest_brainscore.cost.planning import leaf_plans
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing

RATES = Rates(products=1e10, decompositions=1e10, stream=1e10, sorting=1e8)
STIMULI, SIDE = 75, 32


class Net(nn.Module):
    """Two convolutions, the second with a quarter of the pixels, and a read-out."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first = nn.Conv2d(3, 8, 3, padding=1, bias=False)
        self.second = nn.Conv2d(8, 16, 3, stride=2, padding=1, bias=False)
        self.output = nn.Linear(16, 1000, bias=False)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return 1000 values an image."""
        maps = self.second(torch.relu(self.first(images)))
        return torch.as_tensor(self.output(maps.mean(dim=(2, 3))))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def model(store: Path) -> LayerMappedModel:
    reader = NetworkReader(
        "net",
        Net(),
        preprocessing=Preprocessing(image_size=SIDE),
        device=torch.device("cpu"),
        store=ActivationStore(folder=store),
    )
    return LayerMappedModel("net", reader, layers={"V1": ("first",), "IT": ("second",)}, visual_degrees=8.0)


@pytest.fixture
def benchmark_of_ones_own(tmp_path: Path) -> Benchmark:
    random = np.random.default_rng(0)
    images = []
    for number in range(STIMULI):
        images.append(tmp_path / f"{number:03d}.png")
        Image.fromarray(random.integers(0, 256, (40, 40, 3)).astype(np.uint8)).save(images[-1])
    responses = random.standard_normal((2, STIMULI, 30))
    return recording_benchmark("mine", responses, images, region="IT", metric="pls")


@pytest.fixture(scope="module")
def cost(model: LayerMappedModel) -> ModelCost:
    return model_cost(model, ["V1", "IT", "label", "V4"], start=1.0)


def test_layers_have_their_units_and_the_operations_up_to_them(cost: ModelCost) -> None:
    first = 2 * 8 * 27 * SIDE**2
    second = first + 2 * 16 * 8 * 9 * (SIDE // 2) ** 2
    found = {name: (each.units, each.operations) for name, each in cost.layers.items()}
    assert found == {
        "V1": (8 * SIDE**2, first),
        "IT": (16 * (SIDE // 2) ** 2, second),
        "label": (1000, second + 2 * 16 * 1000),
    }
    assert "V4" in cost.lacking["V4"]
    seconds = [cost.layers[name].seconds for name in ("V1", "IT", "label")]
    assert 0 < seconds[0] < seconds[2]
    assert cost.start > 1.0
    assert cost.rest > 0


def test_what_is_planned_is_what_is_run(
    model: LayerMappedModel, cost: ModelCost, benchmark_of_ones_own: Benchmark, store: Path
) -> None:
    (leaf,) = leaf_plans(model, cost, [benchmark_of_ones_own], RATES)
    assert (leaf.forward_passes, leaf.stimuli, leaf.data.state, leaf.uncertain) == (STIMULI, STIMULI, "present", "")
    before = set(store.rglob("data.npy"))
    # A layer is checked once in a process, with batches of the probe; and once more after it was watched.
    model.reader.shapes(("second",))
    list(model.reader.batches([], ("second",)))
    seen: list[int] = []

    def count(module: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
        if isinstance(module, Net):
            seen.append(len(inputs[0]))

    # For all modules there are: a hook of its own would be taken for a change of the network.
    handle = register_module_forward_pre_hook(count)
    score = benchmark_of_ones_own(model)
    handle.remove()
    assert score.n["stimuli"] == STIMULI
    whole_batches = -(-STIMULI // cost.batch) * cost.batch
    assert sum(seen) == whole_batches + leaf.checking_passes
    (stored,) = set(store.rglob("data.npy")) - before
    assert stored.stat().st_size - 128 == leaf.stored == STIMULI * cost.layers["IT"].units * 4


def test_stimuli_that_are_shown_before_are_not_shown_again(
    model: LayerMappedModel, cost: ModelCost, benchmark_of_ones_own: Benchmark
) -> None:
    first, again = leaf_plans(model, cost, [benchmark_of_ones_own, benchmark_of_ones_own], RATES)
    assert (again.forward_passes, again.stored, again.checking_passes) == (0, 0, 0)
    assert again.stimuli == STIMULI
    assert first.seconds is not None
    assert again.seconds is not None
    assert again.seconds < first.seconds
    assert again.alone_seconds == first.alone_seconds
    (unstored,) = leaf_plans(model, cost, [benchmark_of_ones_own], RATES, stored=False)
    assert unstored.stored == 0


def test_what_a_model_lacks_is_told(model: LayerMappedModel, cost: ModelCost) -> None:
    other = recording_benchmark("other", np.zeros((3, 2)), ["a.png", "b.png", "c.png"], region="V4")
    (leaf,) = leaf_plans(model, cost, [other], RATES)
    assert (leaf.forward_passes, leaf.memory, leaf.seconds) == (None, None, None)
    assert leaf.uncertain
