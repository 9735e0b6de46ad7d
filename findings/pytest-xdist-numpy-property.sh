#!/usr/bin/env bash
# A NumPy number in record_property loses the test, and the run still exits with 0.
#
# One would guess: record_property("score", numpy.float64(0.5)) is stored, as without workers, or the test fails.
# What happens: under -n 2 the report cannot be sent ("can't serialize <class 'numpy.float64'>"), although
#   numpy.float64 is a float. An INTERNALERROR is printed, the test is neither passed nor failed, and the exit status
#   is 0, so that CI is green. float(score) avoids it.
# Versions: pytest 9.2.0, pytest-xdist 3.8.0, NumPy 2.4.6.
# Output: without workers: 1 passed, exit status 0
#         with -n 2: no tests ran, exit status 0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pytest==9.2.0 pytest-xdist==3.8.0 numpy==2.4.6
cd "$work"

cat > test_score.py <<'PY'
import numpy

def test_score(record_property):
    record_property("score", numpy.float64(0.5))
PY
venv/bin/python -m pytest > log
grep -q "1 passed" log
echo "without workers: 1 passed, exit status 0"
status=0
venv/bin/python -m pytest -n 2 > log || status=$?
grep -q "can't serialize <class 'numpy.float64'>" log
grep -q "no tests ran" log
echo "with -n 2: no tests ran, exit status $status"
test "$status" = 0
