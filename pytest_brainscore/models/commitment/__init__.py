"""Which layer stands for which region, and how it is found."""
