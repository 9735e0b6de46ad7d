"""The names of layers: what is read, which part of it, and what of that."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import TimedStep, override_layers, read_commitment
from pytest_brainscore.models.commitment.layer_name import parse_layer, split_keys

NAMES = {
    "blocks.6": ("blocks.6", (), ()),
    "blocks.6#cls": ("blocks.6", (), ("cls",)),
    "blocks.6#patch#mean": ("blocks.6", (), ("patch", "mean")),
    "blocks.6#patch:5#srp:5000": ("blocks.6", (), ("patch:5", "srp:5000")),
    "blocks.6#srp:5000:3": ("blocks.6", (), ("srp:5000:3",)),
    "decoder@0#mean": ("decoder@0", (), ("mean",)),
    "encoder#0": ("encoder", ("0",), ()),
    "encoder#hidden_states#3#cls": ("encoder", ("hidden_states", "3"), ("cls",)),
    "#last_hidden_state": ("", ("last_hidden_state",), ()),
    "#cls": ("", (), ("cls",)),
    "vae#key:mean#mean": ("vae", ("mean",), ("mean",)),
    "#key:key": ("", ("key",), ()),
}


@pytest.mark.parametrize("text", NAMES)
def test_taken_apart(text: str) -> None:
    layer, keys, reductions = NAMES[text]
    name = parse_layer(text)
    assert (name.layer, name.keys, tuple(map(str, name.reductions))) == (layer, keys, reductions)
    assert split_keys(name.read("output")) == (layer or "output", keys)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("blocks.6#", r"'blocks.6#' names nothing after #; write LAYER#WORD, with one of #cls, #patch,"),
        ("blocks.6##cls", "names nothing after #"),
        ("#", "names nothing after #"),
        ("blocks.6#srp", "has 0 numbers and takes projections and seed; write #srp:5000"),
        ("blocks.6#srp:0", "has 0 as projections; give 1 or more"),
        ("blocks.6#srp:1e3", "'1e3' in 'blocks.6#srp:1e3' is not a whole number from 0 on"),
        ("blocks.6#srp:-5", "is not a whole number"),
        ("blocks.6#srp:", "is not a whole number"),
        ("blocks.6#srp:1:2:3", "has 3 numbers"),
        ("blocks.6#cls:1", "has 1 numbers and takes nothing; write #cls"),
        ("blocks.6#token", "has 0 numbers and takes token; write #token:0"),
        ("blocks.6#cls#maen", "There is no reduction 'maen' in 'blocks.6#cls#maen'; did you mean mean?"),
        ("blocks.6#cls#0", "reductions are #cls.*; a part is named before them"),
    ],
)
def test_words_that_mean_nothing(text: str, sentence: str) -> None:
    with pytest.raises(ModelError, match=sentence):
        parse_layer(text)
    with pytest.raises(ModelError, match=sentence):
        override_layers({}, {"V1": text})


def test_in_commitments(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text('[layers]\nV1 = ["a#cls", "b#0#mean"]\n')
    assert read_commitment(file).committed_layers() == {"V1": ("a#cls", "b#0#mean")}
    file.write_text('[layers]\nV1 = "a#srp"\n')
    with pytest.raises(ModelError, match="write #srp:5000"):
        read_commitment(file)


def test_joined_on_the_command_line() -> None:
    assert override_layers({}, {"IT": "a#cls + b#patch#mean"}) == {"IT": ("a#cls", "b#patch#mean")}


def test_a_step_belongs_to_the_layer() -> None:
    assert TimedStep(start=0, end=10, layer="decoder#mean", step=2).name == "decoder@2#mean"
