"""The folder in which the checkpoints of a run share prepared images: made with the run, and removed with it. Light."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from pytest_brainscore.data.home import home

if TYPE_CHECKING:
    from pytest_brainscore.models.networks.shared_inputs import SharedInputs
    from pytest_brainscore.models.sources.specification import ModelSpecification

PART_OF_DISK: Final = 1 / 4
"""Of what is free when the run begins."""
PART_OF_MEMORY: Final = 1 / 2
"""Of what is available then: files that memory does not hold are slower to read than some images are to prepare."""
_LIMIT: Final = "limit"
"""Suffix of the file that has the limit, beside the folder."""


class InputsFolder:
    """A folder below ``inputs`` of the home folder, that only this run uses."""

    def __init__(self) -> None:
        self.path = home() / "inputs" / uuid.uuid4().hex
        self.limit = 0
        """Bytes that it may hold; 0 before it was made."""
        self._lock = FileLock(f"{self.path}.lock")

    def make(self) -> bool:
        """Make it, and remove what runs that were killed have left; False where it cannot be had."""
        import psutil

        folder = self.path.parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(folder)
            self._lock.acquire(timeout=0)
            limit = PART_OF_MEMORY * psutil.virtual_memory().available
            limit = min(limit, PART_OF_DISK * shutil.disk_usage(folder).free)
            self.limit = int(limit)
            self.path.with_suffix(f".{_LIMIT}").write_text(str(self.limit), encoding="ascii")
            self.path.mkdir(mode=0o700)
        except (OSError, Timeout, NotImplementedError):
            self.remove()
            return False
        return True

    def remove(self) -> None:
        """Remove it with all that is in it."""
        _remove(self.path)
        with suppress(OSError):
            self._lock.release()
            Path(self._lock.lock_file).unlink(missing_ok=True)


def shared_inputs(
    folder: str | None, model: ModelSpecification, models: Sequence[ModelSpecification]
) -> SharedInputs | None:
    """Return where a model finds, and leaves, prepared images; None where no other has the same network.

    Parameters
    ----------
    folder
        That of the run; None where it has none.
    model
        The model.
    models
        All that are scored, in their order. Untrained twins have the network of their model.

    """
    alike = [each for each in models if (each.network, each.text) == (model.network, model.text)]
    if folder is None or len(alike) < 2:
        return None
    from pytest_brainscore.models.networks.shared_inputs import SharedInputs

    try:
        limit = int(Path(folder).with_suffix(f".{_LIMIT}").read_text(encoding="ascii"))
    except (OSError, ValueError):  # on another machine than that of the run
        return None
    return SharedInputs(folder, limit, keeps=model != alike[-1])


def have_siblings(models: Sequence[ModelSpecification]) -> bool:
    """Tell whether any two models have the same network."""
    return len({(each.network, each.text) for each in models}) < len(models)


def _remove_abandoned(folder: Path) -> None:
    for lock_file in folder.glob("*.lock"):
        lock = FileLock(lock_file)
        with suppress(OSError, Timeout, NotImplementedError), lock.acquire(timeout=0):
            _remove(lock_file.with_suffix(""))
            lock_file.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    shutil.rmtree(path, ignore_errors=True)
    with suppress(OSError):
        path.with_suffix(f".{_LIMIT}").unlink(missing_ok=True)
