"""The project's own tests; the folders mirror the rooms of the package."""
