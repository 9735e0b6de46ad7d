"""Parts of a run: which of several machines scores what, and what an earlier run has scored already."""
