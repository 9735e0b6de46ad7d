"""Which records of an earlier run are what this run would find."""

from __future__ import annotations

import msgspec
import pytest

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.own.own_recording import ASKED, OwnRecording, own_benchmark
from pytest_brainscore.errors import RecordingError
from pytest_brainscore.report.making.records import model_ingredients
from pytest_brainscore.report.record import Environment, ModelRecord
from pytest_brainscore.running.shards.validity import (
    benchmark_ingredients,
    made_by_other_code,
    why_not,
)
from pytest_brainscore.scoring.score import Score
from tests.support.records import make_record

MODEL = ModelRecord(
    identifier="net",
    specification="net",
    weights_sha256="a" * 64,
    layers={"V4": ["b", "c"], "IT": "d"},
    visual_degrees=8.0,
    preprocessing={"image_size": 224, "mean": [0.5, 0.5, 0.5]},
)
PROTOCOL = "pytest_brainscore.benchmarks.selector:choose"
"""Any function of this package stands for a protocol."""


def own(benchmark: Benchmark, model: object, data: object) -> Score:
    """Score nothing."""
    raise NotImplementedError


RECORD = make_record(
    identifier="leaf",
    version=2,
    fingerprint={"seed": 7, "stimuli": "x", "version": 2, **model_ingredients(MODEL, "V4")},
)


def test_what_scores_depend_on_is_the_same() -> None:
    assert why_not(RECORD, _plain(), MODEL) is None
    nan = msgspec.structs.replace(RECORD, status="nan", score=None, reason="nothing varies")
    assert why_not(nan, _plain(), MODEL) is None
    assert RECORD.fingerprint["layer"] == "b+c"


def test_a_recording_of_ones_own_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    mine = own_benchmark(
        OwnRecording(None, None, None, "pls", None, (70, 170), None),
        identifier="leaf", region="V4", parents=("lab",), version=2, number_of_trials=1, citation="", cost=1.0,
    )  # fmt: skip
    monkeypatch.setattr(OwnRecording, "asked", lambda *_: "as it is")
    told = "its recording, images or settings are others, or not known"
    assert why_not(RECORD, mine, MODEL) == told
    assert why_not(msgspec.structs.replace(RECORD, details={ASKED: "as it was"}), mine, MODEL) == told
    same = msgspec.structs.replace(RECORD, details={ASKED: "as it is"})
    assert why_not(same, mine, MODEL) is None

    def unreadable(*_: object) -> str:
        raise RecordingError("It is not there.")

    monkeypatch.setattr(OwnRecording, "asked", unreadable)
    assert why_not(same, mine, MODEL) == "It is not there."


@pytest.mark.parametrize("status", ["failed", "crashed", "unavailable"])
def test_what_has_no_result_is_tried_again(status: str) -> None:
    record = msgspec.structs.replace(RECORD, status=status, score=None, reason="no")
    assert why_not(record, _plain(), MODEL) == f"it was {status}"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"weights_sha256": "b" * 64}, "weights was " + "a" * 64),
        ({"layers": {"V4": "b"}}, "layer was b+c and is b"),
        ({"layers": {}}, "layer was b+c and is unknown"),
        ({"visual_degrees": 4.0}, "visual_degrees was 8.0 and is 4.0"),
        ({"preprocessing": {"image_size": 64, "mean": [0.5, 0.5, 0.5]}}, "preprocessing.image_size was 224 and is 64"),
        ({"preprocessing": MODEL.preprocessing | {"amp": "bfloat16"}}, "preprocessing.amp was absent and is bfloat16"),
        ({"preprocessing": {"image_size": 224}}, "preprocessing.mean was [0.5, 0.5, 0.5] and is absent"),
    ],
)
def test_another_network_is_scored_anew(change: dict[str, object], told: str) -> None:
    changed = msgspec.structs.replace(MODEL, **change)
    assert (why_not(RECORD, _plain(), changed) or "").startswith(told)


def test_another_benchmark_of_the_name_is_scored_anew() -> None:
    assert why_not(RECORD, _plain(version=1), MODEL) == "version was 2 and is 1"
    assert why_not(RECORD, _plain(screen="lossless"), MODEL) == "screen was published and is lossless"
    mine = Benchmark(identifier="leaf", version=2, region="V4", metric="m", protocol=own, data=None)
    assert (why_not(RECORD, mine, MODEL) or "").startswith("definition was absent and is ")
    told = msgspec.structs.replace(RECORD, fingerprint={**RECORD.fingerprint, **benchmark_ingredients(mine)})
    assert why_not(told, mine, MODEL) is None
    assert (why_not(told, _plain(), MODEL) or "").endswith("and is absent")
    gone = _plain(protocol="pytest_brainscore.benchmarks.selector:gone")
    assert (why_not(RECORD, gone, MODEL) or "").startswith("There is no gone in the module")


def test_code_is_the_same_when_every_version_and_the_files_of_this_package_are() -> None:
    made = Environment(python="3.11", platform="x", cores=1, packages={"numpy": "2.0"}, git=None, source="aa")

    def told(**now: object) -> str:
        return made_by_other_code(made, msgspec.structs.replace(made, **now)) or ""

    assert told(python="3.12", cores=9, platform="y") == ""
    assert told(source=None) == ""  # a report of older times
    assert told(packages={"numpy": "2.1"}) == "numpy was 2.0 and is 2.1"
    assert told(packages={}) == "numpy was 2.0 and is absent"
    assert told(source="bb") == "the code of pytest-brainscore is another one"
    assert "nothing says" in (made_by_other_code(msgspec.structs.replace(made, python=""), made) or "")


def _plain(*, version: int = 2, screen: str = "published", protocol: str = PROTOCOL) -> Benchmark:
    return Benchmark(
        identifier="leaf",
        version=version,
        region="V4",
        metric="m",
        protocol=protocol,
        screen=screen,  # type: ignore[arg-type]
    )
