#!/usr/bin/env bash
# Exact convolutions by the newer setting make `torch.backends.cudnn.flags(...)` raise, whatever it is to switch.
#
# One would guess: setting torch.backends.cudnn.conv.fp32_precision = "ieee" and then using the context manager
#   torch.backends.cudnn.flags(deterministic=True), which does not mention TF32, are independent of each other.
# What happens: the context manager reads the older allow_tf32 to put it back later, and reading that raises a
#   RuntimeError as long as convolutions and recurrent layers differ in the newer setting, also without a GPU. Giving
#   both fp32_precision = "ieee" does not help: the older setting still stands against them.
# Versions: PyTorch 2.14.1.
# Output: before: entered
#         one set: RuntimeError
#         both set: RuntimeError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torch==2.14.1 numpy==2.4.6
cd "$work"

venv/bin/python <<'PY'
import torch


def entered() -> str:
    try:
        with torch.backends.cudnn.flags(deterministic=True):
            return "entered"
    except RuntimeError as error:
        assert "allow_tf32" in str(error)
        return type(error).__name__


found = [entered()]
torch.backends.cudnn.conv.fp32_precision = "ieee"
found.append(entered())
torch.backends.cudnn.rnn.fp32_precision = "ieee"
found.append(entered())
print(f"before: {found[0]}\none set: {found[1]}\nboth set: {found[2]}")
assert found == ["entered", "RuntimeError", "RuntimeError"]
PY
