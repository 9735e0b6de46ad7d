"""Joining what users bring by the names of its rows and columns: the one home of joins. Nothing is paired by chance."""
