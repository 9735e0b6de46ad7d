"""Recordings and images that write the names of stimuli differently."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.data.joining.stimulus_names import match_names
from pytest_brainscore.errors import RecordingError


@pytest.mark.parametrize(
    ("recorded", "images"),
    [
        (["b", "a"], ["a", "b", "c"]),
        (["b.png", "a.png"], ["a", "b", "c"]),
        (["b", "a"], ["x/a.PNG", "x/b.jpeg", "x/c.png"]),
        (["faces\\b.png", "faces/a.png"], ["faces/a", "faces/b", "houses/a"]),
        ([2, 1], ["001", "002", "003"]),
        (["2.0", "1.0"], ["1", "2", "3"]),
        ([2.0, 1.0], ["1.png", "2.png", "3.png"]),
        ([b"b", b"a"], ["a", "b", "c"]),
        (["bü", "aé"], [unicodedata.normalize("NFD", name) for name in ("aé", "bü", "c")]),
    ],
)
def test_the_same_stimulus_is_found_however_it_is_written(recorded: list[Any], images: list[str]) -> None:
    assert match_names(recorded, [images], "recording", "images").tolist() == [1, 0]


def test_the_strictest_reading_counts() -> None:
    assert match_names(["1", "01"], [["01", "1"]], "recording", "images").tolist() == [1, 0]
    assert match_names(["a.png"], [["a.jpg", "a.png"]], "recording", "images").tolist() == [1]


def test_names_of_files_count_where_ids_do_not() -> None:
    assert match_names(["b.png"], [["x", "y"], ["a.png", "b.png"]], "recording", "images").tolist() == [1]


@pytest.mark.parametrize(
    ("recorded", "images", "sentence"),
    [
        (["a", "d"], ["a", "b"], r"1 stimuli of the recording are not among the images, the first is d"),
        (["a"], ["x/a.png", "y/a.png"], "twice"),
        (["1", "1.0"], ["1"], "twice|not among"),
        ([], ["a"], ""),
    ],
)
def test_what_does_not_fit_is_one_sentence(recorded: list[str], images: list[str], sentence: str) -> None:
    if not recorded:
        assert match_names(recorded, [images], "recording", "images").size == 0
        return
    with pytest.raises(RecordingError, match=sentence):
        match_names(recorded, [images], "recording", "images")


@given(st.lists(st.text(min_size=1).filter(lambda name: name.strip() == name), min_size=1, unique=True), st.randoms())
@settings(max_examples=50)
def test_equal_names_are_always_found_whatever_their_order(names: list[str], random: Any) -> None:
    images = [unicodedata.normalize("NFC", name).replace("\\", "/") for name in names]
    if len(set(images)) < len(images):
        return
    shuffled = random.sample(images, len(images))
    places = match_names(images, [shuffled], "recording", "images")
    assert [shuffled[place] for place in places] == images
