"""What a run makes of stored baselines besides comparing scores with them."""
