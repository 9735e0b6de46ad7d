"""Texture modulation, selectivity for textures, and response magnitude.

Freeman, Ziemba, Heeger, Simoncelli & Movshon (2013), A functional and perceptual signature of the second visual area in
primates, Nature Neuroscience 16(7), 974-981, https://doi.org/10.1038/nn.3402.

The neuronal responses were rectified after the baseline was subtracted; the protocol does not rectify those of the
model, so that modulation indices beyond -1 to 1 occur. The metric counts them in its outermost bins.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.benchmarks.marques2020.gratings import responsive_units
from pytest_brainscore.metrics.tuning.texture_tuning import (
    nested_variance,
    sparseness,
    stabilised_counts,
    texture_modulation_index,
)


def properties(rates: NDArray[np.float64], baseline: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Return the properties of all units that exceed the baseline by 5 spikes per second.

    Parameters
    ----------
    rates
        Spikes per second, shape (unit, type, family, sample), type noise first, then texture.
    baseline
        Spikes per second in response to the blank, shape (unit,).

    Returns
    -------
    dict
        Property to values, each of shape (responsive unit,). Selectivity is the sparseness over the means of the
        families, sparseness that over all images; the parts of the variance are those of the stabilised spike counts
        (baseline not subtracted) to textures, everything else is above baseline. ``max_texture`` and ``max_noise`` are
        in spikes per second.

    Raises
    ------
    NoNumber
        When no unit is responsive.

    """
    responses = rates - baseline[:, np.newaxis, np.newaxis, np.newaxis]
    responsive = responsive_units(responses, np.zeros_like(baseline))
    noise, texture = responses[responsive, 0], responses[responsive, 1]
    noise_families, texture_families = noise.mean(axis=-1), texture.mean(axis=-1)
    noise_images, texture_images = noise.reshape(len(noise), -1), texture.reshape(len(texture), -1)
    modulation = texture_modulation_index(noise_families, texture_families)
    variance = nested_variance(stabilised_counts(rates[responsive, 1]))
    return {
        "max_texture": texture_images.max(axis=1),
        "max_noise": noise_images.max(axis=1),
        "texture_modulation_index": modulation,
        "absolute_texture_modulation_index": np.abs(modulation),
        "texture_selectivity": sparseness(texture_families),
        "noise_selectivity": sparseness(noise_families),
        "texture_sparseness": sparseness(texture_images),
        "noise_sparseness": sparseness(noise_images),
        "variance_ratio": variance.variance_ratio,
        "sample_variance": variance.sample_variance,
        "family_variance": variance.family_variance,
    }
