"""Fetch many files at once, in several processes, from a server that cuts and corrupts what it sends.

    python -m tests.performance.faulty_fetches [--files 200 --processes 8]

Every process fetches all files in an order of its own into one folder. Asked for: every file right at the end, or a
sentence that says why not; none half-written; and each downloaded in full once, however many processes want it. Which
answers are faulty is drawn from the seed, the file and the number of the request. Exits 1 when something is not so.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval import fetching, resumable_download
from pytest_brainscore.data.retrieval.fetching import fetch
from pytest_brainscore.errors import DataUnavailable
from tests.support.fault_server import PAGE, Fault, FaultServer

FAULTS = {
    "correct": 40,
    "cut": 30,
    "corrupted": 10,
    "corrupted and cut": 5,
    "ranges ignored": 5,
    "ranges ignored and cut": 3,
    "busy": 5,
    "announces too much": 1,
    "web page": 1,
}
"""Weights of the kinds of answers."""


def answers(name: str, size: int, seed: int, drawn: Counter[str]) -> Callable[[int], Fault]:
    """Return which answer the request of a number gets."""

    def answer(number: int) -> Fault:
        generator = random.Random(f"{seed} {name} {number}")
        kind = generator.choices(list(FAULTS), list(FAULTS.values()))[0]
        drawn[kind] += 1
        return Fault(
            cut_at=generator.randrange(size) if kind.endswith("cut") else None,
            corrupt_at=generator.randrange(size) if kind.startswith("corrupted") else None,
            ignore_range=kind.startswith("ranges ignored"),
            status=503 if kind == "busy" else None,
            announce=1000 if kind == "announces too much" else 0,
            page=PAGE if kind == "web page" else None,
        )

    return answer


def fetch_all(files: list[CatalogueFile], folder: Path, seed: int) -> tuple[int, list[str]]:
    """Fetch all files in a random order; return how many came, and the sentences on those that did not."""
    fetching.BACKOFF_SECONDS = resumable_download.PAUSE_SECONDS = 0.01  # the server means no harm
    random.Random(seed).shuffle(files)
    sentences = []
    for file in files:
        try:
            path = fetch(file, folder)
        except DataUnavailable as error:
            sentences.append(f"{error}")
        else:
            if hashlib.sha1(path.read_bytes()).hexdigest() != file.sha1:
                raise AssertionError(f"{path} was handed over with wrong content")
    return len(files) - len(sentences), sentences


def main() -> None:
    """Run the processes and print what became of the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--largest", type=int, default=2_000_000, help="bytes of the largest file")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    drawn: Counter[str] = Counter()
    with FaultServer() as server, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = []
        for number in range(arguments.files):
            content = generator.randbytes(generator.randrange(1, arguments.largest))
            file_name = f"file{number:03d}"
            known = len(content) if number % 2 else None
            address, _ = server.put(file_name, content, then=answers(file_name, len(content), arguments.seed, drawn))
            sha1 = hashlib.sha1(content).hexdigest()
            files.append(CatalogueFile(name=file_name, sha1=sha1, addresses=(address,), size=known))
        start = time.perf_counter()
        with ProcessPoolExecutor(arguments.processes, multiprocessing.get_context("spawn")) as processes:
            work = [processes.submit(fetch_all, files, folder, seed) for seed in range(arguments.processes)]
            results = [one.result() for one in work]
        seconds = time.perf_counter() - start
        right, wrong, absent, twice = 0, [], [], []
        for file in files:
            served = server.files[f"/{file.name}"]
            path = folder / file.name
            if not path.exists():
                absent.append(file.name)
            elif path.read_bytes() == served.content:
                right += 1
            else:
                wrong.append(file.name)
            # A corrupted answer has to be followed by another one; nothing else has.
            if served.outcomes["complete"] > 1 + served.outcomes["corrupted"]:
                twice.append(file.name)
        parts = {f"{file.sha1}.part" for file in files if file.name in absent}
        locks = {f"{file.sha1}.lock" for file in files}
        strange = {path.name for path in folder.iterdir()} - {file.name for file in files} - parts - locks
        sentences = [sentence for _, several in results for sentence in several]
        megabytes = sum(len(served.content) for served in server.files.values()) / 1e6
        requests = sum(len(served.requests) for served in server.files.values())
        complete = sum(served.outcomes["complete"] for served in server.files.values())
        without_wrong_bytes = [served for served in server.files.values() if not served.outcomes["corrupted"]]
        once = sum(served.outcomes["complete"] == 1 for served in without_wrong_bytes)
    unexplained = [name for name in absent if not any(sentence.startswith(f"{name} ") for sentence in sentences)]
    rows = {
        "files": f"{arguments.files}, {megabytes:.0f} MB, wanted by each of {arguments.processes} processes",
        "answers": f"{requests}: " + ", ".join(f"{count} {kind}" for kind, count in drawn.most_common()),
        "right": f"{right} of {arguments.files} at the end",
        "wrong": f"{len(wrong)}",
        "absent": f"{len(absent)}, {len(unexplained)} of them without a sentence",
        "half-written": f"{len(strange)}",
        "calls": f"{sum(count for count, _ in results)} returned the file, {len(sentences)} a sentence",
        "sent in full": f"{complete} times; once for {once} of {len(without_wrong_bytes)} files without a wrong byte",
        "downloaded twice": f"{len(twice)}",
        "seconds": f"{seconds:.1f}",
    }
    for title, value in rows.items():
        print(f"{title:17s} {value}")
    for sentence in sentences[:3]:
        print(f"  for example: {sentence}")
    sys.exit(bool(wrong or unexplained or strange or twice))


if __name__ == "__main__":
    main()
