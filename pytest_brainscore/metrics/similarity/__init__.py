"""Representations compared as wholes: dissimilarity matrices, centred kernel alignment."""
