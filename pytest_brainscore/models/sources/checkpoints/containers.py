"""What a weights file is, told by its first bytes: names of files lie. Imports nothing but the standard library."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final, Literal

from pytest_brainscore.errors import ModelError

Container = Literal["safetensors", "torch"]

SUFFIXES: Final = (".safetensors", ".pth", ".pt", ".bin", ".ckpt", ".pkl", ".tar", ".th")
"""Endings of the names of checkpoints."""
HEAD: Final = 1024
"""Bytes at the beginning that tell what a file is."""
_SHOWN: Final = 3
"""Files named in an error."""

_AGAIN: Final = "download the file itself"
_UNPACK: Final = "unpack it, and give the checkpoint in it"
_SAVE: Final = "save the tensors with torch.save(network.state_dict(), PATH)"
_WHAT: Final = {
    # What a file is and what to do about it, by how it begins.
    b"version https://git-lfs.github.com": ("a Git LFS pointer", "fetch the file itself with git lfs pull"),
    b"/annex/objects/": ("a git-annex pointer", "fetch the file itself with git annex get"),
    b"<!doctype html": ("an HTML page", _AGAIN),
    b"<html": ("an HTML page", _AGAIN),
    b"<?xml": ("an XML page, such as a store answers with when it refuses a file", _AGAIN),
    b"\x1f\x8b": ("compressed with gzip", _UNPACK),
    b"BZh": ("compressed with bzip2", _UNPACK),
    b"\xfd7zXZ\x00": ("compressed with xz", _UNPACK),
    b"\x28\xb5\x2f\xfd": ("compressed with zstd", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    b"Rar!": ("a RAR archive", _UNPACK),
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file, as Keras writes them", _SAVE),
    b"\x93NUMPY": ("a NumPy array", _SAVE),
    b"GGUF": ("a GGUF file", _SAVE),
    b"%PDF": ("a PDF document", _AGAIN),
    b"\x89PNG": ("an image", _AGAIN),
    b"\xff\xd8\xff": ("an image", _AGAIN),
}


def is_torchscript(path: Path) -> bool:
    """Tell whether a file is a TorchScript network: an archive with code in it, and not only tensors."""
    if not path.is_file() or not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = [name.partition("/")[2] for name in archive.namelist()]
    return "constants.pkl" in names and any(name.startswith("code/") for name in names)


def container(path: Path) -> Container:
    """Tell how the tensors of a checkpoint are stored.

    Parameters
    ----------
    path
        Any file; its name does not matter.

    Returns
    -------
    str
        ``safetensors``, or ``torch`` for all that ``torch.save`` writes; the rest of the file may be damaged.

    Raises
    ------
    ModelError
        The file is missing, empty, or something else; the sentence says what it is.

    """
    if path.is_dir():
        inside = sorted(file.name for file in path.iterdir() if file.name.endswith(SUFFIXES))
        advice = f"give {path / inside[0]}, for example" if inside else "give a file"
        raise ModelError(f"The weights file {path} is a folder; {advice}.")
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
        size = path.stat().st_size
    except FileNotFoundError:
        raise ModelError(
            f"There is no weights file {path}; give the path of a .safetensors or .pth checkpoint."
        ) from None
    except OSError as error:
        raise ModelError(f"The weights file {path} cannot be read ({error.strerror}); mend that.") from None
    if not head:
        raise ModelError(f"The weights file {path} is empty; copy or download it again.")
    # A safetensors file begins with the length of its header in 8 bytes, and the header is JSON.
    if head[8:9] == b"{" and (head[:1] != b"{" or int.from_bytes(head[:8], "little") < size):
        return "safetensors"
    what = _something_else(path, head)
    if what is not None:
        raise ModelError(f"The weights file {path} is no checkpoint but {what[0]}; {what[1]}.")
    return "torch"


def _something_else(path: Path, head: bytes) -> tuple[str, str] | None:
    """Return what a file is that is no checkpoint, and what to do about it; None for what torch may read."""
    beginning = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, told in _WHAT.items():
        if head.startswith(magic) or (magic[:1] in b"<v/" and beginning.startswith(magic)):
            return told
    if head[4:8] == b"TFL3":
        return "a TensorFlow Lite model", _SAVE
    if head[257:262] == b"ustar":
        return "a tar archive", f"{_UNPACK}, or, where PyTorch before 0.1.10 wrote it, save it anew"
    if not head.strip(b"\0"):
        return "zeros, as an interrupted download leaves them", "copy or download it again"
    if path.suffix.lower() == ".onnx":
        return "an ONNX model", _SAVE
    return _other_archive(path) if head.startswith(b"PK") else _text(head)


def _other_archive(path: Path) -> tuple[str, str] | None:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error):
        return None  # damaged: told when it is read
    parts = {name.rpartition("/")[2] for name in names}
    if "constants.pkl" in parts:
        return "a TorchScript program, which runs code when read", _SAVE
    if "data.pkl" in parts:
        return None
    if names and all(name.endswith(".npy") for name in names):
        return "an archive of NumPy arrays", _SAVE
    return f"a zip archive of {_some(names)}", _UNPACK


def _text(head: bytes) -> tuple[str, str] | None:
    for cut in range(4):  # the last character may be cut off
        try:
            text = head[: len(head) - cut].decode()
        except UnicodeDecodeError:
            continue
        if not all(sign.isprintable() or sign.isspace() for sign in text):
            return None
        if '"weight_map"' in text or text.lstrip().startswith('{"metadata"'):
            return "the index of a checkpoint in several files", "join them into one file, and give that"
        return f"text that begins with {text.strip().partition(chr(10))[0][:40]!r}", _AGAIN
    return None


def _some(names: Iterable[str]) -> str:
    listed = list(names)
    return ", ".join(listed[:_SHOWN]) + (", ..." if len(listed) > _SHOWN else "") if listed else "nothing"
