"""Products of a large matrix with some vectors, computed tile by tile.

The linear-algebra library copies the large matrix before it multiplies, and shares the work between threads, which
wait for each other and add up in an order that depends on their number. With few vectors either costs more than the
arithmetic. Tiles small enough to be multiplied in one go need neither, and so these products are, bit for bit, the
same for any number of threads.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# OpenBLAS uses one thread for up to 4 x 65,536 multiplications: 16 vectors x 128 x 128 are as many. A tile (131 kB)
# and its vectors fit into the second-level cache.
_SINGLE_THREADED = 2**18
TILE = 128
MOST_VECTORS = _SINGLE_THREADED // TILE**2
# Rows a power of two apart compete for the same lines of the cache; three lines more and they do not.
_ROW_GAP = 24


class TiledMatrix:
    """A float64 matrix, shape (rows, columns), zero until its `values` are filled in place."""

    def __init__(self, rows: int, columns: int) -> None:
        down, across = -(-rows // TILE), -(-columns // TILE)
        padded = np.zeros((down * TILE, across * TILE + _ROW_GAP))[:, : across * TILE]
        self.values: NDArray[np.float64] = padded[:rows, :columns]
        self._tiles = padded.reshape(down, TILE, across, TILE).transpose(0, 2, 1, 3)

    def times(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply with vectors of shape (vector, column); the result has the shape (vector, row)."""
        product = np.empty((len(vectors), len(self.values)))
        for start in range(0, len(vectors), MOST_VECTORS):
            pieces = _pieces(vectors[start : start + MOST_VECTORS], self._tiles.shape[1])
            rows = np.matmul(self._tiles, pieces).sum(axis=1)  # (tile, row of tile, vector)
            product[start : start + MOST_VECTORS] = rows.reshape(-1, pieces.shape[2])[: len(self.values)].T
        return product

    def transposed_times(self, vectors: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multiply the transposed matrix with vectors of shape (vector, row); the result is (vector, column)."""
        product = np.empty((len(vectors), self.values.shape[1]))
        for start in range(0, len(vectors), MOST_VECTORS):
            pieces = _pieces(vectors[start : start + MOST_VECTORS], self._tiles.shape[0])
            columns = np.matmul(pieces.transpose(0, 2, 1)[:, None], self._tiles).sum(axis=0)  # (tile, vector, column)
            flat = columns.transpose(1, 0, 2).reshape(pieces.shape[2], -1)
            product[start : start + MOST_VECTORS] = flat[:, : product.shape[1]]
        return product


def small_product(left: NDArray[np.float64], right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply two matrices with few entries to sum over, some rows at a time, for the same end."""
    product = np.empty((left.shape[0], right.shape[1]))
    rows = max(1, _SINGLE_THREADED // max(1, right.size))
    for start in range(0, len(left), rows):
        product[start : start + rows] = left[start : start + rows] @ right
    return product


def square(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Multiply a matrix with its own transpose, the longer side summed over, shape (shorter side, shorter side).

    By the library and all threads, but with rows of zeros up to a multiple of the tile: where a thread ends amid the
    few rows that the library handles at once, the last bits would depend on the number of threads.
    """
    rows = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    padded = np.zeros((-(-len(rows) // TILE) * TILE, rows.shape[1]))
    padded[: len(rows)] = rows
    product: NDArray[np.float64] = (padded @ padded.T)[: len(rows), : len(rows)]
    return product


def _pieces(vectors: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Cut vectors (vector, length) into pieces (piece, entry, vector), padded with zeros."""
    padded = np.zeros((count * TILE, len(vectors)))
    padded[: vectors.shape[1]] = vectors.T
    return padded.reshape(count, TILE, len(vectors))
