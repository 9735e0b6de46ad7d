"""Models that installed packages offer by name, with the entry point ``pytest_brainscore.models``. Light to import.

A package says in its ``pyproject.toml``::

    [project.entry-points."pytest_brainscore.models"]
    mynet = "mylab.networks:build"

and ``--model mynet`` is then ``--model mylab.networks:build`` under a name of its own: a function without required
arguments that returns a ``torch.nn.Module`` or a brain model, with its layer commitment beside the module.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Final, NamedTuple

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.sources.specification import ModelSpecification

GROUP: Final = "pytest_brainscore.models"


class OfferedModel(NamedTuple):
    """A model that a package offers; nothing of the package has been imported."""

    value: str
    """``module:factory``, as the package's entry point says."""
    package: str
    """Name and version of the package."""

    def specification(self, name: str) -> ModelSpecification:
        """Return where the factory is, as if the user had named it.

        Raises
        ------
        ModelError
            The entry point is not ``module:factory``.

        """
        module, _, factory = self.value.partition("[")[0].replace(" ", "").partition(":")
        if not module or not factory:
            raise ModelError(
                f"The package {self.package} offers the model {name} as {self.value!r}, which is not module:factory; "
                "mend the entry point there, or uninstall the package."
            )
        return ModelSpecification(name, "module", module, factory, offered_by=self.package)


def offered_models() -> Mapping[str, tuple[OfferedModel, ...]]:
    """Return what installed packages offer, by name; more than one where packages do not agree."""
    offered: dict[str, dict[str, OfferedModel]] = {}
    for point in entry_points(group=GROUP):
        # The same function under the same name is no second definition, whichever package says so.
        offered.setdefault(point.name, {}).setdefault(point.value, OfferedModel(point.value, _package(point)))
    return {name: tuple(by_value.values()) for name, by_value in offered.items()}


def _package(point: EntryPoint) -> str:
    return "of unknown name" if point.dist is None else f"{point.dist.name} {point.dist.version}"
