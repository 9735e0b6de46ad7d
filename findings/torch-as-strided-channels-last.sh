#!/usr/bin/env bash
# A convolution in channels_last changes what torch.as_strided reads.
#
# One would guess: memory format is about speed; a network gives the same numbers in channels_last, up to rounding, or
#   an error (x.view(...) raises one).
# What happens: the convolution's output has the same shape and values but other strides, and torch.as_strided, given
#   the strides of a contiguous tensor, reads other elements: no error, no warning, other features. One layer in
#   channels_last is enough; the input may be contiguous.
# Versions: PyTorch 2.14.1 (CPU), NumPy 2.4.6.
# Output: convolution differs by 0
#         as_strided differs by 1.40
#         view: RuntimeError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torch==2.14.1 numpy==2.4.6
cd "$work"

venv/bin/python - <<'PY'
import torch

torch.manual_seed(0)
x = torch.randn(2, 3, 8, 8)
convolution = torch.nn.Conv2d(3, 8, 3)
with torch.no_grad():
    plain = convolution(x)
    last = convolution.to(memory_format=torch.channels_last)(x)

def first_pixel(features):  # image x channel, at the first position
    return torch.as_strided(features, (2, 8), (8 * 36, 36))

assert last.shape == plain.shape
same, other = (plain - last).abs().max().item(), (first_pixel(plain) - first_pixel(last)).abs().max().item()
print(f"convolution differs by {same:.0g}")
print(f"as_strided differs by {other:.2f}")
try:
    last.view(2, -1)
except RuntimeError:
    print("view: RuntimeError")
else:
    raise AssertionError("view raised nothing")
assert same < 1e-5
assert torch.equal(first_pixel(plain), plain[:, :, 0, 0])
assert other > 0.1
PY
