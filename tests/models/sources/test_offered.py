"""Models that installed packages offer: the entry point ``pytest_brainscore.models``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.registry import check_exists, commitment_of
from pytest_brainscore.models.sources.offered import GROUP
from pytest_brainscore.models.sources.specification import parse_specification
from tests.support.networks import network_reader
from tests.support.packages import install

NETS = """
from torch import nn

def build():
    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())

class Zoo:
    @staticmethod
    def small():
        return nn.Sequential(nn.ReLU())

class Own:
    identifier = "own"
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): pass
    def start_recording(self, target, time_bins): pass
    def look_at(self, stimuli, number_of_trials=1): pass

def typo():
    return nn.Lineer(2, 2)

def leave():
    raise SystemExit(3)
"""
BROKEN = "raise ImportError('no libfoo on this machine')\n"
COMMITMENT = 'visual_degrees = 4\n[preprocessing]\nimage_size = 16\n[layers]\nV1 = "1"\n'


class Lab:
    """A folder on the path, where packages are installed, and a project that uses them."""

    def __init__(self, folder: Path) -> None:
        self.site = folder / "site"
        self.project = folder / "project"
        (self.project / "fixtures" / "models").mkdir(parents=True)

    def offer(self, points: Mapping[str, str], *, package: str = "mylab", module: str = "mylab_nets") -> None:
        files = {f"{module}/nets.py": NETS, f"{module}/__init__.py": "", f"{module}/broken.py": BROKEN}
        install(self.site, package, entry_points={GROUP: points}, files=files)

    def commit(self, name: str, text: str) -> Path:
        file = self.project / "fixtures" / "models" / f"{name}.toml"
        file.write_text(text)
        return file


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, brainscore_home: Path) -> Lab:
    lab = Lab(tmp_path)
    monkeypatch.syspath_prepend(lab.site)
    monkeypatch.chdir(lab.project)
    for name in [name for name in sys.modules if name.startswith(("mylab_nets", "other_nets"))]:
        monkeypatch.delitem(sys.modules, name)
    return lab


def network(name: str, **settings: object) -> LayerMappedModel:
    model = load_model(name, **settings)  # type: ignore[arg-type]
    assert isinstance(model, LayerMappedModel)
    return model


def test_a_name_is_found_without_importing_anything(lab: Lab, noise_stimuli: StimulusSet) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    check_exists(parse_specification("mynet"))
    assert not any(name.startswith("mylab_nets") for name in sys.modules)
    model = network("mynet", layers={"V1": "1"})
    assert model.identifier == "mynet"
    model.start_recording("V1", [(70, 170)])
    assert model.record(noise_stimuli).shape == (6, 4 * 222 * 222)


def test_near_names_are_offered_too(lab: Lab) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    with pytest.raises(ModelError, match=r"no model 'mynett'; did you mean mynet\?"):
        load_model("mynett")


def test_it_is_the_network_that_its_factory_is(lab: Lab, noise_stimuli: StimulusSet) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    offered, named = network("mynet"), network("mylab_nets.nets:build")
    layers = ("1",)
    assert offered.reader.ingredients(layers) == named.reader.ingredients(layers)
    np.testing.assert_array_equal(offered.reader.read(layers, noise_stimuli), named.reader.read(layers, noise_stimuli))
    assert offered.description().weights_sha256 == named.description().weights_sha256


def test_its_code_is_part_of_what_is_stored(lab: Lab) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    before = network("mynet").reader.ingredients(("1",))
    (lab.site / "mylab_nets" / "nets.py").write_text(NETS + "\n# another version\n")
    after = network("mynet").reader.ingredients(("1",))
    assert before["architecture"] != after["architecture"]
    assert before["weights"] == after["weights"]


def test_the_commitment_of_the_package(lab: Lab) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    (lab.site / "mylab_nets" / "build.toml").write_text(COMMITMENT)
    model = network("mynet")
    assert (model.visual_degrees(), model.layers) == (4.0, {"V1": ("1",)})
    assert network_reader(model).preprocessing.image_size == 16


def test_the_commitment_of_the_project_comes_first(lab: Lab) -> None:
    lab.offer({"mynet": "mylab_nets.nets:build"})
    (lab.site / "mylab_nets" / "build.toml").write_text(COMMITMENT)
    with pytest.raises(ModelError, match=rf"or write {lab.project}/fixtures/models/mynet\.toml with"):
        network("mynet").start_recording("IT", [(70, 170)])
    file = lab.commit("mynet", '[layers]\nIT = "0"\n')
    assert network("mynet").layers == {"IT": ("0",)}
    assert commitment_of(parse_specification("mynet"))[0] == file


def test_the_project_may_say_that_a_name_is_another_network(lab: Lab) -> None:
    lab.offer({"mynet": "mylab_nets.broken:build"})
    lab.commit("mynet", 'source = "torchvision.models:squeezenet1_1"\n[layers]\nV1 = "features.2"\n')
    assert network("mynet").layers == {"V1": ("features.2",)}


def test_a_brain_model_and_a_factory_in_a_class(lab: Lab) -> None:
    lab.offer({"own": "mylab_nets.nets:Own", "small": "mylab_nets.nets:Zoo.small"})
    assert type(load_model("own")).__name__ == "Own"
    with pytest.raises(ModelError, match="own is a brain model of its own, not a network; leave out layers"):
        load_model("own", layers={"V1": "0"})
    assert type(network_reader(network("small")).network).__name__ == "Sequential"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (
            "mylab_nets.broken:build",
            r"The module mylab_nets\.broken, which the package mylab 1\.0 offers a part of, cannot be imported "
            r"\(ImportError: no libfoo .*\); mend or uninstall that package",
        ),
        ("mylab_nets.nothing:build", r"package mylab 1\.0 offers .* cannot be imported \(ModuleNotFoundError"),
        ("mylab_nets.nets:biuld", r"mynet \(mylab_nets\.nets:biuld of the package mylab 1\.0\): there is no function"),
        ("mylab_nets.nets:typo", r"mynet \(.* mylab 1\.0\): the factory raised AttributeError: .*Lineer"),
        ("mylab_nets.nets:leave", r"mynet \(.* mylab 1\.0\): the factory raised SystemExit: 3"),
        ("mylab_nets.nets", r"mylab 1\.0 offers the model mynet as 'mylab_nets\.nets', which is not module:factory"),
    ],
)
def test_a_broken_package_is_one_sentence(lab: Lab, value: str, reason: str) -> None:
    lab.offer({"mynet": value, "sound": "mylab_nets.nets:build"})
    check_exists(parse_specification("mynet"))  # or the whole run would end
    with pytest.raises(ModelError, match=reason) as caught:
        load_model("mynet")
    assert "\n" not in str(caught.value)
    assert network("sound").identifier == "sound"


class TestTwoDefinitions:
    """Of one name are an error that says both places, and how to have each."""

    def test_of_two_packages(self, lab: Lab) -> None:
        lab.offer({"mynet": "mylab_nets.nets:build"})
        lab.offer({"mynet": "other_nets.nets:build"}, package="other-lab", module="other_nets")
        with pytest.raises(ModelError, match="The name mynet has 2 definitions, ") as caught:
            check_exists(parse_specification("mynet"))
        for place in (
            "mylab_nets.nets:build of the package mylab 1.0",
            "other_nets.nets:build of the package other-lab 1.0",
        ):
            assert place in str(caught.value)
        lab.commit("mynet", 'source = "other_nets.nets:build"\n')
        assert network("mynet").identifier == "mynet"

    def test_of_two_packages_that_agree(self, lab: Lab) -> None:
        lab.offer({"mynet": "mylab_nets.nets:build"})
        install(lab.site, "zoo", entry_points={GROUP: {"mynet": "mylab_nets.nets:build"}}, files={})
        assert network("mynet").identifier == "mynet"

    def test_of_what_comes_with_this_package(self, lab: Lab) -> None:
        lab.offer({"squeezenet1_1": "mylab_nets.nets:build"})
        with pytest.raises(
            ModelError,
            match=r"torchvision:squeezenet1_1 as it comes with pytest-brainscore and mylab_nets\.nets:build of the "
            r"package mylab 1\.0; say which in .*/squeezenet1_1\.toml with source = .*, or name mylab_nets",
        ):
            check_exists(parse_specification("squeezenet1_1"))

    def test_of_torchvision(self, lab: Lab) -> None:
        lab.offer({"resnext50_32x4d": "mylab_nets.nets:build"})
        with pytest.raises(ModelError, match=r"2 definitions, torchvision:resnext50_32x4d and mylab_nets\.nets:build"):
            load_model("resnext50_32x4d")
        lab.commit("resnext50_32x4d", 'source = "mylab_nets.nets:build"\n')
        assert type(network_reader(network("resnext50_32x4d")).network).__name__ == "Sequential"
