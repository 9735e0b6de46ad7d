"""Weights: read without running code, identified by content, whole or not at all."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from fixtures.networks import make_tiny_network
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models import weights as weights_module
from pytest_brainscore.models.weights import load_weights, published_weights, read_state_dict, state_dict_sha256


class Trap:
    """Runs code when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (pytest.fail, ("a weights file was executed",))


class TestReading:
    """Every way of saving the same tensors gives the same state dict."""

    @pytest.mark.parametrize("envelope", [None, "state_dict", "model_state_dict", "model"])
    @pytest.mark.parametrize("prefix", ["", "module."])
    def test_envelope_and_prefix_are_unwrapped(self, tmp_path: Path, envelope: str | None, prefix: str) -> None:
        state: dict[str, Any] = {prefix + key: value for key, value in make_tiny_network(1).state_dict().items()}
        torch.save({"epoch": 3, envelope: state} if envelope else state, tmp_path / "net.ckpt")
        network = make_tiny_network(2)
        load_weights(network, read_state_dict(tmp_path / "net.ckpt"), "net.ckpt")
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))

    def test_pth_and_safetensors_have_one_digest(self, tmp_path: Path) -> None:
        state = make_tiny_network(1).state_dict()
        torch.save(state, tmp_path / "net.pth")
        save_file(state, tmp_path / "net.safetensors")
        digests = set()
        for name in ("net.pth", "net.safetensors"):
            network = make_tiny_network(2)
            load_weights(network, read_state_dict(tmp_path / name), name)
            digests.add(state_dict_sha256(network))
        assert digests == {state_dict_sha256(make_tiny_network(1))}

    def test_real_pth_and_safetensors_have_one_digest(self, reference_data: Path) -> None:
        from torchvision.models import squeezenet1_1

        digests = set()
        for suffix in ("pth", "safetensors"):
            network = squeezenet1_1()
            load_weights(network, read_state_dict(reference_data / "weights" / f"squeezenet1_1.{suffix}"), suffix)
            digests.add(state_dict_sha256(network))
        assert len(digests) == 1


class TestUnreadableFiles:
    """One sentence each."""

    def refused(self, path: Path, reason: str) -> None:
        with pytest.raises(ModelError, match=reason) as caught:
            read_state_dict(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_missing(self, tmp_path: Path) -> None:
        self.refused(tmp_path / "nothere.pth", "There is no weights file")

    @pytest.mark.parametrize("suffix", ["pth", "safetensors"])
    def test_empty(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"net.{suffix}").touch()
        self.refused(tmp_path / f"net.{suffix}", "is empty")

    @pytest.mark.parametrize("suffix", ["pth", "safetensors"])
    @pytest.mark.parametrize("kept", [0.3, 0.9])
    def test_truncated(self, tmp_path: Path, suffix: str, kept: float) -> None:
        path = tmp_path / f"net.{suffix}"
        save = save_file if suffix == "safetensors" else torch.save
        save(make_tiny_network().state_dict(), path)
        content = path.read_bytes()
        path.write_bytes(content[: int(kept * len(content))])
        self.refused(path, "is damaged")

    @pytest.mark.parametrize("content", [b"<html>404 not found</html>", b"hello world", bytes(200)])
    @pytest.mark.parametrize("suffix", ["pth", "safetensors"])
    def test_something_else(self, tmp_path: Path, suffix: str, content: bytes) -> None:
        path = tmp_path / f"net.{suffix}"
        path.write_bytes(content)
        self.refused(path, "is damaged or no checkpoint")

    @pytest.mark.parametrize("what", [nn.Linear(2, 2), {"state_dict": {}, "trap": Trap()}])
    def test_python_objects_are_not_unpickled(self, tmp_path: Path, what: object) -> None:
        torch.save(what, tmp_path / "net.pth")
        self.refused(tmp_path / "net.pth", r"holds Python objects.*torch\.save\(network\.state_dict\(\)")

    def test_a_bare_pickle_is_not_unpickled(self, tmp_path: Path) -> None:
        (tmp_path / "net.pth").write_bytes(pickle.dumps({"trap": Trap()}, protocol=2))
        self.refused(tmp_path / "net.pth", "holds Python objects")

    @pytest.mark.parametrize("what", [{}, {"epoch": 3}, torch.zeros(3), [torch.zeros(3)]])
    def test_no_state_dict(self, tmp_path: Path, what: object) -> None:
        torch.save(what, tmp_path / "net.pth")
        self.refused(tmp_path / "net.pth", "holds no state dict")


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

        monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
        monkeypatch.setattr(torch.hub, "download_url_to_file", offline)
        with pytest.raises(ModelError, match=r"no route to host.*weights=FILE"):
            published_weights("squeezenet1_1", "IMAGENET1K_V1")

    def test_weights_at_hand_are_read_without_lock_or_network(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from torchvision.models import SqueezeNet1_1_Weights

        (tmp_path / "checkpoints").mkdir()
        file = tmp_path / "checkpoints" / Path(SqueezeNet1_1_Weights.DEFAULT.url).name
        torch.save({"key": torch.ones(2)}, file)
        monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
        monkeypatch.delattr(weights_module, "FileLock")
        assert list(published_weights("squeezenet1_1", "IMAGENET1K_V1")) == ["key"]

    def test_unknown_weights_name_those_there_are(self) -> None:
        with pytest.raises(ModelError, match="commit to one of IMAGENET1K_V1"):
            published_weights("squeezenet1_1", "IMAGENET22K")
