"""The plan of a run: what ``--brainscore-plan`` and ``brainscore plan`` show in place of scoring."""
