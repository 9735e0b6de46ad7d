"""Where files are, and how those that are not here are fetched and verified."""
