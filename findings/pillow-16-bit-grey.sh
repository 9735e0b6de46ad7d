#!/usr/bin/env bash
# A 16-bit grey PNG becomes almost white in RGB.
#
# One would guess: Image.convert("RGB") (or "L") scales 0..65535 to 0..255, so that mid-grey stays mid-grey.
# What happens: values are cut off at 255. All but the darkest 0.4 % of the range is white, without a warning. Stimuli
#   drawn in 16 bits lose their contrast on the usual way into a network.
# Versions: Pillow 13.0.0, NumPy 2.4.6.
# Output: 16-bit 100 -> (100, 100, 100), L 100
#         16-bit 1000 -> (255, 255, 255), L 255
#         16-bit 32768 -> (255, 255, 255), L 255
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile pillow==13.0.0 numpy==2.4.6
cd "$work"

venv/bin/python -W error - <<'PY'
import numpy as np
from PIL import Image

for value, expected in ((100, 100), (1000, 255), (32768, 255)):
    Image.fromarray(np.full((4, 4), value, np.uint16)).save("grey.png")
    image = Image.open("grey.png")
    assert image.mode == "I;16"
    rgb, grey = image.convert("RGB").getpixel((0, 0)), image.convert("L").getpixel((0, 0))
    print(f"16-bit {value} -> {rgb}, L {grey}")
    assert rgb == (expected,) * 3
    assert grey == expected
PY
