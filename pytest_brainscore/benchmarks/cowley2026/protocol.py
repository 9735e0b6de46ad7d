"""How a model is scored on Cowley2026: sessions apart, PLS on all units, even against odd repetitions."""

from __future__ import annotations

import hashlib
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import xarray as xr

from pytest_brainscore.benchmarks.benchmark_data import BenchmarkData
from pytest_brainscore.benchmarks.cowley2026 import REPORTED, REPORTED_CEILING, SESSIONS, session_of
from pytest_brainscore.benchmarks.shared.neural_predictivity import predictivity_score
from pytest_brainscore.benchmarks.shared.recordings import arrange, select_region, select_time_bins
from pytest_brainscore.data.publishers.cowley2026 import assembly_of, stimuli_of
from pytest_brainscore.errors import DataUnavailable
from pytest_brainscore.inference.parents import mean_replicates
from pytest_brainscore.metrics.reliability.internal_consistency import even_odd_consistency
from pytest_brainscore.metrics.shared.aggregation import SplitScore
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.benchmarks.shared.recordings import Recording
    from pytest_brainscore.models.interface import BrainModel

TIME_BIN: Final = (50, 150)
"""In milliseconds after stimulus onset. Files of some sessions have no time axis: it is that of the others."""

_AVERAGES: Final = "The recording has averages over repetitions only, so no ceiling can be computed: "
_WITHOUT_REPETITIONS: Final = {
    REPORTED_CEILING: f"{_AVERAGES}it is the one that the authors report, and the score is comparable with no other.",
    "r": f"{_AVERAGES}the score is the correlation itself, and comparable with no other.",
}
"""What a reader of a score has to know, by its normalisation."""


def authors_data(benchmark: Benchmark) -> BenchmarkData:
    """Return images and responses of a session in the layout of the authors, from the user's folder."""
    session = session_of(benchmark)
    stimuli = stimuli_of(session, degrees=benchmark.visual_degrees)
    return BenchmarkData(benchmark, stimuli=stimuli, assembly=assembly_of(session))


def leaf_data(benchmark: Benchmark) -> dict[str, BenchmarkData]:
    """Return images and responses of the four sessions, by session, read when they are used."""
    return {session_of(each): BenchmarkData(each) for each in SESSIONS}


def session_score(benchmark: Benchmark, model: BrainModel, data: BenchmarkData) -> Score:
    """Score how well a model predicts the neurons of one session; see `predictivity_score`.

    Splits are not stratified. The ceiling is the consistency of repetitions with even and with odd numbers, whose error
    is 0 since there is one such halving. Where there are averages only, it is the one that the authors report
    (normalisation ``r^2/c, c as reported``), or there is none (``r``).

    Raises
    ------
    DataUnavailable
        Also when an image has no repetition with an even or with an odd number, which the published system fails on.

    """
    recorded = select_region(data.assembly, benchmark.region)
    if "time_bin_start" in recorded.coords:
        recorded = select_time_bins(recorded, [TIME_BIN])
    recording = arrange(recorded.isel(time_bin=0, missing_dims="ignore"))
    reported = benchmark.normalisation == REPORTED_CEILING
    scored = predictivity_score(
        replace(benchmark, normalisation="r^2/c") if reported else benchmark,
        model,
        recording,
        data.stimuli,
        TIME_BIN,
        consistency=_reported(benchmark) if reported else _even_odd,
    )
    told = _WITHOUT_REPETITIONS.get(benchmark.normalisation)
    details = {**scored.details, **({"notes": [told]} if told else {})}
    return replace(scored, normalisation=benchmark.normalisation, details=details)


def leaf_score(benchmark: Benchmark, model: BrainModel, data: Mapping[str, BenchmarkData]) -> Score:
    """Score the mean of the four sessions.

    Parameters
    ----------
    benchmark
        ``Cowley2026.V4-pls``.
    model
        Sees the images of one session after the other.
    data
        Stimuli and recordings by session.

    Returns
    -------
    Score
        Means of the scores, raw scores and ceilings of the sessions; the mean ceiling is not what any was divided by.
        Not clipped. The published leaf has no error; here it is that of a mean of independent scores, from the
        standard error over splits of each. ``values`` has the scores, ``session``, and beside them ``raw``, ``ceiling``
        and ``raw_error``.

    Raises
    ------
    DataUnavailable
        When a session is not there, or has no ceiling.
    NoNumber
        When a session has no score.

    """
    found = [session_score(each, model, data[session_of(each)]) for each in SESSIONS]
    by_session = {
        "raw": [each.raw for each in found],
        "ceiling": [each.ceiling for each in found],
        "raw_error": [math.nan if each.values is None else each.values.raw_error for each in found],
    }
    coordinates = {"session": [each.identifier for each in SESSIONS]}
    replicates = [each.replicates for each in found]
    return Score(
        value=float(np.mean([each.value for each in found])),
        error=float(np.sqrt(np.sum(np.square([each.error for each in found]))) / len(found)),
        raw=float(np.mean(by_session["raw"])),
        ceiling=float(np.mean(by_session["ceiling"])),
        normalisation=benchmark.normalisation,
        n={
            "sessions": len(found),
            **{name: sum(each.n[name] for each in found) for name in ("stimuli", "neuroids")},
            **{name: found[0].n[name] for name in ("units", "splits")},
        },
        provenance={
            **found[0].provenance,
            **{
                name: hashlib.sha256("\n".join(str(each.provenance[name]) for each in found).encode()).hexdigest()
                for name in ("data_sha256", "stimuli")
            },
        },
        values=xr.DataArray(
            [each.value for each in found],
            {**coordinates, **{name: ("session", values) for name, values in by_session.items()}},
            ("session",),
        ),
        replicates=mean_replicates([each for each in replicates if each is not None]) if all(replicates) else None,
    )


def _even_odd(recording: Recording) -> SplitScore:
    try:
        return even_odd_consistency(recording.responses, recording.repetitions)
    except ValueError as error:
        raise DataUnavailable(f"The recordings {recording.name} have no ceiling: {error}") from error


def _reported(benchmark: Benchmark) -> Callable[[Recording], SplitScore]:
    """Return what gives the ceiling that is reported of a session, whose error is not."""
    ceiling = REPORTED[session_of(benchmark)]
    return lambda recording: SplitScore(ceiling, math.nan, np.array([ceiling]), np.array([[ceiling]]))
