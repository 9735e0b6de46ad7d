#!/usr/bin/env bash
# Tests of one group land on several workers.
#
# One would guess: with `--dist loadgroup`, tests marked xdist_group("one") run on one worker; pytest-xdist says so,
#   and tests that share a GPU or a cache rely on it.
# What happens: the marker has no effect, and nothing is said. pytest-xdist appends the group to `item._nodeid`; from
#   pytest 9.2 on the id of a test lives elsewhere, so the scheduler never sees the group. pytest 9.1.1: one worker.
# Versions: pytest 9.2.0, pytest-xdist 3.8.0.
# Output: pytest 9.1.1: gw0
#         pytest 9.2.0: gw0 gw1
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pytest==9.1.1 pytest-xdist==3.8.0
cd "$work"

cat > test_group.py <<'PY'
import os
import pathlib
import pytest

@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("i", range(8))
def test_in_group(i):
    pathlib.Path(f"ran-on-{os.environ['PYTEST_XDIST_WORKER']}").touch()
PY
for version in 9.1.1 9.2.0; do
  "$work/venv/bin/pip" install --quiet --no-compile "pytest==$version"
  rm -f ran-on-*
  venv/bin/python -m pytest -q -n 2 --dist loadgroup > log
  workers=$(echo ran-on-*)
  echo "pytest $version: ${workers//ran-on-/}"
done
test "$workers" = "ran-on-gw0 ran-on-gw1"
