"""Linear algebra on one thread, so that no number depends on how many there are.

Threads of the linear-algebra library divide sums and decompositions between them, and add up in an order that depends
on their number: last bits differ, and with them a record. What is not padded to whole tiles
(`metrics.tiled_matrix`) runs on one thread here. That costs little: threads wait for each other in every step of a
decomposition, and where others use the processor too, an eigendecomposition takes many times as long on two of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import scipy.linalg  # noqa: F401, its library and NumPy's must be loaded before they are looked for
from threadpoolctl import ThreadpoolController


@contextmanager
def one_thread() -> Iterator[None]:
    """Run a block, or as ``@one_thread()`` a function, with one thread of linear algebra; then as many as before."""
    with _libraries().limit(limits=1, user_api="blas"):
        yield


@cache
def _libraries() -> ThreadpoolController:
    """Look once for the libraries; NumPy and SciPy have one each."""
    return ThreadpoolController()
