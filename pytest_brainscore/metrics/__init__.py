"""Metrics: pure functions on arrays, one idea per file; they know neither models, nor benchmarks, nor files."""
