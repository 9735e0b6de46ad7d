"""Layers that return several things: each is read by its key or position."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import nn

from pytest_brainscore.data.stimuli.stimulus_set import StimulusSet
from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.layer_mapped.candidate_layers import matching_layers
from tests.support.networks import make_model


class Pair(NamedTuple):
    states: torch.Tensor
    weights: torch.Tensor


@dataclass
class Output:
    last_hidden_state: torch.Tensor
    pooler_output: torch.Tensor
    hidden_states: tuple[torch.Tensor, ...] | None = None


class Encoder(nn.Module):
    """Returns the images in several forms."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self.form = form

    def forward(self, images: torch.Tensor) -> object:
        """Return means of rows and of columns."""
        rows, columns = images.mean(3), images.mean(2)
        forms: dict[str, Callable[[], object]] = {
            "tuple": lambda: (rows, columns, None),
            "dictionary": lambda: {"rows": rows, "columns": columns, "count": 3},
            "ordered": lambda: OrderedDict(rows=rows, mean=columns),
            "named": lambda: Pair(rows, columns),
            "dataclass": lambda: Output(rows, columns, (rows, columns)),
            "nested": lambda: (rows, {"inner": (rows, columns)}),
        }
        return forms[self.form]()


class Network(nn.Module):
    def __init__(self, form: str) -> None:
        super().__init__()
        self.encoder = Encoder(form)
        self.form = form

    def forward(self, images: torch.Tensor) -> object:
        """Return what the encoder returns."""
        return self.encoder(images)


PARTS = [
    ("tuple", "encoder#0", "rows"),
    ("tuple", "encoder", "rows"),
    ("tuple", "encoder#1", "columns"),
    ("tuple", "#1", "columns"),
    ("dictionary", "encoder#columns", "columns"),
    ("dictionary", "#rows", "rows"),
    ("dictionary", "encoder#1", "columns"),
    ("ordered", "encoder#key:mean", "columns"),
    ("named", "encoder#weights", "columns"),
    ("named", "encoder#1", "columns"),
    ("named", "encoder", "rows"),
    ("dataclass", "#pooler_output", "columns"),
    ("dataclass", "encoder#hidden_states#1", "columns"),
    ("dataclass", "encoder#hidden_states", "rows"),
    ("nested", "encoder#1#inner#1", "columns"),
    ("nested", "encoder#1#inner", "rows"),
    ("nested", "encoder@0#1#inner#1", "columns"),
]


@pytest.mark.parametrize(("form", "layer", "part"), PARTS)
def test_a_part(form: str, layer: str, part: str, noise_stimuli: StimulusSet) -> None:
    reader = make_model(Network(form), layers={}).reader
    expected = make_model(Network("tuple"), layers={}).reader.read(
        ("encoder#0" if part == "rows" else "encoder#1",), noise_stimuli
    )
    np.testing.assert_array_equal(reader.read((layer,), noise_stimuli), expected)


def test_parts_of_one_layer_are_joined_and_reduced(noise_stimuli: StimulusSet) -> None:
    reader = make_model(Network("dictionary"), layers={}).reader
    rows, columns = (reader.read((f"#{part}",), noise_stimuli) for part in ("rows", "columns"))
    np.testing.assert_array_equal(
        reader.read(("#columns", "#rows"), noise_stimuli), np.concatenate([columns, rows], axis=1)
    )
    means = rows.reshape(len(rows), 3, 32).mean(1)
    np.testing.assert_allclose(reader.read(("encoder#rows#mean",), noise_stimuli), means, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("form", "layer", "sentence"),
    [
        ("dictionary", "encoder", r"2 tensors \(rows, columns, count\).*as in #rows"),
        (
            "dictionary",
            "encoder#row",
            "has no part 'row', which is no reduction either: its parts are rows, columns, count",
        ),
        ("dictionary", "#cloumns", "Layer output of tiny has no part 'cloumns'.*did you mean #columns"),
        ("dictionary", "encoder#count", "returns a int instead of one tensor"),
        ("tuple", "encoder#3", "its parts are 0, 1, 2"),
        ("tuple", "encoder#2", "returns a NoneType instead of one tensor"),
        ("tuple", "encoder#0#0", "has no part '0'.*it returns one array"),
        ("tuple", "enocder#0", "has no layer 'enocder#0'; did you mean encoder"),
        ("dataclass", "output", "with 2 tensors .*, as in #last_hidden_state"),
    ],
)
def test_parts_that_are_not_there(form: str, layer: str, sentence: str, noise_stimuli: StimulusSet) -> None:
    with pytest.raises(ModelError, match=sentence):
        make_model(Network(form), layers={}).reader.read((layer,), noise_stimuli)


def test_parts_can_be_candidates() -> None:
    model = make_model(Network("dictionary"), layers={})
    model.reader.candidates = lambda: {"somewhere": (3,)}  # type: ignore[method-assign]
    assert matching_layers(model, ["encoder#rows#mean", "#columns"]) == ("encoder#rows#mean", "#columns")
