"""Real recordings of macaque V4 (Cowley et al. 2023) and matrices of IT (Kriegeskorte et al. 2008), as published.

The folder comes from BRAINSCORE_DATA; without it these tests skip.
"""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import spearmanr

from pytest_brainscore.metrics.reliability.internal_consistency import internal_consistency
from pytest_brainscore.metrics.shared.aggregation import aggregate_splits
from pytest_brainscore.metrics.shared.splits import shuffle_splits
from pytest_brainscore.metrics.similarity.rdm import rdm_similarity, rsa_ceiling
from tests.support.pls_correlation import pls_correlation

SESSION = "210325"
LAYER = "features.9.expand3x3_activation"


def recordings_folder() -> Path:
    """Return the data folder, or skip the test with the reason."""
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder"))
    if not (folder / "v4_cowley2023").is_dir() or not (folder / "weights" / "squeezenet1_1.safetensors").is_file():
        pytest.skip("set BRAINSCORE_DATA to the folder with v4_cowley2023 and weights/squeezenet1_1.safetensors")
    return folder


def squeezenet_features(folder: Path) -> NDArray[np.float32]:
    """Run SqueezeNet 1.1 on the 640 images at 224 pixels and return all 32,448 units of the layer."""
    torch = pytest.importorskip("torch")
    torchvision = pytest.importorskip("torchvision")
    from PIL import Image
    from safetensors.torch import load_file

    network = torchvision.models.squeezenet1_1()
    network.load_state_dict(load_file(folder / "weights" / "squeezenet1_1.safetensors"))
    network.eval()
    recorded = []
    network.get_submodule(LAYER).register_forward_hook(lambda *call: recorded.append(call[2].flatten(1).numpy()))
    mean, deviation = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
    with zipfile.ZipFile(folder / "v4_cowley2023" / "images" / f"images_{SESSION}.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        images = np.stack(
            [
                np.asarray(
                    Image.open(io.BytesIO(archive.read(name)))
                    .convert("RGB")
                    .resize((224, 224), Image.Resampling.BILINEAR)
                )
                for name in names
            ]
        )
    with torch.no_grad():
        for start in range(0, len(images), 32):
            pixels = ((images[start : start + 32] / 255 - mean) / deviation).astype(np.float32)
            network.features[:10](torch.from_numpy(pixels.transpose(0, 3, 1, 2).copy()))
    return np.concatenate(recorded)


@pytest.mark.slow
def test_squeezenet_predicts_v4_as_published() -> None:
    folder = recordings_folder()
    features = squeezenet_features(folder)
    assert features.shape == (640, 32448)
    responses = np.load(folder / "v4_cowley2023" / "responses_averaged" / f"responses_{SESSION}.npy").T
    score = aggregate_splits(pls_correlation(features, responses, shuffle_splits(640)))
    assert score.value == pytest.approx(0.567795705184422, abs=1e-6)
    assert score.error == pytest.approx(0.007279174, abs=1e-6)
    medians = [0.5523537631, 0.6048647912, 0.5708185646, 0.5651820180, 0.5587976989]
    medians += [0.5269356705, 0.5605117936, 0.6091738305, 0.5728666163, 0.5564523051]
    np.testing.assert_allclose(score.medians, medians, rtol=0, atol=1e-6)


def test_v4_predicts_itself_as_published() -> None:
    raw = np.load(recordings_folder() / "v4_cowley2023" / "responses_raw" / f"responses_{SESSION}.npy")
    responses = raw.transpose(2, 1, 0)  # stored as neurons x images x repeats
    assert internal_consistency(responses).value == pytest.approx(0.7594612410, abs=1e-9)
    assert internal_consistency(responses[:6]).value == pytest.approx(0.7288358490, abs=1e-9)


def test_monkey_and_human_it_tell_the_same_objects_apart() -> None:
    folder = Path(os.environ.get("BRAINSCORE_DATA", "no folder")) / "rdm_92images"
    if not folder.is_dir():
        pytest.skip("set BRAINSCORE_DATA to the folder with rdm_92images")
    matrices = np.load(folder / "rdms.npz")
    above = np.triu_indices(92, 1)
    pearson = np.corrcoef(matrices["monkey_IT"][above], matrices["human_IT"][above])[0, 1]
    assert pearson == pytest.approx(0.491, abs=5e-4)
    expected = spearmanr(matrices["monkey_IT"][above], matrices["human_IT"][above])[0]
    assert rdm_similarity(matrices["monkey_IT"], matrices["human_IT"]) == pytest.approx(expected, abs=1e-12)
    ceiling = rsa_ceiling(matrices["human_IT_subject_session"].mean(axis=1))
    assert 0 < ceiling.lower < ceiling.upper < 1
