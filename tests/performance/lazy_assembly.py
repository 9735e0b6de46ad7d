"""Measure reading one region of a 2 GB assembly.

    python -m tests.performance.lazy_assembly

Asked for: peak memory below 300 MB. An assembly in the published layout (100 000 presentations x 256 neuroids x 20 time
bins, float32, chunked and compressed as netCDF does it) is written to a temporary folder, and read in a fresh process:
all presentations of the 40 neuroids of one region in one time bin. The folder is removed afterwards.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import h5netcdf
import h5py
import numpy as np

PRESENTATIONS = 100_000
NEUROIDS = 256
TIME_BINS = 20
IN_REGION = 40
CHUNK = (5_000, 32, 4)
ROOM = 6 * 2**30
"""Bytes that must be free: noise does not compress."""


def write(path: Path) -> None:
    """Write an assembly of noise in the published layout."""
    generator = np.random.default_rng(1)
    regions = np.array(["V4"] * (NEUROIDS - IN_REGION) + ["IT"] * IN_REGION, dtype=object)
    with h5netcdf.File(path, "w") as file:
        file.dimensions = {"presentation": PRESENTATIONS, "neuroid": NEUROIDS, "time_bin": TIME_BINS}
        values = file.create_variable(
            "data",
            ("presentation", "neuroid", "time_bin"),
            np.float32,
            chunks=CHUNK,
            compression="gzip",
            compression_opts=1,
        )
        values.attrs["coordinates"] = "image_id object_name neuroid_id region time_bin_start time_bin_end"
        for start in range(0, PRESENTATIONS, CHUNK[0]):
            values[start : start + CHUNK[0]] = generator.random((CHUNK[0], NEUROIDS, TIME_BINS), dtype=np.float32)
        kind = h5py.string_dtype()
        ids = np.array([f"image_{number % 5000:05}" for number in range(PRESENTATIONS)], dtype=object)
        file.create_variable("image_id", ("presentation",), kind)[:] = ids
        file.create_variable("object_name", ("presentation",), kind)[:] = ids
        file.create_variable("neuroid_id", ("neuroid",), kind)[:] = np.array(
            [f"unit_{number}" for number in range(NEUROIDS)], dtype=object
        )
        file.create_variable("region", ("neuroid",), kind)[:] = regions
        file.create_variable("time_bin_start", ("time_bin",), data=np.arange(TIME_BINS) * 10)
        file.create_variable("time_bin_end", ("time_bin",), data=np.arange(TIME_BINS) * 10 + 10)


def read(path: Path) -> None:
    """Read one region, and print what it took."""
    from pytest_brainscore.data.assembly_files import open_assembly

    before = peak_megabytes()
    start = time.perf_counter()
    assembly = open_assembly(path)
    opened = time.perf_counter()
    region = assembly.isel(neuroid=np.flatnonzero(assembly["region"].values == "IT"), time_bin=7)
    values = region.values
    done = time.perf_counter()
    measured = {
        "open_s": round(opened - start, 3),
        "read_s": round(done - opened, 2),
        "shape": values.shape,
        "imports_MB": before,
        "peak_MB": peak_megabytes(),
    }
    sys.stdout.write(json.dumps(measured) + "\n")


def peak_megabytes() -> int:
    """Return the highest resident memory of this process (Linux only); `getrusage` would count the parent's too."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


def main() -> None:
    """Write, measure, remove."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.read is not None:
        read(arguments.read)
        return
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < ROOM:
            sys.exit(f"There is no room for {ROOM >> 30} GB in {folder}; set TMPDIR to a larger disk.")
        path = Path(folder, "assembly.nc")
        start = time.perf_counter()
        write(path)
        size = path.stat().st_size / 2**20
        in_memory = PRESENTATIONS * NEUROIDS * TIME_BINS * 4 / 2**20
        sys.stdout.write(f"{size:.0f} MB ({in_memory:.0f} MB of values) in {time.perf_counter() - start:.0f} s\n")
        subprocess.run([sys.executable, __file__, "--read", str(path)], check=True)


if __name__ == "__main__":
    main()
