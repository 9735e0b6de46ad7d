"""How well features predict responses: regressions and their scores."""
