"""Reports that are not whole: of one shard of a run, and of a run that was killed."""
