"""Publishers' layouts by the name that the catalogue gives: light, and one sentence for what is missing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from pytest_brainscore.data import publishers
from pytest_brainscore.data.catalogue import FileSet, FileSetKind, catalogue
from pytest_brainscore.errors import DataUnavailable

PUBLISHER = "cowley2023"
PUBLISHED = [files for files in catalogue().values() if files.publisher is not None]


@pytest.mark.parametrize("files", PUBLISHED, ids=lambda files: f"{files.kind}-{files.identifier}")
def test_every_publisher_of_the_catalogue_says_what_is_missing(files: FileSet, user_folder: Path) -> None:
    sentence = publishers.missing(files)
    assert sentence is not None
    assert str(user_folder) in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.usefixtures("no_user_folder")
@pytest.mark.parametrize("files", PUBLISHED, ids=lambda files: f"{files.kind}-{files.identifier}")
def test_without_a_folder_the_sentence_names_the_option(files: FileSet) -> None:
    assert "set BRAINSCORE_DATA=DIR in the environment" in str(publishers.missing(files))


def test_looking_for_layouts_imports_nothing_heavy() -> None:
    code = (
        "import sys; from pytest_brainscore.data import publishers, catalogue as file;"
        "[publishers.missing(files) for files in file.catalogue().values()];"
        "print({'numpy', 'pandas', 'xarray', 'scipy', 'PIL', 'torch'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.usefixtures("no_user_folder")
@pytest.mark.parametrize("kind", ["stimulus_set", "assembly"])
def test_loading_what_is_missing_raises_the_same_sentence(kind: FileSetKind) -> None:
    files = catalogue()[kind, "Cowley2023.V4"]
    load = partial(publishers.load_stimulus_set, degrees=8.0) if kind == "stimulus_set" else publishers.load_assembly
    with pytest.raises(DataUnavailable) as error:
        load(files)
    assert str(error.value) == publishers.missing(files)


def test_a_set_that_no_publisher_has_says_so() -> None:
    files = replace(catalogue()["assembly", "Cowley2023.V4"], publisher=None)
    assert "published files" in str(publishers.missing(files))
