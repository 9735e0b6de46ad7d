"""Weights: read without running code, identified by content, whole or not at all."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file, save_model
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.identity import state_dict_sha256
from pytest_brainscore.models.sources import weights as weights_module
from pytest_brainscore.models.sources.weights import load_checkpoint, load_weights, published_weights
from tests.support.networks import make_tiny_network


class TestFiles:
    """A file of weights: its content counts, not its name."""

    def test_pth_and_safetensors_have_one_digest(self, tmp_path: Path) -> None:
        state = make_tiny_network(1).state_dict()
        torch.save(state, tmp_path / "net.pth")
        save_file(state, tmp_path / "net.safetensors")
        digests = set()
        for name in ("net.pth", "net.safetensors"):
            network = make_tiny_network(2)
            loaded = load_checkpoint(network, tmp_path / name)
            assert (loaded.origin, loaded.remarks) == (name, ())
            digests.add(state_dict_sha256(network))
        assert digests == {state_dict_sha256(make_tiny_network(1))}

    def test_a_path_may_be_text(self, tmp_path: Path) -> None:
        torch.save(make_tiny_network(1).state_dict(), tmp_path / "net.pth")
        network = make_tiny_network(2)
        load_checkpoint(network, str(tmp_path / "net.pth"))
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))

    def test_real_pth_and_safetensors_have_one_digest(self, reference_data: Path) -> None:
        from torchvision.models import squeezenet1_1

        digests = set()
        for suffix in ("pth", "safetensors"):
            network = squeezenet1_1()
            load_checkpoint(network, reference_data / "weights" / f"squeezenet1_1.{suffix}")
            digests.add(state_dict_sha256(network))
        assert len(digests) == 1


class TestLoading:
    """All weights of this network, or an error before any is copied."""

    def state(self) -> dict[str, torch.Tensor]:
        return dict(make_tiny_network(1).state_dict())

    def refused(self, state: dict[str, torch.Tensor], reason: str) -> None:
        network = make_tiny_network(0)
        with pytest.raises(ModelError, match=reason):
            load_weights(network, state, "net.pth")
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(0))

    def test_missing_names(self) -> None:
        state = self.state()
        del state["second.weight"]
        self.refused(state, r"net\.pth do not belong to Sequential: 1 missing \(second\.weight\)")

    def test_unexpected_names(self) -> None:
        state = self.state() | {f"extra{index}": torch.zeros(1) for index in range(5)}
        self.refused(state, r"5 unexpected \(extra0, extra1, extra2, \.\.\.\)")

    def test_wrong_shapes(self) -> None:
        state = self.state() | {"readout.bias": torch.zeros(7)}
        self.refused(state, r"1 wrong shapes .*readout\.bias is \(7,\) instead of \(10,\)")

    def test_the_counter_of_batch_normalisation_may_be_missing(self) -> None:
        network = nn.BatchNorm2d(3)
        state = {key: value for key, value in network.state_dict().items() if not key.endswith("tracked")}
        load_weights(network, state, "old.pth")


class TestNumbers:
    """What is copied are the numbers of the file; what cannot be these is refused."""

    def refused(self, key: str, value: torch.Tensor, reason: str, network: nn.Module | None = None) -> None:
        network = network or nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
        before = state_dict_sha256(network)
        with pytest.raises(ModelError, match=reason):
            load_weights(network, dict(network.state_dict()) | {key: value}, "net.pth")
        assert state_dict_sha256(network) == before

    @pytest.mark.parametrize(
        "dtype", [torch.int8, torch.uint8, torch.int16, torch.int64, torch.bool, torch.complex64], ids=str
    )
    def test_weights_of_another_kind(self, dtype: torch.dtype) -> None:
        name = str(dtype).removeprefix("torch.")
        self.refused("0.weight", torch.ones(2, 1, 3, 3).to(dtype), rf"0\.weight is {name} instead of float32")
        self.refused("1.running_mean", torch.ones(2).to(dtype), rf"1\.running_mean is {name} instead of float32")

    def test_quantised_and_sparse_weights(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch moves these functions to a package of their own
            quantised = torch.quantize_per_tensor(torch.ones(2, 1, 3, 3), 0.1, 0, torch.qint8)
        self.refused("0.weight", quantised, r"0\.weight is quantised")
        self.refused("0.weight", torch.ones(2, 1, 3, 3).to_sparse(), r"0\.weight is sparse")
        self.refused("0.weight", torch.empty(2, 1, 3, 3, device="meta"), r"0\.weight is empty")
        self.refused("0.weight", torch.ones(2, 1, 3, 3).to(torch.float8_e4m3fn), "float8_e4m3fn, whose scale")

    @pytest.mark.parametrize(("value", "reason"), [("nan", "contains NaN"), ("inf", "infinite"), ("-inf", "infinite")])
    def test_weights_that_are_no_numbers(self, value: str, reason: str) -> None:
        bias = torch.tensor([1.0, float(value)])
        self.refused("0.bias", bias, rf"0\.bias contains {reason.removeprefix('contains ')}")
        self.refused("1.running_var", bias, "1.running_var contains")

    def test_weights_too_large_for_the_network(self) -> None:
        half = nn.Sequential(nn.Conv2d(1, 2, 3)).half()
        self.refused("0.bias", torch.tensor([1.0, 1e9]), r"infinite values once it is float16", half)

    def test_a_mask_of_the_network_may_be_infinite(self) -> None:
        class Masked(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.register_buffer("mask", torch.full((2, 2), float("-inf")).triu(1))

        load_weights(Masked(), dict(Masked().state_dict()), "net.pth")

    @pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64], ids=str)
    def test_other_floating_point_types_are_exact_where_they_can_be(self, dtype: torch.dtype) -> None:
        network = nn.Linear(2, 2)
        state = {"weight": torch.tensor([[1.5, -2.0], [0.25, 3.0]], dtype=dtype), "bias": torch.zeros(2, dtype=dtype)}
        assert load_weights(network, state, "net.pth") == ""
        assert network.weight.tolist() == [[1.5, -2.0], [0.25, 3.0]]

    def test_rounded_numbers_are_told(self, tmp_path: Path) -> None:
        state = {"weight": torch.full((2, 2), 0.1, dtype=torch.float64), "bias": torch.zeros(2)}
        torch.save(state, tmp_path / "net.pth")
        loaded = load_checkpoint(nn.Linear(2, 2), tmp_path / "net.pth")
        assert loaded.remarks == (
            "net.pth: 1 tensors of type float64 were rounded (weight) to the type of the network.",
        )

    @pytest.mark.parametrize("dtype", [torch.int32, torch.int64, torch.float32], ids=str)
    def test_the_counter_of_batch_normalisation_may_be_of_any_type(self, dtype: torch.dtype) -> None:
        network = nn.BatchNorm2d(2)
        load_weights(
            network, dict(network.state_dict()) | {"num_batches_tracked": torch.tensor(3, dtype=dtype)}, "net.pth"
        )

    def test_integers_of_another_width_keep_their_values(self) -> None:
        class Indexed(nn.Module):
            def __init__(self) -> None:
                super().__init__()
                self.register_buffer("index", torch.arange(3, dtype=torch.int16))

        network = Indexed()
        load_weights(network, {"index": torch.tensor([5, 6, 7])}, "net.pth")
        assert network.state_dict()["index"].tolist() == [5, 6, 7]
        self.refused(
            "index", torch.tensor([5, 6, 70000]), "index is int64 with values that int16 cannot hold", Indexed()
        )


class TestTiedTensors:
    """One tensor with two names, which some formats save once."""

    def tied(self) -> nn.Sequential:
        network = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
        network[1].weight = network[0].weight
        return network

    @pytest.mark.parametrize("left_out", ["0.weight", "1.weight"])
    def test_it_is_enough_to_have_one(self, left_out: str) -> None:
        state = {key: value + 1 for key, value in self.tied().state_dict().items() if key != left_out}
        network = self.tied()
        load_weights(network, state, "net.pth")
        kept = "1.weight" if left_out == "0.weight" else "0.weight"
        assert torch.equal(network.state_dict()["0.weight"], state[kept])
        assert network[0].weight is network[1].weight

    def test_safetensors_saves_it_once(self, tmp_path: Path) -> None:
        source = self.tied()
        save_model(source, str(tmp_path / "net.safetensors"))
        network = self.tied()
        load_checkpoint(network, tmp_path / "net.safetensors")
        assert state_dict_sha256(network) == state_dict_sha256(source)

    def test_without_either_it_is_missing(self) -> None:
        state = {key: value for key, value in self.tied().state_dict().items() if "weight" not in key}
        with pytest.raises(ModelError, match=r"2 missing \(0\.weight, 1\.weight\)"):
            load_weights(self.tied(), state, "net.pth")

    def test_two_tensors_for_one_are_refused(self) -> None:
        state = dict(self.tied().state_dict()) | {"1.weight": torch.zeros(3, 3)}
        with pytest.raises(
            ModelError, match=r"0\.weight and 1\.weight are one tensor in the network and two in the file"
        ):
            load_weights(self.tied(), state, "net.pth")


class TestDigest:
    """Changes with any content, and with nothing else."""

    def test_one_changed_weight_changes_it(self, tiny_network: nn.Module) -> None:
        before = state_dict_sha256(tiny_network)
        next(tiny_network.parameters()).data[0, 0, 0, 0] += 1e-6
        assert state_dict_sha256(tiny_network) != before

    def test_memory_format_and_mode_do_not(self, tiny_network: nn.Module) -> None:
        before = state_dict_sha256(tiny_network)
        tiny_network.eval().to(memory_format=torch.channels_last)
        assert state_dict_sha256(tiny_network) == before

    def test_type_and_name_do(self) -> None:
        plain = nn.Sequential(nn.Linear(2, 2))
        named = nn.Sequential()
        named.add_module("x", plain[0])
        digests = {state_dict_sha256(plain), state_dict_sha256(named)}
        assert len(digests | {state_dict_sha256(plain.to(torch.bfloat16))}) == 3


class TestDownload:
    """torchvision's weights; no test uses the network."""

    def test_without_network_the_error_names_the_option(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def offline(*_: object, **__: object) -> None:
            raise OSError("no route to host")

        monkeypatch.delenv("BRAINSCORE_OFFLINE", raising=False)
        monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
        monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
        with pytest.raises(ModelError, match=r"no route to host.*weights=FILE"):
            published_weights("squeezenet1_1", "IMAGENET1K_V1")

    def test_where_nothing_may_be_fetched_nothing_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
        monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
        monkeypatch.delattr(torch.hub, "download_url_to_file")
        with pytest.raises(ModelError, match=r"nothing may be fetched: unset BRAINSCORE_OFFLINE.*weights=FILE"):
            published_weights("squeezenet1_1", "IMAGENET1K_V1")
        assert not list(tmp_path.iterdir())

    def test_weights_at_hand_are_read_without_lock_or_network(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from torchvision.models import SqueezeNet1_1_Weights

        (tmp_path / "checkpoints").mkdir()
        file = tmp_path / "checkpoints" / Path(SqueezeNet1_1_Weights.DEFAULT.url).name
        torch.save({"key": torch.ones(2)}, file)
        monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
        monkeypatch.setenv("BRAINSCORE_OFFLINE", "1")
        monkeypatch.delattr(weights_module, "FileLock")
        assert list(published_weights("squeezenet1_1", "IMAGENET1K_V1")) == ["key"]

    def test_unknown_weights_name_those_there_are(self) -> None:
        with pytest.raises(ModelError, match="commit to one of IMAGENET1K_V1"):
            published_weights("squeezenet1_1", "IMAGENET22K")
