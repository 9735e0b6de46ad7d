"""Networks that compute something else never share stored activations, whatever makes them differ.

All have the same weights, the same printed structure and classes of the same file: only what they answer tells.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models import load_model
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.probing.attributes import attributes_digest
from tests.support.networks import make_model, make_tiny_network
from tests.support.stimuli import NoiseImage

STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": [f"n{index}" for index in range(5)]}),
    tuple(NoiseImage(seed, side=20, colour=True) for seed in range(5)),
    8.0,
)
Compute = Callable[[Any, torch.Tensor], torch.Tensor]


class Body(nn.Module):
    """A tiny network with something around it that prints nothing."""

    def __init__(self, compute: Compute, **attributes: object) -> None:
        super().__init__()
        self.net = make_tiny_network()
        self.compute = compute
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return what `compute` makes of the images."""
        return self.compute(self, images)

    def features(self, images: torch.Tensor) -> torch.Tensor:
        """Return what the tiny network answers before its read-out."""
        return self.net[1](self.net[0](images))  # type: ignore[index, no-any-return]


def respond(network: nn.Module, store: ActivationStore) -> NDArray[np.float32]:
    model = make_model(network, layers={"IT": ("output",)}, store=store)
    model.start_recording("IT", [(70, 170)])
    return model.record(STIMULI)


def with_buffer(value: float) -> nn.Module:
    body = Body(lambda self, x: self.features(x) * self.gain)
    body.register_buffer("gain", torch.tensor(value), persistent=False)
    return body


def with_hook(factor: float, *, before: bool = False, inner: bool = False) -> nn.Module:
    body = Body(Body.features)
    module = body.net.get_submodule("second") if inner else body
    if before:
        module.register_forward_pre_hook(lambda _module, inputs: (inputs[0] * factor,))
    else:
        module.register_forward_hook(lambda _module, _inputs, output: output * factor)
    return body


def patched(factor: float) -> nn.Module:
    body = Body(Body.features)
    second = body.net.get_submodule("second")
    whole = second.forward
    second.forward = lambda x: whole(x) * factor
    return body


def mean_taken_off(mean: float, deviation: float) -> nn.Module:
    return Body(
        lambda self, x: self.features((x - self.mean) / self.deviation),
        mean=torch.tensor([mean] * 3).view(1, 3, 1, 1),
        deviation=torch.tensor([deviation] * 3).view(1, 3, 1, 1),
    )


def in_mode(mode: str) -> nn.Module:
    return Body(lambda self, x: F.interpolate(self.features(x), scale_factor=2, mode=self.mode), mode=mode)


def closed_over(power: float) -> nn.Module:
    return Body(lambda self, x: self.features(x).abs() ** power)


class Unprinted(nn.Module):
    """A module whose argument is not printed."""

    def __init__(self, threshold: float) -> None:
        super().__init__()
        self._settings = {"threshold": threshold}

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return what exceeds the threshold."""
        return F.threshold(images, self._settings["threshold"], 0.0)


SIBLINGS: dict[str, tuple[Callable[[], nn.Module], Callable[[], nn.Module]]] = {
    "plain tensors": (partial(mean_taken_off, 0.0, 1.0), partial(mean_taken_off, 0.5, 0.25)),
    "a plain tensor, a little": (partial(mean_taken_off, 0.0, 1.0), partial(mean_taken_off, 1e-4, 1.0)),
    "a float": (
        lambda: Body(lambda self, x: self.gain * self.features(x), gain=1.0),
        lambda: Body(lambda self, x: self.gain * self.features(x), gain=1.001),
    ),
    "a word": (partial(in_mode, "nearest"), partial(in_mode, "bilinear")),
    "a number in a closure": (partial(closed_over, 1.0), partial(closed_over, 1.5)),
    "an array": (
        lambda: Body(lambda self, x: self.features(x) + float(self.table[0]), table=np.array([0.0])),
        lambda: Body(lambda self, x: self.features(x) + float(self.table[0]), table=np.array([1.0])),
    ),
    "a buffer that is not saved": (partial(with_buffer, 1.0), partial(with_buffer, 2.0)),
    "a hook": (partial(with_hook, 1.0), partial(with_hook, 2.0)),
    "a hook before": (partial(with_hook, 1.0, before=True), partial(with_hook, 2.0, before=True)),
    "a hook of a part": (partial(with_hook, 1.0, inner=True), partial(with_hook, 2.0, inner=True)),
    "a replaced forward": (partial(patched, 1.0), partial(patched, 2.0)),
    "an argument that is not printed": (
        lambda: nn.Sequential(make_tiny_network(), Unprinted(0.0)),
        lambda: nn.Sequential(make_tiny_network(), Unprinted(0.05)),
    ),
    "only bright inputs": (
        lambda: Body(lambda self, x: self.features(x.clamp(max=self.most)), most=3.0),
        lambda: Body(lambda self, x: self.features(x.clamp(max=self.most)), most=2.3),
    ),
    "only dark inputs": (
        lambda: Body(lambda self, x: self.features(x.clamp(min=self.least)), least=-3.0),
        lambda: Body(lambda self, x: self.features(x.clamp(min=self.least)), least=-2.0),
    ),
    "colours": (
        lambda: Body(lambda self, x: self.features(x[:, self.order]), order=[0, 1, 2]),
        lambda: Body(lambda self, x: self.features(x[:, self.order]), order=[2, 1, 0]),
    ),
    "sides": (
        lambda: Body(lambda self, x: self.features(x.flip(self.axes)), axes=()),
        lambda: Body(lambda self, x: self.features(x.flip(self.axes)), axes=(3,)),
    ),
    "numeric type inside": (
        lambda: Body(lambda self, x: self.features(x).to(self.numbers).float(), numbers=torch.float32),
        lambda: Body(lambda self, x: self.features(x).to(self.numbers).float(), numbers=torch.bfloat16),
    ),
}


@pytest.mark.parametrize(("one", "other"), SIBLINGS.values(), ids=SIBLINGS.keys())
def test_siblings_do_not_share(tmp_path: Path, one: Callable[[], nn.Module], other: Callable[[], nn.Module]) -> None:
    first, second = (respond(make(), ActivationStore("use", folder=tmp_path)) for make in (one, other))
    np.testing.assert_array_equal(first, respond(one(), ActivationStore("off")))
    np.testing.assert_array_equal(second, respond(other(), ActivationStore("off")))


@pytest.mark.parametrize("make", [one for one, _ in SIBLINGS.values()], ids=SIBLINGS.keys())
def test_the_same_network_shares(
    tmp_path: Path, make: Callable[[], nn.Module], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = respond(make(), ActivationStore("use", folder=tmp_path))
    monkeypatch.setattr(NetworkReader, "batches", None)  # nothing is computed again
    np.testing.assert_array_equal(respond(make(), ActivationStore("only", folder=tmp_path)), first)


class TestFromFiles:
    """What a user's file depends on besides itself."""

    HEAD = "import os, json, torch\nfrom torch import nn\nfrom pathlib import Path\n"
    SETTINGS = '[preprocessing]\nkind = "imagenet"\nimage_size = 32\n[layers]\nIT = "output"\n'

    def respond(self, folder: Path, cache: str = "use", factory: str = "net") -> NDArray[np.float32]:
        (folder / "net.toml").write_text(self.SETTINGS)
        model = load_model(f"{folder / 'net.py'}:{factory}", store=ActivationStore(cache, folder=folder / "store"))  # type: ignore[arg-type]
        assert isinstance(model, LayerMappedModel)
        model.start_recording("IT", [(70, 170)])
        return np.array(model.record(STIMULI))

    def assert_noticed(self, folder: Path, change: Callable[[], object]) -> None:
        before = self.respond(folder)
        change()
        after = self.respond(folder)
        assert not np.array_equal(before, after)
        np.testing.assert_array_equal(after, self.respond(folder, "off"))

    def net(self, folder: Path, head: str, body: str) -> None:
        (folder / "net.py").write_text(
            f"{self.HEAD}{head}\nclass Net(nn.Module):\n    def forward(self, x):\n        return {body}\n"
            "def net():\n    return Net()\n"
        )

    def test_a_configuration_file(self, tmp_path: Path) -> None:
        self.net(tmp_path, "", "x[:, :, ::8, ::8] * json.loads(Path(__file__).with_name('c.json').read_text())")
        (tmp_path / "c.json").write_text("2")
        self.assert_noticed(tmp_path, lambda: (tmp_path / "c.json").write_text("3"))

    def test_an_environment_variable(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.net(tmp_path, "", "x[:, :, ::8, ::8] * float(os.environ['GAIN'])")
        monkeypatch.setenv("GAIN", "2")
        self.assert_noticed(tmp_path, lambda: os.environ.update(GAIN="3"))

    def test_a_helper_that_is_imported(self, tmp_path: Path) -> None:
        helper = tmp_path / "brainscore_test_ops.py"

        def write(body: str) -> None:
            helper.write_text(f"def act(x):\n    return {body}\n")
            sys.modules.pop(helper.stem, None)  # a new process

        self.net(tmp_path, "from brainscore_test_ops import act", "act(x[:, :, ::8, ::8])")
        write("x")
        self.assert_noticed(tmp_path, lambda: write("x.relu()"))

    def test_a_changed_environment_between_question_and_answer(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.net(tmp_path, "", "x[:, :, ::8, ::8] * float(os.environ['GAIN'])")
        (tmp_path / "net.toml").write_text(self.SETTINGS)
        monkeypatch.setenv("GAIN", "2")
        model = load_model(f"{tmp_path / 'net.py'}:net", store=ActivationStore("use", folder=tmp_path / "store"))
        assert isinstance(model, LayerMappedModel)
        model.start_recording("IT", [(70, 170)])
        model.record(STIMULI)
        monkeypatch.setenv("GAIN", "3")
        with pytest.raises(ModelError, match="answers the same images differently before and after"):
            model.record(STIMULI.rows(slice(0, 4)))


CHANGES: dict[str, Callable[[Any], object]] = {
    "an attribute": lambda body: setattr(body, "gain", 3.0),
    "weights": lambda body: body.net[1].weight.data[0].zero_(),
    "a buffer": lambda body: body.offset.add_(1),
    "a hook": lambda body: body.net[1].register_forward_hook(lambda _module, _inputs, output: output * 2),
    "a module": lambda body: setattr(body.net, "second", nn.Conv2d(6, 4, 3, stride=2, padding=1)),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_network_that_somebody_changes_between_two_looks(
    tmp_path: Path, change: Callable[[nn.Module], object]
) -> None:
    torch.manual_seed(1)
    body = Body(lambda self, x: self.features(x) * self.gain + self.offset, gain=1.0)
    body.register_buffer("offset", torch.zeros(1), persistent=False)
    model = make_model(body, layers={"IT": ("output",)}, store=ActivationStore(folder=tmp_path))
    model.start_recording("IT", [(70, 170)])
    first = np.array(model.record(STIMULI))
    with torch.no_grad():
        change(body)
    second = np.array(model.record(STIMULI))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(second, respond(body, ActivationStore("off")))


def test_what_a_pass_leaves_behind_is_no_change(tmp_path: Path) -> None:
    def keep(self: Any, x: torch.Tensor) -> torch.Tensor:
        self.last = self.features(x)
        return self.last  # type: ignore[no-any-return]

    model = make_model(Body(keep), layers={"IT": ("output",)}, store=ActivationStore(folder=tmp_path))
    model.start_recording("IT", [(70, 170)])
    model.record(STIMULI)
    model.record(STIMULI.rows(slice(0, 3)))
    assert len(list(tmp_path.glob("*/*/key.json"))) == 2
    respond(Body(keep), ActivationStore(folder=tmp_path))
    assert len(list(tmp_path.glob("*/*/key.json"))) == 2


class Unseen(nn.Module):
    """Differs for one value of a pixel that the probe does not have."""

    def __init__(self, **attributes: object) -> None:
        super().__init__()
        for name, value in attributes.items():
            setattr(self, name, value)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the images."""
        return images


class OfClass(Unseen):
    """Has an attribute of the class."""

    most = 0.0


def with_class_attribute(most: float) -> str:
    OfClass.most = most
    return attributes_digest(OfClass())


GAIN = {"value": 1.0}


class OfGlobal(Unseen):
    """Refers to a global, by way of a function and a property."""

    @property
    def gain(self) -> float:
        """Return the global."""
        return gain()


def gain() -> float:
    return GAIN["value"]


def with_global(value: float) -> str:
    GAIN["value"] = value
    return attributes_digest(OfGlobal())


def with_default(value: float) -> str:
    gain.__defaults__ = (value,)
    try:
        return attributes_digest(OfGlobal())
    finally:
        gain.__defaults__ = None


class Slotted:
    """Has no dictionary."""

    __slots__ = ("most",)

    def __init__(self, most: float) -> None:
        self.most = most

    def __call__(self, *_: object) -> None:
        """Do nothing."""


class Held:
    """An object with a method."""

    def __init__(self, most: float) -> None:
        self.most = most

    def act(self, *_: object) -> None:
        """Do nothing."""


def bound_hook(most: float) -> nn.Module:
    network = Unseen()
    network.register_forward_hook(Held(most).act)
    return network


def unregistered(bias: float) -> nn.Module:
    layer = nn.Linear(1, 1)
    nn.init.zeros_(layer.weight)
    nn.init.constant_(layer.bias, bias)
    return Unseen(layers=[layer])


def nested(depth: int, value: float) -> dict[str, object]:
    return {"in": nested(depth - 1, value) if depth else value}


def hooked(threshold: float) -> nn.Module:
    network = Unseen()
    network.register_forward_hook(lambda _module, _inputs, output: output.where(output < threshold, 0 * output))
    return network


class TestAttributesDigest:
    """What modules hold enters too, should the probe not show it."""

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (Unseen(most=9.0), Unseen(most=8.0)),
            (Unseen(name="a"), Unseen(name="b")),
            (Unseen(table=np.array([1.0])), Unseen(table=np.array([2.0]))),
            (Unseen(mean=torch.tensor([1.0])), Unseen(mean=torch.tensor([2.0]))),
            (Unseen(config={"a": [1, {"b": 2}]}), Unseen(config={"a": [1, {"b": 3}]})),
            (Unseen(act=partial(F.threshold, threshold=9.0)), Unseen(act=partial(F.threshold, threshold=8.0))),
            (Unseen(act=lambda x: x + 1), Unseen(act=lambda x: x + 2)),
            (hooked(9.0), hooked(8.0)),
            (nn.Sequential(nn.ReLU(), Unseen(most=9.0)), nn.Sequential(nn.ReLU(), Unseen(most=8.0))),
            (Unseen(axes={1, 2}), Unseen(axes={1, 3})),
            (Unseen(act=Held(9.0).act), Unseen(act=Held(8.0).act)),
            (Unseen(act=Slotted(9.0)), Unseen(act=Slotted(8.0))),
            (Unseen(kind=nn.ReLU), Unseen(kind=nn.ReLU6)),
            (Unseen(last=deque([9.0])), Unseen(last=deque([8.0]))),
            (Unseen(table=np.array([9.0, "a"], object)), Unseen(table=np.array([8.0, "a"], object))),
            (Unseen(config=nested(8, 9.0)), Unseen(config=nested(8, 8.0))),
            (unregistered(9.0), unregistered(8.0)),
            (bound_hook(9.0), bound_hook(8.0)),
        ],
    )
    def test_differs(self, one: nn.Module, other: nn.Module) -> None:
        assert attributes_digest(one) != attributes_digest(other)

    @pytest.mark.parametrize("digest", [with_class_attribute, with_global, with_default])
    def test_differs_where_code_refers_to_something_else(self, digest: Callable[[float], str]) -> None:
        assert digest(9.0) != digest(8.0)
        assert digest(8.0) == digest(8.0)

    def test_what_refers_to_itself_ends(self) -> None:
        network, other = Unseen(most=9.0), Unseen(most=8.0)
        for each in (network, other):
            each.all = [each, vars(each)]  # type: ignore[assignment]
            each.all.append(each.all)  # type: ignore[operator, union-attr]
        assert attributes_digest(network) != attributes_digest(other)

    def test_a_method_of_an_installed_class_that_was_replaced(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = attributes_digest(nn.Sequential(nn.ReLU()))
        monkeypatch.setattr(nn.ReLU, "forward", lambda _self, x: x)
        assert attributes_digest(nn.Sequential(nn.ReLU())) != before

    def test_is_the_same_in_every_process(self) -> None:
        script = (
            "from functools import partial; import torch, numpy as np; from torch import nn;"
            "from pytest_brainscore.models.networks.probing.attributes import attributes_digest as digest;"
            "net = nn.Sequential(nn.Conv2d(3, 3, 3), nn.BatchNorm2d(3), nn.MultiheadAttention(4, 2));"
            "net.words = {'a', 'b', 'c'}; net.act = partial(max, lambda x: x + 1); net.thing = object();"
            "net.register_forward_hook(lambda *_: None); net.type = torch.float16; print(digest(net))"
        )
        digests = {
            subprocess.run(
                [sys.executable, "-c", script],
                env=os.environ | {"PYTHONHASHSEED": seed},
                capture_output=True,
                text=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(digests) == 1
        assert len(digests.pop().strip()) == 64
