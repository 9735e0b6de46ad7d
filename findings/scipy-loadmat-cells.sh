#!/usr/bin/env bash
# A MATLAB file of numbers and names becomes an .npz that cannot be opened without pickle.
#
# One would guess: loadmat(simplify_cells=True) turns a cell array of strings into an array of strings, as it turns
#   matrices into arrays of numbers, so that numpy.savez(**loadmat(...)) makes a plain archive.
# What happens: cell arrays of strings come as arrays of objects. savez pickles them without a word, and np.load, which
#   refuses pickles unless told otherwise, opens every array of the archive but the names of stimuli and neurons.
# Versions: SciPy 1.17.1, NumPy 2.4.6.
# Output: responses float64, stimuli object
#         responses (2, 3)
#         stimuli: Object arrays cannot be loaded when allow_pickle=False
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-compile scipy==1.17.1 numpy==2.4.6
cd "$work"

venv/bin/python -W error - <<'PY'
import numpy as np
from scipy.io import loadmat, savemat

cells = np.array(["face", "house"], dtype=object)
savemat("session.mat", {"responses": np.arange(6.0).reshape(2, 3), "stimuli": cells})
content = {name: value for name, value in loadmat("session.mat", simplify_cells=True).items() if name[0] != "_"}
print(f"responses {content['responses'].dtype}, stimuli {content['stimuli'].dtype}")
assert content["responses"].dtype == np.float64
assert content["stimuli"].dtype == object
assert list(content["stimuli"]) == ["face", "house"]

np.savez("session.npz", **content)
archive = np.load("session.npz")
print("responses", archive["responses"].shape)
assert archive["responses"].shape == (2, 3)
try:
    archive["stimuli"]
except ValueError as error:
    print("stimuli:", error)
    assert "allow_pickle=False" in str(error)
else:
    raise SystemExit("the names could be read")
PY
