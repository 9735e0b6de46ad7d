"""Fetching files over HTTPS: verified, resumable, once for all processes, and never half there."""

from __future__ import annotations

import re
from collections.abc import Generator
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval.resumable_download import (
    BLOCK_BYTES,
    Block,
    Interrupted,
    Refused,
    Source,
    receive,
)

if TYPE_CHECKING:
    from urllib3.response import BaseHTTPResponse

CONNECT_SECONDS = 10.0
"""Wait for a connection; long enough for three retransmissions of a lost packet (after 1, 3 and 7 s, RFC 6298)."""
READ_SECONDS = 30.0
"""Wait for the next bytes; stores answer within seconds, and what stops for longer is continued anyway."""
CONNECT_RETRIES = 2
"""A name server or a host may fail once; a machine without a network should say so soon."""
READ_RETRIES = 1
"""When nothing at all is answered."""
STATUS_RETRIES = 4
"""When the server says that it is busy; with the back-off, some ten seconds."""
BACKOFF_SECONDS = 0.5
"""Pause before the second retry, doubled for each further one, unless the server names one."""
LONGEST_PAUSE_SECONDS = 30.0
"""Most that a server can make us wait by ``Retry-After``."""
BUSY_STATUSES = (429, 500, 502, 503, 504)
"""Answers that may be different a moment later (RFC 9110 and RFC 6585)."""


def fetch(file: CatalogueFile, folder: Path, *, progress: bool = False) -> Path:
    """Fetch a file of the catalogue into a folder, trying its addresses in order.

    Cut downloads are continued by HTTP ranges (RFC 9110, section 14), from the file ``SHA1.part`` in the folder also
    by a later call; a server that knows no ranges sends everything again. Connecting, and answers that say that the
    server is busy, are retried with growing pauses or those of ``Retry-After``. A host that cannot be reached is not
    tried again by this process for ``resumable_download.UNREACHABLE_SECONDS``, so that without a
    network everything after the first file fails at once. Proxies and certificates are those of the environment
    (``HTTPS_PROXY``, ``NO_PROXY``, ``REQUESTS_CA_BUNDLE``); no password of ``~/.netrc`` is sent to anybody.

    Parameters
    ----------
    file
        What to fetch; its SHA-1 decides whether what arrived is right.
    folder
        Made when it does not exist; the file is put there under ``file.name``, at once, when it is complete and right.
        A right file that is there is returned, a wrong one replaced.
    progress
        Show a progress bar on standard error.

    Raises
    ------
    DataUnavailable
        When no address gave the right content; the sentence says what each one answered. Also when the folder cannot
        be written to or the disk is full.

    """
    with _Session() as session:
        retries = HTTPAdapter(
            max_retries=_Retry(
                total=None,
                connect=CONNECT_RETRIES,
                read=READ_RETRIES,
                status=STATUS_RETRIES,
                other=0,
                backoff_factor=BACKOFF_SECONDS,
                status_forcelist=BUSY_STATUSES,
                raise_on_status=False,
            )
        )
        session.mount("https://", retries)
        session.mount("http://", retries)
        sources = [Source(urlsplit(address).netloc, _Address(session, address).blocks) for address in file.addresses]
        return receive(file, folder, sources, progress=progress)


class _Session(requests.Session):
    """Requests without an account, also where ``~/.netrc`` has one for the host, or for one that it redirects to.

    Not by ``trust_env = False``: that would also ignore the proxies and certificates of the environment.
    """

    def __init__(self) -> None:
        super().__init__()
        self.auth = _without_account

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, response: requests.Response) -> None:
        prepared_request.headers.pop("Authorization", None)


def _without_account(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


class _Retry(Retry):
    """Retries that a server cannot stretch without end."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        asked = super().get_retry_after(response)
        return asked if asked is None else min(asked, LONGEST_PAUSE_SECONDS)


class _Address:
    """One address; it remembers the entity tag, so that a cut download is only continued with the same content."""

    def __init__(self, session: requests.Session, address: str) -> None:
        self._session = session
        self._address = address
        self._tag: str | None = None

    def blocks(self, place: int) -> Generator[Block, None, None]:
        """Yield the content from a place on, or from 0."""
        response = self._answer(place)
        if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE or (
            response.status_code == HTTPStatus.PARTIAL_CONTENT and _first_byte(response) != place
        ):
            response.close()
            place = 0
            response = self._answer(place)
        with response:
            if response.status_code == HTTPStatus.OK:
                place = 0
            elif response.status_code != HTTPStatus.PARTIAL_CONTENT:
                raise Refused(f"answered {response.status_code} ({response.reason})")
            tag = response.headers.get("ETag")
            self._tag = None if tag and tag.startswith("W/") else tag  # a weak tag says nothing about bytes
            announced = response.headers.get("Content-Length", "")
            end = place + int(announced) if announced.isdecimal() else None
            try:
                for block in response.raw.stream(BLOCK_BYTES, decode_content=False):
                    yield place, block
                    place += len(block)
            except urllib3.exceptions.ReadTimeoutError as error:
                raise Interrupted(f"sent nothing for {READ_SECONDS:.0f} s") from error
            except (urllib3.exceptions.HTTPError, OSError) as error:
                raise Interrupted("cut the connection") from error
            if end is not None and place < end:  # older urllib3 does not say so itself
                raise Interrupted("cut the connection")

    def _answer(self, place: int) -> requests.Response:
        headers = {"Accept-Encoding": "identity"}  # the checksum is that of the stored bytes
        if place:
            headers["Range"] = f"bytes={place}-"
            if self._tag:
                headers["If-Range"] = self._tag
        try:
            return self._session.get(
                self._address, headers=headers, stream=True, timeout=(CONNECT_SECONDS, READ_SECONDS)
            )
        except requests.exceptions.SSLError as error:
            raise Refused(f"could not be reached safely ({_cause(error)})", unreachable=True) from error
        except requests.ConnectionError as error:
            reason = getattr(error.args[0], "reason", None) if error.args else None
            if isinstance(reason, urllib3.exceptions.ProtocolError):
                raise Interrupted("cut the connection") from error
            if isinstance(reason, urllib3.exceptions.ReadTimeoutError):
                raise Refused(f"did not answer within {READ_SECONDS:.0f} s", unreachable=True) from error
            raise Refused(f"could not be reached ({_cause(error)})", unreachable=True) from error
        except requests.RequestException as error:
            raise Refused(f"could not be asked ({error})") from error


def _first_byte(response: requests.Response) -> int | None:
    found = re.match(r"bytes (\d+)-", response.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


def _cause(error: BaseException) -> str:
    """Return what the system said at the bottom of a chain of exceptions, such as "Connection refused"."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return (isinstance(error, OSError) and error.strerror) or str(error) or type(error).__name__
