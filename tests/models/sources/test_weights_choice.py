"""Which tensors of a checkpoint are the network's: found by their names, and named where there was a choice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.identity import state_dict_sha256
from pytest_brainscore.models.sources.weights import Loaded, load_checkpoint
from tests.support.networks import make_tiny_network


def state(seed: int = 1, prefix: str = "") -> dict[str, torch.Tensor]:
    return {prefix + key: value for key, value in make_tiny_network(seed).state_dict().items()}


class Around(nn.Module):
    """A network as the only child of another one."""

    def __init__(self, name: str, network: nn.Module) -> None:
        super().__init__()
        self.add_module(name, network)


class Loader:
    """Saves a checkpoint, loads it into a network, and tells which seed the weights are of."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, content: object, network: nn.Module | None = None, entry: str | None = None) -> Loaded:
        torch.save(content, self.path)
        self.network = make_tiny_network(0) if network is None else network
        return load_checkpoint(self.network, self.path, entry)

    def seed(self) -> int:
        inner = self.network if isinstance(self.network, nn.Sequential) else next(self.network.children())
        digests = {state_dict_sha256(make_tiny_network(seed)): seed for seed in range(4)}
        return digests[state_dict_sha256(inner)]

    def refused(self, content: object, reason: str, entry: str | None = None) -> None:
        with pytest.raises(ModelError, match=reason):
            self(content, entry=entry)
        assert state_dict_sha256(self.network) == state_dict_sha256(make_tiny_network(0))


@pytest.fixture
def load(tmp_path: Path) -> Loader:
    return Loader(tmp_path / "net.ckpt")


ENVELOPES = [
    "state_dict",
    "model_state_dict",
    "model",
    "net",
    "network",
    "params",
    "params_ema",
    "model_ema",
    "ema",
    "state_dict_ema",
    "model_state",
    "weights",
    "a name nobody knows",
]
PREFIXES = [
    "module.",
    "_orig_mod.",
    "model.",
    "net.",
    "network.",
    "backbone.",
    "encoder.",
    "module._orig_mod.",
    "_orig_mod.module.",
    "model.backbone.",
    "module.encoder.net.",
    "a_name_nobody_knows.",
]


class TestPlace:
    """Wherever the names of the network are."""

    @pytest.mark.parametrize("envelope", ENVELOPES)
    def test_an_envelope_of_any_name(self, load: Loader, envelope: str) -> None:
        loaded = load({"epoch": 3, envelope: state()})
        assert load.seed() == 1
        assert (loaded.origin, loaded.remarks) == (f"net.ckpt: {envelope}", ())

    @pytest.mark.parametrize("prefix", PREFIXES)
    @pytest.mark.parametrize("envelope", [None, "state_dict"])
    def test_a_prefix_of_any_name(self, load: Loader, prefix: str, envelope: str | None) -> None:
        names = state(prefix=prefix)
        loaded = load({envelope: names} if envelope else names)
        assert load.seed() == 1
        place = f"{envelope}.{prefix[:-1]}" if envelope else prefix[:-1]
        assert loaded.remarks == ()
        assert loaded.origin in (f"net.ckpt: {place}", f"net.ckpt: {envelope}", "net.ckpt")

    def test_envelopes_in_envelopes(self, load: Loader) -> None:
        loaded = load({"checkpoint": {"trainer": [{"model": {"params": state(prefix="module.")}}]}, "epoch": 1})
        assert load.seed() == 1
        assert loaded.origin.startswith("net.ckpt: checkpoint.trainer.0.model.params")

    def test_values_beside_the_tensors(self, load: Loader) -> None:
        load({**state(), "epoch": 3, "classes": ["cat", "dog"]})
        assert load.seed() == 1

    def test_an_optimizer_is_no_network(self, load: Loader) -> None:
        moments = {
            index: {"exp_avg": value, "step": torch.tensor(1.0)} for index, value in enumerate(state(2).values())
        }
        load({"model": state(), "optimizer": {"state": moments, "param_groups": [{"lr": 0.1}]}})
        assert load.seed() == 1

    def test_what_else_is_in_the_state_dict_is_told(self, load: Loader) -> None:
        names = {**state(prefix="backbone."), "head.weight": torch.ones(2, 2), "loss.centre": torch.ones(2)}
        loaded = load({"state_dict": names})
        assert load.seed() == 1
        assert loaded.remarks == (
            "net.ckpt: the weights are those under state_dict.backbone; 2 other tensors beside them are not used.",
        )

    def test_the_wrapper_of_a_part(self, load: Loader) -> None:
        """The published training script of AlexNet and VGG wraps their features only."""
        part = {key.replace("second.", "second.module."): value for key, value in state().items()}
        load(part)
        assert load.seed() == 1


class TestPrefixes:
    """Left off only where the names are the network's then."""

    @pytest.mark.parametrize("name", ["module", "model", "net", "backbone", "_orig_mod"])
    def test_a_network_whose_child_has_the_name_of_a_wrapper(self, load: Loader, name: str) -> None:
        network = Around(name, make_tiny_network(0))
        load(state(prefix=f"{name}."), network)
        assert load.seed() == 1

    @pytest.mark.parametrize("name", ["module", "model", "net", "backbone", "_orig_mod"])
    def test_its_own_checkpoint_within_another_wrapper(self, load: Loader, name: str) -> None:
        load(state(prefix=f"module.{name}."), Around(name, make_tiny_network(0)))
        assert load.seed() == 1

    @pytest.mark.parametrize("name", ["module", "model", "net", "backbone", "_orig_mod"])
    def test_the_checkpoint_of_the_bare_network_for_the_wrapped_one(self, load: Loader, name: str) -> None:
        load(state(), Around(name, make_tiny_network(0)))
        assert load.seed() == 1

    def test_a_prefix_does_not_hide_what_is_missing(self, load: Loader) -> None:
        names = state(prefix="module.")
        del names["module.second.weight"]
        load.refused(names, r"net\.ckpt.* do not belong to Sequential: 1 missing \(second\.weight\)")

    def test_a_prefix_does_not_hide_what_is_unexpected(self, load: Loader) -> None:
        names = state(prefix="backbone.") | {"backbone.extra": torch.ones(1)}
        load.refused({"state_dict": names}, r"\(state_dict\.backbone\) do not belong .*1 unexpected \(extra\)")

    def test_another_network(self, load: Loader) -> None:
        load.refused({"conv.weight": torch.ones(1)}, "do not belong to Sequential")

    def test_another_shape_under_a_prefix(self, load: Loader) -> None:
        names = state(prefix="module.")
        names["module.readout.bias"] = torch.zeros(7)
        load.refused(names, r"1 wrong shapes .*readout\.bias is \(7,\) instead of \(10,\)")

    def test_two_networks_of_one_file_are_told_apart_by_their_shapes(self, load: Loader) -> None:
        wide = {key: torch.cat([value, value]) for key, value in state(2).items()}
        load({"generator": wide, "discriminator": state()})
        assert load.seed() == 1


class TestChoice:
    """More than one set of weights that fits."""

    @pytest.mark.parametrize(
        ("trained", "averaged"),
        [
            ("state_dict", "state_dict_ema"),
            ("model", "model_ema"),
            ("params", "params_ema"),
            ("model", "ema"),
            ("model", "ema_state_dict"),
            ("net", "swa"),
            ("net", "averaged"),
        ],
    )
    def test_the_trained_weights_are_taken_and_the_averaged_ones_named(
        self, load: Loader, trained: str, averaged: str
    ) -> None:
        for content in ({trained: state(1), averaged: state(2)}, {averaged: state(2), trained: state(1)}):
            loaded = load(content)
            assert load.seed() == 1
            assert loaded.origin == f"net.ckpt: {trained}"
            assert f"{trained} was taken and not {averaged}" in loaded.remarks[0]
            assert "weights_entry" in loaded.remarks[0]

    @pytest.mark.parametrize(("entry", "seed"), [("state_dict", 1), ("state_dict_ema", 2)])
    def test_an_entry_is_taken_and_nothing_more_is_said(self, load: Loader, entry: str, seed: int) -> None:
        loaded = load({"state_dict": state(1), "state_dict_ema": state(2)}, entry=entry)
        assert load.seed() == seed
        assert (loaded.origin, loaded.remarks) == (f"net.ckpt: {entry}", ())

    @pytest.mark.parametrize("names", [("student", "teacher"), ("model", "state_dict"), ("ema", "ema_2")])
    def test_where_nothing_speaks_for_one_it_is_refused(self, load: Loader, names: tuple[str, str]) -> None:
        content: dict[str, Any] = {name: state(seed, "module.") for seed, name in enumerate(names, 1)}
        load.refused(content, rf"2 sets of weights that fit Sequential \({names[0]}.*, {names[1]}.*\).*weights_entry")
        for seed, name in enumerate(names, 1):
            load(content, entry=name)
            assert load.seed() == seed

    def test_two_networks_in_one_state_dict(self, load: Loader) -> None:
        names = {**state(1, "module.encoder_q."), **state(2, "module.encoder_k."), "module.queue": torch.ones(3)}
        content = {"state_dict": names}
        load.refused(content, r"\(state_dict\.module\.encoder_q, state_dict\.module\.encoder_k\)")
        load(content, entry="state_dict.module.encoder_k")
        assert load.seed() == 2

    def test_averaged_weights_inside_the_state_dict(self, load: Loader) -> None:
        """As callbacks of Lightning save them."""
        loaded = load({"state_dict": {**state(1, "model."), **state(2, "ema_model.")}})
        assert load.seed() == 1
        assert "state_dict.model was taken and not state_dict.ema_model" in loaded.remarks[0]

    def test_equal_weights_are_no_choice(self, load: Loader) -> None:
        assert (
            load({"model": state(1), "state_dict": {key: value.clone() for key, value in state(1).items()}}).remarks
            == ()
        )

    def test_weights_in_the_file_itself_and_in_an_entry(self, load: Loader) -> None:
        loaded = load({**state(1), "ema": state(2)})
        assert load.seed() == 1
        assert "the file itself was taken and not ema" in loaded.remarks[0]

    def test_an_unknown_entry_names_those_there_are(self, load: Loader) -> None:
        load.refused(
            {"model": state(1), "ema": state(2)}, "no entry 'modle' for Sequential; it has model, ema", "modle"
        )

    def test_an_entry_of_another_network(self, load: Loader) -> None:
        content = {"model": state(1), "other": {"conv.weight": torch.ones(1)}}
        load.refused(content, r"\(other\) do not belong to Sequential", "other")
