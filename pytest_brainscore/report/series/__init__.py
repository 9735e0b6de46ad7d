"""Checkpoints of a network side by side: which differ in their seed only, and what they reach together."""
