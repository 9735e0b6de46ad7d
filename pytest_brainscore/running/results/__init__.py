"""Results that were computed before, found by all that they depend on. Light to import."""
