"""Simulations that show what intervals and gates promise; seeds are fixed."""
