#!/usr/bin/env bash
# Not every refusal of msgspec's JSON decoder is a DecodeError.
#
# One would guess: text that is not valid JSON raises msgspec.DecodeError, as a truncated line or a stray byte outside
#   a string does, so that "except msgspec.DecodeError" is enough for a damaged report.
# What happens: an invalid byte inside a string raises UnicodeDecodeError. (Arrays nested deeper than Python's
#   recursion limit raise RecursionError, which is not even a ValueError.)
# Versions: msgspec 0.22.0.
# Output: b'"abc' DecodeError
#         b'\xff' DecodeError
#         b'"\xff"' UnicodeDecodeError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile msgspec==0.22.0
cd "$work"

venv/bin/python - <<'PY'
import msgspec

assert not issubclass(UnicodeDecodeError, msgspec.DecodeError)
assert not issubclass(msgspec.DecodeError, UnicodeDecodeError)
for text, expected in ((b'"abc', msgspec.DecodeError), (b"\xff", msgspec.DecodeError), (b'"\xff"', UnicodeDecodeError)):
    try:
        msgspec.json.decode(text)
    except ValueError as error:
        print(text, type(error).__name__)
        assert type(error) is expected
    else:
        raise AssertionError(text)
PY
