"""The best snapshot so far, by a leaf or a parent, as a file of weights."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.errors import BrainScoreError, ModelError

if TYPE_CHECKING:
    import torch

    from pytest_brainscore.training.schedule import Moment

KEY: Final = "brainscore"
"""Where the file's metadata say what it is, in JSON."""


@dataclass(frozen=True)
class _Kept:
    score: float
    step: int | None
    epoch: int | None

    def is_after(self, moment: Moment) -> bool:
        """Tell whether it is of a run before, which had come at least as far as this one has now."""
        pairs = ((self.step, moment.step), (self.epoch, moment.epoch))
        return any(kept is not None and now is not None and kept >= now for kept, now in pairs)


class Best:
    """Keeps the weights of the best snapshot in a safetensors file.

    Parameters
    ----------
    path
        The file; one that is there already must be of this class, and by the same node.
    node
        Leaf or parent that decides; higher is better.

    Raises
    ------
    BrainScoreError
        There is another file at `path`, or no folder.

    """

    def __init__(self, path: str | os.PathLike[str], node: str) -> None:
        self.path = Path(path).expanduser()
        self.node = node
        if self.path.suffix != ".safetensors":
            raise BrainScoreError(
                f"The checkpoint {self.path} is written as safetensors; give it a name that ends in .safetensors."
            )
        if not self.path.parent.is_dir():
            raise BrainScoreError(f"There is no folder {self.path.parent} for the checkpoint; make it.")
        self._kept = self._read()

    def offer(self, score: float | None, network: torch.nn.Module, name: str, moment: Moment) -> bool:
        """Keep a snapshot where it is better than the one that is kept; tell whether it is.

        Parameters
        ----------
        score
            Of the node; None where it has none this time.
        network
            What was scored.
        name
            Of the snapshot.
        moment
            When it was.

        Raises
        ------
        ModelError
            The file cannot be written; the one before stays.

        """
        if score is None:
            return False
        kept = self._kept
        if kept is not None and not kept.is_after(moment) and score <= kept.score:
            return False
        import torch
        from safetensors.torch import save

        about = {"model": name, "node": self.node, "score": score, "step": moment.step, "epoch": moment.epoch}
        tensors = {
            key: value.detach().cpu().contiguous().clone()  # each by itself: what is shared is written twice
            for key, value in network.state_dict().items()
            if torch.is_tensor(value)
        }
        try:
            write_atomically(self.path, save(tensors, {"format": "pt", KEY: json.dumps(about)}))
        except OSError as error:
            raise ModelError(
                f"The checkpoint {self.path} cannot be written ({error.strerror}); free space on the disk."
            ) from error
        self._kept = _Kept(score, moment.step, moment.epoch)
        return True

    def _read(self) -> _Kept | None:
        if not self.path.exists():
            return None
        from safetensors import SafetensorError, safe_open

        about: dict[str, Any] = {}
        try:
            with safe_open(self.path, "pt") as file:
                about = json.loads((file.metadata() or {}).get(KEY, "{}"))
        except (SafetensorError, OSError, ValueError):
            pass
        if about.get("node") != self.node or not isinstance(about.get("score"), float | int):
            what = f"the best by {about['node']}" if "node" in about else "no checkpoint of BrainScoreCallback"
            raise BrainScoreError(
                f"{self.path} is there already and {what}, not the best by {self.node}; move it, or give another name."
            )
        return _Kept(float(about["score"]), about.get("step"), about.get("epoch"))
