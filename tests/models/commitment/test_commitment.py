"""Layer commitments: files that people write."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.commitment.commitment import (
    READOUT,
    REGIONS,
    LayerCommitment,
    override_layers,
    read_commitment,
)
from pytest_brainscore.models.commitment.commitment_file import write_commitment
from pytest_brainscore.models.registry import committed_names
from pytest_brainscore.resources import resource_folder


def write(folder: Path, text: str) -> Path:
    path = folder / "net.toml"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", committed_names())
def test_shipped_commitments_are_whole(name: str) -> None:
    commitment = read_commitment(resource_folder("fixtures/models") / f"{name}.toml")
    assert commitment.identifier == name
    assert commitment.source
    assert commitment.evidence.strip()
    assert set(commitment.layers) - {READOUT} == set(REGIONS)
    assert commitment.visual_degrees == 8


def test_published_layers() -> None:
    folder = resource_folder("fixtures/models")
    assert read_commitment(folder / "squeezenet1_1.toml").layers["V1"] == "features.6.expand3x3_activation"
    alexnet = read_commitment(folder / "alexnet.toml").layers
    assert [alexnet[region] for region in ("V1", "V2", "V4", "IT")] == [
        "features.2",
        "features.7",
        "features.7",
        "features.12",
    ]


def test_a_commitment_may_be_as_short_as_its_layers(tmp_path: Path) -> None:
    commitment = read_commitment(write(tmp_path, '[layers]\nV1 = "first"\nIT = ["second", "third"]\n'))
    assert commitment.committed_layers() == {"V1": ("first",), "IT": ("second", "third")}
    assert commitment.visual_degrees == 8
    assert commitment.preprocessing.kind == "imagenet"


@pytest.mark.parametrize(
    ("text", "field", "reason"),
    [
        ("visual_degrees = 'eight'", "visual_degrees", "Expected `float`, got `str`"),
        ("visual_degrees = 0", "visual_degrees", "> 0"),
        ("visual_degrees = inf", "visual_degrees", "<= 360"),
        ("[preprocessing]\nimage_size = 0", "preprocessing.image_size", ">= 1"),
        ("[preprocessing]\nimage_size = 224.0", "preprocessing.image_size", "got `float`"),
        ("[preprocessing]\nimage_size = true", "preprocessing.image_size", "got `bool`"),
        ("[preprocessing]\nimage_size = 1000000", "preprocessing.image_size", "<= 4096"),
        (f"[preprocessing]\nimage_size = {'9' * 300}", "preprocessing.image_size", "<= 4096"),
        ("[preprocessing]\nresize = 1000000", "preprocessing.resize", "<= 4096"),
        ("[preprocessing]\nscale = -1", "preprocessing.scale", "> 0"),
        ("[preprocessing]\nscale = nan", "preprocessing.scale", "> 0"),
        ("[preprocessing]\nmean = ['a', 0, 0]", "preprocessing.mean[0]", "got `str`"),
        ("[preprocessing]\nstd = [true, 1, 1]", "preprocessing.std[0]", "got `bool`"),
        ("[preprocessing]\nstd = 0.5", "preprocessing.std", "Expected `array | null`, got `float`"),
        ("[layers]\nV3 = 'x'", "wrong at layers:", "V3"),
        ("[layers]\nV1 = 3", "layers", "Expected `str | array`, got `int`"),
        ("layer = 'x'", "the file", "unknown field `layer`"),
        ("[preprocessing]\nkind = 'imagnet'", "preprocessing.kind", "imagnet"),
        ("[preprocessing]\nmean = [1, 2]", "preprocessing.mean", "length 3"),
        ("[layers]\nV1 = ['x', 'x']", "V1", "twice"),
        ("[layers]\nV1 = []", "V1", "empty layer name"),
    ],
)
def test_errors_name_file_and_field(tmp_path: Path, text: str, field: str, reason: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(ModelError) as caught:
        read_commitment(path)
    assert str(path) in str(caught.value)
    assert field in str(caught.value)
    assert reason in str(caught.value)


def test_what_is_no_toml_says_where(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"net\.toml cannot be read .*line 1"):
        read_commitment(write(tmp_path, "= 3"))


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"identifier = '\x80'",
        b"\x00",
        b"evidence = " + b"[" * 100_000,
        b"evidence = " + b"{a = " * 100_000,
        b"a." * 5_000 + b"a = 1",
        b"[" + b"a." * 5_000 + b"a]",
        b"visual_degrees = " + b"9" * 5000,
        b"PK\x03\x04",
    ],
    ids=range(9),
)
def test_damage_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "net.toml").write_bytes(content)
    with pytest.raises(ModelError, match=r"The layer commitment .*net\.toml (cannot be read|is wrong at)") as caught:
        read_commitment(tmp_path / "net.toml")
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500


@given(place=st.integers(0, 10_000), value=st.binary(max_size=3))
@settings(max_examples=100, deadline=None)
def test_any_damage_is_a_sentence_or_another_commitment(
    tmp_path_factory: pytest.TempPathFactory, place: int, value: bytes
) -> None:
    content = (resource_folder("fixtures/models") / "efficientnet_lite0.toml").read_bytes()
    place %= len(content)
    path = tmp_path_factory.mktemp("damaged") / "net.toml"
    path.write_bytes(content[:place] + value + content[place + 1 :])
    with contextlib.suppress(ModelError):
        read_commitment(path)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_bytes(b"\xef\xbb\xbf[layers]\r\nV1 = 'first'\r\n")
    assert read_commitment(tmp_path / "net.toml").layers == {"V1": "first"}


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    (tmp_path / "net.toml").mkdir()
    with pytest.raises(ModelError, match=r"net\.toml is a folder; put a file in its place"):
        read_commitment(tmp_path / "net.toml")


def test_paths_may_be_text_and_folders_are_made(tmp_path: Path) -> None:
    path = str(tmp_path / "fixtures" / "models" / "net.toml")
    commitment = LayerCommitment(layers={"V1": "first"})
    write_commitment(path, commitment)
    assert read_commitment(path) == commitment


class TestOverride:
    """Layers given by the caller."""

    def test_they_replace_those_of_their_region_only(self) -> None:
        layers = override_layers({"V1": ("a",), "IT": ("b",)}, {"V1": "c + d", "V2": ["e", "f"]})
        assert layers == {"V1": ("c", "d"), "IT": ("b",), "V2": ("e", "f")}

    def test_an_unknown_region_is_refused(self) -> None:
        with pytest.raises(ModelError, match=r"no region 'V3'.*V1, V2, V4, IT"):
            override_layers({}, {"V3": "a"})

    @pytest.mark.parametrize(("words", "reason"), [("", "empty"), ("a+", "empty"), ("a+a", "twice"), ([], "empty")])
    def test_wrong_words_are_refused(self, words: str | list[str], reason: str) -> None:
        with pytest.raises(ModelError, match=reason):
            override_layers({}, {"V1": words})
