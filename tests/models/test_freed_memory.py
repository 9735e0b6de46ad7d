"""A scoring process uses the memory of one batch again for the next."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

REPEATED_BATCHES = """
import resource
import numpy
from pytest_brainscore.models.freed_memory import keep_freed_memory

keep_freed_memory()
for _ in range(2):
    numpy.ones(8_000_000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(5):
    numpy.ones(8_000_000)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
"""Allocates 64 MB, as a layer's output for a batch, and counts the pages that the kernel must supply anew."""


def faults(**variables: str) -> int:
    """Return the page faults of five batches, in a new process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")} | variables
    run = subprocess.run([sys.executable, "-c", REPEATED_BATCHES], env=environment, capture_output=True, text=True)
    assert not run.stderr
    return int(run.stdout)


@pytest.mark.skipif(sys.platform != "linux" or os.confstr("CS_GNU_LIBC_VERSION") is None, reason="a matter of glibc")
def test_large_arrays_come_from_memory_that_was_freed() -> None:
    assert faults() < 100


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is set")
def test_what_the_user_has_set_stays() -> None:
    # Huge pages would hide the faults; 8 bytes in pages of at most 2 MB are 160 of them for five batches.
    assert faults(MALLOC_MMAP_MAX_="65536") >= 100


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere only getrusage(2) tells")
def test_the_peak_of_a_process_is_its_own() -> None:
    """And not that of the process that started it, which getrusage(2) of Linux begins with."""
    large = b"1" * 400_000_000
    code = "from pytest_brainscore.running.recorder import peak_memory; print(peak_memory())"
    peak = float(subprocess.check_output([sys.executable, "-c", code], text=True))
    assert 0 < peak < len(large) / 1e6
