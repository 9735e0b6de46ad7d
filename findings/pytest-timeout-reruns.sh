#!/usr/bin/env bash
# A time limit does not hold for the reruns of a test.
#
# One would guess: with --timeout and --reruns, every attempt of a test has the time limit.
# What happens: the timer is armed once, before the first attempt, and pytest-timeout takes it away as soon as an
#   attempt fails. The reruns have no limit at all: one of 3 s passes under a limit of 1 s. With
#   timeout_func_only=true the timer is armed around each call, and the rerun is stopped.
# Versions: pytest 9.2.0, pytest-timeout 2.4.0, pytest-rerunfailures 16.7.
# Output: --timeout 1: 1 passed, 1 rerun
#         --timeout 1 -o timeout_func_only=true: 1 failed, 1 rerun
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pytest==9.2.0 pytest-timeout==2.4.0 pytest-rerunfailures==16.7
cd "$work"

cat > test_rerun.py <<'PY'
import time

attempts = []

def test_rerun():
    attempts.append(1)
    assert len(attempts) > 1  # a download that fails once, say
    time.sleep(3)
PY
run() {
  venv/bin/python -m pytest --reruns 1 --timeout 1 "$@" > log || true
  grep -oE "1 (passed|failed), 1 rerun" log
}
whole=$(run)
call=$(run -o timeout_func_only=true)
echo "--timeout 1: $whole"
echo "--timeout 1 -o timeout_func_only=true: $call"
test "$whole" = "1 passed, 1 rerun"
test "$call" = "1 failed, 1 rerun"
