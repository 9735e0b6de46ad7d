"""Archives of NumPy arrays that `numpy.load` reads, smaller than those that `numpy.savez_compressed` writes."""

from __future__ import annotations

import importlib.util
import io
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy.typing import NDArray

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The same arrays give the same bytes, whenever they are written."""


def npz(members: Mapping[str, NDArray[Any]]) -> bytes:
    """Return an archive of arrays by name, in their order; none of them is pickled.

    Random numbers that are rounded to some twelve bits take a fifth less with LZMA, which zip archives have known since
    2006; where Python was built without it, the archive is larger.
    """
    import numpy as np

    method = zipfile.ZIP_LZMA if importlib.util.find_spec("_lzma") else zipfile.ZIP_DEFLATED
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, values in members.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.asanyarray(values), allow_pickle=False)
            about = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            about.compress_type = method
            archive.writestr(about, member.getvalue())
    return content.getvalue()


def read_npz(content: bytes) -> dict[str, NDArray[Any]]:
    """Return the arrays of an archive.

    Raises
    ------
    ValueError
        When the bytes are something else.

    """
    import zlib

    import numpy as np

    # Whatever the bytes are; of what is read here, the errors of lzma, and of a build without it, are no ValueErrors.
    expected: tuple[type[Exception], ...] = _errors_of_lzma()
    expected += (OSError, EOFError, ValueError, TypeError, KeyError, IndexError, AttributeError)
    expected += (NotImplementedError, RuntimeError, zlib.error, zipfile.BadZipFile)
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            return {name: archive[name] for name in archive.files}
    except expected as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _errors_of_lzma() -> tuple[type[Exception], ...]:
    try:
        from lzma import LZMAError
    except ImportError:
        return ()
    return (LZMAError,)
