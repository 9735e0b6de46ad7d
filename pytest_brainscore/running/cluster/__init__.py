"""Runs of which the tests are carried out by the workers of a Dask cluster.

The process that talks to the user collects, hands out tests, and takes in their reports, as it does under ``-n N``.
Each Dask worker keeps one process beside it that has collected the same tests and runs those it is told to: it has its
own environment and threads, loads a model once, and may be killed without harm to the worker.
"""
