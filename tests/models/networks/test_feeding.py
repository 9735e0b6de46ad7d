"""How images are brought to a device: by threads, in larger batches, while it computes. Shown here on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import nn

from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.models.networks import device as devices
from pytest_brainscore.models.networks.device import ACCELERATOR_BATCH, Feeding, exact_arithmetic, feeding_of
from pytest_brainscore.models.networks.extraction import LayerExtractor
from pytest_brainscore.models.networks.preprocessing import Preprocessing
from pytest_brainscore.models.networks.probing import execution
from pytest_brainscore.models.networks.probing.images import COUNT
from pytest_brainscore.models.networks.reading_ahead import input_batches
from pytest_brainscore.models.networks.transfers import Transfers
from tests.support.networks import IMAGE_SIZE, make_tiny_network
from tests.support.stimuli import NoiseImage

LAYERS = ("first.relu", "readout")
AHEAD = Feeding(2 * COUNT, readers=3, ahead=1)
"""As for a GPU, with few images."""
IMAGES = tuple(NoiseImage(seed, side=40, colour=True) for seed in range(5 * COUNT + 3))


def extractor(network: nn.Module | None = None) -> LayerExtractor:
    return LayerExtractor(
        network or make_tiny_network(), Preprocessing(image_size=IMAGE_SIZE), torch.device("cpu"), "tiny"
    )


def extract(network: nn.Module | None = None, images: Sequence[NoiseImage] = IMAGES) -> NDArray[np.float32]:
    return np.concatenate([batch.copy() for batch in extractor(network).batches(images, LAYERS)])


@pytest.fixture
def read_ahead(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bring images to the CPU as to a GPU."""
    monkeypatch.setattr(execution, "feeding_of", lambda _device: AHEAD)


class TestPlan:
    """What each kind of device gets."""

    def test_the_cpu_gets_the_batches_of_the_probe_and_no_threads(self) -> None:
        assert feeding_of(torch.device("cpu")) == Feeding(COUNT)

    @pytest.mark.parametrize("name", ["cuda", "cuda:1", "mps"])
    def test_other_devices_get_whole_probes_and_are_read_ahead_for(self, name: str) -> None:
        feeding = feeding_of(torch.device(name))
        assert feeding.batch % COUNT == 0
        assert feeding.batch > COUNT
        assert (feeding.readers > 0, feeding.ahead) == (True, 1)

    def test_no_more_threads_read_than_pytorch_computes_with(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for threads, readers in ((1, 1), (4, 4), (10 * devices.MOST_READERS, devices.MOST_READERS)):
            monkeypatch.setattr(torch, "get_num_threads", lambda threads=threads: threads)
            assert feeding_of(torch.device("cuda")).readers == readers

    def test_blocks_of_the_store_are_whole_batches(self) -> None:
        assert ACCELERATOR_BATCH % COUNT == 0


@pytest.mark.usefixtures("read_ahead")
class TestResponses:
    """The same as in small batches."""

    def test_differ_by_rounding_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        ahead = extract()
        monkeypatch.undo()
        np.testing.assert_allclose(ahead, extract(), rtol=1e-5, atol=1e-6)

    def test_do_not_depend_on_the_order_of_images(self) -> None:
        order = np.random.RandomState(0).permutation(len(IMAGES))
        np.testing.assert_array_equal(extract(images=[IMAGES[index] for index in order]), extract()[order])

    @pytest.mark.parametrize("count", [0, 1, COUNT, 2 * COUNT, 2 * COUNT + 1, 4 * COUNT])
    def test_do_not_depend_on_the_number_of_images(self, count: int) -> None:
        if count == 0:
            assert list(extractor().batches((), LAYERS)) == []
            return
        np.testing.assert_array_equal(extract(images=IMAGES[:count]), extract()[:count])

    def test_keep_until_the_next_ones_are_asked_for(self) -> None:
        copies, seen = [], []
        for batch in extractor().batches(IMAGES, LAYERS):
            seen.append(len(batch))
            copies.append((batch.copy(), batch))
            np.testing.assert_array_equal(*copies[-1])
        assert seen == [32, 32, 19]

    def test_a_network_that_answers_otherwise_in_larger_batches_gets_those_of_the_probe(self) -> None:
        class Rounds(nn.Module):
            """Has a kernel for many images that is less exact."""

            def forward(self, x: torch.Tensor) -> torch.Tensor:
                return x if len(x) <= COUNT else x * 1.001

        network = nn.Sequential(Rounds(), *make_tiny_network().children())
        reader = extractor(network)
        sizes = [len(batch) for batch in reader.batches(IMAGES, ("1",))]
        assert sizes == [16, 16, 16, 16, 16, 3]

    def test_batches_are_smaller_where_responses_are_large(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from pytest_brainscore.models.networks import extraction

        monkeypatch.setattr(extraction, "BATCH_BYTES", 2 * COUNT * 4 * (6 * 16 * 16 + 10) - 1)
        assert [len(batch) for batch in extractor().batches(IMAGES[:20], LAYERS)] == [16, 4]

    def test_what_is_left_early_leaves_no_threads(self) -> None:
        batches = extractor().batches(IMAGES, LAYERS)
        next(batches)
        batches.close()  # type: ignore[attr-defined]
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("brainscore-images")]

    def test_an_image_that_cannot_be_read_is_told(self) -> None:
        class Broken(NoiseImage):
            def pixels(self) -> NDArray[np.uint8]:
                raise DataUnavailable(f"The image {self.seed} cannot be read.")

        images = [*IMAGES[:40], Broken(40, side=8), Broken(41, side=8)]
        with pytest.raises(DataUnavailable, match="The image 40 cannot"):
            extract(images=images)


class TestReadingAhead:
    """Which images are read when."""

    def read(self, count: int, rows: int, rooms: int) -> tuple[list[set[int]], list[NDArray[np.float32]]]:
        """Return which images were begun when each batch came, and the batches."""
        begun: set[int] = set()
        lock = threading.Lock()

        def prepare(image: NoiseImage, room: NDArray[np.float32]) -> None:
            with lock:
                begun.add(image.seed)
            room[:] = image.seed

        buffers = [np.full((rows, 1, 1, 3), -1, np.float32) for _ in range(rooms)]
        seen, batches = [], []
        for batch, counts in input_batches(IMAGES[:count], buffers, prepare, readers=2):  # type: ignore[arg-type]
            seen.append(set(begun))
            batches.append(batch[:counts, 0, 0, 0].copy())
        return seen, batches

    def test_all_images_come_in_their_order(self) -> None:
        for count in (0, 1, 7, 8, 30):
            _, batches = self.read(count, rows=4, rooms=3)
            assert [int(value) for batch in batches for value in batch] == list(range(count))

    def test_no_more_than_one_batch_ahead_with_three_buffers(self) -> None:
        seen, _ = self.read(40, rows=8, rooms=3)
        for number, begun in enumerate(seen):
            assert set(range(8 * (number + 1))) <= begun <= set(range(8 * (number + 2)))

    def test_the_last_batch_is_filled_with_its_last_image(self) -> None:
        room = np.zeros((4, 1, 1, 3), np.float32)

        def prepare(image: NoiseImage, out: NDArray[np.float32]) -> None:
            out[:] = image.seed

        ((batch, count),) = input_batches(IMAGES[:2], [room], prepare)  # type: ignore[arg-type]
        assert (count, batch[:, 0, 0, 0].tolist()) == (2, [0, 1, 1, 1])


def test_what_is_sent_is_a_copy_in_the_same_layout() -> None:
    values = torch.rand(2, 4, 4, 3).permute(0, 3, 1, 2)
    sent = Transfers(torch.device("cpu")).send(values)
    assert sent.data_ptr() != values.data_ptr()
    assert sent.stride() == values.stride()
    assert torch.equal(sent, values)


class TestExactArithmetic:
    """Single precision is single precision on CUDA, whichever of PyTorch's interfaces allowed less."""

    CUDA = torch.device("cuda")

    @staticmethod
    def state() -> tuple[object, ...]:
        backends = torch.backends
        operations = [getattr(backends.cudnn, name, None) for name in ("conv", "rnn")]
        newer = [getattr(each, "fp32_precision", None) for each in (backends.cuda.matmul, *operations)]
        return (*newer, backends.cudnn.deterministic, backends.cudnn.benchmark)

    @pytest.mark.parametrize("precision", ["highest", "high", "medium"])
    def test_what_the_older_interface_allows_is_off_inside_and_back_after(self, precision: str) -> None:
        usual = torch.get_float32_matmul_precision()
        torch.set_float32_matmul_precision(precision)
        try:
            before = self.state()
            with exact_arithmetic(self.CUDA):
                inside = torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32
                assert inside == ("highest", False)
                assert "tf32" not in self.state()
                assert self.state()[-2:] == (True, False), "deterministic, and not chosen by a benchmark"
            assert (torch.get_float32_matmul_precision(), torch.backends.cudnn.allow_tf32) == (precision, True)
            assert self.state() == before
        finally:
            torch.set_float32_matmul_precision(usual)

    @pytest.mark.skipif(not hasattr(torch.backends.cuda.matmul, "fp32_precision"), reason="PyTorch before 2.9")
    def test_what_the_newer_interface_allows_is_off_inside_and_back_after(self) -> None:
        matmul = torch.backends.cuda.matmul
        usual = matmul.fp32_precision
        matmul.fp32_precision = "tf32"
        try:
            before = self.state()
            with exact_arithmetic(self.CUDA):
                assert "tf32" not in self.state()
            assert self.state() == before
            assert "tf32" in before
        finally:
            matmul.fp32_precision = usual

    def test_settings_are_put_back_when_a_network_raises(self) -> None:
        before = self.state()
        with pytest.raises(ValueError, match="network"), exact_arithmetic(self.CUDA):
            raise ValueError("network")
        assert self.state() == before

    def test_the_cpu_is_left_as_it_is(self) -> None:
        torch.set_float32_matmul_precision("medium")
        try:
            with exact_arithmetic(torch.device("cpu")):
                assert torch.get_float32_matmul_precision() == "medium"
        finally:
            torch.set_float32_matmul_precision("highest")
