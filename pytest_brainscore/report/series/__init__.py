"""Checkpoints of a network side by side: seeds as mean and interval, scores against epoch or step."""
