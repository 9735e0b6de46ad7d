"""The benchmarks of a laboratory. Light to import: what is heavy is imported where a score is made."""

from pytest_brainscore import Benchmark

BENCHMARKS = [
    Benchmark(
        identifier="mylab2026.V1-orientation",
        version=1,
        parents=("mylab",),
        region="V1",
        metric="orientation",
        ceiling=0.5,
        cost=1,
        protocol="mylab_benchmarks.orientation:score",
        data=None,
        citation="https://example.org/mylab2026",
    )
]
