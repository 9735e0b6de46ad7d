"""Names of stimuli on two sides that write them differently: 7 and "007", ``face`` and ``faces/face.PNG``, é and é."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.data.joining.names import Names, as_text, join
from pytest_brainscore.errors import RecordingError

_ENDING: Final = re.compile(r"\.(png|jpe?g|bmp|tiff?|webp|gif)$", re.IGNORECASE)
_WHOLE: Final = re.compile(r"-?\d+(\.0*)?")


def _as_written(name: str) -> str:
    # Systems compose accented letters differently in the names of files, and some write paths with backslashes.
    return unicodedata.normalize("NFC", name.strip()).replace("\\", "/")


def _without_ending(name: str) -> str:
    return _ENDING.sub("", _as_written(name))


def _file(name: str) -> str:
    return PurePosixPath(_as_written(name)).name


def _bare(name: str) -> str:
    return _ENDING.sub("", _file(name))


def _number(name: str) -> str:
    bare = _bare(name)
    return str(int(float(bare))) if _WHOLE.fullmatch(bare) else bare


READINGS: Final[tuple[Callable[[str], str], ...]] = (_as_written, _without_ending, _file, _bare, _number)
"""What a name may mean, strictest first: itself, itself without the ending of an image, the file at the end of a path,
that without its ending, and, where that is a whole number, the number."""


def match_names(wanted: Sequence[Any], there: Sequence[Sequence[Any]], of: str, others: str) -> NDArray[np.intp]:
    """Return for every wanted stimulus its place among those there are; others are left out.

    The strictest reading of both sides' names counts under which all wanted ones are found.

    Parameters
    ----------
    wanted
        Names, each once.
    there
        What those there are may be called by: their ids, or else the names of their files. One list for each.
    of, others
        What has them, for messages: recording, images.

    Raises
    ------
    RecordingError
        When stimuli are missing or doubled under every reading; the sentence is about the reading that finds most.

    """
    asked = [str(each) for each in as_text(list(wanted))]
    found = -1
    best: RecordingError | None = None
    for names in there:
        given = [str(each) for each in as_text(list(names))]
        for reading in READINGS:
            ours, theirs = [reading(each) for each in asked], [reading(each) for each in given]
            common = set(ours) & set(theirs)
            # Doubled names that nobody wants are no obstacle.
            kept = [place for place, each in enumerate(theirs) if each in common or len(common) < len(set(ours))]
            try:
                places = join(
                    Names(of, "stimuli", ours),
                    Names(others, "stimuli", [theirs[place] for place in kept]),
                    lacking=f"are not among the {others}",
                    mend=f"call them alike, or leave these out of the {of}" if len(common) < len(set(ours)) else None,
                )
                return np.asarray(kept, dtype=np.intp)[places]
            except RecordingError as error:
                if len(common) > found:
                    found, best = len(common), error
    raise best or RecordingError(f"There are no stimuli in the {of}; give some.")
