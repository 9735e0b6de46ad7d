"""Brain models made of layers: each region is recorded from the layers committed to it."""
