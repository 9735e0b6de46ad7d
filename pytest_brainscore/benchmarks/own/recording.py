"""Score features against a recording of one's own: no model, no catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike

from pytest_brainscore.benchmarks.own.comparing.dissimilarities import SUBJECT
from pytest_brainscore.benchmarks.own.comparing.recording_warning import RecordingWarning
from pytest_brainscore.benchmarks.own.comparing.score_subjects import score_subjects
from pytest_brainscore.benchmarks.own.comparing.settings import choose
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.metrics.shared.splits import DEFAULT_SEED, DEFAULT_SPLITS
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    import pandas
    import xarray

__all__ = ["Normalisation", "RecordingError", "RecordingWarning", "score"]

Normalisation = Literal["r^2/c", "(r/c)^2", "r/c", "mean(r^2/c)"]


def score(
    features: xarray.DataArray | pandas.DataFrame | ArrayLike | Mapping[str, ArrayLike],
    recording: Any,
    metric: str | Callable[..., Any] = "pls",
    *,
    subject: str | ArrayLike | None = SUBJECT,
    stratify: str | ArrayLike | None = None,
    ceiling: Any = None,
    normalisation: Normalisation | None = None,
    components: int | None = None,
    alpha: float | None = None,
    splits: int = DEFAULT_SPLITS,
    test_size: float | None = None,
    seed: int = DEFAULT_SEED,
    least_reliability: float | None = None,
    **settings: Any,
) -> Score:
    """Score how well features predict a recording, or how alike the two are.

    Rows are stimuli. What has names is joined by them, whatever the order, and everything is then computed in the order
    of the names (numbers by size, texts of one length by alphabet, shorter ones first), so that no order of rows,
    neuroids or subjects changes a score. What has no names is taken row by row, and must fit. Names on one side alone
    are refused.

    Parameters
    ----------
    features
        DataArray ``presentation`` x ``neuroid`` with the coordinate ``stimulus_id`` (also a level of a MultiIndex); or
        a DataFrame whose index, or whose column or index level ``stimulus_id``, names the stimuli; or a matrix
        (stimulus, feature) of any library. One row per stimulus; features of other stimuli are left out.
    recording
        Responses averaged over repetitions, in the same forms, with ``neuroid_id`` or columns as names of the neuroids.
        NaN are refused. A neuroid that does not vary has no correlation: it is left out of the median with a warning,
        and counted in ``n``. For ``rdm`` and ``rsm`` also dissimilarities (similarities) of all pairs of stimuli: a
        matrix (stimulus, stimulus), or (subject, stimulus, stimulus), a DataFrame with the stimuli as index and
        columns, or a DataArray ``presentation`` x a dimension that is no ``neuroid``.
    metric
        Fitted to some stimuli and tested on others, of which the median correlation over neuroids counts: ``pls``,
        ``ridge``, ``ridgecv``, ``linear_predictivity`` (in short ``linear``), ``neuron_to_neuron``; ``reverse_pls``
        predicts the features from the neuroids; with one fixed split instead of ten, ``pls_split``, ``ridge_split``,
        ``ridgecv_split``, ``linear_predictivity_split``, ``neuron_to_neuron_split``. Compared as wholes: ``rdm``
        (Spearman correlation of dissimilarities), ``rsm`` (Pearson correlation of similarities over the most responsive
        units), ``cka`` and ``cka_biased``; in ten random parts of nine tenths of the stimuli, ``rdm_cv`` and
        ``cka_cv``. ``object_readout``: how often the object named by `stratify` is told from another one by a linear
        read-out of the features (chance is .5; the recording as features gives its ceiling). ``threshold`` and
        ``threshold_elevation``: see notes.
        A metric of an installed package, see `pytest_brainscore.benchmarks.own.metric_registry`. Or a function that
        takes the arrays (stimulus, unit) and (stimulus, neuroid) and returns a number, one for each neuroid (the median
        counts), one for each split and neuroid, or a Score.
    subject
        Of several subjects, each is scored, and the mean over them returned: the name of a coordinate of the
        neuroids (a level of columns), of the presentations, or of a dimension; or one label for each neuroid, each
        presentation or each matrix of pairs. A coordinate ``subject`` counts unless it is None, which scores all
        neuroids as one recording, and the mean of matrices. A mapping from subjects to recordings is one of several
        subjects, too.
    stratify
        In whose proportion splits are drawn: a coordinate of the recording (or a column, or an index level), for
        example ``object_name``; or one label for each row of the recording, a series being joined by its index.
    ceiling
        The recording with its repetitions, of which the internal consistency c is the ceiling: an array (repetition,
        stimulus, neuroid), NaN where a response is missing; a DataArray with these three dimensions; a DataArray or
        DataFrame of presentations with ``stimulus_id`` and ``repetition``; or a list of one table per repetition. Names
        are joined with the recording's stimuli and neuroids, and others left out; without names each axis must fit.
        (Metrics that compare wholes are applied to ten random halves of the repetitions: a lower bound.)
        Or c itself, above 0 and at most 1: a number, or one for each neuroid, of which the median counts.
        Or ``"subjects"``: what the neuroids of all other subjects, in place of the features, say of each subject
        (Feather et al. 2025, arXiv 2502.16238); for ``rdm`` and ``rsm`` the similarity to the mean of the others (the
        lower bound of Nili et al. 2014, doi 10.1371/journal.pcbi.1003553). For one matrix of pairs, the matrices of
        several subjects, whose mean lower bound counts. By subject in a mapping. Without a ceiling, the score is r.
    normalisation
        How the score follows from r and c: ``r^2/c`` is published for correlations of neuroids since 2026 and the
        default for them, ``(r/c)^2`` was before; ``r/c`` is the default for all else and for ``"subjects"``, where both
        are correlations. ``mean(r^2/c)`` is the mean over neuroids of their own explained variance.
    components
        Of ``pls`` and ``reverse_pls``; 25 as published.
    alpha
        Penalty of ``ridge``, above 0; 1 as published. It is not scaled with the features.
    splits
        Number of splits; ten as published.
    test_size
        Fraction (float) or number (int) of stimuli to test on; all others are fitted. As published: nine tenths are
        fitted, rounded down.
    seed
        Of the splits, of the halves of repetitions, and of the bootstrap; 1 as published.
    least_reliability
        Leave out neuroids whose mean reliability, by the repetitions (or numbers) of the ceiling, is not above it (.7
        is published).
    **settings
        Further ones of the metric. Of those that are fitted: ``folds``, the number of folds that the stimuli are dealt
        into in place of random splits; ``background``, labels as for `stratify`, of which none of the tested stimuli is
        fitted (0 counts for none); ``scaled``, whether each neuroid is scaled to the variance 1 first. Of ``ridgecv``:
        ``alphas``, penalties to choose from. Of ``ridge_split`` and others of one fixed split: ``test``, which stimuli
        are tested (truth values, or the words train and test, or their coordinate); the others are fitted. Of ``rdm``
        and ``rsm``: ``bootstraps``, 1000. Of ``object_readout``: ``domain``, labels whose mean accuracy counts. Of
        thresholds: ``accuracy`` (.5 to 1, or ``"inflection"``) and ``required_accuracy``. Of functions and other
        packages: their keyword parameters.

    Returns
    -------
    Score
        ``values`` has the correlations, ``split`` x ``neuroid``, neuroids in the order of the recording. The error is
        the standard error over splits, on the scale of the score (to first order, at a fixed ceiling); NaN with one
        split, and with a warning for fewer than ten. For ``rdm`` and ``rsm`` it is that of a bootstrap over stimuli,
        for ``cka`` that of a jackknife, and NaN for fewer than ten stimuli; a function that returns a number has none.
        Where r is negative and its sign is lost in a square, ``unclipped`` keeps it. A score above 1 comes with a
        warning. Of several subjects, value, raw and ceiling are means over subjects, each scored with its own ceiling,
        the error is the standard error over subjects, and ``n`` counts them; ``values`` keeps the neuroids of all, with
        the coordinate ``subject``, or one number for each subject, and has as attributes ``subject_values``,
        ``subject_raws``, ``subject_ceilings`` and ``spread`` (the standard deviation of the values).

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled, names or shapes do not fit, values are not finite, or a setting is
        unknown, out of range, or of another metric.
    NoNumber
        When no neuroid has a correlation, or the ceiling is not above 0.

    Notes
    -----
    For thresholds, features are the trials of a task: a table with the columns ``strength`` and ``correct`` (and
    ``condition``, ``baseline`` or ``test``, for elevations); the recording has the threshold of each subject (a table
    of ``baseline`` and ``test``, or elevations). The score is the mean over subjects t of max(1 - abs(t - s) / t, 0),
    and ``"subjects"`` compares them with one another; the error is the deviation over subjects.

    Examples
    --------
    >>> import numpy as np
    >>> generator = np.random.default_rng(0)
    >>> features = generator.standard_normal((200, 40))
    >>> recording = features[:, :5] + generator.standard_normal((200, 5))
    >>> bool(score(features, recording).value > 0.4)
    True

    Two monkeys, and a metric of one's own:

    >>> monkeys = score(features, recording, "ridge", subject=["A", "A", "A", "B", "B"], ceiling=0.9)
    >>> monkeys.n["subjects"]
    2
    >>> def best_unit(features, recording):
    ...     both = np.corrcoef(features.T, recording.T)[: features.shape[1], features.shape[1] :]
    ...     return abs(both).max(axis=0)
    >>> bool(score(features, recording, best_unit).value > 0.4)
    True

    """
    told = {"stratify": stratify, "components": components, "alpha": alpha, "test_size": test_size}
    told = {name: value for name, value in told.items() if value is not None} | settings
    if splits is not DEFAULT_SPLITS:
        told["splits"] = splits
    chosen = choose(
        metric,
        told,
        normalisation=normalisation,
        seed=seed,
        least_reliability=least_reliability,
        ratio=isinstance(ceiling, str),
    )
    if chosen.metric.reads == "trials":
        from pytest_brainscore.benchmarks.own.comparing.thresholds import score_trials

        return score_trials(features, recording, chosen, ceiling)
    return score_subjects(features, recording, subject, chosen, ceiling)
