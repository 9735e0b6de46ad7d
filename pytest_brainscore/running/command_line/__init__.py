"""What the command line asks for: options, models, selections."""
