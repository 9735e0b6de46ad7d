"""The probabilities task: a linear read-out that is fitted to labelled stimuli and gives a probability per label.

As in Rajalingham, Issa et al. (2018), doi 10.1523/JNEUROSCI.0388-18.2018, with the settings of the published system:
standardised features and a multinomial logistic regression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import softmax

from pytest_brainscore.data.assembly import behavior_assembly
from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.one_thread import one_thread

if TYPE_CHECKING:
    import pandas
    import xarray

INVERSE_REGULARISATION: Final = 1e-3
"""C of the published read-out: smaller is a stronger penalty on the squared weights; intercepts are free."""
ITERATIONS: Final = 100
"""Newton steps at most, the default of scikit-learn that the published read-out has. It stops at a largest gradient of
1e-4, short of the exact optimum, so another version of scikit-learn may give probabilities that differ by some 1e-5."""
LABEL_COLUMN: Final = "image_label"
"""Column of the fitting stimuli that holds the labels."""


@dataclass(frozen=True)
class LinearReadout:
    """A read-out that was fitted: standardisation, then linear."""

    labels: tuple[str, ...]
    """In order of first appearance among the fitting stimuli."""
    mean: NDArray[np.float64]
    """Subtracted from the features, shape (feature,)."""
    scale: NDArray[np.float64]
    """What they are then divided by, shape (feature,): deviation (ddof 0), 1 where a feature is constant."""
    weights: NDArray[np.float64]
    """Shape (label, feature)."""
    intercepts: NDArray[np.float64]
    """Shape (label,)."""

    @one_thread()
    def logits(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the logits of stimuli, (stimulus, label), given their features, (stimulus, feature)."""
        standardised = (np.asarray(features, np.float64) - self.mean) / self.scale
        return np.asarray(standardised @ self.weights.T + self.intercepts)

    def probabilities(self, features: ArrayLike) -> NDArray[np.float64]:
        """Return the probability of each label, (stimulus, label); each row adds up to 1."""
        return np.asarray(softmax(self.logits(features), axis=1))


@dataclass(frozen=True)
class ProbabilitiesTask:
    """A probabilities task that was started."""

    readout: LinearReadout
    fitted_on: str
    """Name of the fitting stimuli."""
    fitted_sha256: str
    """Digest of their images."""

    def answers(self, features: ArrayLike, stimuli: pandas.DataFrame) -> xarray.DataArray:
        """Return probabilities: ``presentation`` x ``choice``, the labels being the coordinate ``choice``."""
        probabilities = self.readout.probabilities(features)
        answers = behavior_assembly(probabilities, stimuli, choices=self.readout.labels)
        return answers.assign_attrs(fitted_on=self.fitted_on, fitted_sha256=self.fitted_sha256)


@one_thread()
def fit_readout(features: ArrayLike, labels: Sequence[str]) -> LinearReadout:
    """Fit a read-out.

    Minimises the summed cross entropy times C plus half the squared weights of all labels. With two labels
    scikit-learn fits one weight vector, their difference, whose penalty is half as large at twice the C: it is given
    that, and the result has the same optimum as the published read-out.

    Parameters
    ----------
    features
        Finite, shape (stimulus, feature); computed with in double precision.
    labels
        Label of each stimulus, two or more different ones.

    Raises
    ------
    ValueError
        If there is not one label for each stimulus, fewer than two different ones, or a feature is not finite.

    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    names = tuple(dict.fromkeys(labels))
    if len(names) < 2:
        raise ValueError(f"The labels {list(names)} cannot be told apart: give two or more.")
    codes = np.array([names.index(label) for label in labels])
    scaler = StandardScaler()
    standardised = scaler.fit_transform(np.asarray(features, np.float64))
    two = len(names) == 2
    regression = LogisticRegression(
        solver="newton-cg", C=(2 if two else 1) * INVERSE_REGULARISATION, max_iter=ITERATIONS
    ).fit(standardised, codes)
    weights, intercepts = regression.coef_, regression.intercept_
    if two:
        weights, intercepts = np.concatenate([-weights, weights]) / 2, np.concatenate([-intercepts, intercepts]) / 2
    return LinearReadout(names, scaler.mean_, scaler.scale_, weights, intercepts)


def fitting_labels(fitting: object, column: str = LABEL_COLUMN) -> list[str]:
    """Return the labels of the stimuli that a read-out is to be fitted to.

    Raises
    ------
    ModelError
        When it is no stimulus set, has no such column, or fewer than two different labels.

    """
    if not isinstance(fitting, StimulusSet):
        raise ModelError(f"A probabilities task needs stimuli to be fitted to, not {fitting!r}; give a stimulus set.")
    if column not in fitting.table.columns:
        raise ModelError(f"The fitting stimuli {fitting.identifier} have no column {column!r}; add one label a row.")
    labels = [str(label) for label in fitting.table[column]]
    if len(set(labels)) < 2:
        raise ModelError(
            f"The fitting stimuli {fitting.identifier} have {len(set(labels))} different labels in {column!r}; give "
            "two or more."
        )
    return labels
