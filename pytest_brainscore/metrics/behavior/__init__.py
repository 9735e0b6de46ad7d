"""Decisions of a model and of people compared: accuracy, errors, thresholds."""
