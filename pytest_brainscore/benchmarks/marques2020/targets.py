"""What the model is compared with: the distribution of a response property over recorded neurons.

For seven of the 22 benchmarks the papers print the distribution as a histogram, and the counts are part of this
package (``fixtures/marques2020``). The metric bins the neurons with the edges of that very histogram, so that only the
number of neurons in each bin, and the number of neurons without a value, enter the score; where in its bin a neuron
lies does not. Every neuron is therefore placed at the centre of its bin. (The published system draws the neurons at
random within their bins once, and stores them; scores and ceilings have the same expected value.)
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020 import neuronal_property
from pytest_brainscore.data.loading import load_assembly
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.resources import resource_folder

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark

_FILES: Final = {
    "DeValois1982a": "devalois1982.toml",
    "DeValois1982b": "devalois1982.toml",
    "Schiller1976c": "schiller1976.toml",
    "Cavanaugh2002a": "cavanaugh2002.toml",
}
"""Files of published histograms, by the name of the recordings."""


@dataclass(frozen=True, eq=False)
class PropertyTarget:
    """Distribution of one response property over the neurons of one study."""

    values: NDArray[np.float64]
    """The property of every neuron, shape (neurons,); NaN where it is undefined."""
    bins: NDArray[np.float64]
    """Edges of the histogram that the metric bins the values with, shape (bins + 1,), ascending."""
    sha256: str
    """Digest of values and bins."""
    source: str
    """The publication, or the name of the recordings."""


def property_target(benchmark: Benchmark) -> PropertyTarget:
    """Return the distribution that a benchmark compares a model with.

    Raises
    ------
    DataUnavailable
        When the recordings are not on this machine and cannot be fetched, or lack the property.

    """
    name = neuronal_property(benchmark)
    if benchmark.assembly in _FILES:
        return _published_histogram(_FILES[benchmark.assembly], name)
    assembly = load_assembly(benchmark.assembly)
    measured = np.flatnonzero(assembly["neuronal_property"].values == name)
    if measured.size != 1 or f"{name}_bins" not in assembly.attrs:
        raise DataUnavailable(
            f"The recordings {benchmark.assembly} do not have the property {name} once, with its bins; use the "
            "published file."
        )
    values = np.asarray(assembly.isel(neuronal_property=measured[0]).values, dtype=np.float64)
    return _target(values, np.asarray(assembly.attrs[f"{name}_bins"], dtype=np.float64), benchmark.assembly)


def is_printed(benchmark: Benchmark) -> bool:
    """Tell whether the neurons of a benchmark are known by a printed histogram alone, without any order."""
    return benchmark.assembly in _FILES


def _published_histogram(file: str, name: str) -> PropertyTarget:
    path = resource_folder("fixtures/marques2020") / file
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    histogram = document[name]
    bins = _edges(histogram["bins"])
    counts = np.sum(list(histogram["counts"].values()), axis=0)
    centres = (bins[:-1] + bins[1:]) / 2
    undefined = np.full(histogram["undefined"], np.nan)
    # Neurons without a value come first, as in the published recordings.
    values = np.concatenate([undefined, np.repeat(centres, counts)])
    return _target(values, bins, histogram.get("source", document.get("source")))


def _edges(rule: dict[str, Any]) -> NDArray[np.float64]:
    """Return the edges of a histogram: listed, or those of equally wide bins."""
    if "edges" in rule:
        return np.asarray(rule["edges"], dtype=np.float64)
    return np.linspace(rule["first"], rule["last"], rule["number"] + 1)


def _target(values: NDArray[np.float64], bins: NDArray[np.float64], source: str) -> PropertyTarget:
    digest = hashlib.sha256(values.astype("<f8").tobytes() + bins.astype("<f8").tobytes()).hexdigest()
    return PropertyTarget(values, bins, digest, source)
