#!/usr/bin/env bash
# Images that are placed on a screen stay the old ones when a stimulus set is corrected and keeps its name.
#
# One would guess: place_on_screen draws the images that it is given, or at least notices that the files are others.
# What happens: what it returned is stored on disk by the name of the set and the two sizes alone; another set of that
#   name, of another folder and with other pixels, comes back as the images of the first, in later processes too.
# Versions: brainscore-vision 2.4.2 (result_caching 0.5), NumPy 1.26.4, xarray 2022.3.0.
# Output: black [0, 0, 0]
#         white [0, 0, 0]
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3.11 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile brainscore-vision==2.4.2 result-caching==0.5 numpy==1.26.4 xarray==2022.3.0
cd "$work"
mkdir home
export HOME="$work/home" RESULTCACHING_HOME="$work/home/results"

cat > place.py <<'PY'
import sys
from pathlib import Path

import numpy as np
from brainscore_core.supported_data_standards.brainio.stimuli import StimulusSet
from brainscore_vision.benchmark_helpers.screen import place_on_screen
from PIL import Image

name, grey = sys.argv[1], int(sys.argv[2])
Path(name).mkdir()
Image.fromarray(np.full((64, 64, 3), grey, dtype=np.uint8)).save(f"{name}/a.png")
stimuli = StimulusSet([{"stimulus_id": "a"}])
stimuli.stimulus_paths = {"a": Path(name, "a.png").absolute()}
stimuli.identifier = "mylab-2026"
placed = place_on_screen(stimuli, target_visual_degrees=8, source_visual_degrees=8.5)
picture = Image.open(placed.get_stimulus("a"))
print(name, np.asarray(picture)[picture.height // 2, picture.width // 2].tolist())
PY
venv/bin/python -W ignore place.py black 0 2>/dev/null | tee first
venv/bin/python -W ignore place.py white 255 2>/dev/null | tee second
grep -Fxq 'black [0, 0, 0]' first
grep -Fxq 'white [0, 0, 0]' second
