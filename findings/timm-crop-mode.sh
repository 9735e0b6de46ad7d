#!/usr/bin/env bash
# A resize and a centre crop is not what every timm network was evaluated with.
#
# One would guess: as in torchvision, the shorter side is resized and the centre cut out; size and crop_pct tell the
#   rest.
# What happens: pretrained configurations also carry a crop_mode. 131 of 1826 squash the whole image into a square,
#   and 6 pad it to one, so that all of it is seen. With a centre crop such a network gets other pixels than in its
#   evaluation.
# Versions: timm 1.0.31, torch 2.14.1, torchvision 0.29.1, Pillow 13.0.0, NumPy 2.4.6 (no weights are fetched).
# Output: {'center': 1689, 'squash': 131, 'border': 6}
#         part of the picture's outer quarters that is seen, 2:1 image, center: 0.00, squash: 1.00
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile timm==1.0.31 torch==2.14.1 torchvision==0.29.1 \
  pillow==13.0.0 numpy==2.4.6
cd "$work"

venv/bin/python - <<'PY'
from collections import Counter

import numpy as np
from PIL import Image
from timm.data import create_transform, resolve_data_config
from timm.models import get_pretrained_cfg, list_pretrained

counts = Counter(get_pretrained_cfg(name).crop_mode for name in list_pretrained())
print(dict(counts))
assert counts == {"center": 1689, "squash": 131, "border": 6}

picture = np.zeros((400, 800, 3), np.uint8)
picture[:, :200] = picture[:, 600:] = 255  # white outer quarters: half of all pixels
config = resolve_data_config(pretrained_cfg=get_pretrained_cfg("convnext_base.fb_in22k_ft_in1k_384").to_dict())
assert config["crop_mode"] == "squash"
seen = {}
for mode in ("center", "squash"):
    transform = create_transform(**{**config, "crop_mode": mode, "mean": (0, 0, 0), "std": (1, 1, 1)})
    seen[mode] = 2 * transform(Image.fromarray(picture)).mean().item()
text = ", ".join(f"{mode}: {part:.2f}" for mode, part in seen.items())
print(f"part of the picture's outer quarters that is seen, 2:1 image, {text}")
assert seen["center"] < 0.05
assert seen["squash"] > 0.95
PY
