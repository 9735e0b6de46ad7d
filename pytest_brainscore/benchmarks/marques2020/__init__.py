"""Marques2020: whether single units of a model's V1 have the properties of single neurons in macaque V1.

Each of the 22 benchmarks compares the distribution of one response property (circular variance, surround suppression,
...) over the units of a model with its distribution over recorded neurons. The model is shown the gratings or textures
that the neurons were shown; its activations are mapped to spikes per second by one affine function.

Marques, Schrimpf & DiCarlo (2021), https://doi.org/10.1101/2021.03.01.433495; each benchmark cites the recordings.

Importing this module is light: definitions only.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.quick import quick_version
from pytest_brainscore.data.catalogue import FileSetKind
from pytest_brainscore.data.citations import cite
from pytest_brainscore.trees import QUICK


class _Study(NamedTuple):
    """The recordings that a benchmark compares with, and how the neurons were stimulated."""

    stimulus_set: str
    visual_degrees: float
    cost: float
    citation: str
    """Key of the bibliography."""
    reads: tuple[FileSetKind, ...] = ()
    """What of stimuli and recordings is not part of this package; gratings are drawn."""


# Cost: receptive-field mapping (3528 gratings) and calibration (1152) are part of every benchmark that runs alone; the
# spatial-frequency (2112), size (2304) and texture (450) stimuli come on top, at about 20 ms a stimulus.
_STUDIES: Final = {
    "Ringach2002": _Study("Marques2020_orientation", 12.0, 100.0, "Ringach2002", ("assembly",)),
    "DeValois1982a": _Study("Marques2020_orientation", 12.0, 100.0, "DeValois1982a"),
    "DeValois1982b": _Study("Marques2020_spatial_frequency", 12.0, 145.0, "DeValois1982b"),
    # The published system gives the DOI of part IV of this series together with the title and pages of part III; the
    # data are those of part III.
    "Schiller1976c": _Study("Marques2020_spatial_frequency", 12.0, 145.0, "Schiller1976"),
    "Cavanaugh2002a": _Study("Marques2020_size", 12.0, 150.0, "Cavanaugh2002"),
    "FreemanZiemba2013_V1_properties": _Study(
        "FreemanZiemba2013_properties", 8.0, 110.0, "Freeman2013", ("stimulus_set", "assembly")
    ),
}


_QUICK_COST: Final = 15.0


class _Leaf(NamedTuple):
    """One row of the published list of benchmarks."""

    name: str
    group: str
    assembly: str
    neuronal_property: str
    ceiling: float


# Name, group in the score tree and ceiling (tolerance .005) as published; the name of the property in the recordings.
_LEAVES: Final = (
    _Leaf("Ringach2002-circular_variance", "V1-orientation", "Ringach2002", "circular_variance", 0.959),
    _Leaf("Ringach2002-or_bandwidth", "V1-orientation", "Ringach2002", "bandwidth", 0.964),
    _Leaf("Ringach2002-orth_pref_ratio", "V1-orientation", "Ringach2002", "orthogonal_preferred_ratio", 0.962),
    _Leaf("Ringach2002-or_selective", "V1-orientation", "Ringach2002", "orientation_selective", 0.994),
    _Leaf(
        "Ringach2002-cv_bandwidth_ratio", "V1-orientation", "Ringach2002", "circular_variance_bandwidth_ratio", 0.968
    ),
    _Leaf(
        "Ringach2002-opr_cv_diff",
        "V1-orientation",
        "Ringach2002",
        "orthogonal_preferred_ratio_circular_variance_difference",
        0.967,
    ),
    _Leaf("DeValois1982-pref_or", "V1-orientation", "DeValois1982a", "preferred_orientation", 0.962),
    _Leaf("DeValois1982-peak_sf", "V1-spatial_frequency", "DeValois1982b", "peak_spatial_frequency", 0.967),
    _Leaf("Schiller1976-sf_selective", "V1-spatial_frequency", "Schiller1976c", "spatial_frequency_selective", 0.963),
    _Leaf("Schiller1976-sf_bandwidth", "V1-spatial_frequency", "Schiller1976c", "spatial_frequency_bandwidth", 0.933),
    _Leaf(
        "FreemanZiemba2013-texture_selectivity",
        "V1-response_selectivity",
        "FreemanZiemba2013_V1_properties",
        "texture_selectivity",
        0.940,
    ),
    _Leaf(
        "FreemanZiemba2013-texture_sparseness",
        "V1-response_selectivity",
        "FreemanZiemba2013_V1_properties",
        "texture_sparseness",
        0.935,
    ),
    _Leaf(
        "FreemanZiemba2013-texture_variance_ratio",
        "V1-response_selectivity",
        "FreemanZiemba2013_V1_properties",
        "variance_ratio",
        0.939,
    ),
    _Leaf("Ringach2002-modulation_ratio", "V1-response_selectivity", "Ringach2002", "modulation_ratio", 0.959),
    _Leaf(
        "Cavanaugh2002-grating_summation_field",
        "V1-receptive_field_size",
        "Cavanaugh2002a",
        "grating_summation_field",
        0.956,
    ),
    _Leaf("Cavanaugh2002-surround_diameter", "V1-receptive_field_size", "Cavanaugh2002a", "surround_diameter", 0.955),
    _Leaf(
        "Cavanaugh2002-surround_suppression_index",
        "V1-surround_modulation",
        "Cavanaugh2002a",
        "surround_suppression_index",
        0.958,
    ),
    _Leaf(
        "FreemanZiemba2013-texture_modulation_index",
        "V1-texture_modulation",
        "FreemanZiemba2013_V1_properties",
        "texture_modulation_index",
        0.948,
    ),
    _Leaf(
        "FreemanZiemba2013-abs_texture_modulation_index",
        "V1-texture_modulation",
        "FreemanZiemba2013_V1_properties",
        "absolute_texture_modulation_index",
        0.958,
    ),
    _Leaf(
        "FreemanZiemba2013-max_texture",
        "V1-response_magnitude",
        "FreemanZiemba2013_V1_properties",
        "max_texture",
        0.946,
    ),
    _Leaf(
        "FreemanZiemba2013-max_noise", "V1-response_magnitude", "FreemanZiemba2013_V1_properties", "max_noise", 0.945
    ),
    _Leaf("Ringach2002-max_dc", "V1-response_magnitude", "Ringach2002", "max_dc", 0.968),
)


def neuronal_property(benchmark: Benchmark) -> str:
    """Return the name that the property of a benchmark has in the recordings, for example ``bandwidth``."""
    return _PROPERTIES[benchmark.identifier.removeprefix(f"{QUICK}.")]


def _benchmark(leaf: _Leaf) -> Benchmark:
    study = _STUDIES[leaf.assembly]
    return Benchmark(
        identifier=f"Marques2020_{leaf.name}",
        version=1,
        parents=("average_vision", "neural_vision", "V1", "Marques2020", leaf.group),
        region="V1",
        metric="ks_similarity",
        ceiling=leaf.ceiling,
        normalisation="r/c",
        stimulus_set=study.stimulus_set,
        assembly=leaf.assembly,
        visual_degrees=study.visual_degrees,
        number_of_trials=20,
        citation=cite("Marques2021", study.citation),
        cost=study.cost,
        protocol=f"{__name__}.protocol:score",
        data=f"{__name__}.protocol:property_data",
        reads=tuple((kind, study.stimulus_set if kind == "stimulus_set" else leaf.assembly) for kind in study.reads),
    )


BENCHMARKS: Final = tuple(_benchmark(leaf) for leaf in _LEAVES)
"""The 22 benchmarks in the order of the score tree."""

_PROPERTIES: Final = {f"Marques2020_{leaf.name}": leaf.neuronal_property for leaf in _LEAVES}


def further_benchmarks() -> tuple[Benchmark, ...]:
    """Return the quick versions of those whose neurons come with this package."""
    data = f"{__name__}.protocol:quick_property_data"
    return tuple(quick_version(each, node="V1", data=data, cost=_QUICK_COST) for each in BENCHMARKS if not each.reads)
