"""The mean of scores of several people, each a benchmark of its own, as published: its error is a bootstrap of them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import xarray as xr

from pytest_brainscore.inference.parents import mean_replicates
from pytest_brainscore.metrics.reliability.bootstrap import error_of_mean
from pytest_brainscore.metrics.shared.aggregation import defined_mean
from pytest_brainscore.scoring.score import Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_brainscore.inference.levels import Replicates

DRAWS: Final = 200
"""Of people, for the error."""


class Child(NamedTuple):
    """The score of one person."""

    subject: str
    value: float
    """Relative to the ceiling of the person."""
    raw: float
    ceiling: float
    replicates: Replicates | None
    details: Mapping[str, Any]


def mean_over_subjects(
    children: Sequence[Child],
    *,
    normalisation: str,
    n: Mapping[str, int],
    provenance: Mapping[str, str | int | float],
    notes: Sequence[str] = (),
) -> Score:
    """Average the scores of some people.

    Parameters
    ----------
    children
        One for each person.
    normalisation, n, provenance
        As in `Score`; the number of people is added.
    notes
        Sentences that a reader has to know.

    Returns
    -------
    Score
        Means of scores, raw scores (without those that are NaN) and ceilings. The error is the deviation of the mean
        over 200 draws of the people, as published, which knows nothing of images; that of one person is NaN.
        ``values`` has the scores, ``subject``, with ``raw`` and ``ceiling``, and as attributes ``ceiling_error`` and
        ``sem``, standard errors over people.

    """
    values = np.array([each.value for each in children])
    raws, ceilings = np.array([each.raw for each in children]), np.array([each.ceiling for each in children])
    alone = len(children) == 1
    replicates = [each.replicates for each in children if each.replicates is not None]
    told = [*notes, *(["One person alone has no spread, so the score has no error."] if alone else [])]
    return Score(
        value=float(values.mean()),
        error=math.nan if alone else error_of_mean(values, draws=DRAWS),
        raw=float(defined_mean(raws)),
        ceiling=float(ceilings.mean()),
        normalisation=normalisation,
        n={**n, "subjects": len(children), "bootstraps": DRAWS},
        provenance=dict(provenance),
        values=xr.DataArray(
            values,
            {
                "subject": [each.subject for each in children],
                "raw": ("subject", raws),
                "ceiling": ("subject", ceilings),
            },
            ("subject",),
        ).assign_attrs(ceiling_error=_standard_error(ceilings), sem=_standard_error(values)),
        details={
            "subjects": {each.subject: dict(each.details) for each in children},
            **({"notes": told} if told else {}),
        },
        replicates=mean_replicates(replicates) if len(replicates) == len(children) and not alone else None,
    )


def _standard_error(values: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    return float(values.std(ddof=1) / np.sqrt(values.size)) if values.size > 1 else math.nan
