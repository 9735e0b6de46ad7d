#!/bin/bash
# One shard of two; the number is written out, as a task may be submitted alone again.
shard=$SLURM_ARRAY_TASK_ID
exec pytest --model net.py:build --brainscore-benchmark lab.toml --brainscore-shard "$shard/2" \
    --brainscore-resume "out/$shard.json" --brainscore-report "json:out/$shard.json"
