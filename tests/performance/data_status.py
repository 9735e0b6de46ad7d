"""How soon ``brainscore data status`` answers in a new process; the aim is 1 s on a quiet machine::

python -m tests.performance.data_status
"""

from __future__ import annotations

import subprocess
import sys
import time


def main() -> None:
    """Measure and print the best of three."""
    program = "from pytest_brainscore.commands import main; main(['data', 'status', '--json'])"
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", program], stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - began)
    print(f"{min(seconds):.2f} s")


if __name__ == "__main__":
    main()
