"""Stimulus sets, assemblies, and where they are kept."""
