"""Tuning of single neurons: curves, receptive fields, and how their distributions compare."""
