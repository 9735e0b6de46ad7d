"""A network as a brain model: the published interface, and what its stored activations depend on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import ImageFile, StimulusSet
from pytest_brainscore.errors import ModelError, NoNumber, NotCapable
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.stored_responses import block_rows
from pytest_brainscore.models.interface import BrainModel, RecordingTarget, Task
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.identity import architecture_digest
from pytest_brainscore.models.networks.network_reader import NetworkReader
from tests.support.networks import TINY_LAYERS, make_model, make_tiny_network
from tests.support.stimuli import NoiseImage

ONE_BIN = [(70, 170)]


def noise(count: int, name: str = "noise") -> StimulusSet:
    table = pd.DataFrame({"stimulus_id": [f"{name}{index}" for index in range(count)]})
    return StimulusSet(name, table, tuple(NoiseImage(seed, side=20) for seed in range(count)), 8.0)


@pytest.fixture
def image_files(tmp_path: Path) -> StimulusSet:
    """Return two JPEG files and a PNG file."""
    paths = [tmp_path / name for name in ("one.jpg", "two.jpg", "three.png")]
    for seed, path in enumerate(paths):
        Image.fromarray(NoiseImage(seed, colour=True).pixels()).save(path)
    table = pd.DataFrame({"stimulus_id": ["stimid1", "stimid2", "stimid3"], "object_name": "noise"})
    return StimulusSet("files", table, [ImageFile(path) for path in paths], 8.0)


class TestInterface:
    """The checks that the published system runs on every model."""

    def test_it_is_a_brain_model(self, tiny_model: LayerMappedModel) -> None:
        assert isinstance(tiny_model, BrainModel)
        assert tiny_model.identifier == "tiny"
        assert 0 < tiny_model.visual_degrees() < 9000

    def test_three_images_in_v1(self, tiny_model: LayerMappedModel, image_files: StimulusSet) -> None:
        tiny_model.start_recording("V1", [(50, 100)])
        assembly = tiny_model.look_at(image_files)
        assert assembly.dims == ("presentation", "neuroid")
        assert assembly["stimulus_id"].values.tolist() == ["stimid1", "stimid2", "stimid3"]
        assert set(assembly["object_name"].values) == {"noise"}
        assert len(set(assembly["neuroid_id"].values)) == assembly.sizes["neuroid"] == 6 * 16 * 16
        assert np.isfinite(assembly.values).all()

    def test_several_time_bins(self, tiny_model: LayerMappedModel, image_files: StimulusSet) -> None:
        tiny_model.start_recording("IT", [(0, 10), (10, 20)])
        assembly = tiny_model.look_at(image_files)
        assert assembly.dims == ("presentation", "neuroid", "time_bin")
        np.testing.assert_array_equal(assembly[:, :, 0], assembly[:, :, 1])

    def test_trials_do_not_matter(self, tiny_model: LayerMappedModel, image_files: StimulusSet) -> None:
        tiny_model.start_recording("IT", ONE_BIN)
        assert tiny_model.look_at(image_files, number_of_trials=10).equals(tiny_model.look_at(image_files))

    def test_recording_can_start_after_anything(self, tiny_model: LayerMappedModel, image_files: StimulusSet) -> None:
        tiny_model.start_recording("V1", ONE_BIN)
        tiny_model.start_task("passive")
        with pytest.raises(ModelError, match="call start_recording"):
            tiny_model.look_at(image_files)
        with pytest.raises(
            NotCapable, match=r"outputs; label tasks need the 1000 .* or a fitted decoder: call train_decoder\."
        ):
            tiny_model.start_task("label", ["cat", "dog"])
        tiny_model.start_recording("IT", ONE_BIN)
        assert tiny_model.look_at(image_files).shape == (3, 10)

    def test_unknown_words(self, tiny_model: LayerMappedModel) -> None:
        with pytest.raises(ModelError, match="no task 'lable'; start one of passive, label"):
            tiny_model.start_task(cast("Task", "lable"))
        with pytest.raises(ModelError, match="no recording target 'V3'; record from one of V1, V2, V4, IT"):
            tiny_model.start_recording(cast("RecordingTarget", "V3"), ONE_BIN)
        for time_bins in ([], [(170, 70)]):
            with pytest.raises(ModelError, match="are not \\(start, end\\) pairs"):
                tiny_model.start_recording("V1", time_bins)

    def test_a_region_without_layer_says_how_to_commit_one(self) -> None:
        model = make_model(layers={"IT": ("readout",)})
        with pytest.raises(ModelError) as caught:
            model.start_recording("V1", ONE_BIN)
        for words in (
            'give layers={"V1": "LAYER"} to load_model',
            "write tiny.toml",
            'V1 = "LAYER"',
            "first",
            "readout",
        ):
            assert words in str(caught.value)


class TestNeuroids:
    """Coordinates of the units."""

    def coordinates(
        self,
        region: RecordingTarget,
        layers: dict[str, tuple[str, ...]] = TINY_LAYERS,
        network: nn.Module | None = None,
    ) -> pd.DataFrame:
        model = make_model(network, layers=layers)
        model.start_recording(region, ONE_BIN)
        assembly = model.look_at(noise(1))
        return pd.DataFrame(
            {str(name): values.values for name, values in assembly.coords.items() if values.dims == ("neuroid",)}
        )

    def test_of_a_convolution(self) -> None:
        units = self.coordinates("V1")
        unit = units.iloc[np.ravel_multi_index((5, 3, 14), (6, 16, 16))]
        assert (unit["channel"], unit["channel_x"], unit["channel_y"]) == (5, 3, 14)
        assert (unit["layer"], unit["region"], unit["model"]) == ("first.relu", "V1", "tiny")
        assert unit["neuroid_id"] == f"tiny.first.relu.{unit['neuroid_num']}"

    def test_of_a_fully_connected_layer(self) -> None:
        units = self.coordinates("IT")
        assert units["channel"].tolist() == list(range(10))
        assert units[["channel_x", "channel_y"]].isna().all(axis=None)

    def test_of_a_transformer(self) -> None:
        units = self.coordinates("V1", {"V1": ("0",)}, nn.Sequential(nn.Flatten(2)))  # 3 tokens x 1024 features
        unit = units.iloc[1024 + 7]
        assert (unit["token"], unit["channel"], unit["embedding"]) == (1, 7, 7)
        assert units[["channel_x", "channel_y"]].isna().all(axis=None)

    def test_of_a_convolution_and_a_transformer_together(self) -> None:
        units = self.coordinates("V1", {"V1": ("0", "1")}, nn.Sequential(nn.AvgPool2d(8), nn.Flatten(2)))
        assert units["channel_x"].notna().tolist() == [True] * 48 + [False] * 48
        assert units["embedding"].notna().tolist() == [False] * 48 + [True] * 48

    def test_of_several_layers(self) -> None:
        units = self.coordinates("V4")
        assert units["layer"].unique().tolist() == ["first.relu", "second"]
        assert units["neuroid_num"].tolist() == [*range(6 * 256), *range(4 * 64)]
        assert units["neuroid_id"].is_unique


class TestRecord:
    """Responses without labels, selected and reduced on the way."""

    def test_equals_look_at(self, tiny_model: LayerMappedModel) -> None:
        tiny_model.start_recording("V4", ONE_BIN)
        np.testing.assert_array_equal(tiny_model.record(noise(20)), tiny_model.look_at(noise(20)))

    def test_selected_neuroids(self, tiny_model: LayerMappedModel) -> None:
        tiny_model.start_recording("V4", ONE_BIN)
        neuroids = np.array([7, 3, 1600, 3])
        np.testing.assert_array_equal(
            tiny_model.record(noise(20), neuroids=neuroids), tiny_model.record(noise(20))[:, neuroids]
        )
        assert tiny_model.record(noise(20), neuroids=np.array([], int)).shape == (20, 0)

    @pytest.mark.parametrize("maximum_over", [1, 2, 3, 8, 21, 42, 84])
    def test_maximum_over_runs_of_stimuli(self, tiny_model: LayerMappedModel, maximum_over: int) -> None:
        tiny_model.start_recording("V2", ONE_BIN)
        everything = tiny_model.record(noise(168))
        np.testing.assert_array_equal(
            tiny_model.record(noise(168), maximum_over=maximum_over),
            everything.reshape(168 // maximum_over, maximum_over, -1).max(axis=1),
        )

    def test_stimuli_that_do_not_divide(self, tiny_model: LayerMappedModel) -> None:
        tiny_model.start_recording("V2", ONE_BIN)
        with pytest.raises(ValueError, match="20 stimuli do not divide into runs of 3"):
            tiny_model.record(noise(20), maximum_over=3)

    @pytest.mark.parametrize("maximum_over", [1, 2, 3, 7, 8, 16, 500])
    def test_blocks_are_whole_batches_and_whole_runs(self, maximum_over: int) -> None:
        stimuli = block_rows(16, maximum_over, units=100) * maximum_over
        assert stimuli % 16 == 0
        assert maximum_over == 500 or 200 < stimuli < 600

    def test_blocks_of_large_layers_are_smaller(self) -> None:
        assert block_rows(16, 1, units=401_408) == 48
        assert block_rows(16, 8, units=401_408) == 42
        assert block_rows(16, 1, units=10**8) == 16

    def test_values_that_are_not_finite_are_no_number(self, brainscore_home: Path) -> None:
        network = make_tiny_network()
        network.get_parameter("second.bias").data[1] = torch.nan
        model = make_model(network, store=ActivationStore())
        model.start_recording("V4", ONE_BIN)
        with pytest.raises(NoNumber, match=r"^second of tiny gives values that are not finite for 20 of 20 stimuli"):
            model.record(noise(20))
        assert not list(brainscore_home.rglob("0*.json")), "no block is marked as stored"
        finite = np.arange(6 * 256)
        assert model.record(noise(20), neuroids=finite).shape == (20, 6 * 256)


class TestStore:
    """What a stored array depends on, and what it does not."""

    @pytest.fixture
    def computed(self, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., bool]:
        """Return a function that records V1 and tells whether anything was computed."""
        batches = []
        whole = NetworkReader.batches

        def watched(self: NetworkReader, *arguments: object) -> object:
            batches.append(1)
            return whole(self, *arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(NetworkReader, "batches", watched)

        def look(
            stimuli: StimulusSet | None = None,
            neuroids: NDArray[np.intp] | None = None,
            maximum_over: int = 1,
            region: RecordingTarget = "V1",
            **changes: object,
        ) -> bool:
            batches.clear()
            model = make_model(store=ActivationStore(), **changes)  # type: ignore[arg-type]
            model.start_recording(region, ONE_BIN)
            model.record(stimuli or noise(20), neuroids=neuroids, maximum_over=maximum_over)
            return bool(batches)

        return look

    def test_the_second_time_nothing_is_computed(self, computed: Callable[..., bool]) -> None:
        assert computed()
        assert not computed()

    def test_cold_and_warm_are_bitwise_equal(self, brainscore_home: Path) -> None:
        results = []
        for store in (ActivationStore("off"), ActivationStore(), ActivationStore()):
            model = make_model(store=store)
            model.start_recording("V4", ONE_BIN)
            results.append(model.look_at(noise(20)))
        assert results[0].identical(results[1])
        assert results[0].identical(results[2])

    def test_names_do_not_matter(self, computed: Callable[..., bool]) -> None:
        computed()
        assert not computed(noise(20, "other"))
        assert not computed(identifier="renamed")
        assert not computed(layers={**TINY_LAYERS, "V1": TINY_LAYERS["V2"], "V2": TINY_LAYERS["V1"]}, region="V2")

    def test_the_same_picture_in_another_file(
        self, computed: Callable[..., bool], image_files: StimulusSet, tmp_path: Path
    ) -> None:
        computed(image_files)
        moved = [path.rename(tmp_path / f"moved{path.suffix}{path.stem}") for path in sorted(tmp_path.glob("*.*g"))]
        assert len(moved) == 3
        order = ["one", "two", "three"]
        files = [ImageFile(next(path for path in moved if path.name.endswith(name))) for name in order]
        assert not computed(replace(image_files, images=files))

    def test_one_changed_weight_matters(self, computed: Callable[..., bool]) -> None:
        computed()
        network = make_tiny_network()
        network.get_parameter("readout.bias").data[0] += 1e-6
        assert computed(network=network)

    def test_one_changed_pixel_matters(
        self, computed: Callable[..., bool], image_files: StimulusSet, tmp_path: Path
    ) -> None:
        computed(image_files)
        pixels = np.asarray(Image.open(tmp_path / "three.png")).copy()
        pixels[0, 0, 0] ^= 1
        Image.fromarray(pixels).save(tmp_path / "three.png")
        assert computed(image_files)

    @pytest.mark.parametrize(
        "change",
        [
            {"region": "V4"},
            {"maximum_over": 2},
            {"neuroids": np.arange(6 * 16 * 16)},
            {"stimuli": noise(19)},
            {"network": make_tiny_network().to(torch.bfloat16)},
            {"network": nn.Sequential(*make_tiny_network().children()), "layers": {"V1": ("0.relu",)}},
        ],
    )
    def test_everything_else_matters(self, computed: Callable[..., bool], change: dict[str, object]) -> None:
        computed()
        assert computed(**change)

    def test_the_image_size_matters(self, computed: Callable[..., bool]) -> None:
        any_size = {"network": nn.Sequential(nn.ReLU()), "layers": {"V1": ("0",)}}
        computed(**any_size, image_size=32)
        assert computed(**any_size, image_size=34)

    def test_the_order_of_layers_matters(self, computed: Callable[..., bool]) -> None:
        computed(layers={"V1": ("second", "first.relu")})
        assert computed(layers={"V1": ("first.relu", "second")})


class TestArchitectureDigest:
    """What a network computes besides its weights."""

    def module(self, folder: Path, body: str) -> nn.Module:
        from pytest_brainscore.models.sources.user_code import import_file

        (folder / "net.py").write_text(
            "from torch import nn\nclass Net(nn.Module):\n    def forward(self, x):\n        return " + body + "\n"
        )
        return cast("nn.Module", import_file(folder / "net.py").Net())

    def test_equal_networks(self) -> None:
        assert architecture_digest(make_tiny_network()) == architecture_digest(make_tiny_network(3))

    def test_printed_parameters_matter(self) -> None:
        assert architecture_digest(nn.AvgPool2d(2)) != architecture_digest(nn.AvgPool2d(3))

    def test_changed_code_matters(self, tmp_path: Path) -> None:
        digests = [architecture_digest(self.module(tmp_path, body)) for body in ("x", "x", "2 * x")]
        assert digests[0] == digests[1] != digests[2]

    def test_further_files_matter(self, tmp_path: Path, tiny_network: nn.Module) -> None:
        digests = set()
        for text in ("a", "b", "a"):
            (tmp_path / "factory.py").write_text(text)
            digests.add(architecture_digest(tiny_network, [tmp_path / "factory.py"]))
        assert len(digests) == 2

    def test_a_class_without_a_file_never_equals_another(self) -> None:
        namespace: dict[str, type[nn.Module]] = {}
        exec("from torch import nn\nclass Typed(nn.Module): pass", namespace)
        assert architecture_digest(namespace["Typed"]()) != architecture_digest(namespace["Typed"]())


def test_description_is_plain(tiny_model: LayerMappedModel) -> None:
    description = tiny_model.description()
    committed: dict[str, str | list[str]] = {"V1": "first.relu", "V2": "second", "V4": ["first.relu", "second"]}
    assert description.layers == committed | dict.fromkeys(("IT", "probabilities", "odd_one_out"), "readout")
    assert len(description.weights_sha256) == 64
    assert (description.identifier, description.visual_degrees, description.device) == ("tiny", 8.0, "cpu")
    assert description.preprocessing["kind"] == "imagenet"
    assert description.preprocessing["image_size"] == 32
    assert all(isinstance(value, str | int | float | list) for value in description.preprocessing.values())


def test_image_files_may_be_looked_at_directly(tiny_model: LayerMappedModel, tmp_path: Path) -> None:
    images = [NoiseImage(seed, colour=True) for seed in range(2)]
    paths = [tmp_path / f"{image.seed}.png" for image in images]
    for image, path in zip(images, paths, strict=True):
        Image.fromarray(image.pixels()).save(path)
    tiny_model.start_recording("V1", [(70, 170)])
    recorded = tiny_model.look_at(paths)
    assert recorded["stimulus_id"].values.tolist() == [str(path) for path in paths]
    table = pd.DataFrame({"stimulus_id": ["a", "b"]})
    expected = tiny_model.look_at(StimulusSet("noise", table, images, degrees=tiny_model.visual_degrees()))
    np.testing.assert_array_equal(recorded.values, expected.values)
