"""The folder of stored activations: who uses what, how large it may be, what goes first. Light, but for arrays."""
