"""``brainscore benchmark``: check says everything that is wrong, new writes what can be checked."""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from PIL import Image

from pytest_brainscore.benchmarks.own.toml_folder import read_benchmarks
from pytest_brainscore.benchmarks.own.toml_keys import Definition, Recording, described

Brainscore = Callable[..., Result]
STIMULI, NEURONS, REPETITIONS = 40, 5, 4


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Return a folder with images and a recording with repetitions."""
    folder = tmp_path / "lab"
    (folder / "images").mkdir(parents=True)
    signal = np.random.default_rng(0).normal(size=(STIMULI, 1, NEURONS))
    noise = np.random.default_rng(1).normal(size=(STIMULI, REPETITIONS, NEURONS))
    rows = (signal + 0.5 * noise).reshape(-1, NEURONS)
    table = pd.DataFrame(rows, columns=[f"n{place}" for place in range(NEURONS)])
    table.insert(0, "image", np.repeat([f"im{place}" for place in range(STIMULI)], REPETITIONS))
    table.to_csv(folder / "V4 session.csv", index=False)
    for place in range(STIMULI):
        Image.new("L", (8, 8), place).save(folder / "images" / f"im{place}.png")
    return folder


def test_a_new_file_is_filled_in_and_is_in_order(lab: Path, brainscore: Brainscore) -> None:
    assert brainscore("benchmark", "new", lab / "V4 session.csv", "--stimuli", lab / "images").exit_code == 0
    text = (lab / "V4 session.toml").read_text()
    assert '\nregion = "V4"' in text
    assert "# 40 stimuli: im0, im1, im2 and 37 more" in text
    assert "# 5 neuroids: n0, n1, n2, n3, n4" in text
    assert "\nnumber_of_trials = 4" in text
    assert "40 images, 40 of them in the recording" in text
    checked = brainscore("benchmark", "check", lab / "V4 session.toml")
    assert checked.exit_code == 0, checked.output
    lines = {line.split()[0]: line for line in checked.stdout.splitlines() if line.startswith("  ")}
    assert "40, filling the model's input" in lines["stimuli"]
    assert "5 neuroids" in lines["recording"]
    assert lines["repetitions"].split()[1] == "4"
    assert 0.85 < float(lines["ceiling"].split()[1]) < 1
    assert checked.stdout.splitlines()[0] == "V4_session-pls@1, below mylab"


def test_nothing_is_overwritten(lab: Path, brainscore: Brainscore) -> None:
    (lab / "V4 session.toml").write_text("mine")
    refused = brainscore("benchmark", "new", lab / "V4 session.csv")
    assert refused.exit_code == 1
    assert "is there already" in refused.stderr
    assert (lab / "V4 session.toml").read_text() == "mine"
    assert brainscore("benchmark", "new", lab / "V4 session.csv", "--to", lab / "other.toml").exit_code == 0


def test_a_new_file_without_images_says_what_to_fill_in(lab: Path, brainscore: Brainscore) -> None:
    np.savez(lab / "session.npz", rates=np.ones((6, 3)), stimulus=list("abcdef"))
    assert brainscore("benchmark", "new", lab / "session.npz").exit_code == 0
    text = (lab / "session.toml").read_text()
    assert text.count("FILL IN") == 3
    assert "has no region" in brainscore("benchmark", "check", lab / "session.toml").stderr


def test_an_array_can_be_in_the_order_of_the_images(lab: Path, brainscore: Brainscore) -> None:
    np.save(lab / "IT.npy", np.random.default_rng(0).normal(size=(NEURONS, STIMULI)))
    words = ("--stimuli", lab / "images", "--ids", "stimuli", "--axes", "neuron,image")
    assert brainscore("benchmark", "new", lab / "IT.npy", *words).exit_code == 0
    assert brainscore("benchmark", "check", lab / "IT.toml").exit_code == 0
    unclear = brainscore("benchmark", "new", lab / "IT.npy", "--to", lab / "other.toml")
    assert "no names of stimuli" in unclear.stderr


@pytest.mark.parametrize(
    ("name", "shape", "axes"),
    [
        ("a.npy", (NEURONS, STIMULI), ["neuroid", "stimulus"]),
        ("a.npy", (STIMULI, NEURONS), ["stimulus", "neuroid"]),
        ("a.npz", (NEURONS, STIMULI), ["neuroid", "stimulus"]),
    ],
)
def test_an_array_without_names_is_taken_to_be_in_the_order_of_the_images(
    lab: Path, brainscore: Brainscore, name: str, shape: tuple[int, int], axes: list[str]
) -> None:
    values = np.random.default_rng(0).normal(size=shape)
    if name.endswith("npy"):
        np.save(lab / name, values)
    else:
        np.savez(lab / name, rates=values)
    new = brainscore("benchmark", "new", lab / name, "--stimuli", lab / "images")
    assert new.exit_code == 0, new.stderr
    text = (lab / "a.toml").read_text()
    assert "# CHECK: it has no names of stimuli, and is taken to be in the order of the images: im0, im1, im2" in text
    recording = tomllib.loads(text)["recording"]
    assert recording == {"file": name, "ids": "stimuli", "axes": axes}
    (lab / "a.toml").write_text(text.replace('region = ""', 'region = "V4"'))
    assert brainscore("benchmark", "check", lab / "a.toml").exit_code == 0


def test_what_does_not_fit_the_images_is_told(lab: Path, brainscore: Brainscore) -> None:
    np.save(lab / "a.npy", np.ones((STIMULI - 1, NEURONS)))
    new = brainscore("benchmark", "new", lab / "a.npy", "--stimuli", lab / "images")
    assert new.exit_code == 1
    assert "no names of stimuli" in new.stderr
    assert f"In the order of the {STIMULI} images" in new.stderr
    assert not (lab / "a.toml").exists()


def test_every_fault_is_told_at_once(lab: Path, brainscore: Brainscore) -> None:
    (lab / "images" / "im3.png").write_bytes(b"damaged")
    (lab / "short.csv").write_text("image,n0\nim0,x\n")
    (lab / "lab.toml").write_text(
        'region = "V4"\nstimuli = "images"\n'
        '[[benchmark]]\nidentifier = "one"\nrecording = "short.csv"\n'
        '[[benchmark]]\nidentifier = "two"\nrecording = "none.csv"\nceiling = "ceiling.npy"\n'
    )
    checked = brainscore("benchmark", "check", lab / "lab.toml")
    assert checked.exit_code == 1
    faults = [line for line in checked.stderr.splitlines() if line.startswith("error: ")]
    expected = [
        "one: .*im3.png",
        "one: .*no columns of numbers",
        "two: .*none.csv",
        "two: .*ceiling.npy",
        "two: .*im3.png",
    ]
    assert len(faults) == len(expected)
    assert all(re.match(f"error: {pattern}", fault) for pattern, fault in zip(expected, faults, strict=True)), faults
    assert checked.stderr.splitlines()[-1] == "5 faults"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("number_of_trials = 10", "number_of_trials is 10, and the recording has up to 4 repetitions"),
        ("ceiling = 1.5", "ceiling is 1.5"),
        ('ceiling = "subjects"', "ceiling is to be that of the subjects"),
        ('metric = "plz"', "no metric 'plz'"),
        ('stratify = "object"', "no coordinate 'object'"),
        ("alpha = 3.0", "no parameter alpha"),
        ('options = { bananas = "3" }', "bananas"),
        ('recording = { file = "V4 session.csv", ignore = ["n*"] }', "no columns of numbers"),
        ('recording = { file = "V4 session.csv", stimulus = "picture" }', "no 'picture' for stimulus"),
    ],
)
def test_what_only_shows_when_data_are_read_is_told_too(
    lab: Path, brainscore: Brainscore, line: str, sentence: str
) -> None:
    keys = {"identifier": '"one"', "region": '"V4"', "stimuli": '"images"', "recording": '"V4 session.csv"'}
    name, _, value = line.partition(" = ")
    (lab / "lab.toml").write_text("\n".join(f"{key} = {each}" for key, each in {**keys, name: value}.items()))
    checked = brainscore("benchmark", "check", lab / "lab.toml")
    assert checked.exit_code == 1
    assert sentence in checked.stderr
    assert checked.stderr.splitlines()[-1] == "1 fault"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ('identifier = "MajajHong2015.V4-pls"', "has the name of one that is defined in pytest-brainscore; rename it"),
        (
            'identifier = "Lab"\nparent = "V4"',
            "names V4 among its parents, which is a place of the published score tree",
        ),
        ('identifier = "own"', "or the word own; rename it"),
    ],
)
def test_a_name_that_a_run_would_refuse_is_told(lab: Path, brainscore: Brainscore, keys: str, told: str) -> None:
    (lab / "a.toml").write_text(f'{keys}\nregion = "V4"\nrecording = "V4 session.csv"\nstimuli = "images"\n')
    checked = brainscore("benchmark", "check", lab / "a.toml")
    assert checked.exit_code == 1
    assert told in checked.stderr


def test_the_command_that_is_offered_names_each_file(lab: Path, brainscore: Brainscore) -> None:
    for name in ("a", "of mine"):
        (lab / f"{name}.toml").write_text(
            f'identifier = "Lab.{name[0]}"\nregion = "V4"\nrecording = "V4 session.csv"\nstimuli = "images"\n'
        )
    checked = brainscore("benchmark", "check", lab / "a.toml", lab / "of mine.toml")
    words = shlex.split(checked.stdout.splitlines()[-1])
    places = [words[at + 1] for at, word in enumerate(words) if word == "--brainscore-benchmark"]
    assert [read_benchmarks(place)[0].identifier for place in places] == ["Lab.a", "Lab.o"]


def test_the_command_is_in_the_help(brainscore: Brainscore) -> None:
    assert "benchmark" in brainscore("--help").stdout
    help_of_group = brainscore("benchmark", "--help").stdout
    assert "check" in help_of_group
    assert "new" in help_of_group


def test_every_key_of_the_file_is_listed_with_what_it_means(brainscore: Brainscore) -> None:
    listed = brainscore("benchmark", "keys").stdout
    for kind in (Definition, Recording):
        for key, meaning in described(kind).items():
            assert re.search(rf"^ *{key}\b", listed, re.MULTILINE), key
            assert meaning, key
