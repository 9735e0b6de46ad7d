"""Two labs with real data, as their users would write them; run where BRAINSCORE_DATA has the recordings."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import numpy as np
import pytest
import xarray

from pytest_brainscore import load_benchmark, load_model, score
from pytest_brainscore.benchmarks.own.toml_folder import read_benchmarks
from pytest_brainscore.data.publishers.cowley2023 import session_stimuli
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.models.asking import record_responses
from pytest_brainscore.models.interface import BrainModel

V4 = """
identifier = "Lab2026.210305.V4-pls"
region = "V4"
parent = "mylab"
stimuli = "$BRAINSCORE_DATA/v4_cowley2023/images/images_210305.zip"
metric = "pls"
[recording]
file = "$BRAINSCORE_DATA/v4_cowley2023/responses_averaged/responses_210305.npy"
ids = "stimuli"
axes = ["neuroid", "stimulus"]
"""

RDM = """
import os, pathlib
import numpy as np
from pytest_brainscore import recording_benchmark

folder = pathlib.Path(os.environ["BRAINSCORE_DATA"], "rdm_92images")
rdms = np.load(folder / "rdms.npz")
images = sorted((folder / "stimuli").glob("*.png"))
people = rdms["human_IT_subject_session"].mean(axis=1)
rdm = {"metric": "rdm", "parent": "mylab", "region": "IT"}
MONKEY = recording_benchmark("Lab2026.IT-rdm", rdms["monkey_IT"], images, **rdm)
PEOPLE = recording_benchmark("Lab2026.humanIT-rdm", rdms["human_IT"], images, ceiling=people, **rdm)
"""


@pytest.fixture
def data() -> Path:
    """Return the folder with real data."""
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder"))
    needed = ("weights/squeezenet1_1.safetensors", "v4_cowley2023/images/images_210305.zip", "rdm_92images/rdms.npz")
    if not all((folder / each).is_file() for each in needed):
        pytest.skip("set BRAINSCORE_DATA to the folder with weights, v4_cowley2023 and rdm_92images")
    return folder


def squeezenet(data: Path, region: str, layer: str) -> BrainModel:
    """Return the network with one layer for a region."""
    weights = data / "weights" / "squeezenet1_1.safetensors"
    return load_model("squeezenet1_1", weights=weights, device="cpu", layers={region: layer})


def test_both_labs_wrote_at_most_twelve_lines() -> None:
    assert max(len(text.strip().splitlines()) for text in (V4, RDM)) <= 12


@pytest.mark.walkthrough
def test_a_session_of_v4_as_a_toml_file_scores_as_the_shipped_benchmark_and_as_score(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "mylab.toml").write_text(V4)
    (mine,) = read_benchmarks(tmp_path / "mylab.toml")
    model = squeezenet(data, "V4", "features.9.expand3x3_activation")
    scored = mine(model)
    # Ids of one length, so that the order in which splits are drawn is the alphabetical one of the published protocol.
    shipped = load_benchmark("Cowley2023.210305.V4-pls")(model)
    assert scored.raw == shipped.raw
    assert scored.error == pytest.approx(shipped.error, rel=1e-12)
    assert scored.provenance["stimuli"] == shipped.provenance["stimuli"]
    stimuli = session_stimuli("210305", model.visual_degrees())
    features = record_responses(model, stimuli)
    responses = np.load(data / "v4_cowley2023" / "responses_averaged" / "responses_210305.npy").T
    names = {"stimulus_id": ("presentation", stimuli.table["stimulus_id"].to_numpy())}
    axes = ("presentation", "neuroid")
    by_hand = score(xarray.DataArray(features, names, axes), xarray.DataArray(responses, names, axes))
    assert (scored.raw, scored.error, scored.value) == (by_hand.raw, by_hand.error, by_hand.value)


@pytest.mark.walkthrough
def test_the_92_images_in_a_conftest_score_as_the_shipped_benchmarks(data: Path, tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(RDM)
    names = runpy.run_path(str(tmp_path / "conftest.py"))
    model = squeezenet(data, "IT", "features.12")
    try:
        monkey, people = names["MONKEY"](model), names["PEOPLE"](model)
    except RecordingError as error:
        if "no metric 'rdm'" not in str(error):
            raise
        pytest.skip("score has no metric rdm here")
    assert monkey.raw == load_benchmark("Kriegeskorte2008.IT-rdm")(model).raw
    shipped = load_benchmark("Kriegeskorte2008.humanIT-rdm")(model)
    # The shipped matrices of people are kept in single precision.
    assert people.value == pytest.approx(shipped.value, rel=1e-6)
    assert people.ceiling == pytest.approx(shipped.ceiling, rel=1e-6)
