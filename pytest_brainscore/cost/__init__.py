"""What a run costs, computed before anything is scored: forward passes, bytes, memory and time, against the machine.

Nothing here is fitted to benchmarks or models. `work` states what metrics compute, by their own formulas; `protocols`
what each protocol shows a model and computes from it; `counts` how many stimuli and neuroids there are; `machine` what
this machine has, and how fast it is; `passes` what one image costs in the network as it will be run; `planning` puts
them together. Importing this room is light.
"""
