"""Checkpoints: what a file is, its tensors without running anything in it, and which of them a network is given."""
