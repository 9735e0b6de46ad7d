"""What a report says of the options of its run: those that scores and verdicts depend on, where they are no default."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from pytest_brainscore.running.command_line.options import RunOptions
    from pytest_brainscore.scoring.baseline import Baseline

BASELINES_DIGITS = 16


def told(options: RunOptions, baselines: Mapping[str, Baseline]) -> dict[str, str]:
    """Return by name what the run was told, as text; no path of this machine is among it.

    Parameters
    ----------
    options
        Those of the run.
    baselines
        What scores are compared with, by model. Of a run that changes them while others run, nothing is said.

    """
    layers = sorted(f"{region}={layer}" for region, layer in options.layers.items())
    found = {
        "--brainscore-weights-entry": options.weights_entry or "",
        "--brainscore-layer": ", ".join(layers),
        "--brainscore-decoder": options.decoder.name if options.decoder else "",
        "--brainscore-amp": "on" if options.amp else "",
        "--brainscore-require": ", ".join(sorted(options.require)),
        "--brainscore-update": "" if options.update == "none" else options.update,
        "--brainscore-tolerance": ", ".join(options.tolerances),
        "--brainscore-across": ", ".join(sorted(options.across)),
        "--brainscore-missing": "" if options.missing == "warn" else options.missing,
        "--brainscore-new": "" if options.new == "accept" else options.new,
        "--brainscore-screen": "" if options.screen == "published" else options.screen,
        "--brainscore-floor": ", ".join(model.identifier for model in options.floors),
        "baselines": "" if options.update != "none" else _checksum(baselines),
    }
    return {name: value for name, value in found.items() if value}


def _checksum(baselines: Mapping[str, Baseline]) -> str:
    if not any(baseline.scores for baseline in baselines.values()):
        return ""
    plain = [msgspec.json.encode(baselines[name], order="sorted") for name in sorted(baselines)]
    return hashlib.sha256(b"\n".join(plain)).hexdigest()[:BASELINES_DIGITS]
