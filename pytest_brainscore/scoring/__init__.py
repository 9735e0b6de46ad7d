"""Scores, their baselines, and the comparison of the two."""
