"""Fetching restricted files from S3 with the user's own credentials. Light to import; needs the extra ``s3``."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval.resumable_download import (
    BLOCK_BYTES,
    Block,
    Interrupted,
    Refused,
    Source,
    receive,
)
from pytest_brainscore.errors import DataUnavailable

if TYPE_CHECKING:
    from botocore.client import BaseClient
    from botocore.exceptions import ClientError

CREDENTIAL_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)
"""Where boto3 finds credentials besides its two files, as its documentation lists them."""
CREDENTIAL_FILES = (("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), ("AWS_CONFIG_FILE", "~/.aws/config"))
CONNECT_SECONDS = 10.0
READ_SECONDS = 30.0
"""As for fetching without credentials."""
ATTEMPTS = 3
"""boto3's own default for connecting and for answers that say that the store is busy (standard mode)."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html; the region may be left out in both styles.
_BUCKET_IN_HOST = re.compile(r"(?P<bucket>.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")
_BUCKET_IN_PATH = re.compile(r"s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")

_MEANINGS = {
    "AccessDenied": "your credentials may not read it",
    "ExpiredToken": "your credentials have expired",
    "InvalidAccessKeyId": "it does not know your access key",
    "SignatureDoesNotMatch": "your secret key does not belong to your access key",
    "NoSuchBucket": "there is no such bucket",
    "NoSuchKey": "there is no such object",
    "NoSuchVersion": "there is no such version",
}


class StoredObject(NamedTuple):
    """An object in S3."""

    bucket: str
    key: str
    version: str | None


def credentials_configured() -> bool:
    """Tell whether boto3 is installed and credentials seem to be configured; they are not tried, nor is boto3 imported.

    Credentials that only the network can give (the role of a machine in the cloud) are not seen.
    """
    return find_spec("boto3") is not None and (
        any(os.environ.get(variable) for variable in CREDENTIAL_VARIABLES)
        or any(Path(os.environ.get(variable, path)).expanduser().is_file() for variable, path in CREDENTIAL_FILES)
    )


def stored_object(address: str, version: str | None = None) -> StoredObject | None:
    """Return the object at an address, ``https://BUCKET.s3.amazonaws.com/KEY`` or ``https://s3.amazonaws.com/BUCKET/KEY``.

    A version in the address (``?versionId=``) counts more than the one given. None when the address is not in S3.
    """
    parts = urlsplit(address)
    host, path = parts.hostname or "", unquote(parts.path).lstrip("/")
    version = parse_qs(parts.query).get("versionId", [version])[0]
    if _BUCKET_IN_PATH.fullmatch(host):
        bucket, _, key = path.partition("/")
        return StoredObject(bucket, key, version)
    found = _BUCKET_IN_HOST.fullmatch(host)
    return StoredObject(found["bucket"], path, version) if found else None


def fetch_signed(file: CatalogueFile, folder: Path, *, progress: bool = False) -> Path:
    """Fetch a file of the catalogue from S3 with the credentials that boto3 finds, else like ``fetch``.

    ``AWS_ENDPOINT_URL`` leads to another store that speaks S3.

    Parameters
    ----------
    file
        What to fetch: from those of its addresses that are in S3, in order; its version is that at the first address.
    folder
        Made when it does not exist; the file is put there under ``file.name`` when it is complete and right.
    progress
        Show a progress bar on standard error.

    Raises
    ------
    DataUnavailable
        When boto3 is not installed, when there are no credentials, when they do not permit it, or when no address gave
        the right content; the sentence says what each one answered.

    """
    try:
        from boto3.session import Session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as error:
        raise DataUnavailable(
            f'{file.name} needs boto3 to be fetched with your credentials: pip install "pytest-brainscore[s3]".'
        ) from error
    versions = [file.version, *[None] * len(file.addresses)]
    objects = [stored_object(*pair) for pair in zip(file.addresses, versions, strict=False)]
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    try:
        client = Session().client("s3", config=config)
    except (BotoCoreError, ValueError) as error:  # an unknown profile, an endpoint that is no address
        raise DataUnavailable(
            f"{file.name} cannot be fetched with your AWS configuration ({_sentence(error)}); correct AWS_PROFILE and "
            "the files in ~/.aws."
        ) from error
    sources = [
        Source(f"the S3 bucket {object_.bucket}", _Object(client, object_).blocks) for object_ in objects if object_
    ]
    return receive(file, folder, sources, progress=progress)


class _Object:
    """One object in S3, read with credentials."""

    def __init__(self, client: BaseClient, where: StoredObject) -> None:
        self._client: Any = client  # its methods are made at run time
        self._where = where

    def blocks(self, place: int) -> Generator[Block, None, None]:
        """Yield the content from a place on, or from 0."""
        from botocore.exceptions import BotoCoreError, ClientError

        wanted = {"Bucket": self._where.bucket, "Key": self._where.key}
        if self._where.version:
            wanted["VersionId"] = self._where.version
        try:
            if place:
                try:
                    answer = self._client.get_object(**wanted, Range=f"bytes={place}-")
                except ClientError as error:
                    if _code(error) != "InvalidRange":
                        raise
                    place = 0
            if not place:
                answer = self._client.get_object(**wanted)
        except ClientError as error:
            code = _code(error)
            raise Refused(f"refused ({_MEANINGS.get(code, code)})") from error
        except BotoCoreError as error:
            raise Refused(f"could not be asked ({_sentence(error)})", unreachable=True) from error
        try:
            for block in answer["Body"].iter_chunks(BLOCK_BYTES):
                yield place, block
                place += len(block)
        except (BotoCoreError, OSError) as error:
            raise Interrupted("cut the connection") from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def _sentence(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
