"""What each protocol shows a model, and what it computes: one table, by the function that scores.

A row is the protocol as its module carries it out, with the formulas of `work`. A protocol that is not here, as one of
the user's own, is taken to show the stimuli that its benchmark names; what it computes is then not known.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

from pytest_brainscore.cost import work
from pytest_brainscore.cost.counts import (
    Recording,
    Stimuli,
    counted,
    data_named,
    own_data,
    recording_of,
    sizes_of,
    stimuli_of,
    together,
)
from pytest_brainscore.cost.workload import Shown, Workload
from pytest_brainscore.data.catalogue import CatalogueError

if TYPE_CHECKING:
    from pytest_brainscore.benchmarks.benchmark import Benchmark
    from pytest_brainscore.cost.work import Work

_PACKAGE: Final = "pytest_brainscore.benchmarks."
_NEURONS: Final = "the number of neurons"
_IMAGES: Final = "the number of stimuli"
Fit = Callable[[float, float, float], "Work"]
"""What a regression computes: (stimuli, units, neuroids)."""


def workload_of(benchmark: Benchmark) -> Workload:
    """Return what scoring a benchmark consists of.

    Raises
    ------
    BrainScoreError
        Data that are here cannot be read.

    """
    protocol = benchmark.protocol
    name = protocol.removeprefix(_PACKAGE) if isinstance(protocol, str) else ""
    return _TABLE.get(name, _unknown)(benchmark)


def _stimuli(benchmark: Benchmark, name: str | None = None) -> Stimuli:
    """Return the stimuli of a benchmark, or another set of the catalogue."""
    given = None if name or benchmark.availability is None else getattr(own_data(benchmark), "stimuli", None)
    if given is not None:  # from elsewhere than the catalogue
        return counted(given)
    try:
        return stimuli_of(name or benchmark.stimulus_set, benchmark.visual_degrees)
    except CatalogueError:  # of a folder of the user's that is not here
        return Stimuli(name or benchmark.stimulus_set, None)


def _recording(benchmark: Benchmark) -> Recording:
    """Return the recordings of a benchmark."""
    given = None if benchmark.availability is None else getattr(own_data(benchmark), "assembly", None)
    if given is not None:
        return sizes_of(given, benchmark.region)
    names = [name for kind, name in benchmark.needs if kind == "assembly"]
    if benchmark.assembly in names or not names:
        try:
            return recording_of(benchmark.assembly, benchmark.region)
        except CatalogueError:
            return Recording()
    return together([recording_of(name, benchmark.region) for name in names])  # one of each subject


def _unknown(benchmark: Benchmark) -> Workload:
    """Return what is known of a protocol that says nothing of itself."""
    named = [name for kind, name in benchmark.needs if kind == "stimulus_set"]
    shown = tuple(Shown(benchmark.region, _stimuli(benchmark, name)) for name in named)
    return Workload(shown, unknown="what its protocol computes" if shown else "what its protocol shows and computes")


def _ridge(stimuli: float, units: float, neuroids: float) -> Work:
    return work.ridge(stimuli * work.TRAIN, stimuli * (1 - work.TRAIN), units, neuroids, work.SPLITS)


def _ridge_cv(stimuli: float, units: float, neuroids: float) -> Work:
    return work.ridge_cv(stimuli * work.TRAIN, stimuli * (1 - work.TRAIN), units, neuroids, work.SPLITS)


def predicted(
    shown: Stimuli, recording: Recording, region: str, fit: Fit = work.pls, *, filling: bool = False
) -> Workload:
    """`benchmarks.shared.neural_predictivity`: a regression in ten splits, the ceiling, the bootstrap."""
    count = recording.stimuli or shown.count
    neuroids, repetitions = recording.neuroids, recording.repetitions or 1
    asked = (Shown(region, shown, filling=filling),)
    if count is None or neuroids is None:
        return Workload(asked, unknown=_IMAGES if count is None else _NEURONS)
    arranged = work.DOUBLE * repetitions * count * neuroids

    def computed(units: int) -> Work:
        ceiling = work.consistency(repetitions, count, neuroids)
        return fit(count, units, neuroids) + ceiling + work.predictivity_drawn((1 - work.TRAIN) * count, neuroids)

    return Workload(asked, computed, recording.bytes + arranged)


def _predictivity(benchmark: Benchmark, fit: Fit = work.pls, *, filling: bool = False) -> Workload:
    recording = _recording(benchmark)
    return predicted(_stimuli(benchmark), recording, benchmark.region, fit, filling=filling)


def _sessions(benchmark: Benchmark) -> Workload:
    """`cowley2026.protocol:leaf_score`: four sessions, one after the other."""
    from pytest_brainscore.benchmarks.cowley2026 import SESSIONS

    parts = [_predictivity(each, filling=True) for each in SESSIONS]
    return Workload(
        tuple(shown for part in parts for shown in part.shown),
        lambda units: sum((part.work(units) for part in parts), work.Work()),
        sum(part.data for part in parts),
        next((part.unknown for part in parts if part.unknown), ""),
    )


def _reversed(benchmark: Benchmark) -> Workload:
    """`majajhong2015.reverse_predictivity`: neurons predict units."""
    recording = _recording(benchmark)
    forwards = predicted(_stimuli(benchmark), recording, benchmark.region)
    if forwards.unknown:
        return forwards
    count, neuroids = float(recording.stimuli or 0), float(recording.neuroids or 0)

    def computed(units: int) -> Work:
        return work.pls(count, neuroids, units) + work.predictivity_drawn((1 - work.TRAIN) * count, units)

    return replace(forwards, work=computed)


def _fixed(benchmark: Benchmark, metric: str) -> Workload:
    """`benchmarks.shared.train_test` and `subject_similarity`: fitted to one set, tested on another; by subject."""
    train_set = _stimuli(benchmark, data_named(benchmark, "stimulus_set", 0))
    test_set = _stimuli(benchmark, data_named(benchmark, "stimulus_set", 1))
    train = recording_of(data_named(benchmark, "assembly", 0), benchmark.region)
    test = recording_of(data_named(benchmark, "assembly", 1), benchmark.region)
    similarity = metric == "rdm"
    shown = tuple(Shown(benchmark.region, each) for each in ((test_set,) if similarity else (train_set, test_set)))
    seen, tested = train_set.count, test_set.count
    if seen is None or tested is None:
        return Workload(shown, unknown=_IMAGES)
    if similarity:
        return Workload(shown, partial(_similar, tested, test.subjects), float(test.bytes))
    neuroids = test.neuroids or train.neuroids
    if neuroids is None:
        return Workload(shown, unknown=_NEURONS)
    fit = work.ridge if metric == "ridge" else work.ridge_cv

    def computed(units: int) -> Work:
        return fit(seen, tested, units, neuroids) + work.predictivity_drawn(tested, neuroids, 1)

    arranged = work.DOUBLE * neuroids * (seen + tested * (test.repetitions or 1))
    return Workload(shown, computed, train.bytes + test.bytes + arranged)


def _similar(stimuli: float, subjects: float, units: int) -> Work:
    return work.dissimilarities(stimuli, units) + work.pairs_compared(stimuli).times(max(subjects, 1.0))


def _similarity(benchmark: Benchmark, *, filling: bool = False) -> Workload:
    """`benchmarks.shared.representational_similarity`: dissimilarities of stimuli, compared, with their bootstrap."""
    shown = _stimuli(benchmark)
    asked = (Shown(benchmark.region, shown, filling=filling),)
    if shown.count is None:
        return Workload(asked, unknown=_IMAGES)
    recording = _recording(benchmark)
    return Workload(asked, partial(_similar, shown.count, 1.0), float(recording.bytes))


def _aligned(benchmark: Benchmark) -> Workload:
    """`zerbe2026.similarity:cka_score`."""
    shown, recording = _stimuli(benchmark), _recording(benchmark)
    asked = (Shown(benchmark.region, shown),)
    if shown.count is None or recording.neuroids is None:
        return Workload(asked, unknown=_IMAGES if shown.count is None else _NEURONS)
    count, neuroids = shown.count, recording.neuroids
    return Workload(
        asked,
        lambda units: work.kernels_aligned(count, units, neuroids).times(recording.subjects),
        float(recording.bytes),
    )


def _answered(benchmark: Benchmark, *, every: int = 1, times: int = 1, first: str | None = None) -> Workload:
    """Tasks: a model answers each stimulus; its answers are compared with people's, or with the truth.

    Of every so many stimuli one is shown, so many times over (corrupted in as many ways).
    """
    stimuli = _stimuli(benchmark)
    count = None if stimuli.count is None else -(-stimuli.count // every) * times
    name = stimuli.name if (every, times) == (1, 1) else f"{benchmark.identifier} of {stimuli.name}"
    shown = [Shown(benchmark.region, replace(stimuli, name=name, count=count))]
    fitting = _stimuli(benchmark, benchmark.fitting_stimulus_set) if benchmark.fitting_stimulus_set else None
    if fitting is not None:
        shown.append(Shown(benchmark.region, fitting))
    if count is None or (fitting is not None and fitting.count is None):
        return Workload(tuple(shown), unknown=_IMAGES)
    people = recording_of(benchmark.assembly, "").subjects if benchmark.assembly else 1

    def computed(units: int) -> Work:
        fitted = work.readout(fitting.count or 0, units, _LABELS) if fitting is not None else work.Work()
        return fitted + work.answers_drawn(count, people)

    return Workload(tuple(shown), computed)


_LABELS: Final = 10.0
"""Labels of a read-out, about."""


def _odd_one_out(benchmark: Benchmark) -> Workload:
    """`hebart2023`: dot products of all stimuli; each triplet is drawn again with its stimuli."""
    stimuli = _stimuli(benchmark)
    count = stimuli.count
    shown = (Shown(benchmark.region, stimuli),)
    if count is None:
        return Workload(shown, unknown=_IMAGES)
    triplets = recording_of(benchmark.assembly, "").stimuli or 0

    def computed(units: int) -> Work:
        return replace(work.dissimilarities(count, units), memory=8.0 * count * count) + work.Work(
            stream=3 * work.REPLICATES * triplets * 6 * work.DOUBLE, memory=32 * work.DOUBLE * triplets
        )

    return Workload(shown, computed)


def _factors(benchmark: Benchmark) -> Workload:
    """`islam2021`: correlations over pairs of images; stimuli fill the input."""
    stimuli = _stimuli(benchmark)
    count = stimuli.count or 0
    return Workload(
        (Shown(benchmark.region, stimuli, filling=True),),
        lambda units: work.Work(
            stream=20 * work.DOUBLE * count * units + work.REPLICATES * count * 6 * work.DOUBLE,
            memory=work.DOUBLE * 8 * count + 2 * work.BLOCK,
        ),
        unknown="" if stimuli.count else _IMAGES,
    )


def _solution_times(benchmark: Benchmark) -> Workload:
    """`kar2019`: a model without a time course is done after one image."""
    one = replace(_stimuli(benchmark), name=f"{benchmark.stimulus_set}, the first", count=1)
    return Workload((Shown(benchmark.region, one),), unknown="whether the model has a time course")


def _object_readout(benchmark: Benchmark) -> Workload:
    """`igustibagus2024.reading_out`: a ridge classifier in each of a thousand splits."""
    stimuli = _stimuli(benchmark)
    count = stimuli.count or 0

    def computed(units: int) -> Work:
        return work.ridge(count, 0.1 * count, units, _LABELS).times(1.0) + work.Work(
            products=1000.0 * (min(count, units) ** 3 / 3 + 2 * count**2 * _LABELS), uncertain=True
        )

    return Workload((Shown(benchmark.region, stimuli),), computed, unknown="" if stimuli.count else _IMAGES)


def _mapped(benchmark: Benchmark) -> Workload:
    from pytest_brainscore.cost.mapping import mapped

    return mapped(benchmark)


def _own(benchmark: Benchmark) -> Workload:
    from pytest_brainscore.cost.own import own

    return own(benchmark)


def _generated(benchmark: Benchmark) -> Workload:
    from pytest_brainscore.benchmarks.imagenet_c.protocol import STEP
    from pytest_brainscore.data.publishers.imagenet_c import LEVELS, TYPES

    category = benchmark.identifier.removeprefix("ImageNet-C-generated-").removesuffix("-top1")
    return _answered(benchmark, every=STEP, times=len(LEVELS) * len(TYPES[category]))


def _archived(benchmark: Benchmark) -> Workload:
    from pytest_brainscore.benchmarks.imagenet_c.protocol import STEP

    return _answered(benchmark, every=STEP)


def _quick(benchmark: Benchmark) -> Workload:
    """Return what is shown of the full benchmark: fewer gratings, or every other image of each category."""
    from pytest_brainscore.benchmarks.quick import full_version

    protocol = str(full_version(benchmark).protocol).removeprefix(_PACKAGE)
    return _mapped(benchmark) if protocol.startswith("marques2020.") else _answered(benchmark, every=2)


_TABLE: Final[dict[str, Callable[[Benchmark], Workload]]] = {
    "marques2020.protocol:score": _mapped,
    "own.recording_protocol:score_recording": _own,
    "quick:score": _quick,
    "freemanziemba2013.protocol:score": _predictivity,
    "sanghavi2020.protocol:score": _predictivity,
    "majajhong2015.protocol:score": _predictivity,
    "majajhong2015.reverse_predictivity:score": _reversed,
    "majajhong2015.temporal:score": _predictivity,
    "rajalingham2020.protocol:score": _predictivity,
    "cadena2017.protocol:pls_score": _predictivity,
    "cadena2017.protocol:mask_score": partial(_predictivity, fit=_ridge),
    "cowley2023.protocol:score": partial(_predictivity, filling=True),
    "cowley2026.protocol:session_score": partial(_predictivity, filling=True),
    "cowley2026.protocol:leaf_score": _sessions,
    "igustibagus2024.predicting:score": partial(_predictivity, fit=_ridge),
    "igustibagus2024.reading_out:score": _object_readout,
    "li2026.protocol:pls_score": _predictivity,
    "li2026.protocol:ridgecv_score": partial(_predictivity, fit=_ridge_cv),
    "li2026.protocol:rdm_score": _similarity,
    "zerbe2026.protocol:ridgecv_score": partial(_predictivity, fit=_ridge_cv),
    "zerbe2026.similarity:rdm_score": _similarity,
    "zerbe2026.similarity:cka_score": _aligned,
    "kriegeskorte2008.protocol:score": partial(_similarity, filling=True),
    "bracci2019.protocol:score": _similarity,
    "coggan2024_fmri.protocol:score": _similarity,
    "kar2019.protocol:score": _solution_times,
    "islam2021.protocol:score": _factors,
    "hebart2023.protocol:match_score": _odd_one_out,
    "imagenet_c.protocol:archived_score": _archived,
    "imagenet_c.protocol:generated_score": _generated,
    "allen2022_fmri.protocol:ridge_score": partial(_fixed, metric="ridge"),
    "allen2022_fmri.protocol:rdm_score": partial(_fixed, metric="rdm"),
    **{
        f"{paper}.protocol:{metric}_score": partial(_fixed, metric=metric)
        for paper in ("hebart2023_fmri", "papale2025", "gifford2022")
        for metric in ("ridge", "ridgecv")
    },
    **dict.fromkeys(
        (
            "rajalingham2018.protocol:i2n_score",
            "rajalingham2018.protocol:i2n_score_of_few_trials",
            "geirhos2021.protocol:error_consistency_score",
            "geirhos2021.protocol:top1_score",
            "hermann2020.protocol:shape_match_score",
            "hermann2020.protocol:shape_bias_score",
            "baker2022.protocol:accuracy_delta_score",
            "maniquet2024.protocol:confusion_similarity_score",
            "maniquet2024.protocol:tasks_consistency_score",
            "ferguson2024.protocol:value_delta_score",
            "bmd2024.protocol:accuracy_distance_score",
            "coggan2024_behavior.protocol:condition_wise_accuracy_score",
            "imagenet.protocol:score",
            "objectnet.protocol:score",
            "kato2026.protocol:score",
            "lonnqvist2024.protocol:accuracy_distance_score",
            "lonnqvist2024.protocol:accuracy_score",
            "scialom2024.protocol:accuracy_distance_score",
            "scialom2024.protocol:error_consistency_score",
            "scialom2024.protocol:accuracy_score",
            "malania2007.protocol:elevation_score",
            "malania2007.protocol:acuity_score",
        ),
        _answered,
    ),
}
