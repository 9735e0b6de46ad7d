"""The hash by which continuous integration names its cache."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from pytest_brainscore.data.catalogue import catalogue
from pytest_brainscore.data.home import home
from pytest_brainscore.data.retrieval import digest
from pytest_brainscore.data.retrieval.digest import catalogue_digest


def test_it_and_the_folder_are_printed_as_outputs_of_a_step() -> None:
    program = [sys.executable, "-m", "pytest_brainscore.data.retrieval.digest"]
    printed = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    assert printed == f"digest={catalogue_digest()}\nhome={home()}\n"
    assert re.fullmatch("[0-9a-f]{16}", catalogue_digest())


def test_it_changes_with_the_content_of_a_file_and_not_with_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    before = catalogue_digest()
    entries = dict(catalogue())
    key, entry = next((key, entry) for key, entry in entries.items() if entry.files)
    monkeypatch.setattr(digest, "catalogue", lambda: entries | {key: replace(entry, note="another note")})
    assert catalogue_digest() == before
    changed = replace(entry, files=(replace(entry.files[0], sha1="0" * 40), *entry.files[1:]))
    monkeypatch.setattr(digest, "catalogue", lambda: entries | {key: changed})
    assert catalogue_digest() != before
