#!/usr/bin/env bash
# torch.load chooses the format by the name of the file.
#
# One would guess: torch.load looks at the content (it tells zip from legacy files), so that what torch.save wrote can
#   be read back under any name.
# What happens: a path that ends in .safetensors goes to the safetensors library unseen, while torch.save writes a zip
#   checkpoint under that name without a word. The same file, opened first, loads.
# Versions: PyTorch 2.14.1, safetensors 0.8.0, NumPy 2.4.6.
# Output: from the path: SafetensorError: Error while deserializing header: header too large
#         from an open file: ['weight']
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile torch==2.14.1 safetensors==0.8.0 numpy==2.4.6
cd "$work"

venv/bin/python - <<'PY'
import safetensors
import torch

torch.save({"weight": torch.ones(3)}, "x.safetensors")
try:
    torch.load("x.safetensors")
except safetensors.SafetensorError as error:
    print(f"from the path: SafetensorError: {error}")
else:
    raise AssertionError("loaded from the path")
with open("x.safetensors", "rb") as file:
    loaded = torch.load(file)
print(f"from an open file: {list(loaded)}")
assert torch.equal(loaded["weight"], torch.ones(3))
PY
