"""From a score, and the model that has it, to their records."""
