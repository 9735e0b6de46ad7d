"""What each unit contributes to scores as one file: an archive of NumPy arrays that stands beside a report.

``index`` is JSON as bytes: for every ``MODEL/IDENTIFIER@VERSION`` its score, and for each kind of units the step of its
contributions and the members with these (``values/N``), with the names of the units and with their categories
(``text/N``: a JSON list as bytes, once for all scores with the same). Contributions are whole numbers of steps away
from their mean, which is the score divided by the number of units: of tens of thousands of images little is to be kept.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from pytest_brainscore.scoring.npz import npz, read_npz

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pytest_brainscore.inference.attribution import Attribution

SUFFIX: Final = ".contributions.npz"
"""Ending of the file, in place of ``.json``."""
MOST_UNITS: Final = 2**16
"""Units of one kind whose contributions are kept: more than the photographs of any published benchmark."""
_LARGEST: Final = 2**15 - 1
_INDEX: Final = "index"


class NotContributions(ValueError):
    """Bytes are not such a file."""


def packed_attributions(attributions: Mapping[str, Attribution]) -> bytes:
    """Return a file, by the names of scores; the same contributions give the same bytes."""
    import numpy as np

    index: dict[str, Any] = {}
    members: dict[str, Any] = {}
    texts: dict[str, str] = {}

    def text(words: NDArray[np.str_] | None) -> str | None:
        return None if words is None else texts.setdefault(json.dumps(words.tolist()), f"text/{len(texts)}")

    for name in sorted(attributions):
        found = attributions[name]
        parts, reason = [], found.reason
        for part in found.parts:
            if part.values.size > MOST_UNITS:
                reason = f"{part.values.size} of one kind ({part.kind}) are more than {MOST_UNITS}, which are kept"
                continue
            deviation = part.values - found.score / part.values.size
            step = float(np.abs(deviation).max()) / _LARGEST or 1.0
            place = f"values/{len(members)}"
            members[place] = np.rint(deviation / step).astype("<i2")
            parts.append(
                {
                    "kind": part.kind,
                    "step": step,
                    "values": place,
                    "names": text(part.names),
                    "categories": text(part.categories),
                }
            )
        index[name] = {"score": found.score, "reason": reason, "parts": parts}
    as_bytes = {place: words for words, place in texts.items()} | {_INDEX: json.dumps(index)}
    members |= {place: np.frombuffer(words.encode(), dtype=np.uint8) for place, words in as_bytes.items()}
    return npz(members)


def unpacked_attributions(content: bytes) -> dict[str, Attribution]:
    """Return the contributions of a file, by the names of scores.

    Raises
    ------
    NotContributions
        When the bytes are something else.

    """
    import numpy as np

    from pytest_brainscore.inference.attribution import Attribution, Contributions

    try:
        archive = read_npz(content)

        def told(place: str) -> Any:
            return json.loads(archive[place].tobytes())

        found = {}
        for name, about in told(_INDEX).items():
            parts = []
            for part in about["parts"]:
                steps = archive[part["values"]].astype(np.float64)
                steps -= steps.mean()  # rounded apart; their sum stays the score
                labels = None if part["categories"] is None else np.array(told(part["categories"]), dtype=np.str_)
                names = np.array(told(part["names"]), dtype=np.str_)
                values = about["score"] / max(steps.size, 1) + steps * part["step"]
                _check_sizes(values, names, labels)
                parts.append(Contributions(part["kind"], names, values, labels))
            found[name] = Attribution(about["score"], tuple(parts), about["reason"])
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:  # whatever they are
        raise NotContributions(f"{type(error).__name__}: {error}") from error
    return found


def _check_sizes(values: NDArray[np.float64], names: NDArray[np.str_], labels: NDArray[np.str_] | None) -> None:
    if names.shape != values.shape or (labels is not None and labels.shape != values.shape):
        raise ValueError(f"{names.size} names or their categories do not fit {values.size} contributions")
