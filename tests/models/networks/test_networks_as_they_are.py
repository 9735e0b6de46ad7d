"""Networks that plain PyTorch runs: whatever they do inside, their layers are read as PyTorch computes them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.attributes import attributes_digest
from tests.support.networks import IMAGE_SIZE, make_model, make_tiny_network, network_reader
from tests.support.stimuli import NoiseImage

COUNT = 18
STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": [f"n{index}" for index in range(COUNT)]}),
    tuple(NoiseImage(seed, side=IMAGE_SIZE, colour=True) for seed in range(COUNT)),
    8.0,
)


class Around(nn.Module):
    """The first layers of the tiny network, in a forward pass that each test chooses."""

    def __init__(self, compute: Callable[[nn.Module, torch.Tensor], object]) -> None:
        super().__init__()
        self.net = make_tiny_network()[:2]  # type: ignore[index]
        self.compute = compute

    def forward(self, images: torch.Tensor) -> object:
        """Return what `compute` makes of the images."""
        return self.compute(self.net, images)


def model_of(network: nn.Module, layer: str = "output") -> LayerMappedModel:
    model = make_model(network, layers={"IT": (layer,)})
    model.start_recording("IT", [(70, 170)])
    return model


def respond(network: nn.Module, layer: str = "output") -> NDArray[np.float32]:
    return model_of(network, layer).record(STIMULI)


def images() -> torch.Tensor:
    pixels = np.empty((COUNT, IMAGE_SIZE, IMAGE_SIZE, 3), np.float32)
    for row, image in enumerate(STIMULI.images):
        Preprocessing(image_size=IMAGE_SIZE)(image.pixels(), pixels[row])
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).contiguous()


def expect(actual: NDArray[np.float32], expected: torch.Tensor) -> None:
    np.testing.assert_allclose(actual, expected.detach().float().flatten(1).numpy(), rtol=1e-4, atol=1e-5)


def saliency(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    x = x.detach().requires_grad_()
    return torch.autograd.grad(net(x).square().sum(), x)[0]


def saliency_by_itself(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    with torch.enable_grad():
        return saliency(net, x)


def by_weights(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    rows = [torch.autograd.grad(net(each[None]).square().sum(), net[0].conv.weight)[0] for each in x]  # type: ignore[index]
    return torch.stack(rows)


class TestHowTheyRun:
    """The fast way is taken where it gives what plain PyTorch gives."""

    @pytest.mark.parametrize(
        ("compute", "way"),
        [
            (lambda net, x: net(x), "channels_last"),
            (lambda net, x: net(x).reshape(x.size(0), -1), "channels_last"),
            (lambda net, x: net(x).view(x.size(0), -1), "contiguous"),
            (lambda net, x: torch.as_strided(net(x), (len(x), 256), (256, 1)), "contiguous"),
            (lambda net, x: net(x).reshape(-1).unflatten(0, (len(x), -1)), "channels_last"),
            (saliency, "plain"),
            (saliency_by_itself, "plain"),
            (by_weights, "plain"),
        ],
        ids=["any layout", "reshape", "view", "as_strided", "all in a row", "gradients", "own gradients", "of weights"],
    )
    def test_of_the_memory_format_and_gradients(
        self, compute: Callable[[nn.Module, torch.Tensor], torch.Tensor], way: str
    ) -> None:
        model = model_of(Around(compute))
        expect(model.record(STIMULI), compute(make_tiny_network()[:2], images()))  # type: ignore[index]
        assert network_reader(model).way == way

    @pytest.mark.parametrize("layer", ["output", "net.first"])
    def test_an_input_that_is_changed_in_place(self, layer: str) -> None:
        def compute(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
            return net(x.mul_(2).sub_(1))  # type: ignore[no-any-return]

        expected = make_tiny_network()[:2] if layer == "output" else make_tiny_network()[:1]  # type: ignore[index]
        expect(respond(Around(compute), layer), expected(2 * images() - 1))

    def test_the_record_says_so_where_it_is_unusual(self) -> None:
        usual, unusual = model_of(make_tiny_network()), model_of(Around(lambda net, x: net(x).view(x.size(0), -1)))
        for model in (usual, unusual):
            model.record(STIMULI)
        assert "run" not in usual.description().preprocessing
        assert unusual.description().preprocessing["run"] == "contiguous"

    def test_the_key_says_so(self) -> None:
        model = model_of(Around(lambda net, x: net(x).view(x.size(0), -1)))
        assert model.reader.ingredients(("output",))["run"] == "contiguous"

    def test_a_train_method_that_returns_nothing(self) -> None:
        class Own(nn.Sequential):
            def train(self, mode: bool = True) -> None:  # type: ignore[override]
                super().train(mode)

        expect(respond(Own(make_tiny_network()), "0.second"), make_tiny_network()[:2](images()))  # type: ignore[index]

    def test_fused_transformers_are_read_inside(self) -> None:
        torch.manual_seed(0)
        encoder = nn.TransformerEncoderLayer(96, 4, 32, batch_first=True)

        class Tokens(nn.Module):
            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x.flatten(2).reshape(len(x), 32, 96)

        inner = respond(nn.Sequential(Tokens(), encoder), "1.linear1")
        assert inner.shape == (COUNT, 32 * 32)
        whole = respond(nn.Sequential(Tokens(), encoder), "1")
        encoder.eval().requires_grad_(requires_grad=True)
        expect(whole, encoder(Tokens()(images())))


class TestWrappers:
    """Distributed, compiled and unfinished networks."""

    def test_data_parallel(self) -> None:
        expect(respond(nn.DataParallel(make_tiny_network()), "second"), make_tiny_network()[:2](images()))  # type: ignore[index]

    @pytest.mark.parametrize("part", [False, True])
    def test_compiled(self, part: bool) -> None:
        network = nn.Sequential(make_tiny_network())
        if part:
            network[0] = torch.compile(network[0])  # type: ignore[assignment]
        expect(
            respond(network if part else torch.compile(network), "0.second"),  # type: ignore[arg-type]
            make_tiny_network()[:2](images()),  # type: ignore[index]
        )

    def test_compiled_in_place(self) -> None:
        network = make_tiny_network()
        network.compile()
        expect(respond(network, "second"), make_tiny_network()[:2](images()))  # type: ignore[index]

    @pytest.mark.filterwarnings("ignore::DeprecationWarning")
    def test_scripted(self) -> None:
        scripted = torch.jit.script(make_tiny_network())
        with torch.no_grad():
            expect(respond(scripted), make_tiny_network()(images()))
        with pytest.raises(ModelError, match=r"compiled by torch\.jit, which lets nothing be read inside"):
            respond(scripted, "second")

    def test_traced_by_fx(self) -> None:
        network = make_tiny_network()
        expect(respond(torch.fx.symbolic_trace(make_tiny_network()), "second"), network[:2](images()))  # type: ignore[index]
        assert attributes_digest(torch.fx.symbolic_trace(network)) == attributes_digest(
            torch.fx.symbolic_trace(make_tiny_network())
        )

    def test_exported(self) -> None:
        example = (torch.rand(4, 3, 32, 32),)
        batch = {"input": {0: torch.export.Dim("batch")}}
        exported = torch.export.export(make_tiny_network().eval(), example, dynamic_shapes=batch).module()
        expect(respond(exported), make_tiny_network()(images()))

    def test_lazy_modules_get_the_same_weights_each_time(self) -> None:
        answers = [respond(nn.Sequential(nn.LazyConv2d(4, 3), nn.ReLU()), "1") for _ in range(2)]
        np.testing.assert_array_equal(answers[0], answers[1])
        assert answers[0].any()


class Pair(NamedTuple):
    """A named tuple."""

    first: object
    second: object


@dataclass
class Output:
    """As other libraries return it."""

    logits: torch.Tensor
    hidden: object = None


class TestOutputs:
    """What counts of what a module returns."""

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda x, other: (x, other),
            lambda x, other: [x, other],
            lambda x, other: ((x, other), None),
            lambda x, other: Pair(x, other),
            lambda x, _other: {"logits": x, "loss": None},
            lambda x, _other: Output(x),
        ],
    )
    def test_the_first_or_only_tensor(self, wrap: Callable[[torch.Tensor, torch.Tensor], object]) -> None:
        expect(respond(Around(lambda net, x: wrap(net(x), x))), make_tiny_network()[:2](images()))  # type: ignore[index]

    def test_attention_before_its_weights(self) -> None:
        class Attention(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                torch.manual_seed(0)
                self.attention = nn.MultiheadAttention(96, 4, batch_first=True)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                tokens = x.flatten(2).reshape(len(x), 32, 96)
                return self.attention(tokens, tokens, tokens)[0]  # type: ignore[no-any-return]

        expect(respond(Attention(), "attention"), Attention().eval()(images()))

    @pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.bool, torch.int64, torch.uint8])
    def test_any_real_numbers(self, dtype: torch.dtype) -> None:
        expect(
            respond(Around(lambda net, x: net(x).abs().to(dtype))),
            make_tiny_network()[:2](images()).abs().to(dtype),  # type: ignore[index]
        )

    @pytest.mark.parametrize(
        ("compute", "reason"),
        [
            (lambda x: torch.fft.fft2(x), "returns complex numbers"),
            (lambda x: torch.quantize_per_tensor(x, 0.1, 0, torch.qint8), "returns quantised numbers"),
            (lambda x: x.to_sparse(), "returns sparse tensors"),
            (lambda x: {"a": x, "b": x}, r"returns a dict with 2 tensors \(a, b\)"),
            (lambda _: None, "returns a NoneType instead of one tensor"),
            (lambda x: x.sum(), r"returns shape \(\) for"),
            (lambda x: x.mean(0, keepdim=True), "its first axis is not the images"),
            (lambda x: torch.stack([x, x]), "its first axis is not the images"),
            (lambda x: torch.cat([x, x.flip(3)]), "its first axis is not the images"),
            (lambda x: x.transpose(0, 1), "its first axis is not the images"),
        ],
    )
    @pytest.mark.filterwarnings("ignore::UserWarning")
    def test_anything_else_is_refused_in_one_sentence(
        self, compute: Callable[[torch.Tensor], Any], reason: str
    ) -> None:
        with pytest.raises(ModelError, match=reason) as caught:
            respond(Around(lambda net, x: compute(net(x))))
        assert "\n" not in str(caught.value)

    def test_every_batch_is_as_the_first_images_said(self) -> None:
        """No row is spread over a batch, no type changes on the way."""

        def later(change: Callable[[torch.Tensor], torch.Tensor]) -> nn.Module:
            passes: list[int] = []

            def compute(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
                passes.append(len(x))
                return change(net(x)) if len(passes) > 7 else net(x)

            return Around(compute)

        for change, reason in (
            (lambda y: y.mean(0, keepdim=True), "first axis is not the images"),
            (lambda y: y[..., :1], r"\(4, 8, 1\) \(torch\.float32\) for some images"),
            (lambda y: y.double(), r"torch\.float64\) for some images"),
        ):
            with pytest.raises(ModelError, match=reason):
                respond(later(change))


class TestNames:
    """Where a module is."""

    def test_a_second_name_of_a_module(self) -> None:
        class Shared(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.one = make_tiny_network().get_submodule("first")
                self.other = self.one

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.one(x)  # type: ignore[no-any-return]

        np.testing.assert_array_equal(respond(Shared(), "other"), respond(Shared(), "one"))
        assert respond(Shared(), "other.conv").shape == (COUNT, 6 * 16 * 16)

    @pytest.mark.parametrize(
        "reached", [lambda x: bool(x.any()), lambda x: float(x.max()) > 1, lambda x: float(x.mean()) > 1]
    )
    def test_a_layer_that_only_bright_images_reach(self, reached: Callable[[torch.Tensor], bool]) -> None:
        class Gate(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.bright = nn.AvgPool2d(4)

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return self.bright(x) if reached(x) else x

        model = model_of(Gate(), "bright")

        @dataclass(frozen=True)
        class Light:
            image: Any

            def pixels(self) -> NDArray[np.uint8]:
                return np.asarray(255 - self.image.pixels() // 8, np.uint8)

            def digest(self) -> str:
                return f"light {self.image.digest()}"

        light = StimulusSet("light", STIMULI.table, tuple(Light(image) for image in STIMULI.images), 8.0)
        assert model.record(light).shape == (COUNT, 3 * 8 * 8)
