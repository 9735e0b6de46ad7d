"""What a weights file is: told by its content, in one sentence, and nothing in it is executed."""

from __future__ import annotations

import argparse
import bz2
import collections
import datetime
import gzip
import io
import lzma
import pathlib
import pickle
import struct
import sys
import tarfile
import types
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors.torch import save, save_file
from torch import nn

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.networks.identity import state_dict_sha256
from pytest_brainscore.models.sources.checkpoints.reading import read_state_dicts
from pytest_brainscore.models.sources.weights import load_checkpoint
from tests.support.networks import make_tiny_network


class Trap:
    """Runs code when unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (executed, ("a weights file was executed",))


def executed(what: str) -> None:
    raise AssertionError(what)


def saved(content: object, **settings: Any) -> bytes:
    file = io.BytesIO()
    torch.save(content, file, **settings)
    return file.getvalue()


def archive(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as written:
        for name in names:
            written.writestr(name, b"content")
    return file.getvalue()


def tar() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as written:
        written.addfile(tarfile.TarInfo("net.pth"))
    return file.getvalue()


def script() -> bytes:
    return archive("net/data.pkl", "net/constants.pkl", "net/code/__torch__.py")


def refused(path: Path, reason: str) -> str:
    with pytest.raises(ModelError, match=reason) as caught:
        load_checkpoint(make_tiny_network(), path)
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


class TestName:
    """Endings of names say nothing."""

    @pytest.mark.parametrize("suffix", ["pth", "safetensors", "pt", "ckpt", "bin", "h5", "pth.tar", "npz", "weights"])
    @pytest.mark.parametrize("how", ["safetensors", "zip", "legacy"])
    def test_content_is_read_whatever_the_file_is_called(self, tmp_path: Path, suffix: str, how: str) -> None:
        state = make_tiny_network(1).state_dict()
        content = save(state) if how == "safetensors" else saved(state, _use_new_zipfile_serialization=how == "zip")
        (tmp_path / f"net.{suffix}").write_bytes(content)
        network = make_tiny_network(2)
        load_checkpoint(network, tmp_path / f"net.{suffix}")
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))

    def test_a_missing_file(self, tmp_path: Path) -> None:
        refused(tmp_path / "nothere.pth", "There is no weights file")

    def test_a_folder_names_a_file_in_it(self, tmp_path: Path) -> None:
        refused(tmp_path, "is a folder; give a file")
        (tmp_path / "model.safetensors").touch()
        refused(tmp_path, r"is a folder; give .*model\.safetensors, for example")


class TestSomethingElse:
    """The sentence says what the file is."""

    @pytest.mark.parametrize(
        ("content", "what"),
        [
            (
                b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n",
                "a Git LFS pointer; .*git lfs pull",
            ),
            (b"/annex/objects/SHA256E-s1--1.pth\n", "a git-annex pointer; .*git annex get"),
            (b"<html>404 not found</html>", "an HTML page"),
            (b"\n<!DOCTYPE HTML><html></html>", "an HTML page"),
            (b'\xef\xbb\xbf<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', "an XML page"),
            (b"hello world", "text that begins with 'hello world'"),
            ("Zugriff verweigert für ä".encode(), "text that begins with"),
            (b'{"message": "Not Found"}', "text that begins with"),
            (b'{"metadata": {"total_size": 1}, "weight_map": {}}', "the index of a checkpoint in several files"),
            (bytes(200), "zeros"),
            (gzip.compress(b"content", mtime=0), "compressed with gzip; unpack it"),
            (bz2.compress(b"content"), "compressed with bzip2"),
            (lzma.compress(b"content"), "compressed with xz"),
            (b"\x28\xb5\x2f\xfd content", "compressed with zstd"),
            (tar(), "a tar archive"),
            (script(), "a TorchScript program"),
            (archive("conv.weight.npy"), "an archive of NumPy arrays"),
            (archive("net.pth", "README"), r"a zip archive of net\.pth, README; unpack it"),
            (b"\x93NUMPY\x01\x00", "a NumPy array"),
            (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
            (b"GGUF\x03\x00\x00\x00", "a GGUF file"),
            (b"\x1c\x00\x00\x00TFL3", "a TensorFlow Lite model"),
        ],
    )
    @pytest.mark.parametrize("suffix", ["pth", "safetensors"])
    def test_it_is_named(self, tmp_path: Path, content: bytes, what: str, suffix: str) -> None:
        path = tmp_path / f"net.{suffix}"
        path.write_bytes(content)
        refused(path, f"is no checkpoint but {what}")

    def test_an_onnx_model(self, tmp_path: Path) -> None:
        path = tmp_path / "net.onnx"
        path.write_bytes(b"\x08\x07\x12\x07pytorch")
        refused(path, "is no checkpoint but an ONNX model")

    @pytest.mark.parametrize("suffix", ["pth", "safetensors"])
    def test_empty(self, tmp_path: Path, suffix: str) -> None:
        (tmp_path / f"net.{suffix}").touch()
        refused(tmp_path / f"net.{suffix}", "is empty")


class TestDamage:
    """One sentence, whatever is wrong with the bytes."""

    @pytest.mark.parametrize("how", ["pth", "legacy", "safetensors"])
    @pytest.mark.parametrize("kept", [0.001, 0.01, 0.3, 0.9, 0.999])
    def test_truncated(self, tmp_path: Path, how: str, kept: float) -> None:
        path = tmp_path / f"net.{how}"
        state = make_tiny_network().state_dict()
        content = save(state) if how == "safetensors" else saved(state, _use_new_zipfile_serialization=how == "pth")
        path.write_bytes(content[: max(9, int(kept * len(content)))])
        refused(path, "is damaged|is no checkpoint")

    @given(how=st.sampled_from(["pth", "legacy", "safetensors"]), data=st.data())
    @settings(max_examples=60, deadline=None)
    def test_any_damage_is_a_sentence_or_other_weights(
        self, tmp_path_factory: pytest.TempPathFactory, how: str, data: st.DataObject
    ) -> None:
        state = {"weight": torch.zeros(2, 2), "bias": torch.zeros(2)}
        content = save(state) if how == "safetensors" else saved(state, _use_new_zipfile_serialization=how == "pth")
        damaged = bytearray(content)
        for place, value in data.draw(
            st.lists(st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255)), min_size=1, max_size=8)
        ):
            damaged[place] = value
        path = tmp_path_factory.mktemp("damaged") / "net.pth"
        path.write_bytes(damaged)
        try:
            load_checkpoint(nn.Linear(2, 2), path)
        except ModelError as error:
            assert "\n" not in str(error)  # noqa: PT017

    def test_what_torch_advises_is_not_shown(self, tmp_path: Path) -> None:
        """Its advice is to read the file without protection."""
        path = tmp_path / "net.pth"
        for content in (saved({"trap": Trap()}), pickle.dumps({"trap": Trap()}, protocol=2), b"\x80\x02\xff" * 50):
            path.write_bytes(content)
            with pytest.raises(ModelError) as caught:
                load_checkpoint(make_tiny_network(), path)
            assert caught.value.__cause__ is None
            assert caught.value.__context__ is None
            assert "weights_only" not in str(caught.value)


class TestObjects:
    """What else training scripts save: settings and results are passed over, and code is never run."""

    @pytest.mark.parametrize(
        "beside",
        [
            argparse.Namespace(lr=0.1, path=pathlib.Path("/data"), nested=argparse.Namespace(x=1)),
            types.SimpleNamespace(lr=0.1),
            np.float64(0.3),
            np.int64(3),
            np.bool_(True),
            np.arange(3),
            np.array(["a", "b"]),
            np.dtype("float32"),
            pathlib.PurePosixPath("/data"),
            pathlib.PureWindowsPath("C:/data"),
            datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
            datetime.timedelta(seconds=3),
            collections.defaultdict(list, {"loss": [1.0]}),
            collections.OrderedDict(a=1),
            collections.Counter("aab"),
            collections.deque([1, 2]),
            torch.Generator().get_state(),
            torch.Size([1, 2]),
            torch.float32,
            {"optimizer": {"state": {0: {"exp_avg": torch.ones(3)}}, "param_groups": [{"lr": 0.1, "params": [0]}]}},
            complex(1, 2),
            b"bytes",
            {1, 2},
            frozenset({1}),
            range(3),
            None,
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_harmless_values_beside_the_weights(self, tmp_path: Path, beside: object) -> None:
        for legacy in (False, True):
            content = {"state_dict": make_tiny_network(1).state_dict(), "beside": beside, "epoch": 3}
            (tmp_path / "net.ckpt").write_bytes(saved(content, _use_new_zipfile_serialization=not legacy))
            network = make_tiny_network(2)
            load_checkpoint(network, tmp_path / "net.ckpt")
            assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))

    @pytest.mark.parametrize(
        "name", ["omegaconf.dictconfig.DictConfig", "yacs.config.CfgNode", "pathlib.WindowsPath", "argparse.Namespace"]
    )
    def test_types_of_packages_that_are_not_here(self, tmp_path: Path, name: str) -> None:
        """Made by hand as a pickle makes them: NEWOBJ with arguments, and BUILD with a state."""
        made = types.new_class(name.rpartition(".")[2], (collections.OrderedDict,) if "Cfg" in name else ())
        made.__module__, made.__qualname__ = name.rpartition(".")[0], made.__name__
        module = types.ModuleType(made.__module__)
        setattr(module, made.__name__, made)
        value = made()
        value.lr = 0.1
        with pytest.MonkeyPatch.context() as patch:
            parts = made.__module__.split(".")
            for depth in range(1, len(parts) + 1):
                patch.setitem(sys.modules, ".".join(parts[:depth]), module)
            content = saved({"state_dict": make_tiny_network(1).state_dict(), "beside": value})
        (tmp_path / "net.ckpt").write_bytes(content)
        network = make_tiny_network(2)
        load_checkpoint(network, tmp_path / "net.ckpt")
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))

    def test_torch_refuses_the_same_objects_elsewhere_as_before(self, tmp_path: Path) -> None:
        """The list holds while a checkpoint is read, and for nobody else."""
        torch.save({"state_dict": make_tiny_network(1).state_dict(), "beside": Path()}, tmp_path / "net.pth")
        load_checkpoint(make_tiny_network(), tmp_path / "net.pth")
        with pytest.raises(pickle.UnpicklingError):
            torch.load(tmp_path / "net.pth", weights_only=True)

    @pytest.mark.parametrize("legacy", [False, True])
    @pytest.mark.parametrize("state", [{}, {"weight": torch.ones(2)}])
    def test_code_is_not_run_even_beside_good_weights(
        self, tmp_path: Path, legacy: bool, state: dict[str, Any]
    ) -> None:
        content = saved({"state_dict": state, "trap": Trap()}, _use_new_zipfile_serialization=not legacy)
        (tmp_path / "net.pth").write_bytes(content)
        refused(tmp_path / "net.pth", r"holds Python objects \(.*executed\).*torch\.save\(network\.state_dict\(\)")

    def test_whole_modules_are_not_unpickled(self, tmp_path: Path) -> None:
        torch.save(nn.Linear(2, 2), tmp_path / "net.pth")
        refused(tmp_path / "net.pth", r"holds Python objects \(torch\.nn\.modules\.linear\.Linear\)")

    def test_a_bare_pickle_is_not_unpickled(self, tmp_path: Path) -> None:
        (tmp_path / "net.pth").write_bytes(pickle.dumps({"trap": Trap()}, protocol=2))
        refused(tmp_path / "net.pth", "is damaged or no checkpoint|holds Python objects")

    @pytest.mark.parametrize("what", [{}, {"epoch": 3}, torch.zeros(3), [torch.zeros(3)]])
    def test_no_state_dict(self, tmp_path: Path, what: object) -> None:
        torch.save(what, tmp_path / "net.pth")
        refused(tmp_path / "net.pth", "holds no state dict")

    def test_a_value_that_contains_itself(self, tmp_path: Path) -> None:
        content: dict[str, Any] = {"state_dict": {"weight": torch.ones(2)}}
        content["itself"] = [content]
        torch.save(content, tmp_path / "net.pth")
        assert set(read_state_dicts(tmp_path / "net.pth")) == {"state_dict"}

    @pytest.mark.parametrize("order", ["<f4", ">f4"])
    def test_numpy_arrays_are_weights_too(self, tmp_path: Path, order: str) -> None:
        state = {key: value.numpy().astype(order) for key, value in make_tiny_network(1).state_dict().items()}
        torch.save({"params": state}, tmp_path / "net.pth")
        network = make_tiny_network(2)
        load_checkpoint(network, tmp_path / "net.pth")
        assert state_dict_sha256(network) == state_dict_sha256(make_tiny_network(1))


def test_a_safetensors_header_is_told_from_text(tmp_path: Path) -> None:
    """JSON that begins at the ninth byte is not enough: the first eight bytes are the length of the header."""
    path = tmp_path / "net.pth"
    save_file({"weight": torch.ones(2)}, path)
    assert struct.unpack("<Q", path.read_bytes()[:8])[0] < path.stat().st_size
    assert list(read_state_dicts(path)[""]) == ["weight"]
