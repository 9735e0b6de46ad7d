#!/usr/bin/env bash
# A damaged .npy header can raise an error that is no ValueError.
#
# One would guess: the reader of .npy headers raises ValueError "if the data is invalid", as its documentation says.
# What happens: where the damage takes away the closing brace, a second attempt at reading the header (for files
#   written by Python 2) raises tokenize.TokenError, a plain Exception, through numpy.load. Most other damage does
#   give ValueError.
# Versions: NumPy 2.4.6.
# Output: a brace changed: TokenError ('EOF in multi-line statement', (2, 0))
#         a quote changed: ValueError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile numpy==2.4.6
cd "$work"

venv/bin/python -W ignore - <<'PY'
import io
import tokenize

import numpy as np

file = io.BytesIO()
np.save(file, np.arange(3.0))
good = file.getvalue()

def refusal(damaged):
    try:
        np.load(io.BytesIO(damaged), allow_pickle=False)
    except Exception as error:
        return error

brace, quote = refusal(good.replace(b"}", b" ", 1)), refusal(good.replace(b"'", b" ", 1))
print(f"a brace changed: {type(brace).__name__} {brace}")
print(f"a quote changed: {type(quote).__name__}")
assert type(brace) is tokenize.TokenError
assert not isinstance(brace, ValueError)
assert isinstance(quote, ValueError)
PY
