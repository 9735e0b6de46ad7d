"""Activations of layers: stored, joined, reduced."""
