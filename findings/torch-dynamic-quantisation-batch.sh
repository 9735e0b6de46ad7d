#!/usr/bin/env bash
# In a dynamically quantised layer, an image's answer depends on the images beside it.
#
# One would guess: in eval mode the rows of a batch do not meet, so batch size and order change nothing but rounding.
# What happens: quantize_dynamic takes one scale for the activations of the whole batch. A row next to one of large
#   values is rounded more coarsely, and gets another answer than alone. Scores and stored activations then depend on
#   batch size and order of stimuli.
# Versions: PyTorch 2.14.1 (CPU), NumPy 2.4.6.
# Output: nn.Linear, alone against in a batch: 0.00
#         quantised, alone against in a batch: 0.85
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torch==2.14.1 numpy==2.4.6
cd "$work"

venv/bin/python -W ignore - <<'PY'
import torch

torch.manual_seed(0)
plain = torch.nn.Sequential(torch.nn.Linear(16, 4)).eval()
quantised = torch.ao.quantization.quantize_dynamic(plain, {torch.nn.Linear}, dtype=torch.qint8)
row = torch.randn(1, 16)
neighbour = 100 * torch.randn(1, 16)

def difference(model):
    with torch.no_grad():
        return (model(row) - model(torch.cat([row, neighbour]))[:1]).abs().max().item()

print(f"nn.Linear, alone against in a batch: {difference(plain):.2f}")
print(f"quantised, alone against in a batch: {difference(quantised):.2f}")
assert difference(plain) < 1e-5
assert difference(quantised) > 0.1
PY
