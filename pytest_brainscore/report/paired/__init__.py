"""Differences that are told draw by draw: of two models, of several, and of a run from its baselines."""
