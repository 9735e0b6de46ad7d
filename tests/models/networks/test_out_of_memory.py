"""Memory that runs out: fewer images go through at once, and that is told once."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.device import Feeding
from pytest_brainscore.models.networks.out_of_memory import OutOfMemory, memory_ran_out
from pytest_brainscore.models.networks.probing import execution
from pytest_brainscore.models.networks.probing.images import COUNT
from tests.support.networks import make_model, make_tiny_network
from tests.support.stimuli import NoiseImage

IMAGES = tuple(NoiseImage(seed, side=40, colour=True) for seed in range(70))


class Small(nn.Module):
    """The tiny network on a device with room for so many images at once."""

    def __init__(self, room: int, error: Exception | None = None, free_passes: int = 0) -> None:
        super().__init__()
        self.network = make_tiny_network()
        self.room = room
        self.error = error or torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB.")
        self.at_once: list[int] = []
        self.free_passes = free_passes

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Answer, or say that memory ran out."""
        if len(images) > self.room and len(self.at_once) >= self.free_passes:
            raise self.error
        self.at_once.append(len(images))
        return self.network(images)  # type: ignore[no-any-return]


def respond(network: nn.Module) -> NDArray[np.float32]:
    reader = make_model(network, layers={"IT": ("network.readout",)}).reader
    return np.concatenate([batch.copy() for batch in reader.batches(IMAGES, ("network.readout",))])


def roomy() -> NDArray[np.float32]:
    return respond(Small(room=1000))


@pytest.mark.filterwarnings("ignore:.*did not suffice")
class TestHalving:
    """As few images at once as it takes."""

    @pytest.mark.parametrize("room", [2, 3, 5, 8, 15])
    def test_responses_are_those_of_whole_batches(self, room: int) -> None:
        np.testing.assert_allclose(respond(Small(room)), roomy(), rtol=1e-5, atol=1e-6)

    def test_images_are_halved_until_they_fit_and_stay_so(self) -> None:
        network = Small(5)
        respond(network)
        assert set(network.at_once) == {2, 4}, "2 to find out about the layers, then 16, 8 and 4 were tried"

    def test_in_larger_batches_of_a_gpu(self, monkeypatch: pytest.MonkeyPatch) -> None:
        expected = roomy()
        monkeypatch.setattr(execution, "feeding_of", lambda _device: Feeding(4 * COUNT, readers=2, ahead=1))
        network = Small(40)
        np.testing.assert_allclose(respond(network), expected, rtol=1e-5, atol=1e-6)
        assert max(network.at_once) == 2 * COUNT

    def test_memory_that_somebody_else_takes_later(self) -> None:
        network = Small(4, free_passes=9)
        np.testing.assert_allclose(respond(network), roomy(), rtol=1e-5, atol=1e-6)
        assert COUNT in network.at_once[:9]
        assert max(network.at_once[9:]) == 4

    def test_words_of_other_libraries_on_a_device(self) -> None:
        for words in ("MPS backend out of memory", "CUDNN_STATUS_ALLOC_FAILED", "CUBLAS_STATUS_ALLOC_FAILED when"):
            error = RuntimeError(words)
            assert memory_ran_out(error)
            assert OutOfMemory("tiny", torch.device("mps"), 4, error).fewer_would_do
        assert not memory_ran_out(RuntimeError("shape mismatch"))
        assert not memory_ran_out(ValueError("out of memory"))


class TestTold:
    """Once, in Python and in what the report is made of."""

    def test_a_warning_says_how_many_go_through(self) -> None:
        model = make_model(Small(5), layers={"IT": ("network.readout",)})
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for _ in range(3):
                assert list(model.reader.batches(IMAGES, ("network.readout",)))
        sentence = "the memory of cpu did not suffice for 16 images at once, so it ran with 4"
        assert [str(each.message).partition(", which")[0] for each in told] == [f"tiny: {sentence}"]
        assert [each.partition(", which")[0] for each in model.description().remarks] == [sentence]

    def test_nothing_where_memory_suffices(self) -> None:
        model = make_model(Small(1000), layers={"IT": ("network.readout",)})
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert list(model.reader.batches(IMAGES, ("network.readout",)))
        assert model.description().remarks == []


class TestRefused:
    """One sentence that says what to do."""

    def refused(self, network: nn.Module, match: str) -> None:
        with pytest.raises(ModelError, match=match) as caught:
            respond(network)
        assert "\n" not in str(caught.value)

    def test_not_even_one_image(self) -> None:
        self.refused(Small(0), "The memory of the device cpu does not suffice for tiny; end other programs")

    def test_not_even_the_network(self) -> None:
        class Large(nn.Module):
            def _apply(self, *_: object, **__: object) -> Large:
                raise torch.OutOfMemoryError("CUDA out of memory")

        self.refused(Large(), "The memory of the device cpu does not suffice for tiny; end other programs")

    def test_one_image_after_larger_batches(self) -> None:
        self.refused(Small(0, free_passes=8), "does not suffice for tiny with one image; end other programs")

    @pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
    def test_the_cpu_gets_no_smaller_batches_because_they_change_the_last_bits(self, error: Exception) -> None:
        network = Small(5, error)
        self.refused(network, "does not suffice for tiny with 16 images at once; .* run fewer workers")
        assert set(network.at_once) == {2}

    def test_a_device_that_is_not_the_cpu_can_be_left(self) -> None:
        error = OutOfMemory("tiny", torch.device("cuda:1"), 1, torch.OutOfMemoryError("CUDA out of memory"))
        assert "cuda:1" in str(error)
        assert 'give device="cpu"' in str(error)
