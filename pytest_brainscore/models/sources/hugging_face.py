"""Vision models of Hugging Face ``transformers``, with the images that their own processors prepare."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import Pixels
from pytest_brainscore.data.user_folder import offline
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.preprocessing import COLOURS, Preprocessing
from pytest_brainscore.models.networks.seeding import SEED, seeded
from pytest_brainscore.models.sources.checkpoints.reading import one_line

if TYPE_CHECKING:
    from types import ModuleType

_SHOWN = 3
_PIXELS = "pixel_values"
_TOLD = (
    "size",
    "crop_size",
    "crop_pct",
    "resample",
    "rescale_factor",
    "image_mean",
    "image_std",
    "do_resize",
    "do_center_crop",
    "do_rescale",
    "do_normalize",
)
"""Settings of a processor that the report tells."""


@dataclass(frozen=True)
class ProcessorPreprocessing(Preprocessing):
    """What an image processor makes of an image: the processor itself is called, for one image at a time."""

    processor: Any = None

    def shrunk(self, pixels: Pixels) -> NDArray[Any]:
        """Return the input itself, since the processor says of no part of it that it has 8 bits."""
        return _processed(self.processor, pixels).transpose(1, 2, 0)

    def scaled(self, resized: NDArray[Any], out: NDArray[np.float32]) -> None:
        """Write the input."""
        out[...] = resized

    def description(self) -> dict[str, str | int | float | list[float]]:
        """Return the processor and its settings, as plain values."""
        settings = self.processor.to_dict()
        told: dict[str, str | int | float | list[float]] = {
            "kind": "processor",
            "processor": type(self.processor).__name__,
            "image_size": self.image_size,
        }
        for name in _TOLD:
            value = settings.get(name)
            if isinstance(value, bool | int | float | str):
                told[name] = value
            elif isinstance(value, list | tuple):
                told[name] = [float(each) for each in value]
            elif value is not None:
                told[name] = str(dict(value) if hasattr(value, "keys") else value)
        return told


@dataclass(frozen=True)
class HuggingFaceModel:
    """A model with its preprocessing."""

    network: nn.Module
    preprocessing: Preprocessing
    weights_from: str


def hugging_face_model(name: str, *, pretrained: bool, seed: int = SEED) -> HuggingFaceModel:
    """Return a vision model.

    Parameters
    ----------
    name
        ``ORGANISATION/NAME`` of the hub, from the cache or downloaded, or a folder that ``save_pretrained`` wrote the
        model and its processor to. Of a model of images and text, the part that sees. Only safetensors are read, and
        no code that comes with a model is run.
    pretrained
        Load the weights; without, they are random.
    seed
        Of the weights that networks begin with.

    Raises
    ------
    ModelError
        transformers is not installed; there is no such model, weights or processor; weights are missing; or the model
        is none of images.

    """
    try:
        import transformers
    except ImportError as error:
        raise ModelError(
            f'hf:{name} needs the package {error.name}, which is not installed; pip install "pytest-brainscore[hf]".'
        ) from error
    folder = Path(name).expanduser()
    where = str(folder) if folder.is_dir() else name
    local = {"local_files_only": offline() or folder.is_dir(), "trust_remote_code": False}
    network, problem = None, ""
    try:
        config = transformers.AutoConfig.from_pretrained(where, **local)
        kind, config = _model_class(transformers, config)
        with seeded(seed):
            if pretrained:
                network, report = kind.from_pretrained(
                    where, config=config, use_safetensors=True, output_loading_info=True, **local
                )
                problem = _problem(report)
            else:
                network = kind.from_config(config)
        processor = transformers.AutoImageProcessor.from_pretrained(where, backend="pil", **local)
    except Exception as error:  # of transformers, the hub and whatever it downloads with
        raise ModelError(
            f"hf:{name} cannot be loaded ({one_line(error)}); check the name"
            f"{', and that it is on this machine,' if local['local_files_only'] else ''} or "
            "give a folder with its config.json, model.safetensors and preprocessor_config.json."
        ) from error
    if problem:
        raise ModelError(f"The weights of hf:{name} are not whole: {problem}; give another model.")
    assert isinstance(network, nn.Module)
    if next(iter(inspect.signature(network.forward).parameters), "") != _PIXELS:
        raise ModelError(
            f"hf:{name} is a {type(network).__name__}, which does not take in images alone; name a vision model, or "
            "write a factory that returns its part that sees: path/to/file.py:factory."
        )
    origin = f"{os.fspath(where)} of Hugging Face" if pretrained else ""
    return HuggingFaceModel(network, _preprocessing(name, processor), origin)


def _model_class(transformers: ModuleType, config: Any) -> tuple[Any, Any]:
    """Return the class that a model is loaded with, and the configuration of its part that sees."""
    architecture = (getattr(config, "architectures", None) or [""])[0]
    if architecture.endswith("ForImageClassification"):
        return transformers.AutoModelForImageClassification, config
    return transformers.AutoModel, getattr(config, "vision_config", None) or config


def _problem(report: dict[str, Any]) -> str:
    for what in ("missing_keys", "mismatched_keys"):
        keys = sorted(map(str, report.get(what) or ()))
        if keys:
            return f"{len(keys)} {what.replace('_', ' ')} ({', '.join(keys[:_SHOWN])})"
    return ""


def _preprocessing(name: str, processor: Any) -> ProcessorPreprocessing:
    """Return the preprocessing of a processor, once it has shown what it makes of images."""
    shapes = set()
    for size in ((64, 96, 3), (300, 300, 3)):
        try:
            shapes.add(_processed(processor, np.zeros(size, np.uint8)).shape)
        except Exception as error:  # of the processor
            raise ModelError(
                f"hf:{name} cannot be given images by its {type(processor).__name__} ({one_line(error)}); write a "
                "factory of your own, path/to/file.py:factory, with the preprocessing in its layer commitment."
            ) from error
    shape = shapes.pop()
    if shapes or len(shape) != COLOURS or shape[0] != COLOURS or shape[1] != shape[2]:
        raise ModelError(
            f"hf:{name} cannot be given images: its {type(processor).__name__} makes arrays of shape "
            f"{' and '.join(map(str, (shape, *shapes)))} of them; write a factory of your own that takes square "
            "images of three colours, and give path/to/file.py:factory."
        )
    return ProcessorPreprocessing(kind="weights", image_size=shape[1], resize=shape[1], processor=processor)


def _processed(processor: Any, pixels: Pixels) -> NDArray[np.float32]:
    image = Image.fromarray(pixels).convert("RGB")
    return cast("NDArray[np.float32]", np.asarray(processor(images=image, return_tensors="np")[_PIXELS][0]))
