"""Compare a GPU with the CPU: activations, the seven V1 scores, images a second, and memory that runs out.

    python -m tests.performance.on_device OUT --data DIR

DIR has ``weights/squeezenet1_1.safetensors`` and ``imagenet_samples``. Writes ``on_device.json`` and ``on_device.txt``
to OUT. Every part runs in a process of its own, and what one has found is kept whatever becomes of the next. Without a
GPU the parts run on the CPU, with few images, to see that they work.

Asked for: activations within 1e-4 relative, scores within .002, images a second of the order of a bare loop with
DataLoader, a batch that halves where memory runs out.
"""

from __future__ import annotations

import argparse
import cProfile
import gc
import io
import itertools
import json
import os
import pstats
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import ImageFile
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.networks import device as devices
from pytest_brainscore.models.networks.network_reader import NetworkReader
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing.answers import difference
from pytest_brainscore.models.networks.reading_ahead import input_batches

SECONDS = {"activations": 100, "scores": 200, "speed": 150, "memory": 60}
"""Parts, in their order, and how long each may take."""
SECONDS_OF_A_RUN = 120
"""How long scoring may take once."""
LAYERS = {
    "squeezenet1_1": ("features.2", "features.6.expand3x3_activation", "features.12", "output"),
    "resnet50": ("maxpool", "layer1", "layer2", "layer3", "layer4", "output"),
    "vit_b_16": (*(f"encoder.layers.encoder_layer_{number}" for number in (0, 5, 11)), "output"),
}
TIMED = {"squeezenet1_1": "features.6.expand3x3_activation", "resnet50": "layer3", "vit_b_16": "output"}
"""The layer that images a second are told for."""
SIDE = 224
MEAN = np.array([0.485, 0.456, 0.406], np.float32)
STD = np.array([0.229, 0.224, 0.225], np.float32)
ON_GPU = torch.cuda.is_available()
DEVICE = torch.device("cuda:0" if ON_GPU else "cpu")


@dataclass(frozen=True)
class Noise:
    """An image of noise."""

    seed: int

    def pixels(self) -> NDArray[np.uint8]:
        return np.random.default_rng(self.seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)

    def digest(self) -> str:
        return str(self.seed)


class Found:
    """What a part has found: printed, and written at once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._values: dict[str, Any] = {}

    def tell(self, name: str, **values: Any) -> None:
        self._values[name] = values
        rounded = {key: float(f"{value:.4g}") if isinstance(value, float) else value for key, value in values.items()}
        print(f"{name}: {', '.join(f'{key} {value}' for key, value in rounded.items())}", flush=True)
        self._path.write_text(json.dumps(self._values, indent=1, default=str))

    @contextmanager
    def guarding(self, name: str) -> Iterator[None]:
        """Note what goes wrong, and go on with what comes after."""
        try:
            yield
        except Exception as error:
            import traceback

            traceback.print_exc()
            self.tell(name, failed=f"{type(error).__name__}: {error}")


def network(name: str, data: Path) -> nn.Module:
    import torchvision

    torch.manual_seed(0)
    made: nn.Module = torchvision.models.get_model(name, weights=None)
    if name == "squeezenet1_1":
        from safetensors.torch import load_file

        made.load_state_dict(load_file(data / "weights" / "squeezenet1_1.safetensors"))
    elif name == "vit_b_16":  # whose read-out is zero before it is trained
        nn.init.normal_(made.get_parameter("heads.head.weight"), std=0.02)
    return made


def reader(
    name: str, data: Path, device: torch.device, *, amp: bool = False, batch: int | None = None
) -> NetworkReader:
    """Return what reads the layers of a network; in batches of another size where given."""
    usual = devices.ACCELERATOR_BATCH
    devices.ACCELERATOR_BATCH = batch or usual  # type: ignore[misc]
    try:
        return NetworkReader(
            name,
            network(name, data),
            preprocessing=Preprocessing(),
            device=device,
            store=ActivationStore("off"),
            amp=amp,
        )
    finally:
        devices.ACCELERATOR_BATCH = usual  # type: ignore[misc]


def read(from_reader: NetworkReader, layers: Sequence[str], images: Sequence[Any]) -> dict[str, NDArray[np.float32]]:
    shapes = from_reader.shapes(tuple(layers))
    joined = np.concatenate([batch.copy() for batch in from_reader.batches(images, tuple(layers))])
    stops = np.cumsum([int(np.prod(shape)) for shape in shapes.values()])
    return dict(zip(layers, np.split(joined, stops[:-1], axis=1), strict=True))


def photographs(data: Path, count: int) -> list[ImageFile]:
    files = sorted((data / "imagenet_samples").glob("*.JPEG"))
    return [ImageFile(file) for file in itertools.islice(itertools.cycle(files), count)]


def compared(one: NDArray[np.float32], other: NDArray[np.float32]) -> dict[str, float]:
    """Return differences: the largest of a unit, relative to what it answers at most, of all, and the norm's."""
    change = np.abs(one.astype(np.float64) - other)
    return {
        "a_unit": difference(one, other),
        "largest": float(change.max() / np.abs(one).max()),
        "norm": float(np.linalg.norm(change) / np.linalg.norm(one.astype(np.float64))),
    }


def activations(found: Found, data: Path) -> None:
    """Compare what layers answer on the two devices, in several batches and precisions."""
    images = [*photographs(data, 40 if ON_GPU else 2), *(Noise(seed) for seed in range(40 if ON_GPU else 2))]
    for name, layers in LAYERS.items():
        with found.guarding(f"{name}"):
            on_cpu = read(reader(name, data, torch.device("cpu")), layers, images)
            ways: dict[str, Callable[[], NetworkReader]] = {
                "device": lambda name=name: reader(name, data, DEVICE),  # type: ignore[misc]
                "batches of 16": lambda name=name: reader(name, data, DEVICE, batch=16),  # type: ignore[misc]
                "batches of 128": lambda name=name: reader(name, data, DEVICE, batch=128),  # type: ignore[misc]
                "amp": lambda name=name: reader(name, data, DEVICE, amp=True),  # type: ignore[misc]
            }
            if not ON_GPU:
                ways = {"device": ways["device"], "amp": ways["amp"]}
            on_device: dict[str, NDArray[np.float32]] = {}
            for way, make in ways.items():
                with found.guarding(f"{name} {way}"):
                    ours = make()
                    answers = read(ours, layers, images)
                    on_device = on_device or answers
                    for layer in layers:
                        found.tell(
                            f"{name} {layer}: CPU and {way}", **compared(on_cpu[layer], answers[layer]), run=ours.way
                        )
                    if way == "device":
                        again = read(ours, layers, images)
                        another = read(reader(name, data, DEVICE), layers, images)
                        same = [
                            all(answers[layer].tobytes() == each[layer].tobytes() for layer in layers)
                            for each in (again, another)
                        ]
                        found.tell(f"{name}: bitwise again", same_network=same[0], another_object=same[1])
                        reverse = read(ours, layers, images[::-1])
                        found.tell(
                            f"{name}: bitwise in reverse order",
                            same=all(answers[layer][::-1].tobytes() == reverse[layer].tobytes() for layer in layers),
                        )
                    elif way.startswith("batches"):
                        change = max(difference(on_device[layer], answers[layer]) for layer in layers)
                        found.tell(f"{name}: 64 and {way}", a_unit=change)
            with found.guarding(f"{name} with TF32"):
                answers = _with_tf32(name, data, layers, images)
                for layer in layers:
                    found.tell(f"{name} {layer}: CPU and TF32", **compared(on_cpu[layer], answers[layer]))


def _with_tf32(name: str, data: Path, layers: Sequence[str], images: Sequence[Any]) -> dict[str, NDArray[np.float32]]:
    """Return what layers answer as PyTorch computes by default."""
    kept: dict[str, list[torch.Tensor]] = {layer: [] for layer in layers}
    plain = network(name, data).eval().to(DEVICE)
    for layer in layers:
        module = plain if layer == "output" else plain.get_submodule(layer)

        def keep(_module: nn.Module, _inputs: object, output: torch.Tensor, layer: str = layer) -> None:
            kept[layer].append(output.detach().float().cpu().flatten(1))

        module.register_forward_hook(keep)
    pixels = np.empty((len(images), SIDE, SIDE, 3), np.float32)
    for row, image in enumerate(images):
        Preprocessing()(image.pixels(), pixels[row])
    with torch.inference_mode():
        for part in torch.from_numpy(pixels).permute(0, 3, 1, 2).chunk(max(1, len(images) // 16)):
            plain(part.to(DEVICE))
    return {layer: torch.cat(each).numpy() for layer, each in kept.items()}


def scores(found: Found, data: Path) -> None:
    """Compare the seven embedded V1 scores, and the time that they take."""
    suite = Path(__file__).parents[2] / "suites" / "neural" / "test_v1.py"
    cores = len(os.sched_getaffinity(0))
    runs = {
        "GPU -n 1": ("cuda", 1, ()),
        "CPU": ("cpu", min(4, cores), ()),
        "GPU -n 4": ("cuda", 4, ()),
        "GPU -n 1 amp": ("cuda", 1, ("--brainscore-amp",)),
    }
    if not ON_GPU:
        runs = {"CPU": ("cpu", 1, ("-k", "surround"))}
    values: dict[str, dict[str, float]] = {}
    for run, (device, workers, more) in runs.items():
        with found.guarding(f"scores {run}"), tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "pytest", str(suite), "--model", "squeezenet1_1", "-n", str(workers), "-q"]
            command += ["-p", "no:cacheprovider", "--brainscore-report", f"json:{folder}/report.json", *more]
            command += [f"--brainscore-baseline={folder}", f"--brainscore-device={device}"]
            command += [f"--brainscore-weights={data / 'weights' / 'squeezenet1_1.safetensors'}"]
            environment = os.environ | {"BRAINSCORE_HOME": f"{folder}/home"}
            for state in ("cold", "warm") if run == "GPU -n 1" else ("cold",):
                shutil.rmtree(f"{folder}/home/results", ignore_errors=True)  # warm: from activations
                start = time.perf_counter()
                ended = subprocess.run(
                    command,
                    env=environment,
                    cwd=folder,
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=SECONDS_OF_A_RUN,
                )
                seconds = time.perf_counter() - start
                if ended.returncode:
                    print(ended.stdout[-4000:], ended.stderr[-2000:], flush=True)
                report = json.loads(Path(f"{folder}/report.json").read_text())
                scored = [each for each in report["benchmarks"] if each["status"] == "scored"]
                found.tell(
                    f"scores {run}, {state}",
                    seconds=seconds,
                    exit=ended.returncode,
                    scored=len(scored),
                    peak_mb=max((each["peak_rss_mb"] for each in scored), default=None),
                    device=[each["device"] for each in report["models"]],
                    remarks=[each.get("remarks") for each in report["models"]],
                    benchmark_seconds=sum(each["seconds"] for each in scored),
                )
            values[run] = {each["identifier"]: each["score"] for each in scored}
            found.tell(f"scores {run}: values", **values[run])
    for run in values.keys() - {"CPU"}:
        shared = values[run].keys() & values.get("CPU", {}).keys()
        changes = {name: abs(values[run][name] - values["CPU"][name]) for name in shared}
        found.tell(f"scores {run} and CPU", largest=max(changes.values(), default=float("nan")), of=len(changes))


class Files(torch.utils.data.Dataset[torch.Tensor]):
    """Images as a bare loop reads them."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files

    def __len__(self) -> int:
        return len(self._files)

    def __getitem__(self, index: int) -> torch.Tensor:
        with Image.open(self._files[index]) as image:
            pixels = np.asarray(image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.float32)
        return torch.from_numpy(((pixels / 255 - MEAN) / STD).transpose(2, 0, 1).copy())


def speed(found: Found, data: Path) -> None:
    """Tell images a second: read, computed, by a bare loop, and by us."""
    cores = len(os.sched_getaffinity(0))
    torch.set_num_threads(cores)
    images = photographs(data, 2048 if ON_GPU else 16)
    found.tell(
        "machine", device=torch.cuda.get_device_name(0) if ON_GPU else "cpu", cores=cores, torch=torch.__version__
    )
    with found.guarding("reading"):
        _reading(found, images, cores)
    for name in ("squeezenet1_1", "resnet50"):
        with found.guarding(f"{name} forward"):
            _forward(found, name, data)
        for batch, workers in ((64, cores), (256, cores)) if ON_GPU else ((16, 2),):
            with found.guarding(f"{name} bare loop {batch}"):
                _bare(found, name, data, images, batch, workers)
        for batch in (64, 16, 32, 128, 256) if ON_GPU else (16,):
            for amp in (False, True) if batch == 64 or not ON_GPU else (False,):
                with found.guarding(f"{name} ours {batch}"):
                    _ours(found, name, data, images, batch, amp=amp)
    with found.guarding("profile"):
        ours = reader("squeezenet1_1", data, DEVICE)
        layers = (TIMED["squeezenet1_1"],)
        read(ours, layers, images[:64])
        profile = cProfile.Profile()
        profile.runcall(lambda: sum(len(batch) for batch in ours.batches(images[:512], layers)))
        text = io.StringIO()
        pstats.Stats(profile, stream=text).sort_stats("tottime").print_stats(22)
        print(text.getvalue(), flush=True)


def _reading(found: Found, images: Sequence[ImageFile], cores: int) -> None:
    def prepare(image: Any, room: NDArray[np.float32]) -> None:
        Preprocessing()(image.pixels(), room)

    few = images[:256]
    out = np.empty((SIDE, SIDE, 3), np.float32)
    start = time.perf_counter()
    for image in few:
        prepare(image, out)
    found.tell("reading by 1 thread", images_a_second=len(few) / (time.perf_counter() - start))
    for readers in sorted({2, 4, 8, 16, cores} & set(range(1, cores + 1))):
        rooms = [np.empty((64, SIDE, SIDE, 3), np.float32) for _ in range(3)]
        for _ in input_batches(images[:64], rooms, prepare, readers):
            pass
        start = time.perf_counter()
        for _ in input_batches(images, rooms, prepare, readers):
            pass
        found.tell(f"reading by {readers} threads", images_a_second=len(images) / (time.perf_counter() - start))
    with ThreadPoolExecutor(cores) as pool:
        start = time.perf_counter()
        list(pool.map(lambda image: image.pixels(), images))
        found.tell(f"decoding alone by {cores} threads", images_a_second=len(images) / (time.perf_counter() - start))


def _hooked(name: str, data: Path) -> tuple[nn.Module, list[torch.Tensor]]:
    plain = network(name, data).eval().to(DEVICE).to(memory_format=torch.channels_last)
    kept: list[torch.Tensor] = []
    plain.get_submodule(TIMED[name]).register_forward_hook(lambda _module, _inputs, output: kept.append(output))
    return plain, kept


def _synchronised() -> float:
    if ON_GPU:
        torch.cuda.synchronize()
    return time.perf_counter()


def _forward(found: Found, name: str, data: Path) -> None:
    """Time the network alone, whole, with images that are on the device."""
    plain, kept = _hooked(name, data)
    for batch in (16, 32, 64, 128, 256) if ON_GPU else (4,):
        for precision in ("exact", "TF32", "amp"):
            pixels = torch.randn(batch, 3, SIDE, SIDE, device=DEVICE).contiguous(memory_format=torch.channels_last)

            def once(pixels: torch.Tensor = pixels, precision: str = precision) -> None:
                kept.clear()
                with torch.inference_mode(), torch.autocast(DEVICE.type, torch.bfloat16, enabled=precision == "amp"):
                    plain(pixels)

            with devices.exact_arithmetic(DEVICE if precision == "exact" else torch.device("cpu")):
                for _ in range(3):
                    once()
                start = _synchronised()
                repeats = max(3, 1024 // batch) if ON_GPU else 2
                for _ in range(repeats):
                    once()
                rate = repeats * batch / (_synchronised() - start)
            found.tell(f"{name} forward only, {batch} at once, {precision}", images_a_second=rate)


def _bare(found: Found, name: str, data: Path, images: Sequence[ImageFile], batch: int, workers: int) -> None:
    plain, kept = _hooked(name, data)
    loader = torch.utils.data.DataLoader(
        Files([image.path for image in images]), batch, num_workers=workers, pin_memory=ON_GPU, prefetch_factor=4
    )
    with devices.exact_arithmetic(DEVICE), torch.inference_mode():
        rows, begun = 0, time.perf_counter()
        first = begun
        for number, pixels in enumerate(loader):
            kept.clear()
            plain(pixels.to(DEVICE, non_blocking=True, memory_format=torch.channels_last))
            rows += len(kept[0].flatten(1).cpu())
            if number == 0:
                first = time.perf_counter()
        ended = time.perf_counter()
    found.tell(
        f"{name} bare loop, DataLoader of {workers}, {batch} at once",
        images_a_second=rows / (ended - begun),
        after_the_first_batch=(rows - batch) / (ended - first),
    )


def _ours(found: Found, name: str, data: Path, images: Sequence[ImageFile], batch: int, *, amp: bool) -> None:
    from pytest_brainscore.data.stimuli.stimulus_set import stimuli_from_files

    ours, layers = reader(name, data, DEVICE, amp=amp, batch=batch), (TIMED[name],)
    read(ours, layers, images[:batch])
    if ON_GPU:
        torch.cuda.reset_peak_memory_stats()
    start = time.perf_counter()
    rows = sum(len(rows) for rows in ours.batches(images, layers))
    alone = rows / (time.perf_counter() - start)
    start = time.perf_counter()
    ours.read(layers, stimuli_from_files([image.path for image in images], 8.0), neuroids=np.arange(100))
    found.tell(
        f"{name} ours, {batch} at once{', amp' if amp else ''}",
        images_a_second=alone,
        in_blocks=rows / (time.perf_counter() - start),
        peak_device_mb=torch.cuda.max_memory_allocated() / 1e6 if ON_GPU else 0.0,
    )


def memory(found: Found, data: Path) -> None:
    """Let the device's memory run out, and see that fewer images go through, with the same answers."""
    if not ON_GPU:
        found.tell("memory", skipped="no GPU")
        return
    images = [*photographs(data, 100)]
    total = torch.cuda.get_device_properties(0).total_memory
    for name in ("resnet50", "vit_b_16"):
        layers = LAYERS[name][:3]
        with found.guarding(f"{name} memory"):
            whole = reader(name, data, DEVICE)
            torch.cuda.reset_peak_memory_stats()
            expected = read(whole, layers, images)
            peak, held = torch.cuda.max_memory_allocated(), torch.cuda.memory_allocated()
            del whole
            gc.collect()
            torch.cuda.empty_cache()
            for share in (0.5, 0.2, 0.08, 0.0):
                with found.guarding(f"{name} with {share} of its memory"):
                    gc.collect()
                    torch.cuda.empty_cache()
                    torch.cuda.set_per_process_memory_fraction((held * 1.05 + share * (peak - held)) / total)
                    with warnings.catch_warnings(record=True) as told:
                        warnings.simplefilter("always")
                        values: dict[str, Any] = {}
                        try:
                            short = reader(name, data, DEVICE)
                            answers = read(short, layers, images)
                            values = {
                                "a_unit": max(difference(expected[layer], answers[layer]) for layer in layers),
                                "remarks": short.description().remarks,
                            }
                            del short, answers
                        except ModelError as error:
                            values = {"refused": str(error)}
                    warned = [str(each.message) for each in told]
                    found.tell(f"{name} with {share} of its memory", peak_mb=peak / 1e6, **values, warned=warned)
            torch.cuda.set_per_process_memory_fraction(1.0)


def main() -> None:
    """Run every part in a process of its own, and join what they have found."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, default=os.environ.get("BRAINSCORE_DATA"))
    parser.add_argument("--part", choices=SECONDS, help="only this one, in this process")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    if arguments.part:
        parts = {"activations": activations, "scores": scores, "speed": speed, "memory": memory}
        parts[arguments.part](Found(arguments.out / f"{arguments.part}.part"), arguments.data)
        return
    joined: dict[str, Any] = {}
    log = (arguments.out / "on_device.txt").open("w")
    for part, seconds in SECONDS.items():
        start = time.perf_counter()
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-u", "-m", "tests.performance.on_device", folder]
            command += ["--data", str(arguments.data), "--part", part]
            ended = _followed(command, log, seconds)
            file = Path(folder) / f"{part}.part"
            joined[part] = json.loads(file.read_text()) if file.exists() else {}
        joined[part]["ended"] = {"how": ended, "seconds": round(time.perf_counter() - start, 1)}
        print(f"=== {part}: {joined[part]['ended']}", flush=True)
        (arguments.out / "on_device.json").write_text(json.dumps(joined, indent=1))


def _followed(command: Sequence[str], log: Any, seconds: float) -> str:
    """Run a command, print and log what it says as it says it, and stop it when its time is over."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(_stop_after, process, seconds)
        for line in process.stdout:
            print(line, end="", flush=True)
            log.write(line)
            log.flush()
        return "stopped: it took too long" if stopped.result() else f"exit {process.wait()}"


def _stop_after(process: subprocess.Popen[str], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return True
    return False


if __name__ == "__main__":
    main()
