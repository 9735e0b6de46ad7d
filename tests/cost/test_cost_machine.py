"""What a machine has: cgroups of both versions, and the memory of a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.cost.machine import capacity, measure, memory_of_cgroup, peak_bytes, resident_bytes

GB = 10**9


def test_version_2(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text(f"{8 * GB}\n")
    (tmp_path / "memory.current").write_text(f"{5 * GB}\n")
    assert memory_of_cgroup(tmp_path) == 3 * GB
    (tmp_path / "memory.stat").write_text(f"anon {GB}\ninactive_file {2 * GB}\n")
    assert memory_of_cgroup(tmp_path) == 5 * GB, "pages of files make way"


def test_version_1(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text(f"{4 * GB}\n")
    (tmp_path / "memory" / "memory.usage_in_bytes").write_text(f"{3 * GB}\n")
    (tmp_path / "memory" / "memory.stat").write_text(f"total_inactive_file {GB}\n")
    assert memory_of_cgroup(tmp_path) == 2 * GB


@pytest.mark.parametrize("limit", ["max", str(2**63 - 4096)])
def test_no_limit(tmp_path: Path, limit: str) -> None:
    (tmp_path / "memory.max").write_text(limit)
    (tmp_path / "memory.current").write_text("1000")
    assert memory_of_cgroup(tmp_path) is None
    assert memory_of_cgroup(tmp_path / "nothing") is None


def test_a_full_cgroup_has_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "memory.max").write_text("1000")
    (tmp_path / "memory.current").write_text("2000")
    assert memory_of_cgroup(tmp_path) == 0


def test_the_smaller_of_machine_and_cgroup_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRAINSCORE_HOME", str(tmp_path / "not" / "yet"))
    (tmp_path / "memory.max").write_text("5000")
    (tmp_path / "memory.current").write_text("2000")
    found = capacity(tmp_path)
    assert (found.memory, found.memory_of) == (3000, "cgroup")
    assert found.disk is not None
    assert found.disk > 0
    assert found.cores >= 1
    unbounded = capacity(tmp_path / "nothing")
    assert unbounded.memory_of == "machine"
    assert unbounded.memory > 3000


def test_rates_are_those_of_a_computer() -> None:
    rates = measure()
    for each in (rates.products, rates.decompositions, rates.stream, rates.sorting):
        assert 1e5 < each < 1e16


def test_the_peak_is_at_least_what_is_held() -> None:
    peak = peak_bytes()
    assert peak is not None
    assert peak >= 0.9 * resident_bytes()
