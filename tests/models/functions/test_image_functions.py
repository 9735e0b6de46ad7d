"""Functions from images to arrays as models: what they are given, what they may answer, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from pytest_brainscore import load_model
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.functions.function_reader import FunctionReader, function_reader
from pytest_brainscore.models.functions.image_function import ImageFunction
from pytest_brainscore.models.layer_mapped.candidate_layers import CandidateLayers, matching_layers
from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel
from pytest_brainscore.models.networks.preprocessing import Preprocessing

Images = NDArray[np.float32]
PREPROCESSING = Preprocessing(image_size=8)
ONE_BIN = ((70, 170),)


def reader_of(
    function: Callable[[Images], object] | ImageFunction,
    store: ActivationStore | None = None,
    preprocessing: Preprocessing = PREPROCESSING,
) -> FunctionReader:
    made = function if isinstance(function, ImageFunction) else ImageFunction(function)
    return function_reader("fun", made, preprocessing=preprocessing, store=store or ActivationStore("off"))


def prepared(stimuli: StimulusSet, preprocessing: Preprocessing = PREPROCESSING) -> Images:
    shown = np.empty((len(stimuli), preprocessing.image_size, preprocessing.image_size, 3), np.float32)
    for image, out in zip(stimuli.images, shown, strict=True):
        preprocessing(image.pixels(), out)
    return shown


FORMS: dict[str, tuple[Callable[[Images], object], tuple[str, ...]]] = {
    "an array": (lambda images: images.mean(3), ()),
    "an array with a name": (lambda images: images.mean(3), ("grey",)),
    "a mapping": (lambda images: {"grey": images.mean(3), "max": images.max(3)}, ()),
    "a mapping with more than declared": (lambda images: {"max": images.max(3), "grey": images.mean(3)}, ("grey",)),
    "a sequence": (lambda images: (images.max(3), images.mean(3)), ("max", "grey")),
    "tensors": (lambda images: {"grey": torch.from_numpy(images).mean(3)}, ()),
    "double precision": (lambda images: {"grey": images.mean(3).astype(np.float64)}, ()),
    "lists": (lambda images: {"grey": images.mean(3).tolist()}, ()),
}


@pytest.mark.parametrize("form", FORMS)
def test_what_it_may_answer(form: str, noise_stimuli: StimulusSet) -> None:
    function, layers = FORMS[form]
    layer = "output" if form == "an array" else "grey"
    read = reader_of(ImageFunction(function, layers=layers)).read((layer,), noise_stimuli)
    np.testing.assert_allclose(read, prepared(noise_stimuli).mean(3).reshape(len(noise_stimuli), -1), rtol=1e-6)


def test_channels_first(noise_stimuli: StimulusSet) -> None:
    seen: list[tuple[int, ...]] = []

    def function(images: Images) -> Images:
        seen.append(images.shape)
        return np.asarray(images.mean((2, 3)))

    read = reader_of(ImageFunction(function, order="NCHW")).read(("output",), noise_stimuli)
    assert set(seen) == {(16, 3, 8, 8)}
    np.testing.assert_allclose(read, prepared(noise_stimuli).mean((1, 2)), rtol=1e-5)


def test_a_function_of_grey_images(noise_stimuli: StimulusSet) -> None:
    preprocessing = Preprocessing(image_size=8, channels=1, mean=(0.5,) * 3, std=(0.5,) * 3)
    read = reader_of(lambda images: images, preprocessing=preprocessing).read(("output",), noise_stimuli)
    np.testing.assert_array_equal(read, prepared(noise_stimuli, preprocessing)[..., 0].reshape(6, -1))


def test_reductions_and_candidates(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    reader = reader_of(lambda images: {"maps": images, "mean": images.mean((1, 2))}, ActivationStore(folder=tmp_path))
    np.testing.assert_allclose(
        reader.read(("maps#mean",), noise_stimuli), reader.read(("mean",), noise_stimuli), rtol=1e-5, atol=1e-6
    )
    model = LayerMappedModel("fun", reader, layers={}, visual_degrees=8.0)
    candidates = CandidateLayers(model, matching_layers(model, ["*", "maps#maxpool"]))
    assert candidates.candidates == ("maps", "mean", "maps#maxpool")
    candidates.choose("maps#maxpool")
    candidates.start_recording("V1", ONE_BIN)
    np.testing.assert_array_equal(candidates.record(noise_stimuli), prepared(noise_stimuli).max((1, 2)))


def test_other_functions_do_not_share_what_is_stored(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    store = ActivationStore(folder=tmp_path)
    one, other = (reader_of(lambda images, k=k: images.mean(3) * k, store) for k in (1, 2))  # type: ignore[misc]
    np.testing.assert_allclose(one.read(("output",), noise_stimuli) * 2, other.read(("output",), noise_stimuli))


class Drifting:
    calls = 0

    def __call__(self, images: Images) -> Images:
        self.calls += 1
        return np.asarray(images.mean(3) + self.calls)


def changing_layers(images: Images) -> dict[str, Images]:
    changing_layers.calls += 1  # type: ignore[attr-defined]
    return {f"layer{min(changing_layers.calls, 2)}": images.mean(3)}  # type: ignore[attr-defined]


changing_layers.calls = 0  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("function", "layers", "sentence"),
    [
        (Drifting(), (), "answers the same images differently in two passes"),
        (lambda images: np.random.rand(len(images), 3), (), "differently in two passes"),  # noqa: NPY002
        (lambda images: images.mean(3) - images.mean(), (), "answers an image differently beside other images"),
        (lambda images: images.mean(0), (), r"answers shape \(8, 8, 3\) for 16 images, so its first axis is not"),
        (lambda images: images.mean(), (), r"answers shape \(\) for 16 images"),
        (lambda images: images.astype(complex), (), "numbers of type complex128; return real numbers"),
        (lambda images: [None] * len(images), ("output",), "returns 16 arrays and declares 1 layers"),
        (lambda images: object(), (), "numbers of type object"),
        (lambda images: {"a": images}, ("output",), "declares 'output' and answers a"),
        (lambda images: images[:, 8], (), r"cannot process 16 images of 8 x 8 pixels and 3 channels \(IndexError"),
        (changing_layers, (), "has no layer 'output'; did you mean layer1"),
    ],
)
def test_what_is_refused(
    function: Callable[[Images], object], layers: tuple[str, ...], sentence: str, noise_stimuli: StimulusSet
) -> None:
    with pytest.raises(ModelError, match=sentence):
        reader_of(ImageFunction(function, layers=layers)).read(("output",), noise_stimuli)


def test_a_factory_may_return_one(tmp_path: Path, noise_stimuli: StimulusSet) -> None:
    file = tmp_path / "fun.py"
    file.write_text(
        "import numpy as np\n"
        "from pytest_brainscore.models.functions.image_function import ImageFunction\n"
        "def plain():\n    return lambda images: images.mean(3)\n"
        "def declared():\n    return ImageFunction(lambda images: {'grey': images.mean(3)}, layers=['grey'])\n"
    )
    (tmp_path / "declared.toml").write_text('[preprocessing]\nimage_size = 8\n[layers]\nV1 = "grey"\n')
    store = ActivationStore("off")
    model = load_model(f"{file}:declared", store=store)
    model.start_recording("V1", ONE_BIN)
    recorded = model.look_at(noise_stimuli)
    np.testing.assert_allclose(recorded.values, prepared(noise_stimuli).mean(3).reshape(6, -1), rtol=1e-6)
    plain = load_model(f"{file}:plain", store=store, layers={"V4": "output#srp:50"})
    plain.start_recording("V4", ONE_BIN)
    assert plain.look_at(noise_stimuli).shape == (6, 50)
    with pytest.raises(ModelError, match="leave out weights"):
        load_model(f"{file}:plain", store=store, weights="weights.pth")


def test_jax(noise_stimuli: StimulusSet) -> None:
    jax = pytest.importorskip("jax", reason="jax is not installed; it is no extra of ours")
    read = reader_of(jax.jit(lambda images: {"grey": images.mean(3)})).read(("grey",), noise_stimuli)
    np.testing.assert_allclose(read, prepared(noise_stimuli).mean(3).reshape(6, -1), rtol=1e-5, atol=1e-6)
