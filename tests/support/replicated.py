"""Reports with bootstrap values beside them, of models that were right or wrong about the same images."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.inference.answers import accuracy_design
from pytest_brainscore.inference.attribution import Attribution, attribution
from pytest_brainscore.inference.draws import units
from pytest_brainscore.inference.levels import Replicates, replicates
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.record import BenchmarkRecord, ModelRecord
from tests.support.records import make_record, make_report

Answers = NDArray[np.bool_]


def share_right(right: Answers, source: str = "photographs") -> Replicates:
    """Return the share of right answers with bootstrap values; images are drawn alike for all models."""
    images = units(source, "stimulus", right.size, version=1)
    return replicates(float(right.mean()), accuracy_design(right, images))


def parts_of_share_right(right: Answers) -> Attribution:
    """Return what each image contributes to the share."""
    return attribution(float(right.mean()), accuracy_design(right, units("photographs", "stimulus", right.size)))


def answer_record(model: str, leaf: str, right: Answers, **changes: object) -> BenchmarkRecord:
    """Return the record of a share of right answers."""
    weights = hashlib.sha256(right.tobytes() + model.encode()).hexdigest()
    fields = {
        "model": model,
        "identifier": leaf,
        "parent": "lab.V1",
        "parents": ["lab", "lab.V1"],
        "score": float(right.mean()),
        "raw": float(right.mean()),
        "n": {"stimuli": int(right.size)},
        "fingerprint": {"version": 1, "stimuli": "5a", "weights": weights, "visual_degrees": 8.0},
        "comparison": None,
    }
    return make_record(**(fields | changes))


def save_answers(path: Path, models: Mapping[str, Mapping[str, Answers]], **changes: object) -> Path:
    """Save a report on models by name, with their answers by benchmark, and bootstrap values beside it."""
    records = [
        answer_record(name, leaf, each, **changes) for name, mine in models.items() for leaf, each in mine.items()
    ]
    values = {(name, leaf, 1): share_right(each) for name, mine in models.items() for leaf, each in mine.items()}
    made = [ModelRecord(identifier=name, specification=name) for name in models]
    write_json(make_report(models=made, benchmarks=records), path, values)
    return path
