#!/usr/bin/env bash
# "Stop at the first failure" does not stop a worker that was handed its share.
#
# One would guess: with -x, work stops soon after the first failure, whatever the scheduler.
# What happens: under --dist worksteal all tests are handed out at the start, and a worker that has not itself seen
#   the failure goes on to the end of its share: half of all tests with two workers. Where a test is an hour of
#   scoring, that matters. --dist load --maxschedchunk=1 stops after a few.
# Versions: pytest 9.2.0, pytest-xdist 3.8.0.
# Output (tests run of 40, the first one fails at once; may vary by one or two):
#         worksteal: 21
#         load --maxschedchunk=1: 3
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pytest==9.2.0 pytest-xdist==3.8.0
cd "$work"

cat > test_many.py <<'PY'
import pathlib
import time
import pytest

@pytest.mark.parametrize("i", range(40))
def test_many(i):
    pathlib.Path(f"ran-{i}").touch()
    assert i > 0
    time.sleep(0.2)
PY
count() {
  rm -f ran-*
  venv/bin/python -m pytest -q -x -n 2 --dist "$@" > log || true
  grep -q "stopping after 1 failures" log
  find . -maxdepth 1 -name "ran-*" | wc -l
}
worksteal=$(count worksteal)
load=$(count load --maxschedchunk=1)
echo "worksteal: $worksteal"
echo "load --maxschedchunk=1: $load"
test "$worksteal" -ge 18
test "$load" -le 8
