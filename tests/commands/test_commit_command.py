"""``brainscore commit``."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from pytest_brainscore import load_model
from pytest_brainscore.commands import main
from pytest_brainscore.models import registry
from pytest_brainscore.resources import resource_folder

NETWORK = """
import torch
from torch import nn

def build():
    return nn.Sequential(nn.Conv2d(3, 4, 3, stride=8), nn.ReLU(), nn.Flatten())
"""

OWN_MODEL = """
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader, ReaderDescription

class Colours(LayerReader):
    def names(self): return ["colours"]
    def candidates(self): return {"colours": (2, 3)}
    def shapes(self, layers): return {"colours": (2, 3)}
    def batches(self, images, layers): raise NotImplementedError
    def ingredients(self, layers): return {}
    def description(self): return ReaderDescription("none", {}, "cpu")

class Plain:
    identifier = "plain"
    def visual_degrees(self): return 8
    def start_task(self, task, fitting=None): pass
    def start_recording(self, target, time_bins): pass
    def look_at(self, stimuli, number_of_trials=1): pass

class Own(Plain):
    identifier = "own"
    reader = Colours("own", ActivationStore("off"))
"""


@pytest.fixture
def network_file(tmp_path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
    monkeypatch.setenv("BRAINIO_HOME", str(tmp_path / "nothing"))
    monkeypatch.delenv("BRAINSCORE_DATA", raising=False)
    file = tmp_path / "net.py"
    file.write_text(NETWORK)
    return file


def test_without_layers_it_lists_those_there_are(network_file: Path) -> None:
    answer = CliRunner().invoke(main, ["commit", f"{network_file}:build"])
    assert answer.exit_code == 0, answer.output
    assert "4 x 28 x 28" in answer.output
    assert "Choose candidates: brainscore commit" in answer.output


def test_a_brain_model_of_ones_own_that_has_a_reader_of_layers(tmp_path: Path) -> None:
    file = tmp_path / "own.py"
    file.write_text(OWN_MODEL)
    answer = CliRunner().invoke(main, ["commit", f"{file}:Own"])
    assert answer.exit_code == 0, answer.output
    assert "colours" in answer.output
    assert "2 x 3" in answer.output
    answer = CliRunner().invoke(main, ["commit", f"{file}:Plain"])
    assert answer.exit_code == 1
    assert "plain is no network with layers to choose from" in answer.output


def test_without_data_nothing_is_written(network_file: Path) -> None:
    answer = CliRunner().invoke(main, ["commit", f"{network_file}:build", "--layers", "0,1", "--regions", "IT"])
    assert answer.exit_code == 1
    assert "IT keeps its layer" in answer.output
    assert "nothing to commit to" in answer.output
    assert not network_file.with_suffix(".toml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--layers", "9"], "has no layer '9'; did you mean"),
        (["--benchmark", "V4"], "is not REGION=IDENTIFIER"),
        (["--regions", "V9"], "There is no region 'V9'"),
    ],
)
def test_wrong_words_are_answered_in_a_sentence(network_file: Path, words: list[str], message: str) -> None:
    answer = CliRunner().invoke(main, ["commit", f"{network_file}:build", *words])
    assert answer.exit_code != 0
    assert message in answer.output


def test_the_best_layer_is_committed_with_its_evidence_and_the_model_loads_with_it(
    reference_data: Path, network_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real recordings, because a benchmark of the catalogue or of a user's folder is what it takes."""
    monkeypatch.setenv("BRAINSCORE_DATA", str(reference_data))
    file, plot = network_file.with_suffix(".toml"), network_file.with_suffix(".svg")
    words = ["--layers", "0,1", "--regions", "V4", "--benchmark", "V4=Cowley2023.V4-pls", "--plot", str(plot)]
    answer = CliRunner().invoke(main, ["commit", f"{network_file}:build", *words])
    assert answer.exit_code == 0, answer.output
    assert "<svg" in plot.read_text()
    evidence = tomllib.loads(file.read_text())["selection"]["V4"]
    assert evidence["benchmark"] == "Cowley2023.V4-pls@1"
    chosen = tomllib.loads(file.read_text())["layers"]["V4"]
    assert chosen == max(evidence["scores"], key=lambda layer: evidence["scores"][layer]["score"])
    again = CliRunner().invoke(main, ["commit", f"{network_file}:build", *words, "--dry-run"])
    assert again.exit_code == 0, again.output
    assert tomllib.loads(file.read_text())["layers"]["V4"] == chosen


def test_the_commitment_of_a_name_goes_into_the_project_and_not_into_the_package(
    reference_data: Path, network_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shipped stays as it is; from then on the project's own file is read."""
    project = network_file.parent
    monkeypatch.chdir(project)
    monkeypatch.syspath_prepend(project)
    monkeypatch.setenv("BRAINSCORE_DATA", str(reference_data))
    shipped, ours = resource_folder("fixtures/models"), project / "shipped"
    ours.mkdir()
    (ours / "mine.toml").write_text('source = "net:build"\n[layers]\nV1 = "0"\n')
    monkeypatch.setattr(registry, "resource_folder", lambda name: ours if name == "fixtures/models" else shipped)
    words = ["--layers", "1", "--regions", "V4", "--benchmark", "V4=Cowley2023.V4-pls"]
    answer = CliRunner().invoke(main, ["commit", "mine", *words])
    assert answer.exit_code == 0, answer.output
    own = project / "fixtures" / "models" / "mine.toml"
    assert f"wrote {own}" in answer.output
    assert (ours / "mine.toml").read_text() == 'source = "net:build"\n[layers]\nV1 = "0"\n'
    # What is shipped is where the project's own commitment starts from, and that is read from now on.
    assert tomllib.loads(own.read_text())["layers"] == {"V1": "0", "V4": "1"}
    assert load_model("mine").description().layers == {"V1": "0", "V4": "1"}  # type: ignore[attr-defined]
