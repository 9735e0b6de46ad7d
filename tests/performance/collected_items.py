"""How long a run takes for each collected item: plain tests beside the plugin, and benchmarks that do nothing.

Prints milliseconds of processor time per item, of all processes together, for each item more; the aim is at
most 2. Failures with a traceback take longer: pytest reads the source of each. Processor time,
because that is also right on a busy machine::

    python -m tests.performance.collected_items [--items 10000]
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.projects import TOY_CONFTEST, TOY_FAMILY, TOY_MODEL, TOY_SUITE

PLAIN = "import pytest\n@pytest.mark.parametrize('i', range({items}))\ndef test_it(i): pass\n"
OUTCOMES: dict[str, dict[str, object]] = {
    "scored": {"score": 0.5},
    "unavailable": {"unavailable": "no data"},
    "failed": {"raise": "no such luck"},
}


def project(folder: Path, items: int, outcome: dict[str, object]) -> None:
    """Write a project of toy benchmarks, and of as many plain tests and marked functions."""
    (folder / "toy_family.py").write_text(TOY_FAMILY)
    (folder / "conftest.py").write_text(TOY_CONFTEST)
    (folder / "net.py").write_text(TOY_MODEL)
    (folder / "test_toys.py").write_text(TOY_SUITE)
    (folder / "test_plain.py").write_text(PLAIN.format(items=items))
    functions = (
        f"@pytest.mark.brainscore('toys')\ndef test_{index}(model, brain_benchmark, brainscore): pass\n"
        for index in range(items)
    )
    (folder / "test_marked.py").write_text("import pytest\n" + "".join(functions))
    (folder / "pytest.ini").write_text("[pytest]\n")
    (folder / "outcomes.json").write_text(json.dumps({f"b{index}": outcome for index in range(items)}))


def seconds(folder: Path, *arguments: str) -> float:
    """Return the processor time that pytest and its workers take."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def per_item(folder: Path, items: int, outcome: dict[str, object], *arguments: str) -> float:
    """Return milliseconds for one item more: what only the start takes, such as importing torch, is left out."""
    taken = []
    for count in (items // 10, items):
        project(folder, count, outcome)
        taken.append(seconds(folder, *arguments))
    return 1000 * (taken[1] - taken[0]) / (items - items // 10)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=10_000)
    items = parser.parse_args().items
    model = ["--model", "net.py:build"]
    runs: dict[str, tuple[str, list[str]]] = {
        "plain tests": ("scored", ["test_plain.py"]),
        "plain tests in a scoring run": ("scored", ["test_plain.py", *model]),
        "marked functions without a model": ("scored", ["test_marked.py"]),
        **{outcome: (outcome, ["test_toys.py", *model]) for outcome in OUTCOMES},
    }
    with tempfile.TemporaryDirectory() as name:
        for workers in ("0", "2"):
            for what, (outcome, arguments) in runs.items():
                taken = per_item(Path(name), items, OUTCOMES[outcome], *arguments, "-n", workers)
                print(f"-n {workers}  {what}: {taken:.2f} ms", flush=True)


if __name__ == "__main__":
    main()
