"""Signed fetching from a store that speaks S3, with public, private and versioned objects and real signatures."""

from __future__ import annotations

import hashlib
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import numpy as np
import pytest

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval import resumable_download, s3
from pytest_brainscore.data.retrieval.fetching import fetch
from pytest_brainscore.data.retrieval.s3 import StoredObject, credentials_configured, fetch_signed, stored_object
from pytest_brainscore.errors import DataUnavailable

BUCKET = "laboratory"
NAME = "assy_lab.nc"
CONTENT = np.random.default_rng(0).bytes(200_000)
OLD_CONTENT = CONTENT[::-1]
VARIABLES = (*s3.CREDENTIAL_VARIABLES, "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL")


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the credentials of whoever runs the tests."""
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    for variable, _ in s3.CREDENTIAL_FILES:
        monkeypatch.setenv(variable, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setattr(resumable_download, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(resumable_download, "_unreachable", {})


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Configure credentials that the store accepts."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")


@dataclass(frozen=True)
class Store:
    """A running store."""

    address: str
    old_version: str
    outsider: tuple[str, str]
    """Access key and secret key of somebody who may read nothing."""


@pytest.fixture(scope="module")
def running_store() -> Iterator[Store]:
    """Run a store with a private object in two versions, and a public one."""
    pytest.importorskip("moto")
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    address = f"http://{host}:{port}"
    client: Any = boto3.client(
        "s3", endpoint_url=address, region_name="us-east-1", aws_access_key_id="owner", aws_secret_access_key="owner"
    )
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    old = client.put_object(Bucket=BUCKET, Key=f"folder/{NAME}", Body=OLD_CONTENT)
    client.put_object(Bucket=BUCKET, Key=f"folder/{NAME}", Body=CONTENT)
    client.put_object(Bucket=BUCKET, Key="public", Body=CONTENT, ACL="public-read")
    people: Any = boto3.client(
        "iam", endpoint_url=address, region_name="us-east-1", aws_access_key_id="owner", aws_secret_access_key="owner"
    )
    people.create_user(UserName="outsider")
    key = people.create_access_key(UserName="outsider")["AccessKey"]
    yield Store(address, old["VersionId"], (key["AccessKeyId"], key["SecretAccessKey"]))
    server.stop()


@pytest.fixture
def store(running_store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Lead boto3 to the running store."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", running_store.address)
    return running_store


def catalogue_file(
    key: str = f"folder/{NAME}", *, content: bytes = CONTENT, version: str | None = None, bucket: str = BUCKET
) -> CatalogueFile:
    return CatalogueFile(
        name=NAME,
        sha1=hashlib.sha1(content).hexdigest(),
        addresses=(f"https://{bucket}.s3.amazonaws.com/{key}",),
        version=version,
    )


def sentence(file: CatalogueFile, folder: Path) -> str:
    with pytest.raises(DataUnavailable) as caught:
        fetch_signed(file, folder)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert not [path for path in folder.glob("*") if path.suffix != ".lock"]
    return message


# Whether there are credentials


def test_nothing_is_configured() -> None:
    assert not credentials_configured()


@pytest.mark.parametrize("variable", s3.CREDENTIAL_VARIABLES)
def test_credentials_in_the_environment(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "x")
    assert credentials_configured()


@pytest.mark.parametrize("variable", [variable for variable, _ in s3.CREDENTIAL_FILES])
def test_credentials_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    (tmp_path / "file").write_text("[default]\n")
    monkeypatch.setenv(variable, str(tmp_path / "file"))
    assert credentials_configured()


def test_credentials_in_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable, _ in s3.CREDENTIAL_FILES:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert not credentials_configured()
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("[default]\n")
    assert credentials_configured()


# What an address names


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://b.s3.amazonaws.com/folder/key.nc", StoredObject("b", "folder/key.nc", "given")),
        ("https://lab.data.s3.amazonaws.com/key.nc", StoredObject("lab.data", "key.nc", "given")),
        ("https://b.s3.eu-west-1.amazonaws.com/key.nc", StoredObject("b", "key.nc", "given")),
        ("https://b.s3.amazonaws.com/a%20key.nc?versionId=a.B_c", StoredObject("b", "a key.nc", "a.B_c")),
        ("https://s3.amazonaws.com/lab.data/folder/key.nc", StoredObject("lab.data", "folder/key.nc", "given")),
        ("https://github.com/laboratory/key.nc", None),
        ("https://b.s3.amazonaws.com.example.org/key.nc", None),
    ],
)
def test_the_object_at_an_address(address: str, expected: StoredObject | None) -> None:
    assert stored_object(address, "given") == expected


# Fetching


@pytest.mark.usefixtures("store", "credentials")
def test_a_private_object(tmp_path: Path) -> None:
    path = fetch_signed(catalogue_file(), tmp_path / "cache")
    assert path == tmp_path / "cache" / NAME
    assert path.read_bytes() == CONTENT


@pytest.mark.usefixtures("credentials")
def test_the_version_is_asked_for(store: Store, tmp_path: Path) -> None:
    file = catalogue_file(content=OLD_CONTENT, version=store.old_version)
    assert fetch_signed(file, tmp_path).read_bytes() == OLD_CONTENT


@pytest.mark.usefixtures("store", "credentials")
@pytest.mark.parametrize("kept", [CONTENT[:5000], bytes(len(CONTENT) + 5)])
def test_what_has_arrived_is_continued_or_replaced(tmp_path: Path, kept: bytes) -> None:
    file = catalogue_file()
    (tmp_path / f"{file.sha1}.part").write_bytes(kept)
    assert fetch_signed(file, tmp_path).read_bytes() == CONTENT


@pytest.mark.usefixtures("credentials")
def test_a_credentialed_fetch_continues_an_anonymous_one(store: Store, tmp_path: Path) -> None:
    file = catalogue_file()
    (tmp_path / f"{file.sha1}.part").write_bytes(CONTENT[:100_000])
    anonymous = CatalogueFile(name=NAME, sha1=file.sha1, addresses=(f"{store.address}/{BUCKET}/folder/{NAME}",))
    with pytest.raises(DataUnavailable, match=r"answered 403 \(FORBIDDEN\) \(100000 bytes are kept"):
        fetch(anonymous, tmp_path)
    assert fetch_signed(file, tmp_path).read_bytes() == CONTENT


def test_a_public_object_without_credentials(store: Store, tmp_path: Path) -> None:
    address = f"{store.address}/{BUCKET}/public"
    file = CatalogueFile(name=NAME, sha1=hashlib.sha1(CONTENT).hexdigest(), addresses=(address,))
    assert fetch(file, tmp_path).read_bytes() == CONTENT


@pytest.mark.usefixtures("store", "credentials")
def test_addresses_outside_of_s3_are_left_out(tmp_path: Path) -> None:
    file = catalogue_file()
    addresses = ("https://store.invalid/file", *file.addresses)
    fetch_signed(CatalogueFile(name=NAME, sha1=file.sha1, addresses=addresses), tmp_path)


# Refusals


@pytest.mark.usefixtures("store", "credentials")
@pytest.mark.parametrize(
    ("file", "meaning"),
    [
        (catalogue_file("nothing"), "the S3 bucket laboratory refused (there is no such object)"),
        (catalogue_file(bucket="nobodys"), "the S3 bucket nobodys refused (there is no such bucket)"),
        (catalogue_file(version="0b2eb3ea-1bd5-4d04-a75b-8b1c1f8ed5d8"), "refused (there is no such version)"),
        (catalogue_file(content=b"other"), "sent other content than the catalogue's (200000 bytes, SHA-1 differs)"),
    ],
    ids=["key", "bucket", "version", "content"],
)
def test_what_the_store_has_not(tmp_path: Path, file: CatalogueFile, meaning: str) -> None:
    assert meaning in sentence(file, tmp_path)


@pytest.mark.usefixtures("store")
def test_no_credentials(tmp_path: Path) -> None:
    assert "could not be asked (Unable to locate credentials)" in sentence(catalogue_file(), tmp_path)


@pytest.fixture
def strict_store(store: Store) -> Iterator[Store]:
    """Have the store check signatures and permissions."""

    def authorise_after(actions: int) -> None:
        address = f"{store.address}/moto-api/reset-auth"
        urlopen(Request(address, str(actions).encode(), {"Content-Type": "application/octet-stream"})).close()

    authorise_after(0)
    yield store
    authorise_after(10**9)


@pytest.mark.parametrize(
    ("whose", "meaning"),
    [
        ("a stranger's", "it does not know your access key"),
        ("mistyped", "your secret key does not belong to your access key"),
        ("without permission", "your credentials may not read it"),
    ],
)
def test_credentials_that_do_not_permit_it(
    strict_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whose: str, meaning: str
) -> None:
    key, secret = ("AKIAIOSFODNN7EXAMPLE", "secret") if whose == "a stranger's" else strict_store.outsider
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "other" if whose == "mistyped" else secret)
    assert f"the S3 bucket laboratory refused ({meaning})" in sentence(catalogue_file(), tmp_path)


@pytest.mark.usefixtures("credentials")
def test_a_store_that_cannot_be_reached_costs_time_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(s3, "ATTEMPTS", 1)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{taken.getsockname()[1]}")
        message = sentence(catalogue_file(), tmp_path)
    assert "the S3 bucket laboratory could not be asked (Could not connect to the endpoint URL" in message
    assert list(resumable_download._unreachable) == ["the S3 bucket laboratory"]


@pytest.mark.parametrize(("variable", "value"), [("AWS_PROFILE", "nobody"), ("AWS_ENDPOINT_URL", "nonsense")])
def test_a_wrong_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    message = sentence(catalogue_file(), tmp_path)
    assert "cannot be fetched with your AWS configuration" in message
    assert value in message


def test_without_boto3_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3.session", None)  # importing it fails as if it were not installed
    assert 'pip install "pytest-brainscore[s3]"' in sentence(catalogue_file(), tmp_path)
