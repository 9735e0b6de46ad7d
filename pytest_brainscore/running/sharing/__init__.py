"""What the processes of a run share on disk, for as long as it lasts."""
