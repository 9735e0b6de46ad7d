"""Models: the interface benchmarks use, and everything between a name on the command line and its responses.

Importing this package is light; torch is imported when the first model is loaded.
"""

from __future__ import annotations

from pytest_brainscore.models.loading import load_model

__all__ = ["load_model"]
