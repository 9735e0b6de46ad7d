"""What is written of the zoo: a page, its numbers as JSON, plots, and the calibration of the quick benchmarks."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scipy.stats import spearmanr

from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.benchmarks.quick import full_version, quick_benchmarks
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.report.notation import counted, interval, number, p_value, signed
from pytest_brainscore.report.paired.models import Scored, Several, several
from pytest_brainscore.report.plots.model_scatter import Pair, model_scatter
from pytest_brainscore.report.plots.score_bars import ScoreBar, score_bars
from pytest_brainscore.report.record import BenchmarkRecord, Report
from pytest_brainscore.report.replicates import replicates_of_reports
from pytest_brainscore.scoring.floor import FloorScore
from pytest_brainscore.scoring.quick import expected
from pytest_brainscore.trees import QUICK
from tests.performance.replicates_of_leaves import V1

OTHERS = (
    "Cowley2023.210325.V4-pls",
    "Kriegeskorte2008.IT-rdm",
    "Kriegeskorte2008.humanIT-rdm",
    "Geirhos2021edge-error_consistency",
    "Geirhos2021silhouette-error_consistency",
    "Geirhos2021edge-top1",
    "Geirhos2021silhouette-top1",
)
PAIRED = ("V1", "behavior_vision", "Cowley2023.210325.V4-pls", "Kriegeskorte2008.IT-rdm")
"""Leaves and parents of which the page tells all pairs."""


@dataclass(frozen=True)
class Network:
    """What is known of a network."""

    name: str
    records: Mapping[str, BenchmarkRecord]
    """By benchmark; those with a score."""
    replicates: Mapping[tuple[str, int], Replicates]
    floors: Mapping[str, FloorScore]
    layers: Mapping[str, Any]
    made: str
    """Commit, packages and day of the last run."""

    @classmethod
    def of(cls, name: str, identifier: str, reports: Sequence[tuple[Path, Report]]) -> Network:
        """Join the reports of a network, the later ones before the earlier."""
        records: dict[str, BenchmarkRecord] = {}
        floors: dict[str, FloorScore] = {}
        replicates: dict[tuple[str, int], Replicates] = {}
        for path, report in reports:
            mine = {
                each.identifier: each
                for each in report.benchmarks
                if each.model == identifier and each.score is not None
            }
            records |= mine
            found = replicates_of_reports({path: report})
            replicates |= {(leaf, version): each for (of, leaf, version), each in found.items() if of == identifier}
            floors |= report.floors[identifier].scores if identifier in report.floors else {}
        last = reports[-1][1]
        model = next(each for each in last.models if each.identifier == identifier)
        git = last.environment.git
        packages = ", ".join(
            f"{each} {last.environment.packages[each]}"
            for each in ("torch", "numpy")
            if each in last.environment.packages
        )
        return cls(
            name, records, replicates, floors, model.layers,
            f"{last.created[:10]}, commit {git.commit[:7] if git else 'unknown'}, {packages}",
        )  # fmt: skip

    @property
    def layers_of_regions(self) -> list[str]:
        """Layers of V1, V2, V4 and IT."""
        return [str(self.layers[region]) for region in ("V1", "V2", "V4", "IT") if region in self.layers]

    def score(self, leaf: str) -> float | None:
        """Return the score of a leaf."""
        return self.records[leaf].score if leaf in self.records else None

    def shown(self, leaf: str) -> str:
        """Return the digest of the stimuli of a leaf that has a score."""
        return str(self.records[leaf].fingerprint["stimuli"])

    def mean(self, leaves: Sequence[str]) -> float | None:
        """Return the mean over leaves that all have a score."""
        scores = [each for each in map(self.score, leaves) if each is not None]
        return math.fsum(scores) / len(scores) if len(scores) == len(leaves) else None


def write_calibration(networks: Sequence[Network], path: Path) -> None:
    """Write the quick and the full scores of the networks that have all of both, on one part of the stimuli.

    That part is the one of the last network that has them.
    """
    leaves = {full_version(each).identifier: each.identifier for each in quick_benchmarks()}
    both = [each for each in networks if {*leaves, *leaves.values()} <= each.records.keys()]
    shown = {full: both[-1].shown(quick) if both else "" for full, quick in leaves.items()}
    both = [each for each in both if all(each.shown(quick) == shown[full] for full, quick in leaves.items())]
    content = {
        "made": "python -m tests.performance.zoo; docs/zoo tells how and when",
        "networks": [each.name for each in both],
        "leaves": {
            full: {
                "stimuli": shown[full],
                "full": [round(each.score(full) or 0.0, 6) for each in both],
                "quick": [round(each.score(quick) or 0.0, 6) for each in both],
            }
            for full, quick in leaves.items()
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def write_pages(networks: Sequence[Network], folder: Path) -> None:
    """Write README.md, scores.json and the plots."""
    folder.mkdir(parents=True, exist_ok=True)
    pairs = _pairs(networks)
    text = "\n".join([*_scores(networks), *_floors(networks), *_told_apart(pairs), *_quick(networks), *_made(networks)])
    introduction = folder / "introduction.md"
    head = introduction.read_text(encoding="utf-8") if introduction.is_file() else ""
    (folder / "README.md").write_text(f"{head}{text}\n", encoding="utf-8")
    (folder / "scores.json").write_text(json.dumps(_numbers(networks, pairs), indent=1) + "\n", encoding="utf-8")
    for name, svg in _plots(networks).items():
        (folder / f"{name}.svg").write_text(svg, encoding="utf-8")


def _scores(networks: Sequence[Network]) -> Iterator[str]:
    for title, leaves in (("V1", V1), ("V4, IT and behavior", OTHERS)):
        yield f"## {title}\n"
        mean = ("mean of the seven",) if leaves is V1 else ()
        yield from _table(
            ("network", *(_short(leaf) for leaf in leaves), *mean),
            [
                (
                    each.name,
                    *(_cell(each.records.get(leaf)) for leaf in leaves),
                    *((_number(each.mean(leaves)),) if mean else ()),
                )
                for each in networks
            ],
        )


def _floors(networks: Sequence[Network]) -> Iterator[str]:
    floored = [each for each in networks if each.floors]
    if not floored:
        return
    yield "## Floors\n"
    yield "Untrained twins of the same architecture (mean over seeds, 95 % interval), then pixels.\n"
    leaves = (*V1, *OTHERS)
    yield from _table(
        ("network", *map(_short, leaves)),
        [(each.name, *(_floor(each.floors.get(leaf)) for leaf in leaves)) for each in floored],
    )


def _told_apart(pairs: Several | None) -> Iterator[str]:
    if pairs is None:
        return
    yield "## Differences of all pairs\n"
    yield (
        "The same stimuli, neurons and people were drawn for every network (1000 bootstraps), so that most of their "
        "errors cancel. p: Holm, over all pairs of a table. Networks that share a letter cannot be told apart. Scores "
        "of V1 and behavior_vision are those of the score tree, which averages over the leaves of a study first.\n"
    )
    for node in PAIRED:
        if node not in pairs.tables:
            continue
        table = pairs.tables[node]
        yield f"### {node}\n"
        yield from _table(
            ("network", "score", "error", "letters"),
            [(each.model, number(each.score), number(each.error), each.letters) for each in table.models],
        )
        apart = [each for each in table.pairs if each.p <= 0.05]
        yield f"{len(apart)} of {counted(len(table.pairs), 'pair')} can be told apart.\n"
        yield from _table(
            ("pair", "difference", "95 % interval", "p"),
            [
                (
                    f"{pair.models[1]} − {pair.models[0]}",
                    signed(pair.difference.value),
                    interval(pair.difference.low, pair.difference.high),
                    p_value(pair.p),
                )
                for pair in table.pairs
            ],
        )


def _quick(networks: Sequence[Network]) -> Iterator[str]:
    rows = list(_quick_rows(networks))
    if not rows:
        return
    yield "## Quick against full\n"
    yield (
        "Rank correlation of the two scores over the networks; how far full scores lie above quick ones, and the error "
        "that `--brainscore-quick` tells, both from all networks. Then each network as one that was never seen: the "
        "error that the others tell for it, and how far its full score was from what they let expect (root mean "
        "squares, and the largest), and how many full scores were within the told error, and within twice of it.\n"
    )
    header = (
        "benchmark",
        "networks",
        "Spearman",
        "full − quick",
        "told",
        "told by others",
        "observed",
        "largest",
        "within",
    )
    yield from _table(
        header,
        [
            (
                row["name"],
                str(row["networks"]),
                _number(row["spearman"]),
                signed(row["difference"]),
                *(_number(row[name]) for name in ("told", "told_by_others", "observed", "largest")),
                f"{row['within']}, {row['within_twice']}",
            )
            for row in rows
        ],
    )


def _quick_rows(networks: Sequence[Network]) -> Iterator[dict[str, Any]]:
    """Yield, for each quick benchmark and parent, how well it told the full score of each network from the others."""
    known = quick_benchmarks()
    groups: dict[str, tuple[Benchmark, ...]] = {each.identifier: (each,) for each in known}
    for parent in dict.fromkeys(each.parent for each in known):
        groups[f"{parent} (mean)"] = tuple(each for each in known if each.parent == parent)
    for name, group in groups.items():
        quick = [each.mean([b.identifier for b in group]) for each in networks]
        full = [each.mean([full_version(b).identifier for b in group]) for each in networks]
        pairs = [(q, f) for q, f in zip(quick, full, strict=True) if q is not None and f is not None]
        differences = [f - q for q, f in pairs]
        told = expected(0.0, differences)
        unseen = [
            (difference, expected(0.0, differences[:place] + differences[place + 1 :]))
            for place, difference in enumerate(differences)
        ]
        off = [(difference - each.value, each.error) for difference, each in unseen if each is not None]
        if told is None or not off:
            continue
        yield {
            "name": name,
            "networks": len(pairs),
            "spearman": float(spearmanr([q for q, _ in pairs], [f for _, f in pairs]).statistic),
            "difference": told.value,
            "told": told.error,
            "told_by_others": math.sqrt(math.fsum(error**2 for _, error in off) / len(off)),
            "observed": math.sqrt(math.fsum(each**2 for each, _ in off) / len(off)),
            "largest": max(abs(each) for each, _ in off),
            "within": sum(abs(each) <= error for each, error in off),
            "within_twice": sum(abs(each) <= 2 * error for each, error in off),
        }


def _made(networks: Sequence[Network]) -> Iterator[str]:
    yield "## How it was made\n"
    yield from _table(
        ("network", "layers (V1, V2, V4, IT)", "last run"),
        [(each.name, ", ".join(f"`{layer}`" for layer in each.layers_of_regions), each.made) for each in networks],
    )


def _numbers(networks: Sequence[Network], pairs: Several | None) -> dict[str, Any]:
    return {
        "networks": {
            each.name: {
                "made": each.made,
                "layers": dict(each.layers),
                "scores": {
                    leaf: {"score": record.score, "error": record.error, "raw": record.raw, "ceiling": record.ceiling}
                    for leaf, record in sorted(each.records.items())
                },
                "floors": {
                    leaf: {"untrained": list(floor.untrained), "pixels": floor.pixels}
                    for leaf, floor in sorted(each.floors.items())
                },
            }
            for each in networks
        },
        "pairs": {
            node: [
                {
                    "models": list(pair.models),
                    "difference": pair.difference.value,
                    "low": pair.difference.low,
                    "high": pair.difference.high,
                    "p": pair.p,
                }
                for pair in table.pairs
            ]
            for node, table in (pairs.tables.items() if pairs else ())
            if not node.startswith(QUICK)
        },
        "quick": list(_quick_rows(networks)),
    }


def _plots(networks: Sequence[Network]) -> dict[str, str]:
    def bars(title: str, leaves: Sequence[str]) -> str:
        drawn = []
        for each in networks:
            mean = each.mean(leaves)
            if mean is None:
                continue
            errors = [each.records[leaf].error or 0.0 for leaf in leaves]
            drawn.append(ScoreBar(name=each.name, score=mean, error=math.hypot(*errors) / len(errors), parent=True))
            floors = [each.floors[leaf] for leaf in leaves if leaf in each.floors]
            if len(floors) == len(leaves):
                means = [floor.mean for floor in floors if floor.mean is not None]
                pixels = [floor.pixels for floor in floors if floor.pixels is not None]
                drawn += (
                    [ScoreBar(name="untrained", score=math.fsum(means) / len(leaves))]
                    if len(means) == len(leaves)
                    else []
                )
                drawn += (
                    [ScoreBar(name="pixels", score=math.fsum(pixels) / len(leaves))]
                    if len(pixels) == len(leaves)
                    else []
                )
        return score_bars(title, drawn)

    points = [
        Pair(
            f"{each.name}: {quick.identifier}", each.score(quick.identifier), each.score(full_version(quick).identifier)
        )
        for each in networks
        for quick in quick_benchmarks()
    ]
    behavior = ("Geirhos2021edge-error_consistency", "Geirhos2021silhouette-error_consistency")
    return {
        "v1": bars("V1, mean of seven properties", V1),
        "v4": bars("V4, Cowley2023 session 210325", ("Cowley2023.210325.V4-pls",)),
        "it": bars("IT, Kriegeskorte2008 (monkeys)", ("Kriegeskorte2008.IT-rdm",)),
        "behavior": bars("Error consistency, mean of edge and silhouette", behavior),
        "quick": model_scatter("Quick and full scores of the zoo", "quick", "full", points),
    }


def _pairs(networks: Sequence[Network]) -> Several | None:
    models = [Scored(each.name, each.records, each.replicates) for each in networks]
    return several(models) if len(models) > 1 else None


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{'---|' * len(header)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)
    yield ""


def _cell(record: BenchmarkRecord | None) -> str:
    if record is None:
        return ""
    return number(record.score) + (f" ± {number(record.error)}" if record.error is not None else "")


def _floor(floor: FloorScore | None) -> str:
    if floor is None:
        return ""
    untrained = "" if floor.mean is None else number(floor.mean)
    untrained += "" if floor.low is None or floor.high is None else f" {interval(floor.low, floor.high)}"
    return f"{untrained}; {'' if floor.pixels is None else number(floor.pixels)}"


def _number(value: float | None) -> str:
    return "" if value is None else number(value)


def _short(leaf: str) -> str:
    for long, short in (("Marques2020_", ""), ("DeValois1982-", ""), ("Schiller1976-", ""), ("Cavanaugh2002-", "")):
        leaf = leaf.replace(long, short)
    return leaf.replace("_", " ")
