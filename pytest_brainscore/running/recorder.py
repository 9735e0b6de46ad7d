"""The ``brainscore`` fixture: a score becomes a comparison with the baseline and a record of plain values."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from pytest_brainscore.cost.machine import peak_bytes
from pytest_brainscore.errors import BrainScoreError, NoNumber, ReportError
from pytest_brainscore.report.making.records import described, fingerprint_of, model_ingredients, scored_record
from pytest_brainscore.report.networks import joined, what_differs
from pytest_brainscore.report.notation import beyond_doubt, number
from pytest_brainscore.report.plain import plain_record, to_plain
from pytest_brainscore.report.record import BenchmarkRecord, Estimate, ModelRecord
from pytest_brainscore.report.red import REQUIRED, is_red
from pytest_brainscore.running.command_line.policy import is_required, ruled
from pytest_brainscore.running.planned.kept import estimate_of, settings_of
from pytest_brainscore.running.shards.validity import benchmark_ingredients, why_not
from pytest_brainscore.scoring.attribution_files import packed_attributions
from pytest_brainscore.scoring.comparison import Comparison, compare
from pytest_brainscore.scoring.replicate_files import name_of, packed, unpacked
from pytest_brainscore.scoring.score import origin

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_brainscore.inference.levels import Replicates
    from pytest_brainscore.report.parts.unfinished import Earlier
    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.running.command_line.selection import Trial
    from pytest_brainscore.running.process_state import ScoringRun
    from pytest_brainscore.scoring.score import Score


class Rejected(BrainScoreError):
    """The comparison with the baseline fails the test."""


class Recorder:
    """Takes the score of one benchmark for one model; every test of a suite calls :meth:`check` once.

    Parameters
    ----------
    run
        Returns this process's part of the run. It imports numpy and torch, and so can fail.
    options
        The options of the run.
    worker
        Name of this process.
    trial
        What is scored.

    """

    def __init__(self, run: Callable[[], ScoringRun], options: RunOptions, worker: str, trial: Trial) -> None:
        self.record: dict[str, Any] | None = None
        self._replicates: bytes | None = None
        self._attribution: bytes | None = None
        self.model_record: dict[str, Any] | None = None
        self._kept: BenchmarkRecord | None = None
        self._make_run = run
        self._options = options
        self._worker = worker
        self._trial = trial
        self._started = time.perf_counter()
        self._sent: dict[str, Any] | None = None
        self._rejected = False
        self._undefined: Score | None = None
        self._earlier: Earlier | None = None
        self._scored_anew: str | None = None

    @property
    def required(self) -> bool:
        """Whether ``--brainscore-require`` names this benchmark, so that having no score fails the test."""
        return is_required(self._trial.benchmark, self._options)

    @property
    def _run(self) -> ScoringRun:
        return self._make_run()

    def check(self, score: Score) -> Comparison:
        """Compare a score with the stored baseline and keep it for the report.

        Parameters
        ----------
        score
            What the benchmark returned for the model.

        Returns
        -------
        Comparison
            Verdict, baseline, difference, tolerance, and whether the run accepts it.

        Raises
        ------
        Rejected
            The score regressed, cannot be compared with its baseline, or has none where one is asked for. The score is
            recorded all the same.
        NoNumber
            The score is NaN or infinite.
        BrainScoreError
            Another benchmark or another model was scored than this test is for, or this is the second score.

        """
        self._check_origin(score)
        benchmark, model = self._trial.benchmark, self._trial.model
        if not math.isfinite(score.value):
            self._undefined = score
            why = " ".join(["", *score.details.get("notes", ())])
            raise NoNumber(
                f"{benchmark.identifier} has no number for {model.identifier}: the score is {score.value}.{why}"
            )
        error = to_plain(score.error, nan_as_none=True)
        if error is not None and error < 0:
            raise ReportError(
                f"The score of {benchmark.identifier} for {model.identifier} has the error {score.error}; return one "
                "of at least 0, or NaN without one."
            )
        description = self._describe_model()
        fingerprint = fingerprint_of(score, benchmark.version, benchmark.region, description)
        comparison = self._compare(float(score.value), fingerprint, score.replicates)
        kept = self._keep(
            scored_record(self._trial.identity, score, description, comparison=comparison, **self._cost())
        )
        name = name_of(kept.model, kept.identifier, kept.version)
        if score.attribution is not None:
            self._attribution = packed_attributions({name: score.attribution})
        if score.replicates is not None:
            self._replicates = packed({name: score.replicates})
        self._judge(comparison)
        return kept.comparison or comparison

    @property
    def resumes(self) -> bool:
        """Whether an earlier run has found what this test would."""
        return self._earlier is not None

    def resume(self, earlier: Earlier) -> bool:
        """Tell whether an earlier result is what scoring would find now; then it is to be kept (:meth:`take_over`)."""
        model = self._describe_model()
        reason = why_not(earlier.record, self._trial.benchmark, model)
        if reason is None and earlier.part.model is not None:
            differs = what_differs(earlier.part.model, model)
            reason = differs and f"{differs} differ"
        if reason is None:
            self._earlier = earlier
            self.model_record = to_plain(joined(earlier.part.model or model, model))
        else:
            self._scored_anew = reason
        return reason is None

    def recall(self, earlier: Earlier) -> None:
        """Have a result kept (:meth:`take_over`) that is known to be what scoring would find now."""
        self.model_record = to_plain(earlier.part.model)  # its words are in the key
        self._earlier = earlier

    def take_over(self) -> None:
        """Keep the result of an earlier run, compared with the baseline of this one.

        Raises
        ------
        Rejected
            As :meth:`check` and :meth:`no_number`.
        NoNumber
            The result is that there is no number.

        """
        assert self._earlier is not None
        record, part = self._earlier.record, self._earlier.part
        self._replicates, self._attribution = part.replicates, part.attribution
        drawn = None if part.replicates is None else next(iter(unpacked(part.replicates).values()))
        comparison = self._compare(record.score, record.fingerprint, drawn)
        kept = None if record.status == "nan" and comparison.baseline is None else comparison
        self._keep(msgspec.structs.replace(record, **self._trial.identity, comparison=kept))
        if record.status == "scored":
            self._judge(comparison)
        else:
            self._end_without_number(record.reason or "it has no number", comparison)
            raise NoNumber(record.reason or "it has no number")

    @property
    def files(self) -> tuple[bytes | None, bytes | None]:
        """Bootstrap values and contributions of the score, as files."""
        return self._replicates, self._attribution

    def without_score(self, status: Literal["unavailable", "failed"], reason: str) -> None:
        """Record that there is no score, and why; what was recorded before stays."""
        if self.record is None:
            self._keep(BenchmarkRecord(**self._trial.identity, status=status, reason=reason, **self._cost()))

    def failed(self, reason: str) -> None:
        """Record that the test failed. A score that it had recorded before is none, unless that is why it failed."""
        if self.record is None:
            self.without_score("failed", reason)
        elif self.record["status"] in ("scored", "nan") and not self._rejected:
            score = self.record["score"]
            had = "that it has no score" if score is None else f"its score {number(score)}"
            self.record = None
            self.without_score("failed", f"{reason} (after the test had recorded {had})")

    def parcel(self) -> dict[str, Any] | None:
        """Return what is to be sent with the next report of the test; None when nothing is new."""
        if self.record is None or self.record is self._sent:
            return None
        amends = self._sent is not None
        self._sent = self.record
        scored = self.record["status"] == "scored"
        return {
            "record": self.record,
            "model": self.model_record,
            "amends": amends,
            "replicates": self._replicates if scored else None,
            "attribution": self._attribution if scored else None,
            "scored_anew": self._scored_anew,
        }

    def _check_origin(self, score: Score) -> None:
        """Refuse a score of which the record would say that it is of something else."""
        name = f"{self._trial.benchmark.identifier} of {self._trial.model.identifier}"
        if self.record is not None:
            raise BrainScoreError(f"The test of {name} called brainscore.check twice; a test records one score.")
        made_by = origin(score)
        if made_by is None:
            raise BrainScoreError(
                f"The test of {name} recorded a score that brain_benchmark(model) did not return as it is; pass "
                "brainscore.check what the fixture brain_benchmark returns."
            )
        benchmark, model = made_by
        if benchmark != self._trial.benchmark:
            raise BrainScoreError(
                f"The test of {name} recorded a score of {getattr(benchmark, 'identifier', benchmark)}; call what the "
                "fixture brain_benchmark of this package returns, and rename a fixture of your own that has its name."
            )
        if model is not self._run.model(self._trial.model):
            raise BrainScoreError(
                f"The test of {name} scored another model than {self._trial.model.asked}; score the fixture model of "
                "this package as it is, rename a fixture of your own that has its name, and give changed models a "
                "factory: --model FILE.py:FACTORY."
            )

    def no_number(self, reason: str) -> None:
        """Record that the benchmark ran and has no number.

        Raises
        ------
        Rejected
            The baseline has a number: the model lost it. Or the benchmark is required to have one.

        """
        if self.resumes:  # was kept, and judged, as it is
            return
        comparison = self._compare(None, {})
        self._keep(
            BenchmarkRecord(
                **self._trial.identity,
                status="nan",
                reason=reason,
                fingerprint=self._fingerprint_without_score(),
                **self._what_there_is(),
                comparison=comparison if comparison.baseline is not None else None,
                **self._cost(),
            )
        )
        self._end_without_number(reason, comparison)

    def _end_without_number(self, reason: str, comparison: Comparison) -> None:
        if comparison.baseline is not None:
            self._judge(comparison)
        if self.required:
            self._rejected = True
            raise Rejected(f"{reason} {REQUIRED}")

    @property
    def is_floor(self) -> bool:
        """Whether this is scored as the floor beside other models, and compared with nothing."""
        return self._trial.model.floor

    def _what_there_is(self) -> dict[str, Any]:
        """Return what a score that is no number has besides: one subject without a ceiling leaves the others theirs."""
        score = self._undefined
        if score is None:
            return {}
        return {
            "raw": to_plain(score.raw, nan_as_none=True),
            "ceiling": to_plain(score.ceiling, nan_as_none=True),
            "normalisation": score.normalisation,
            "n": to_plain(dict(score.n)),
            "details": to_plain(score.details, nan_as_none=True),
        }

    def _compare(self, value: float | None, fingerprint: dict[str, Any], drawn: Replicates | None = None) -> Comparison:
        identifier = self._trial.benchmark.identifier
        stored = None if self.is_floor else self._run.baseline(self._trial.model.identifier)
        baseline = stored.score_of(identifier, self._trial.benchmark.version) if stored is not None else None
        tolerance = self._run.tolerances.allowed(identifier, baseline.error if baseline else None)
        paired = self._run.pairs.verdict(self._trial.identity, baseline, drawn)
        return compare(value, fingerprint, baseline, tolerance, self._options.across, paired)

    def _judge(self, comparison: Comparison) -> None:
        if self.is_floor or self._kept is None or not is_red(self._kept):
            return
        self._rejected = True
        name = f"{self._trial.benchmark.identifier} of {self._trial.model.identifier}"
        accept = "--brainscore-update all stores it as the new baseline"
        if comparison.verdict == "not-comparable":
            raise Rejected(
                f"{name} cannot be compared with its baseline: {comparison.reason}; {accept}, "
                "--brainscore-across INGREDIENT compares all the same."
            )
        if comparison.verdict == "new":
            raise Rejected(
                f"{name} has no baseline, and --brainscore-new fail asks for one; --brainscore-update new stores it."
            )
        if comparison.delta is None:
            raise Rejected(f"{name} regressed: {comparison.reason}, and the baseline is {number(comparison.baseline)}.")
        if comparison.paired is not None:
            raise Rejected(f"{name} regressed: {beyond_doubt(self._kept)}; if that is intended, {accept}.")
        raise Rejected(
            f"{name} regressed by {number(-comparison.delta, 4)}, from {number(comparison.baseline, 4)}, "
            f"more than the tolerance {number(comparison.tolerance, 4)}; if that is intended, {accept}."
        )

    def _keep(self, record: BenchmarkRecord) -> BenchmarkRecord:
        self._kept = ruled(record, self._run.options)
        self.record = plain_record(self._kept)
        return self._kept

    def _cost(self) -> dict[str, Any]:
        return {
            "seconds": round(time.perf_counter() - self._started, 3),
            "peak_rss_mb": peak_memory(),
            "estimate": self._estimate(),
            "worker": self._worker,
        }

    def _estimate(self) -> Estimate | None:
        trial, options = self._trial, self._options
        settings = settings_of(trial.model, options.layers, options.device)
        return estimate_of(settings, trial.benchmark.identifier, trial.benchmark.version)

    def _describe_model(self) -> ModelRecord:
        record = described(self._run.model(self._trial.model), self._trial.model.record())
        self.model_record = to_plain(record)
        return record

    def _fingerprint_without_score(self) -> dict[str, Any]:
        """Return what the finding that there is no number depends on, as far as the benchmark and the model say."""
        benchmark = self._trial.benchmark
        try:
            description = self._describe_model()
            known = benchmark_ingredients(benchmark)
        except Exception:  # somebody's model, which may have no number for being broken
            return {}
        if self._undefined is not None:
            return fingerprint_of(self._undefined, benchmark.version, benchmark.region, description)
        return known | model_ingredients(description, benchmark.region)


def peak_memory() -> float | None:
    """Return the peak resident memory of this process so far in MB (10^6 bytes), or None where it is not known."""
    peak = peak_bytes()
    return None if peak is None else round(peak / 1e6, 1)
