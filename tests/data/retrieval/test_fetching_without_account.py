"""Public files are fetched without an account: no password of ``~/.netrc`` leaves the machine; its network is used."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval import resumable_download
from pytest_brainscore.data.retrieval.fetching import fetch

CONTENT = b"public recordings"
SHA1 = hashlib.sha1(CONTENT).hexdigest()


class Server:
    """Answers everything, a redirect where it is told to, and notes what it was asked for."""

    def __init__(self, redirect: str | None = None) -> None:
        self.requests: list[tuple[str, str | None]] = []
        asked = self.requests

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append((self.path, self.headers.get("Authorization")))
                self.send_response(200 if redirect is None else 302)
                if redirect is not None:
                    self.send_header("Location", redirect)
                self.send_header("Content-Length", str(0 if redirect else len(CONTENT)))
                self.end_headers()
                if redirect is None:
                    self.wfile.write(CONTENT)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Server, Server]]:
    """Return a server that redirects and the one that it redirects to; the user's netrc has passwords for both."""
    last = Server()
    first = Server(f"http://localhost:{last.port}/file")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\nmachine localhost login me password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(resumable_download, "_unreachable", {})
    yield first, last
    first.close()
    last.close()


def test_no_host_gets_a_password(servers: tuple[Server, Server], tmp_path: Path) -> None:
    first, last = servers
    address = f"http://127.0.0.1:{first.port}/file"
    path = fetch(CatalogueFile(name="file", sha1=SHA1, addresses=(address,)), tmp_path / "cache")
    assert path.read_bytes() == CONTENT
    assert first.requests == [("/file", None)]
    assert last.requests == [("/file", None)]


def test_the_proxy_of_the_environment_is_asked(
    servers: tuple[Server, Server], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name of the host exists nowhere; only the proxy can have answered."""
    _, proxy = servers
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.port}")
    address = "http://recordings.invalid/file"
    path = fetch(CatalogueFile(name="file", sha1=SHA1, addresses=(address,)), tmp_path / "cache")
    assert path.read_bytes() == CONTENT
    assert proxy.requests == [(address, None)]


def test_a_link_under_the_name_of_what_has_arrived_is_not_written_through(
    servers: tuple[Server, Server], tmp_path: Path
) -> None:
    _, server = servers
    precious = tmp_path / "precious"
    precious.write_bytes(b"kept")
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / f"{SHA1}.part").symlink_to(precious)
    address = f"http://127.0.0.1:{server.port}/file"
    path = fetch(CatalogueFile(name="file", sha1=SHA1, addresses=(address,)), cache)
    assert path.read_bytes() == CONTENT
    assert not path.is_symlink()
    assert precious.read_bytes() == b"kept"
