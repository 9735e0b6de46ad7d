"""A page for each benchmark of this package, one for each family of a paper, and the list of all."""

from __future__ import annotations

import inspect
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from generate.data_tables import data_section
from generate.pages import Pages, described, prose, sections, table
from generate.samples import samples_of
from generate.strip_plot import strip_plot
from pytest_brainscore.benchmarks.benchmark import Benchmark, resolve
from pytest_brainscore.benchmarks.shipped import all_benchmarks, further_benchmarks
from pytest_brainscore.scoring.population import published_population
from pytest_brainscore.trees import TREES, leaves_of, panel

_NOT_TOLD: Final = re.compile(r"\s*Importing this( module)? is light[^.]*\.")
_QUICK: Final = "quick."
"""Before the identifier of the full benchmark, where a benchmark shows a part of its stimuli."""
_COMPARED: Final = {
    "metric": "metric",
    "ceiling": "published ceiling",
    "normalisation": "normalisation",
    "stimulus_set": "stimulus set",
    "assembly": "recordings",
    "visual_degrees": "visual degrees",
    "number_of_trials": "repetitions",
    "protocol": "protocol",
}
"""Fields in which versions of a benchmark can differ, in words."""
_NORMALISATIONS: Final = {
    "r/c": "the raw score, divided by the ceiling",
    "r^2/c": "the square of the raw score, divided by the ceiling",
    "(r/c)^2": "the square of the raw score divided by the ceiling",
    "r/sqrt(c)": "the raw score, divided by the square root of the ceiling",
    "r": "the raw score itself",
}


@dataclass(frozen=True)
class Family:
    """The benchmarks of one paper, which one module of the package defines."""

    name: str
    """Name of the module, which is that of the page."""
    question: str
    """What its benchmarks ask, in one sentence."""
    title: str
    """Whose data it is."""
    text: str
    """What was measured in whom, as Markdown."""
    benchmarks: Mapping[str, Sequence[Benchmark]]
    """By identifier, the versions, the oldest first."""


def write_benchmark_pages(pages: Pages) -> None:
    """Write the pages into the folder ``benchmarks``."""
    metric_pages = _metric_pages(pages.folder.parent / "metrics")
    pitfalls = _pitfalls(pages.folder / "pitfalls.toml")
    families = list(_families())
    for family in families:
        pages.write(f"{family.name}.md", _family_page(family))
        for identifier, versions in family.benchmarks.items():
            samples = samples_of(versions[-1])
            for sample in samples:
                pages.write(sample.file, sample.png())
            told = [
                text
                for pattern, texts in pitfalls.items()
                if re.fullmatch(pattern, identifier.removeprefix(_QUICK))
                for text in texts
            ]
            figures = [f"```{{image}} {sample.file}\n:alt: {sample.words}\n:width: 180px\n```\n" for sample in samples]
            pages.write(f"{identifier}.md", _benchmark_page(family, versions, metric_pages, told, "\n".join(figures)))
    pages.write("index.md", _index(families))
    pages.remove_others("*.md", "*.png")


def _families() -> Iterator[Family]:
    found: dict[str, dict[str, list[Benchmark]]] = {}
    for each in (*all_benchmarks(), *further_benchmarks()):
        module = each.protocol.partition(":")[0] if isinstance(each.protocol, str) else each.protocol.__module__
        name = module.removeprefix("pytest_brainscore.benchmarks.").partition(".")[0]
        found.setdefault(name, {}).setdefault(each.identifier, []).append(each)
    for name, benchmarks in sorted(found.items()):
        doc = inspect.getdoc(import_module(f"pytest_brainscore.benchmarks.{name}")) or ""
        head, _, rest = doc.partition("\n\n")
        title, _, question = " ".join(head.split()).partition(": ")
        text = "\n\n".join(prose(paragraph) for paragraph in _NOT_TOLD.sub("", rest).split("\n\n"))
        question = question[:1].upper() + question[1:]
        versions = {key: sorted(each, key=lambda one: one.version) for key, each in benchmarks.items()}
        yield Family(name, question, title, text, versions)


def _benchmark_page(
    family: Family, versions: Sequence[Benchmark], metrics: Mapping[str, str], pitfalls: Sequence[str], figures: str
) -> str:
    newest = versions[-1]
    metric = f"[{newest.metric}]({metrics[newest.metric]})" if newest.metric in metrics else f"`{newest.metric}`"
    kind = "region" if newest.region in ("V1", "V2", "V4", "IT") else "task"
    facts = [
        ("score it", f"`pytest --model NAME --brainscore-benchmark {newest.identifier}`"),
        (kind, newest.region),
        ("metric", metric),
        ("place in the tree", " › ".join(newest.parents)),
        ("trees", _trees(newest.identifier)),
        ("visual degrees of the stimuli", f"{newest.visual_degrees:g}"),
        ("repetitions in the experiment", f"{newest.number_of_trials}"),
        ("published ceiling", "none is stated" if newest.ceiling is None else f"{newest.ceiling:g}"),
        ("score", f"`{newest.normalisation}`" + _in_words(newest.normalisation)),
        ("cost", f"about {newest.cost:g} s on one core, for a network as small as SqueezeNet, the first time"),
    ]
    if newest.identifier.startswith(_QUICK):
        full = newest.identifier.removeprefix(_QUICK)
        facts.insert(0, ("the full benchmark", f"[{full}]({full}.md)"))
    parts = [
        "---\norphan: true\n---\n",
        f"# {newest.identifier}\n",
        f"This page tells what the benchmark {newest.identifier} of [{family.title}]({family.name}.md) measures, and "
        f"on what. {prose(family.question)}\n",
        table(("what", "of this benchmark"), facts),
        "## What was measured\n",
        f"{family.text}\n",
        *(["## Samples of the stimuli\n", f"Drawn by this package.\n\n{figures}"] if figures else []),
        "## Protocol\n",
        _protocol(newest),
        "## Versions\n",
        _versions(versions),
        "## Data\n",
        data_section(newest),
        "## Published scores\n",
        "\n".join(_published(each) for each in versions if each is newest or _scores(each)),
        "## Known pitfalls\n",
        "\n".join(f"- {text}" for text in pitfalls) + "\n" if pitfalls else "None is known of this benchmark alone.\n",
        "## Citation\n",
        f"```bibtex\n{newest.citation}\n```\n" if newest.citation.startswith("@") else f"{prose(newest.citation)}\n",
    ]
    return "\n".join(parts)


def _in_words(normalisation: str) -> str:
    words = _NORMALISATIONS.get(normalisation)
    return f": {words}; `r` is the raw score, `c` the ceiling" if words else "; `r` is the raw score, `c` the ceiling"


def _trees(identifier: str) -> str:
    places = [(name, leaf.version) for name, leaves in _leaves().items() for leaf in leaves if leaf[0] == identifier]
    words = ", ".join(f"{name} (version {version})" for name, version in places)
    in_panel = identifier in {leaf.identifier for leaf in panel()}
    return (words or "in none: scored where it is named") + ("; one of the fifteen of the panel" if in_panel else "")


@cache
def _leaves() -> Mapping[str, Any]:
    return {name: leaves_of(name) for name in TREES}


def _protocol(benchmark: Benchmark) -> str:
    """Return what the text of the protocol's function says, and those of functions that it refers to."""
    function = resolve(benchmark.protocol)
    texts = [_told(function)]
    for name in re.findall(r"`(\w+)`", inspect.getdoc(function) or ""):
        further = inspect.unwrap(function).__globals__.get(name)
        if inspect.isfunction(further) and further is not function:
            texts.append(f"### {name}\n\n{_told(further)}")
    return "\n".join(texts)


@cache
def _told(function: Any) -> str:
    parts = sections(inspect.getdoc(function) or "")
    lines = [prose(parts.get("", "")), ""]
    if "Returns" in parts:
        items = described(parts["Returns"])
        text = " ".join(words for _, words in items)
        lines += [f"**Score.** {prose(text)}", ""] if text else []
    if "Raises" in parts:
        words = {"NoNumber": "No number (`nan`)", "DataUnavailable": "Unavailable", "NotCapable": "Unavailable"}
        items = described(parts["Raises"])
        lines += [f"- {words.get(name, f'`{name}`')}: {prose(text)}" for name, text in items] + [""]
    return "\n".join(lines)


def _versions(versions: Sequence[Benchmark]) -> str:
    rows = []
    for before, each in zip([None, *versions[:-1]], versions, strict=True):
        trees = [
            name for name, leaves in _leaves().items() if (each.identifier, each.version) in {x[:2] for x in leaves}
        ]
        changes = "the first that is defined here"
        if before is not None:
            changes = "; ".join(
                f"{words}: `{getattr(each, field)}`, before `{getattr(before, field)}`"
                for field, words in _COMPARED.items()
                if getattr(each, field) != getattr(before, field)
            )
        rows.append((f"`{each.identifier}@{each.version}`", ", ".join(trees) or "none", changes or "nothing else"))
    return table(("name with its version", "trees", "what changed"), rows)


def _scores(benchmark: Benchmark) -> Mapping[str, float]:
    return published_population().scores.get((benchmark.identifier, benchmark.version), {})


def _published(benchmark: Benchmark) -> str:
    scores = _scores(benchmark)
    if not scores:
        return (
            f"No published score of version {benchmark.version} is part of this package; the "
            "[site of Brain-Score](https://www.brain-score.org/vision/) has those of its models.\n"
        )
    if len(scores) == 1:
        ((model, score),) = scores.items()
        words = (
            f"Version {benchmark.version}: {model} has {score:.3f} on its published page, the only one in this package."
        )
    else:
        best = max(scores, key=lambda model: scores[model])
        words = (
            f"Version {benchmark.version}: {len(scores)} models, as once published; the best is {best} with "
            f"{scores[best]:.3f}. The broken line is the median."
        )
    title = f"Published scores of {len(scores)} models on {benchmark.identifier}, from 0 to 1"
    return f"{words}\n\n```{{raw}} html\n{strip_plot(scores, title)}```\n"


def _family_page(family: Family) -> str:
    rows = [
        (
            f"[{identifier}]({identifier}.md)",
            ", ".join(str(each.version) for each in versions),
            versions[-1].region,
            f"`{versions[-1].metric}`",
            _trees(identifier),
        )
        for identifier, versions in family.benchmarks.items()
    ]
    return "\n".join(
        [
            f"# {family.title}\n",
            f"This page lists the benchmarks of {family.title}. {prose(family.question)}\n",
            f"{family.text}\n",
            table(("benchmark", "versions", "region or task", "metric", "trees"), rows),
        ]
    )


def _index(families: Iterable[Family]) -> str:
    families = list(families)
    count = sum(len(family.benchmarks) for family in families)
    rows = [
        (f"[{family.title}]({family.name}.md)", prose(family.question), str(len(family.benchmarks)))
        for family in families
    ]
    names = "\n".join(f"{family.title} <{family.name}>" for family in families)
    return "\n".join(
        [
            "# Benchmarks\n",
            f"This page lists the {count} benchmarks of this package by the paper that their data come from; each has "
            "a page of its own. Which of them a run scores is decided by the score tree.\n",
            table(("paper", "question", "benchmarks"), rows),
            f"```{{toctree}}\n:hidden:\n\n{names}\n```\n",
        ]
    )


def _metric_pages(folder: Path) -> Mapping[str, str]:
    """Return the page of each metric: that of its name, or else the one whose first lines have it between backticks."""
    named: dict[str, str] = {}
    own: dict[str, str] = {}
    for path in sorted(folder.glob("*.md")):
        head = path.read_text(encoding="utf-8").partition("\n## ")[0]
        named |= dict.fromkeys(re.findall(r"`([\w ]+)`", head), f"../metrics/{path.name}")
        own[path.stem] = f"../metrics/{path.name}"
    return named | own


def _pitfalls(path: Path) -> Mapping[str, list[str]]:
    """Return what is written down as pitfalls, by regular expressions of identifiers."""
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
