"""What results are found by: whatever changes a number changes the name, and what cannot be known is not remembered."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_brainscore.benchmarks import load_benchmark
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.models.sources.specification import ModelSpecification, parse_specification
from pytest_brainscore.report.parts.unfinished import Earlier, part_of
from pytest_brainscore.running.command_line.options import RunOptions
from pytest_brainscore.running.results import keys
from pytest_brainscore.running.results.keys import (
    benchmark_ingredients,
    is_known_unloaded,
    model_ingredients,
    surroundings,
)
from pytest_brainscore.running.results.result_store import StoredResult, folder, store_result, stored_result
from tests.support.records import make_record

V1 = load_benchmark("Marques2020_DeValois1982-pref_or")
EDGE = load_benchmark("Geirhos2021edge-top1")
SQUEEZENET = parse_specification("squeezenet1_1")
Make = Callable[..., RunOptions]


@pytest.fixture
def options(tmp_path: Path, brainscore_home: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """Return a function that makes options, of which only those that say which model it is are there."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))

    def make(**changes: Any) -> RunOptions:
        made = object.__new__(RunOptions)
        plain: dict[str, Any] = {
            "weights_entry": None,
            "decoder": None,
            "layers": {},
        }
        for name, value in {**plain, "commitments": tmp_path, "device": "auto", "amp": False, **changes}.items():
            object.__setattr__(made, name, value)
        return made

    return make


@pytest.fixture
def weighted(tmp_path: Path) -> ModelSpecification:
    """Return a network with a checkpoint."""
    (tmp_path / "weights.safetensors").write_bytes(b"weights")
    return replace(SQUEEZENET, weights=str(tmp_path / "weights.safetensors"))


class TestModels:
    """What was asked for, and the content of the files that are named."""

    @pytest.mark.parametrize(
        "changes",
        [{"weights_entry": "ema"}, {"layers": {"V1": "a"}}, {"device": "cpu"}, {"amp": True}],
    )
    def test_options(self, options: Make, weighted: ModelSpecification, changes: dict[str, Any]) -> None:
        assert model_ingredients(weighted, options(**changes)) != model_ingredients(weighted, options())

    def test_names_and_checkpoints(self, options: Make, weighted: ModelSpecification) -> None:
        """A record tells the name of its run; layers are committed for the network, whatever a run is called."""
        seen = [model_ingredients(each, options()) for each in (SQUEEZENET, weighted, replace(weighted, name="mine"))]
        assert all(one != other for number, one in enumerate(seen) for other in seen[:number])

    def test_a_run_with_a_name_has_the_commitment_of_its_network(self, options: Make, tmp_path: Path) -> None:
        named = replace(SQUEEZENET, name="mine")
        before = model_ingredients(named, options())
        (tmp_path / "squeezenet1_1.toml").write_text("[layers]\n")
        assert model_ingredients(named, options()) != before

    def test_content_of_weights_and_commitments(
        self, options: Make, weighted: ModelSpecification, tmp_path: Path
    ) -> None:
        seen = [model_ingredients(weighted, options())]
        assert seen[0] == model_ingredients(weighted, options())
        (tmp_path / "weights.safetensors").write_bytes(b"Weights")
        seen.append(model_ingredients(weighted, options()))
        (tmp_path / "squeezenet1_1.toml").write_text("[layers]\n")
        seen.append(model_ingredients(weighted, options()))
        (tmp_path / "squeezenet1_1.toml").write_text('[layers]\nV1 = "a"\n')
        seen.append(model_ingredients(weighted, options()))
        assert all(one != other for number, one in enumerate(seen) for other in seen[:number])

    def test_published_weights_are_what_lies_there(self, options: Make, tmp_path: Path) -> None:
        """PyTorch compares with the checksum what it downloads, and never again."""
        before = model_ingredients(SQUEEZENET, options())
        (tmp_path / "torch" / "hub" / "checkpoints").mkdir(parents=True)
        (tmp_path / "torch" / "hub" / "checkpoints" / "squeezenet1_1-b8a52dc0.pth").write_bytes(b"other")
        assert model_ingredients(SQUEEZENET, options()) != before

    def test_published_weights_of_the_network_that_a_commitment_names(self, options: Make, tmp_path: Path) -> None:
        mine = parse_specification("mynet")
        (tmp_path / "mynet.toml").write_text('source = "torchvision:squeezenet1_1"\n')
        before = model_ingredients(mine, options())
        (tmp_path / "torch" / "hub" / "checkpoints").mkdir(parents=True)
        (tmp_path / "torch" / "hub" / "checkpoints" / "squeezenet1_1-b8a52dc0.pth").write_bytes(b"other")
        assert model_ingredients(mine, options()) != before

    def test_nothing_is_known_of_floors_and_of_decoders(self, options: Make, tmp_path: Path) -> None:
        assert model_ingredients(SQUEEZENET, options(decoder=tmp_path)) is None
        assert model_ingredients(replace(SQUEEZENET, floor=True, untrained=0), options()) is None

    @pytest.mark.parametrize(
        ("word", "committed", "with_weights", "without"),
        [
            ("squeezenet1_1", "", True, True),
            ("pixels", "", True, True),
            ("efficientnet_lite0", "", True, True),
            ("timm:resnet18", "", True, False),
            ("hf:facebook/dinov2-base", "", False, False),
            ("net.py:build", "", False, False),
            ("mylab.networks:build", "", False, False),
            ("net.onnx", "", False, False),
            ("squeezenet1_1", '[layers]\nV1 = "features.3"\n', True, True),
            ("squeezenet1_1", 'source = "timm:squeezenet"\n', True, False),
            ("squeezenet1_1", 'source = "mylab.networks:build"\n', False, False),
        ],
    )
    def test_which_need_not_be_loaded(
        self, options: Make, tmp_path: Path, word: str, committed: str, with_weights: bool, without: bool
    ) -> None:
        model = parse_specification(word)
        if committed:
            (tmp_path / f"{model.identifier}.toml").write_text(committed)
        assert is_known_unloaded(replace(model, weights="mine.safetensors"), options()) is with_weights
        assert is_known_unloaded(model, options()) is without


class TestBenchmarks:
    """Those of this package, on data that are known."""

    def test_without_data(self) -> None:
        assert benchmark_ingredients(V1) is not None
        assert benchmark_ingredients(V1) != benchmark_ingredients(replace(V1, screen="lossless"))
        assert benchmark_ingredients(V1) != benchmark_ingredients(replace(V1, version=2))

    def test_on_a_folder_of_the_users(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BRAINSCORE_DATA", str(tmp_path))
        keys._state.cache_clear()
        assert benchmark_ingredients(EDGE) is None, "there is nothing"
        image = tmp_path / "geirhos2021" / "stimuli" / "edges" / "cat" / "cat1.png"
        image.parent.mkdir(parents=True)
        image.write_bytes(b"one")
        seen = []
        for content in (b"one", b"two", b"two"):
            if image.read_bytes() != content:
                times = image.stat()
                image.write_bytes(content)  # of the same size, and made to look as old
                os.utime(image, ns=(times.st_atime_ns, times.st_mtime_ns))
            keys._state.cache_clear()
            seen.append(benchmark_ingredients(EDGE))
        assert seen[0] != seen[1] == seen[2]
        assert benchmark_ingredients(V1) == benchmark_ingredients(V1)

    def test_nothing_is_known_of_others(self) -> None:
        def protocol(_benchmark: object, _model: object, _data: object) -> Any: ...

        mine: Any = {"identifier": "mine", "region": "V1", "metric": "m", "data": None}
        assert benchmark_ingredients(Benchmark(protocol=protocol, **mine)) is None
        assert benchmark_ingredients(Benchmark(protocol="mylab.protocol:score", **mine)) is None
        assert benchmark_ingredients(replace(V1, availability="pytest_brainscore.x:y")) is None
        assert benchmark_ingredients(replace(V1, data=lambda _: None)) is None


def test_surroundings_are_those_of_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    surroundings.cache_clear()
    before = surroundings()
    for name, other in (("_version", lambda _: "other"), ("_processor", lambda: "other"), ("VERSION", -1)):
        with monkeypatch.context() as patch:
            patch.setattr(keys, name, other)
            surroundings.cache_clear()
            assert surroundings() != before
    surroundings.cache_clear()
    assert surroundings() == before


class TestFiles:
    """A result or nothing."""

    @pytest.fixture
    def stored(self, brainscore_home: Path) -> StoredResult:
        record = make_record(cached=True, computed="2026-11-27T00:00:00+00:00")
        part = part_of(record, None, b"replicates", b"contributions")
        result = StoredResult(key="a" * 64, network="b" * 64, earlier=Earlier(record=record, part=part))
        store_result(result)
        return result

    def test_it_comes_back(self, stored: StoredResult) -> None:
        assert stored_result(stored.key) == stored
        assert stored_result("c" * 64) is None

    def test_damage_is_a_miss(self, stored: StoredResult) -> None:
        (file,) = folder().rglob("*.result")
        content = file.read_bytes()
        for place in range(0, len(content), 7):
            file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
            assert stored_result(stored.key) is None
            file.write_bytes(content[:place])
            assert stored_result(stored.key) is None
        file.write_bytes(content)
        assert stored_result(stored.key) == stored

    def test_a_file_under_another_name_is_a_miss(self, stored: StoredResult) -> None:
        (file,) = folder().rglob("*.result")
        file.rename(file.with_name(f"{'a' * 63}b.result"))
        assert stored_result(f"{'a' * 63}b") is None

    def test_what_cannot_be_written_is_not_kept(self, brainscore_home: Path, stored: StoredResult) -> None:
        (file,) = folder().rglob("*.result")
        file.unlink()
        file.mkdir()
        store_result(stored)
        assert stored_result(stored.key) is None
