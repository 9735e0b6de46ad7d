"""What several commands share: the options of a tree and of reports, and how two reports are told apart."""
