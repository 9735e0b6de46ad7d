#!/usr/bin/env bash
# "except Exception" swallows pytest.exit.
#
# One would guess: pytest.exit() ends the run, like KeyboardInterrupt; pytest.skip() and pytest.fail() raise
#   exceptions that "except Exception" lets through.
# What happens: pytest.exit raises a subclass of Exception. Called from a handler of SIGTERM, it is raised inside
#   whatever code runs at that moment; where that code has an "except Exception" (a download that is tried again,
#   say), the request is gone and the run goes on.
# Versions: pytest 9.2.0.
# Output: exit is an Exception: True; skip: False; fail: False
#         2 passed, exit status 0
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pytest==9.2.0
cd "$work"

cat > test_exit.py <<'PY'
import signal
import pytest

def test_stopped():
    before = signal.signal(signal.SIGTERM, lambda *_: pytest.exit("asked to stop", returncode=9))
    try:
        signal.raise_signal(signal.SIGTERM)
    except Exception as error:
        assert isinstance(error, pytest.exit.Exception)
    finally:
        signal.signal(signal.SIGTERM, before)

def test_next():
    pass
PY
venv/bin/python - <<'PY'
import pytest
kinds = [issubclass(kind.Exception, Exception) for kind in (pytest.exit, pytest.skip, pytest.fail)]
print("exit is an Exception: {}; skip: {}; fail: {}".format(*kinds))
assert kinds == [True, False, False]
PY
status=0
venv/bin/python -m pytest > log || status=$?
grep -q "2 passed" log
echo "2 passed, exit status $status"
test "$status" = 0
