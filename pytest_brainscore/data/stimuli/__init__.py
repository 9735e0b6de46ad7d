"""Stimulus sets: their images, as decoded and as placed on a screen."""
