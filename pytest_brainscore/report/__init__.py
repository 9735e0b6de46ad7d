"""The record of a run: what it holds, how it is put together, and how it is written and read."""
