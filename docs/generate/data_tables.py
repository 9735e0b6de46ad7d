"""What a benchmark is scored on: files, size, licence, and who can have them."""

from __future__ import annotations

from generate.pages import prose, table
from pytest_brainscore.benchmarks.benchmark import Benchmark
from pytest_brainscore.data.catalogue import FileSet, FileSetKind, catalogue
from pytest_brainscore.data.retrieval.sizes import size_in_words

_KINDS = {"stimulus_set": "stimuli", "assembly": "recordings"}


def data_section(benchmark: Benchmark) -> str:
    """Return the data of a benchmark as Markdown: a table, and how to get what is in it."""
    named: list[tuple[FileSetKind, str]] = [
        ("stimulus_set", benchmark.stimulus_set),
        ("stimulus_set", benchmark.fitting_stimulus_set),
        ("assembly", benchmark.assembly),
    ]
    sets = [entry for entry in (catalogue().get(key) for key in dict.fromkeys((*benchmark.needs, *named))) if entry]
    if not sets:
        return "Nothing has to be fetched for this benchmark beyond what its protocol names.\n"
    # What a benchmark names and does not read is part of this package, unless something else tells what it needs.
    read = (
        set(benchmark.needs)
        if benchmark.reads is not None or benchmark.needs
        else {(e.kind, e.identifier) for e in sets}
    )

    def is_read(entry: FileSet) -> bool:
        return (entry.kind, entry.identifier) in read

    rows = [
        (
            _KINDS[entry.kind],
            f"`{entry.identifier}`",
            entry.access if is_read(entry) else "part of this package, or drawn by it",
            entry.shape or "not stated",
            _size(entry) if is_read(entry) else "-",
            (prose(entry.licence) or "not stated, which is no permission") if is_read(entry) else "-",
        )
        for entry in sets
    ]
    head = ("what", "name", "access", "shape", "size", "licence")
    notes = dict.fromkeys(prose(f"{e.access}: {_note(e)}") for e in sets if is_read(e))
    sources = dict.fromkeys(prose(entry.citation) for entry in sets if entry.citation)
    ready = (
        f"What is here, and what is missing: `brainscore data status {benchmark.identifier}`. "
        f"To fetch it: `brainscore data fetch {benchmark.identifier}`.\n"
        if read
        else "Nothing has to be fetched: what it is scored on is part of this package.\n"
    )
    return "\n".join(
        [table(head, rows), ready, *(f"- {note}" for note in notes), "", *(f"Source: {each}\n" for each in sources)]
    )


def _note(entry: FileSet) -> str:
    return entry.note.removeprefix(f"{entry.access}: ")


def _size(entry: FileSet) -> str:
    sizes = [file.size for file in entry.files]
    known = [size for size in sizes if size is not None]
    return size_in_words(sum(known)) if known and len(known) == len(sizes) else "not stated"
