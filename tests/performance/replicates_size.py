"""Measure a report of all published benchmarks and five models with bootstrap values, made of records of a real one.

    python -m tests.performance.replicates_size brainscore-report.json

The report has scores on properties of V1, error consistency and top-1, with their details. Each published benchmark
gets a record of its kind; what is neither of the first two is taken for the third, without details. Bootstrap values
are permuted, so that none is there twice. Asked for: at most 3 MB together.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import msgspec
import numpy as np

from pytest_brainscore.inference.levels import rounded
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.replicates import read_replicates, replicates_path

MODELS = 5


def main(path: str) -> None:
    """Write it, and print the sizes in MB (10^6 bytes)."""
    report = read_report(path)
    drawn = read_replicates(path, report)
    scored = [record for record in report.benchmarks if record.status == "scored"]
    kinds = {kind: [each for each in scored if kind in each.identifier] for kind in ("Marques2020", "-top1", "error_")}
    generator = np.random.default_rng(0)
    records, replicates = [], {}
    for model in range(MODELS):
        for place, leaf in enumerate(report.benchmarks):
            kind = next((kind for kind in ("Marques2020", "-top1") if kind in leaf.identifier), "error_")
            like = kinds[kind][place % len(kinds[kind])]
            key = (f"net{model}", leaf.identifier, leaf.version)
            found = drawn[like.model, like.identifier, like.version]
            replicates[key] = rounded(
                found._replace(
                    values=generator.permutation(found.values), parts=generator.permutation(found.parts, axis=1)
                )
            )
            records.append(
                msgspec.structs.replace(like, model=key[0], identifier=leaf.identifier, version=leaf.version)
            )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        write_json(msgspec.structs.replace(report, benchmarks=records), file, replicates)
        sizes = [each.stat().st_size / 1e6 for each in (file, replicates_path(file))]
    print(
        f"{len(records)} scores: {sizes[0]:.2f} MB of JSON, {sizes[1]:.2f} MB of bootstrap values, {sum(sizes):.2f} MB"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
