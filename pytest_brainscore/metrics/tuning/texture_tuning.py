"""Texture tuning: modulation index, sparseness, and the variance between and within texture families.

The measures are those of Freeman, Ziemba, Heeger, Simoncelli & Movshon (2013), Nat. Neurosci. 16:974, computed as in
Marques, Schrimpf & DiCarlo (2021), doi 10.1101/2021.03.01.433495.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Freeman et al. (2013) count spikes in windows of 100 ms, a tenth of a second.
_WINDOWS_PER_SECOND = 10
# Added to both parts of the variance ratio, so that a neuroid without one of them has a finite ratio.
_VARIANCE_RATIO_OFFSET = 0.02


class NestedVariance(NamedTuple):
    """Parts of the variance of every neuroid; every member has the shape (neuroid,)."""

    sample_variance: NDArray[np.float64]
    """Share of the variance between the samples of a family, 0 to b / (b - 1) for b samples a family."""
    family_variance: NDArray[np.float64]
    """Share of the variance between families, 1 minus the sample share; the estimate may be negative."""
    variance_ratio: NDArray[np.float64]
    """(family share + .02) / (sample share + .02)."""


def texture_modulation_index(noise: ArrayLike, texture: ArrayLike) -> NDArray[np.float64]:
    """Mean over families of (texture - noise) / (texture + noise).

    Parameters
    ----------
    noise
        Mean response to the spectrally matched noise of every family, shape (neuroid, family).
    texture
        Mean response to the texture of every family, in the same order, shape (neuroid, family).

    Returns
    -------
    Index, shape (neuroid,), -1 to 1 where no response is negative. Families whose index is NaN (both responses zero, or
    a response NaN) are skipped; NaN where none is left. Responses of opposite sign, as they occur after subtraction of
    the baseline, give values beyond -1 to 1, and infinity where they cancel.

    Raises
    ------
    ValueError
        If the two are not of the same shape (neuroid, family).

    """
    noise_response = np.asarray(noise, dtype=np.float64)
    texture_response = np.asarray(texture, dtype=np.float64)
    if noise_response.ndim != 2 or noise_response.shape != texture_response.shape:
        raise ValueError(
            f"Responses to noise {noise_response.shape} and to texture {texture_response.shape} must have the same "
            "shape (neuroid, family)."
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        modulation = (texture_response - noise_response) / (texture_response + noise_response)
        # The sum of no value is 0 and divides by 0 to NaN, without the warning of numpy.nanmean.
        mean: NDArray[np.float64] = np.nansum(modulation, axis=1) / (~np.isnan(modulation)).sum(axis=1)
    return mean


def sparseness(responses: ArrayLike) -> NDArray[np.float64]:
    """Sparseness of Vinje & Gallant (2000), Science 287:1273: (1 - mean(r)^2 / mean(r^2)) / (1 - 1/n).

    Parameters
    ----------
    responses
        Responses, shape (neuroid, stimulus).

    Returns
    -------
    Sparseness, shape (neuroid,), 0 (all responses alike, up to rounding) to 1 (a response to one stimulus only) where
    no response is negative. Responses of both signs whose mean is near 0 go up to 1 / (1 - 1/n). NaN for an all-zero
    neuroid, for one with a response that is not finite, and where there is only one stimulus.

    Raises
    ------
    ValueError
        If `responses` is not of shape (neuroid, stimulus) with at least one stimulus.

    """
    values = np.asarray(responses, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] == 0:
        raise ValueError(f"Responses of shape {values.shape} have no sparseness: give (neuroid, stimulus).")
    if values.shape[1] == 1:
        return np.full(len(values), np.nan)
    with np.errstate(invalid="ignore"):
        activity_ratio = values.mean(axis=1) ** 2 / (values**2).mean(axis=1)
    sparse: NDArray[np.float64] = (1 - activity_ratio) / (1 - 1 / values.shape[1])
    return sparse


def stabilised_counts(rates: ArrayLike) -> NDArray[np.float64]:
    """Spike counts in 100 ms on a scale of equal variance (Freeman & Tukey): sqrt(s) + sqrt(s + 1), s = rate / 10.

    Parameters
    ----------
    rates
        Firing rates in spikes per second, baseline not subtracted, any shape.

    Returns
    -------
    Stabilised counts, of the same shape, at least 1; NaN where the rate is NaN or negative.

    """
    counts = np.asarray(rates, dtype=np.float64) / _WINDOWS_PER_SECOND
    with np.errstate(invalid="ignore"):
        stabilised: NDArray[np.float64] = np.sqrt(counts) + np.sqrt(counts + 1)
    return stabilised


def nested_variance(responses: ArrayLike) -> NestedVariance:
    """Nested analysis of variance: how much differs between families, how much between the samples of a family.

    With a families of b samples, MS_sample = sum (x - family mean)^2 / (a (b - 1)) and
    MS_family = b sum (family mean - grand mean)^2 / (a - 1); the sample variance is MS_sample, the family variance
    (MS_family - MS_sample) / b, and both are given as a share of their sum.

    Parameters
    ----------
    responses
        Stabilised counts (see `stabilised_counts`), shape (neuroid, family, sample), at least 2 families and samples.

    Returns
    -------
    All of shape (neuroid,). NaN where the neuroid gives the same response to everything (the published system then
    reports rounding noise), or where a response is not finite.

    Raises
    ------
    ValueError
        If `responses` is not of shape (neuroid, family, sample) with at least 2 families and 2 samples.

    """
    values = np.asarray(responses, dtype=np.float64)
    if values.ndim != 3 or min(values.shape[1:]) < 2:
        raise ValueError(
            f"Responses of shape {values.shape} cannot be analysed: give (neuroid, family, sample) with at least "
            "2 families and 2 samples."
        )
    families, samples = values.shape[1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        family_mean = values.mean(axis=2)
        grand_mean = family_mean.mean(axis=1, keepdims=True)
        within = ((values - family_mean[:, :, np.newaxis]) ** 2).sum(axis=(1, 2))
        between = ((family_mean - grand_mean) ** 2).sum(axis=1)
        sample_part = within / (families * (samples - 1))
        family_part = (samples * between / (families - 1) - sample_part) / samples
        # The mean of equal values need not be equal to them to the last bit, so that constancy is asked of the values.
        varies = values.max(axis=(1, 2)) > values.min(axis=(1, 2))
        total = np.where(varies, sample_part + family_part, np.nan)
        sample_share = sample_part / total
        family_share = family_part / total
        ratio = (family_share + _VARIANCE_RATIO_OFFSET) / (sample_share + _VARIANCE_RATIO_OFFSET)
    return NestedVariance(sample_variance=sample_share, family_variance=family_share, variance_ratio=ratio)
