"""``--brainscore-screen``: stimuli shown at other visual degrees, as published or lossless."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PIL import Image

from pytest_brainscore import load_benchmark
from pytest_brainscore.errors import BenchmarkError
from tests.support.stimuli import NoiseImage

if TYPE_CHECKING:
    from tests.support.projects import Project

PLACES_FILES = """
def score(benchmark, model, data):
    import numpy
    from pathlib import Path
    from pytest_brainscore.data.stimuli.screen import place_on_screen
    from pytest_brainscore.data.stimuli.stimulus_set import stimuli_from_files

    folder = Path(__file__).parent
    files = sorted(folder.glob(f"{benchmark.identifier}-*"))
    placed = place_on_screen(stimuli_from_files(files, 10.0), model.visual_degrees())
    value = float(numpy.std([image.pixels() for image in placed.images]) / 255)
    return Score(value=value, error=.01, raw=value, ceiling=1., normalisation="r/c", n={"stimuli": len(files)})
"""


@pytest.fixture
def photographs(project: Project) -> Project:
    """Return a project with a benchmark of JPEG images and one of PNG images, both wider than the model's screen."""
    project.outcomes({"jpg": {}, "png": {}})
    family = project.path / "toy_family.py"
    family.write_text(family.read_text().replace("BENCHMARKS =", f"{PLACES_FILES}\nBENCHMARKS ="))
    for suffix in ("jpg", "png"):
        for seed in range(3):
            pixels = NoiseImage(seed, side=50, square=5, colour=True).pixels()
            Image.fromarray(pixels).save(project.path / f"{suffix}-{seed}.{suffix}")
    return project


def scores(project: Project, *arguments: str) -> dict[str, tuple[float, str | None]]:
    """Return score and ingredient ``screen`` of each benchmark."""
    project.run(*arguments).assert_outcomes(passed=2)
    return {name: (each["score"], each["fingerprint"].get("screen")) for name, each in project.benchmarks().items()}


def test_lossless_is_another_number_and_another_fingerprint_in_every_process(photographs: Project) -> None:
    published = scores(photographs, "-n", "0")
    (photographs.path / "pytest.ini").write_text("[pytest]\nbrainscore_screen = lossless\n")
    lossless = scores(photographs, "-n", "2")
    assert published["jpg"][1] == "published"
    assert published["png"][1] is None  # nothing was compressed
    assert lossless["jpg"][1] == lossless["png"][1] == "lossless"
    assert published["jpg"][0] != lossless["jpg"][0]
    assert published["png"][0] == lossless["png"][0]


def test_lossless_is_not_compared_with_a_published_baseline(photographs: Project) -> None:
    photographs.run("--brainscore-update", "new").assert_outcomes(passed=2)
    result = photographs.run("--brainscore-screen=lossless", "-k", "jpg")
    result.assert_outcomes(failed=1, deselected=1)
    result.stdout.fnmatch_lines(["*screen was published and is lossless*"])


def test_another_word_is_a_usage_error(project: Project) -> None:
    result = project.run("--brainscore-screen", "sharp")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    (project.path / "pytest.ini").write_text("[pytest]\nbrainscore_screen = sharp\n")
    result = project.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*brainscore_screen is 'sharp'; choose one of published, lossless*"])


def test_from_python_a_benchmark_is_loaded_with_it() -> None:
    identifier = "Marques2020_Cavanaugh2002-surround_suppression_index"
    assert load_benchmark(identifier).screen == "published"
    assert load_benchmark(identifier, screen="lossless").screen == "lossless"
    with pytest.raises(BenchmarkError, match="no screen 'sharp'; use one of published, lossless"):
        load_benchmark(identifier, screen="sharp")  # type: ignore[arg-type]
