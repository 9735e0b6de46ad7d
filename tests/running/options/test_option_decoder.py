"""``--brainscore-decoder``: label tasks for networks without 1000 outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.projects import Project

LABELS = """

def score(benchmark, model, data):
    from tests.support.stimuli import NoiseImage
    import pandas
    from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet

    model.start_task("label", "imagenet")
    stimuli = StimulusSet("noise", pandas.DataFrame({"stimulus_id": ["a"]}), [NoiseImage(1)], model.visual_degrees())
    answer = str(model.look_at(stimuli).values.reshape(-1)[0])
    assert answer in ("n01440764", "n01443537"), answer
    return Score(value=.5, error=.01, raw=.5, ceiling=1.0, normalisation="r", n={"stimuli": 1})
"""


@pytest.fixture
def labelled(project: Project) -> Project:
    """Return a project whose benchmark is a label task, with a folder of labelled images."""
    import random

    from PIL import Image

    with (project.path / "toy_family.py").open("a") as family:
        family.write(LABELS)
    project.outcomes({"one": {"score": 0.5}})
    (project.path / "tiny.toml").write_text((project.path / "tiny.toml").read_text() + 'IT = "4"\n')
    network = (project.path / "tiny.py").read_text()
    (project.path / "tiny.py").write_text(network.replace("(2, 4, 3)\n", "(2, 4, 3), torch.nn.ReLU()\n"))
    random.seed(0)
    for synset in ("n01440764", "n01443537"):
        folder = project.path / "labelled" / synset
        folder.mkdir(parents=True)
        for number in range(3):
            shade = (random.randrange(256), random.randrange(256), random.randrange(256))
            Image.new("RGB", (40, 40), shade).save(folder / f"{number}.png")
    return project


def test_without_it_such_a_network_cannot_do_the_task(labelled: Project) -> None:
    labelled.run(model="tiny.py:build").assert_outcomes(skipped=1)
    assert "1000" in labelled.benchmarks()["one"]["reason"]


def test_with_it_the_network_answers_and_the_record_says_that_it_is_not_comparable(labelled: Project) -> None:
    labelled.run("--brainscore-decoder", "labelled", model="tiny.py:build").assert_outcomes(passed=1)
    assert "not comparable" in labelled.benchmarks()["one"]["fingerprint"]["preprocessing.decoder"]


def test_a_model_that_is_no_network_is_refused(project: Project) -> None:
    (project.path / "empty").mkdir()
    result = project.run("--brainscore-decoder", "empty")
    result.stdout.fnmatch_lines(["*is no network of layers to fit a decoder to*"])
