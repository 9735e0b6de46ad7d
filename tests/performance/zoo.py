"""Score every network of the zoo, and write docs/zoo and the calibration of the quick benchmarks from the scores.

    python -m tests.performance.zoo --data DIR --reports FOLDER                      # all that is not in FOLDER yet
    python -m tests.performance.zoo --data DIR --reports FOLDER --floor-seeds 3      # with untrained twins and pixels
    python -m tests.performance.zoo --reports FOLDER --only-write                    # from the reports that are there

DIR is the folder of data (``weights``, ``imagenet_samples``, ``geirhos2021``, ``v4_cowley2023``, ``rdm_92images``). One
run after the other, each with one process; a run that was stopped is continued by the same command. Networks whose
weights are not on this machine are told and left out.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pytest_brainscore.report.reading import read_reports
from tests.performance.zoo_pages import Network, write_calibration, write_pages
from tests.support.zoo.members import MEMBERS, Member

LEAVES = (
    "Marques2020_DeValois*",
    "Marques2020_Schiller*",
    "Marques2020_Cavanaugh*",
    "Geirhos2021edge*",
    "Geirhos2021silhouette*",
    "Cowley2023.210325.V4-pls",
    "Kriegeskorte2008.IT-rdm",
    "Kriegeskorte2008.humanIT-rdm",
    "quick",
)
"""What can be scored with the data at hand. V4 layers were chosen by another session, 210305."""
ROOT = Path(__file__).parents[2]


def score(member: Member, weights: Path, reports: Path, data: Path, floor_seeds: int) -> int:
    """Score a network in a process of its own; its exit status is that of pytest."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    command += [f"--model={member.specification}", f"--brainscore-weights={weights}", f"--brainscore-data={data}"]
    command += [f"--brainscore-benchmark={leaf}" for leaf in LEAVES]
    command += [f"--brainscore-report=json:{reports / member.name}.json", f"--brainscore-baseline={reports}"]
    if floor_seeds:
        command += ["--brainscore-floor", f"--brainscore-floor-seeds={floor_seeds}"]
    environment = os.environ | {"BRAINSCORE_OFFLINE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def networks_of(reports: Path) -> Iterator[Network]:
    """Yield the networks that have scores, in the order of the zoo; of two scores of one thing the later counts."""
    found = sorted(read_reports(reports).items(), key=lambda item: item[1].created)
    for member in MEMBERS:
        mine = [(path, each) for path, each in found if any(m.identifier == member.identifier for m in each.models)]
        if mine:
            yield Network.of(member.name, member.identifier, mine)


def main(words: Sequence[str] | None = None) -> None:
    """Score, then write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("BRAINSCORE_DATA"))
    parser.add_argument("--reports", type=Path, required=True)
    parser.add_argument("--networks", nargs="*", default=[each.name for each in MEMBERS])
    parser.add_argument("--floor-seeds", type=int, default=0)
    parser.add_argument("--only-write", action="store_true")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "zoo")
    parser.add_argument("--calibration", type=Path, default=ROOT / "fixtures" / "quick" / "calibration.json")
    arguments = parser.parse_args(words)
    arguments.reports.mkdir(parents=True, exist_ok=True)
    reports = arguments.reports.resolve()
    for member in [] if arguments.only_write else MEMBERS:
        weights = member.weights_file(arguments.data)
        if member.name not in arguments.networks or (reports / f"{member.name}.json").exists():
            continue
        if weights is None:
            print(f"{member.name}: its weights ({member.weights}) are not on this machine")
            continue
        score(member, weights, reports, arguments.data.resolve(), arguments.floor_seeds)
    networks = list(networks_of(reports))
    write_calibration(networks, arguments.calibration)
    write_pages(networks, arguments.to)


if __name__ == "__main__":
    main()
