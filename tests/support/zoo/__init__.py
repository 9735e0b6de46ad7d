"""Real networks, written as modules: each file is what a user writes for ``--model FILE.py:FACTORY``.

The weights are nobody's to be redistributed here; :mod:`tests.support.zoo.members` says where each has its own.
"""
