"""A torch network as it is run: preprocessing, passes, checks of its answers."""
