"""Extraction by several workers: whoever computes stimuli for a benchmark calls others that have nothing to do.

Which stimuli a benchmark shows, and which units it reads, is known only once it runs, as it may choose them by what it
has read before. So who helps does not get a list of images: it runs the same benchmark, finds in the store what was
read before, joins in where the caller computes, and stops there. The store hands out blocks of stimuli to whoever asks,
and a block is computed once (see `models.activations.activation_store`); who helps may come late, or be killed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from pytest_brainscore.models.activations.activation_store import ActivationStore, Compute
from pytest_brainscore.running.cluster.crew import Crew


class Helped(BaseException):
    """The responses that help was called for are all there. No Exception, which a benchmark may catch."""


class SharingStore(ActivationStore):
    """A store that says when blocks are computed.

    Parameters
    ----------
    crew
        Who is told.
    settings
        As for the store.

    """

    def __init__(self, crew: Crew, **settings: Any) -> None:
        super().__init__(**settings)
        self._crew = crew

    def activations(
        self, key: Mapping[str, object], shape: tuple[int, int], block_rows: int, compute: Compute, name: str
    ) -> Any:
        """Return activations as the store does, and tell of it.

        Raises
        ------
        Helped
            These were what this process is to help with.

        """
        array = hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest()
        blocks = -(-shape[0] // max(1, block_rows))
        shared = self.mode in ("use", "refresh") and blocks > 1 and self._crew.helping is None
        called = False

        def computed(rows: slice) -> Any:
            nonlocal called
            if shared and not called:
                called = True
                self._crew.call({"filling": array, "blocks": blocks})
            return compute(rows)

        try:
            found = super().activations(key, shape, block_rows, computed, name)
        finally:
            if called:
                self._crew.call({"filled": array})
        if self._crew.helping == array:
            raise Helped
        return found
