"""What ``brainscore compare`` says of two models, and of several."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_brainscore.atomic import write_atomically
from pytest_brainscore.commands.shared.explaining import explanation_lines, explanation_tables, plain_explanation
from pytest_brainscore.commands.shared.reports import tell
from pytest_brainscore.errors import ReportError
from pytest_brainscore.inference.differences import Difference
from pytest_brainscore.report.difference import ScoreDifference, difference, pair_of_models
from pytest_brainscore.report.html.page import PageTable
from pytest_brainscore.report.html.pairs import difference_table, pair_tables
from pytest_brainscore.report.notation import (
    aligned,
    counted,
    decided_by,
    interval,
    number,
    p_value,
    plus_minus,
    result,
    signed,
)
from pytest_brainscore.report.paired.explaining import explained
from pytest_brainscore.report.paired.models import (
    METHODS,
    NEEDED,
    Method,
    Paired,
    Row,
    Scored,
    has_pairs,
    paired,
    several,
)
from pytest_brainscore.report.plots.differences import forest_of_models, forest_of_pairs
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.red import colour
from pytest_brainscore.report.replicates import read_attributions, read_replicates
from pytest_brainscore.text import printable
from pytest_brainscore.trees import PUBLISHED


@dataclass(frozen=True)
class Compared:
    """One model of one report."""

    path: Path
    report: Report
    model: str
    scored: Scored


@dataclass(frozen=True)
class Told:
    """What is said."""

    lines: list[str]
    plain: dict[str, Any]
    """The same for programs."""
    red: list[str]
    """Reports that are red."""
    notes: list[str] = field(default_factory=list)
    figures: dict[str, str] = field(default_factory=dict)
    tables: list[PageTable] = field(default_factory=list)


def chosen(paths: Sequence[Path], names: Sequence[str], *, together: bool, attributed: bool = False) -> list[Compared]:
    """Return the models that are compared: one of each of two reports, or all of all reports.

    What units contribute to their scores is read where `attributed` says so.

    Raises
    ------
    ReportError
        When a report cannot be read, has no such model, or it is not clear which models are meant.

    """
    reports = [read_report(path) for path in paths]
    if len(reports) == 2 and not together and len(names) < 2:
        pair = pair_of_models(reports[0], reports[1], names[0] if names else None)
        wanted = [(0, pair[0]), (1, pair[1])]
    elif len(reports) == len(names) == 2 and not together and all(map(_has, reports, names)):
        wanted = [(0, names[0]), (1, names[1])]
    else:
        known = [(place, model.identifier) for place, report in enumerate(reports) for model in report.models]
        for name in names:
            if name not in {model for _, model in known}:
                there = ", ".join(dict.fromkeys(model for _, model in known)) or "none"
                raise ReportError(f"The reports have no model {name!r}; they have {there}.")
        wanted = [each for each in known if not names or each[1] in names]
        if len(wanted) < 2:
            raise ReportError("One model is compared with no other; give another report, or leave out --model.")
    places = sorted({place for place, _ in wanted})
    replicates = {place: read_replicates(paths[place], reports[place], tell) for place in places}
    contributions = {place: read_attributions(paths[place], reports[place], tell) for place in places if attributed}
    shared = Counter(model for _, model in wanted)
    found = []
    for place, model in wanted:
        name = model if shared[model] == 1 else f"{model} ({paths[place]})"
        records = {each.identifier: each for each in reports[place].benchmarks if each.model == model}
        values = {(leaf, version): each for (of, leaf, version), each in replicates[place].items() if of == model}
        mine = {
            (leaf, version): each for (of, leaf, version), each in contributions.get(place, {}).items() if of == model
        }
        found.append(Compared(paths[place], reports[place], model, Scored(printable(name), records, values, mine)))
    return found


def _has(report: Report, model: str) -> bool:
    return any(each.identifier == model for each in report.models)


def tell_pair(models: Sequence[Compared], method: Method, everything: bool, tree: str = PUBLISHED) -> Told:
    """Say how two models compare, and their means over a score tree."""
    first, second = models
    found = difference(first.report, second.report, models=(first.model, second.model))
    lines = [printable(f"{first.model} ({first.path}) and {second.model} ({second.path})")]
    lines += [
        "  " + printable(f"{name}: {one or 'absent'} and {other or 'absent'}")
        for name, (one, other) in found.packages.items()
    ]
    shown = [score for score in found.scores if everything or not score.is_equal]
    pair = first.scored, second.scored
    told = paired(*pair, method=method, tree=tree) if has_pairs(pair) else None
    lines += _table(shown, told)
    equal = len(found.scores) - len(shown)
    if not shown:
        lines.append("All scores and all their ingredients are equal.")
    elif equal:
        lines.append(f"{counted(equal, 'more benchmark')} {'is' if equal == 1 else 'are'} equal (--all shows them).")
    notes = []
    if told is not None:
        parents = [row for row in told.rows if not row.is_leaf]
        lines += (
            aligned(
                ("mean of what both ran", "leaves", "change", "95 % interval", "p"),
                [
                    (
                        row.name,
                        str(row.leaves),
                        signed(row.difference.value),
                        interval(row.difference.low, row.difference.high),
                        p_value(row.p),
                    )
                    for row in parents
                ],
            )
            if parents
            else []
        )
        lines += map(printable, told.sentences())
        notes = _unlike(told.unlike)
    elif any(score.delta is not None for score in shown):
        notes = [NEEDED]
    notes += _unlike_trees(models, tree)
    by_name = {row.name: row for row in told.rows} if told else {}
    plain = {
        "models": [each.scored.name for each in models],
        "reports": [str(each.path) for each in models],
        "adjusted": METHODS[method] if told else None,
        "benchmarks": [_plain_score(score, by_name.get(score.identifier)) for score in found.scores],
        "parents": [_plain_row(row) for row in told.rows if not row.is_leaf] if told else [],
        "not compared": {name: list(reasons) for name, reasons in told.unlike.items()} if told else {},
        "statements": told.sentences() if told else [],
        "note": notes[0] if notes else None,
    }
    figures = {f"{second.scored.name} minus {first.scored.name}": forest_of_models(told)} if told else {}
    red = colour([each.after for each in found.scores if each.after], complete=second.report.complete) == "red"
    tables = [difference_table(told)] if told else []
    return Told(lines, plain, [printable(str(second.path))] if red else [], notes, figures, tables)


def rank_models(models: Sequence[Compared], tree: str = PUBLISHED) -> Told:
    """Say how several models compare: ranks with letters, and all pairs; means are those over a score tree.

    Raises
    ------
    ReportError
        When there are no bootstrap values that all have.

    """
    scored = [each.scored for each in models]
    if not has_pairs(scored):
        raise ReportError(
            f"{counted(len(models), 'model')} have no benchmark on which all of them have comparable bootstrap values. "
            f"{NEEDED}"
        )
    found = several(scored, tree=tree)
    lines: list[str] = []
    plain: dict[str, Any] = {"models": list(found.models), "reports": [str(each.path) for each in models], "tables": []}
    for node, table in found.tables.items():
        lines += aligned(
            (node, "score", "", "ties"),
            [(each.model, number(each.score), plus_minus(each.error), each.letters) for each in table.models],
        )
        lines += [
            "  " + line
            for line in aligned(
                ("pair", "change", "95 % interval", "p (Holm)"),
                [
                    (
                        f"{pair.models[1]} - {pair.models[0]}",
                        signed(pair.difference.value),
                        interval(pair.difference.low, pair.difference.high),
                        p_value(pair.p),
                    )
                    for pair in table.pairs
                ],
            )
        ]
        plain["tables"].append(
            {
                "name": node,
                "models": [
                    {"model": each.model, "score": each.score, "error": _known(each.error), "letters": each.letters}
                    for each in table.models
                ],
                "pairs": [
                    {"models": list(pair.models), **_plain_difference(pair.difference), "adjusted_p": _known(pair.p)}
                    for pair in table.pairs
                ],
            }
        )
    lines.append("Models that share a letter cannot be told apart (all pairs of a table, Holm).")
    complete: dict[Path, Report] = {each.path: each.report for each in models}
    judged = list(complete.items())[1:] or list(complete.items())
    red = [printable(str(path)) for path, each in judged if colour(each.benchmarks, complete=each.complete) == "red"]
    figures = {f"{node}: pairs of models": forest_of_pairs(found, node) for node in found.tables}
    notes = _unlike(found.unlike) + _unlike_trees(models, tree)
    return Told(lines, plain, red, notes, figures, pair_tables(found))


def explain(models: Sequence[Compared], leaf: str, *, page: bool) -> Told:
    """Say which images, categories, neuroids and people carry the difference of two models on a benchmark.

    Raises
    ------
    ReportError
        When there are more or fewer than two, or their scores on it cannot be compared.

    """
    if len(models) != 2:
        raise ReportError(
            f"A difference that is explained is one of two models, and {len(models)} are chosen; name two with --model."
        )
    found = explained(models[0].scored, models[1].scored, leaf)
    lines, plain = explanation_lines(found), plain_explanation(found)
    return Told(lines, plain, [], tables=explanation_tables(found) if page else [])


def write_page(models: Sequence[Compared], told: Told, path: Path, tree: str = PUBLISHED) -> None:
    """Write the reports side by side, with the differences as forest plots.

    Raises
    ------
    ReportError
        When the file cannot be written.

    """
    from pytest_brainscore.report.html.page import render_page
    from pytest_brainscore.scoring.population import published_population
    from pytest_brainscore.scoring.tree import tree_of

    reports = {each.path: each.report for each in models}
    places = tree_of((record for report in reports.values() for record in report.benchmarks), tree)
    page = render_page(
        [*reports.values()],
        population=published_population(),
        figures=told.figures,
        tables=told.tables,
        tree=places,
    )
    try:
        write_atomically(path, page.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ReportError(f"{path} cannot be written ({error.strerror}); choose another path.") from error


def _table(scores: Sequence[ScoreDifference], told: Paired | None) -> list[str]:
    rows = {row.name: row for row in told.rows if row.is_leaf} if told else {}
    header = ["benchmark", "before", "after", "change", "differs in"]
    if told:
        header[4:4] = ["95 % interval", f"p ({METHODS[told.method]})", "of"]
    lines = []
    for score in scores:
        cells = [
            score.identifier,
            result(score.before) if score.before else "absent",
            result(score.after) if score.after else "absent",
            signed(score.delta),
            ", ".join(score.ingredients),
        ]
        if told:
            row = rows.get(score.identifier)
            cells[4:4] = (
                [interval(row.difference.low, row.difference.high), p_value(row.p), decided_by(row.n)]
                if row
                else ["", "", ""]
            )
        lines.append(cells)
    return aligned(header, lines) if lines else []


def _unlike(unlike: Mapping[str, tuple[str, ...]]) -> list[str]:
    if not unlike:
        return []
    told = "; ".join(f"{name} ({', '.join(reasons)})" for name, reasons in unlike.items())
    return [printable(f"Not compared draw by draw, as more than the model differs: {told}.")]


def _unlike_trees(models: Sequence[Compared], tree: str) -> list[str]:
    others = {str(each.path): each.report.tree for each in models if each.report.tree != tree}
    if not others:
        return []
    told = ", ".join(f"{path} ({name})" for path, name in others.items())
    return [printable(f"Means here are those of the score tree {tree}; of another one are those in {told}.")]


def _plain_score(score: ScoreDifference, row: Row | None) -> dict[str, Any]:
    return {
        "identifier": score.identifier,
        "before": score.before.score if score.before else None,
        "after": score.after.score if score.after else None,
        "change": score.delta,
        "differs_in": list(score.ingredients),
        "paired": _plain_row(row) if row else None,
    }


def _plain_row(row: Row) -> dict[str, Any]:
    of_leaf = {"family": row.family, "adjusted_p": _known(row.p), "n": dict(row.n)} if row.is_leaf else {}
    return {"name": row.name, **_plain_difference(row.difference), **of_leaf, "leaves": row.leaves}


def _plain_difference(found: Difference) -> dict[str, Any]:
    return {
        "difference": found.value,
        "interval": [_known(found.low), _known(found.high)],
        "level": found.level,
        "error": _known(found.error),
        "p": _known(found.p),
    }


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
