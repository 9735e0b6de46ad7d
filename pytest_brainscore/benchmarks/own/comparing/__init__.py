"""How features are compared with a recording: read, joined, measured subject by subject, related to a ceiling."""
