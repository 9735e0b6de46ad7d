"""Merging shards: all of one run, once each, and of nothing else."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.merge import merge
from pytest_brainscore.report.record import Report, Shard
from tests.support.records import make_record, make_report

SHARD = Shard(index=1, count=3, selected=3, selection="aa", costs="bb")


def part(index: int, shard: dict[str, Any] | None = None, **changes: Any) -> Report:
    facts = msgspec.structs.replace(SHARD, index=index, **(shard or {}))
    benchmarks = [make_record(identifier=f"leaf{index}")]
    return make_report(**({"benchmarks": benchmarks, "shard": facts, "options": {"--brainscore-amp": "on"}} | changes))


def together(*parts: Report) -> Report:
    return merge({f"{chr(97 + place)}.json": each for place, each in enumerate(parts)}, [])


def test_all_shards_are_a_whole_report() -> None:
    merged = together(part(3), part(1), part(2))
    assert len(merged.benchmarks) == 3
    assert (merged.shard, merged.is_part, merged.options) == (None, False, {"--brainscore-amp": "on"})


def test_shards_of_other_models_are_other_runs() -> None:
    other = make_report(
        models=[msgspec.structs.replace(make_report().models[0], identifier="other")],
        benchmarks=[make_record(model="other")],
    )
    assert len(together(part(1), part(2), part(3), other).benchmarks) == 4


def own(model: str, **changes: Any) -> list[Any]:
    return [make_record(model=model, identifier="own", **changes)]


MODELS = [msgspec.structs.replace(make_report().models[0], identifier=name) for name in ("net", "other")]
ENVIRONMENT = make_report().environment
SPOILT: dict[str, tuple[list[Report], str]] = {
    "missing": ([part(1), part(3)], r"Of the 3 shards of net, 2 is missing \(there: a\.json, b\.json\); .* 2/3"),
    "two missing": ([part(2)], r"Of the 3 shards of net, 1, 3 are missing"),
    "twice": ([part(1), part(2), part(2)], r"Shard 2 of 3 of net is in b\.json and in c\.json; leave one out"),
    "whole": ([part(1), part(2), make_report()], r"one of them is the report of a whole run"),
    "count": ([part(1), part(2, {"count": 2})], r"one is of 3 shards, the other of 2"),
    "selection": (
        [part(1), part(2, {"selection": "cc", "selected": 4}), part(3)],
        r"b\.json and a\.json are not shards of one run: they were to score other benchmarks \(3 in all, and 4\)",
    ),
    "costs": ([part(1), part(2, {"costs": "cc"}), part(3)], r"divided by other costs \(--brainscore-shard-costs\)"),
    "tree": ([part(1), part(2, tree="2026"), part(3)], r"their score trees are published and 2026"),
    "options": (
        [part(1), part(2, options={}), part(3)],
        r"--brainscore-amp was on for one, and not given for the other",
    ),
    "code of a benchmark": (
        [
            part(1, benchmarks=own("net", fingerprint={"definition": "x"}), models=MODELS),
            part(2, benchmarks=own("other", fingerprint={"definition": "y"}), models=MODELS),
            part(3, models=MODELS),
        ],
        r"own has other code, settings or data in a\.json than in b\.json; run one of the two anew",
    ),
    "recording of a benchmark": (
        [
            part(1, benchmarks=own("net", details={"asked": "x"}), models=MODELS),
            part(2, benchmarks=own("other", details={"asked": "y"}), models=MODELS),
            part(3, models=MODELS),
        ],
        r"own has other code, settings or data in a\.json than in b\.json",
    ),
    "code": (
        [part(1), part(2, environment=msgspec.structs.replace(ENVIRONMENT, source="x")), part(3)],
        r"they were made by other code of pytest-brainscore",
    ),
    "packages": (
        [part(1), part(2, environment=msgspec.structs.replace(ENVIRONMENT, packages={"numpy": "3"})), part(3)],
        r"made with numpy 2\.0\.0, b\.json with 3",
    ),
    "weights": (
        [part(1), part(2, models=[msgspec.structs.replace(make_report().models[0], weights_sha256="ff")]), part(3)],
        r"The model net has other weights_sha256 in b\.json than in a\.json",
    ),
}


@pytest.mark.parametrize("spoilt", SPOILT)
def test_what_is_not_all_of_one_run_is_refused_by_name(spoilt: str) -> None:
    reports, told = SPOILT[spoilt]
    with pytest.raises(ReportError, match=told):
        together(*reports)


def test_a_part_has_no_means() -> None:
    from pytest_brainscore.report.assemble_report import assemble_report, averaged_over

    whole = make_report()
    again = assemble_report(
        created=whole.created, command=[], environment=whole.environment, models=whole.models,
        benchmarks=whole.benchmarks, order=[], shard=SHARD,
    )  # fmt: skip
    assert again.aggregates == averaged_over(again, "2026").aggregates == {}
    assert msgspec.structs.replace(again, shard=msgspec.structs.replace(SHARD, count=1)).is_part is False


def test_whatever_shows_a_part_says_so() -> None:
    from pytest_brainscore.report.formats.badge import badge
    from pytest_brainscore.report.formats.github import outputs
    from pytest_brainscore.report.formats.markdown import markdown
    from pytest_brainscore.report.html.page import render_page

    report = part(2)
    assert badge(report)["message"] == "shard 2 of 3"
    assert outputs(report)["score"] == ""
    assert "Shard 2 of 3; means are those of all shards together: brainscore merge." in markdown(report)
    assert "shard 2 of 3: means below are of this part alone" in render_page([report])
