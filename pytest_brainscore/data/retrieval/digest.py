"""What continuous integration caches, and under which name: ``python -m`` prints it as outputs of a step."""

from __future__ import annotations

import hashlib

from pytest_brainscore.data.catalogue import catalogue
from pytest_brainscore.data.home import home
from pytest_brainscore.text import printable


def catalogue_digest() -> str:
    """Return 16 hexadecimal digits that change whenever a file of the catalogue does."""
    checksums = sorted({file.sha1 for files in catalogue().values() for file in files.files})
    return hashlib.sha256("\n".join(checksums).encode()).hexdigest()[:16]


if __name__ == "__main__":
    print(f"digest={catalogue_digest()}")
    print(f"home={printable(str(home()))}")
