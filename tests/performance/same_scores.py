"""Tell whether two reports have the same scores: bit for bit, with all that the scores depend on.

    python -m tests.performance.same_scores before.json after.json

For a change of the code that must move no number. Of every model and benchmark the status, every number (score, error,
raw, ceiling, n ...), what plots need, and the fingerprint (revision of the protocol, digests of data, stimuli and
weights, seed) are compared; time, memory, worker, the reason in words and how stimuli were shown are not. Exit status 1
where anything differs, or a benchmark is in one report only.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

COMPARED = (
    "version",
    "parents",
    "region",
    "status",
    "score",
    "error",
    "raw",
    "ceiling",
    "normalisation",
    "clipped",
    "unclipped",
    "n",
    "layer",
    "seed",
    "fingerprint",
    "details",
)
"""Fields of a record that a change of the code leaves alone."""

PASSING = ("shown",)
"""Details of how a score was come by."""


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return in one line each what differs between two JSON reports; floats are the same where all their bits are."""
    first, second = _records(before), _records(after)
    lines = [f"{' '.join(key)}: only before" for key in first.keys() - second.keys()]
    lines += [f"{' '.join(key)}: only after" for key in second.keys() - first.keys()]
    for key in first.keys() & second.keys():
        for name in COMPARED:
            one, other = (_told(record[key].get(name)) for record in (first, second))
            # As text: JSON writes a float so that it is read back with the same bits.
            if json.dumps(one, sort_keys=True) != json.dumps(other, sort_keys=True):
                lines.append(f"{' '.join(key)}: {name} was {one}, is {other}")
    return sorted(lines)


def _told(value: object) -> object:
    """Return a field without what may change from run to run: an earlier one may have filled the store."""
    return {key: each for key, each in value.items() if key not in PASSING} if isinstance(value, dict) else value


def _records(report: Mapping[str, Any]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(record["model"], record["identifier"]): record for record in report["benchmarks"]}


def main(before: str, after: str) -> int:
    """Print what differs between two files, and how many scores were compared."""
    reports = [json.loads(Path(path).read_text(encoding="utf-8")) for path in (before, after)]
    lines = differences(*reports)
    scored = sum(record["status"] == "scored" for record in reports[0]["benchmarks"])
    print(*lines, f"{len(lines)} differences; {scored} scores of {len(reports[0]['benchmarks'])} benchmarks", sep="\n")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
