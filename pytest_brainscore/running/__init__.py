"""What stands between pytest and the library: options, selection, records on their way, the terminal section.

Nothing here imports pytest; ``plugin.py`` hands in what it needs.
"""
