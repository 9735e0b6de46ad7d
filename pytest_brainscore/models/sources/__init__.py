"""From what was typed to a network with weights."""
