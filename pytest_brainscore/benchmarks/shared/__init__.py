"""Protocols that benchmarks of several papers share."""
