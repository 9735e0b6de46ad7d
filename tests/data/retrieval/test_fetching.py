"""Fetching from a real server that cuts, corrupts, lies, refuses and hangs: the right file, or one clear sentence."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import requests

from pytest_brainscore.data.catalogue import CatalogueFile
from pytest_brainscore.data.retrieval import fetching, resumable_download
from pytest_brainscore.data.retrieval.fetching import fetch
from pytest_brainscore.errors import DataUnavailable
from tests.support.fault_server import PAGE, Fault, FaultServer

CONTENT = np.random.default_rng(0).bytes(300_000)
NAME = "assy_lab.nc"
SCRIPT = "tests.performance.faulty_fetches"


def catalogue_file(*addresses: str, content: bytes = CONTENT, size: int | None = len(CONTENT)) -> CatalogueFile:
    return CatalogueFile(name=NAME, sha1=hashlib.sha1(content).hexdigest(), addresses=addresses, size=size)


def left_in(folder: Path) -> list[str]:
    """Names of what is in a folder, apart from locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def sentence(call: Callable[[], object]) -> str:
    """Return the message of DataUnavailable, which must be one sentence on one line."""
    with pytest.raises(DataUnavailable) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    assert ". " not in message
    return message


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Shorten what these tests would wait for."""
    monkeypatch.setattr(fetching, "READ_SECONDS", 0.2)
    monkeypatch.setattr(fetching, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(fetching, "BACKOFF_SECONDS", 0.01)
    monkeypatch.setattr(resumable_download, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(resumable_download, "_unreachable", {})


@pytest.fixture
def unreachable() -> Iterator[str]:
    """Address of a port where nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, so that nobody else takes it; not listening, so that it refuses
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/{NAME}"


# What arrives


def test_the_folder_is_made_and_holds_the_file_only(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT)
    path = fetch(catalogue_file(address), tmp_path / "a" / "b")
    assert path == tmp_path / "a" / "b" / NAME
    assert path.read_bytes() == CONTENT
    assert left_in(path.parent) == [NAME]
    assert served.requests == [None]


@pytest.mark.parametrize("size", [len(CONTENT), None], ids=["size known", "size unknown"])
@pytest.mark.parametrize(
    "faults",
    [
        pytest.param([Fault(cut_at=1), Fault(cut_at=100_001), Fault(cut_at=299_999)], id="cut"),
        pytest.param([Fault(cut_at=0), Fault(cut_at=0), Fault(cut_at=0)], id="cut before the first byte"),
        pytest.param([Fault(cut_at=200_000), Fault(ignore_range=True)], id="ranges ignored"),
        pytest.param([Fault(cut_at=200_000), Fault(cut_at=100_000, ignore_range=True)], id="ignored and cut"),
        pytest.param([Fault(cut_at=200_000), Fault(shift_range=7)], id="another range than asked for"),
        pytest.param([Fault(corrupt_at=150_000)], id="corrupted"),
        pytest.param([Fault(cut_at=100_000, corrupt_at=50_000)], id="corrupted, cut and continued"),
        pytest.param([Fault(announce=1000)], id="more announced than sent"),
        pytest.param([Fault(announce=-1000)], id="less announced than sent"),
        pytest.param([Fault(hang_at=120_000)], id="hanging in the middle"),
        pytest.param([Fault(hang_at=-1)], id="no answer once"),
        pytest.param([Fault(status=500), Fault(status=503)], id="busy"),
        pytest.param([Fault(pause=0.01)], id="slow"),
    ],
)
def test_faults_are_got_over(fault_server: FaultServer, tmp_path: Path, faults: list[Fault], size: int | None) -> None:
    address, _ = fault_server.put(NAME, CONTENT, *faults)
    assert fetch(catalogue_file(address, size=size), tmp_path).read_bytes() == CONTENT
    assert left_in(tmp_path) == [NAME]


def test_a_cut_download_is_continued_where_it_was_cut(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT, Fault(cut_at=100_000), Fault(cut_at=250_000))
    fetch(catalogue_file(address), tmp_path)
    assert served.requests == [None, "bytes=100000-", "bytes=250000-"]


def test_a_later_call_continues_from_another_address(fault_server: FaultServer, tmp_path: Path) -> None:
    stubborn, _ = fault_server.put("stubborn", CONTENT, then=Fault(cut_at=200_000))
    message = sentence(lambda: fetch(catalogue_file(stubborn), tmp_path))
    assert "cut the connection at byte 200000 (200000 bytes are kept, and continued next time)" in message
    assert left_in(tmp_path) == [f"{catalogue_file().sha1}.part"]
    address, served = fault_server.put(NAME, CONTENT)
    fetch(catalogue_file(address), tmp_path)
    assert served.requests == ["bytes=200000-"]
    assert left_in(tmp_path) == [NAME]


def test_content_that_changed_under_way_is_fetched_from_the_start(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, bytes(len(CONTENT)), Fault(cut_at=100_000))

    def replaced(number: int) -> Fault:
        served.content = CONTENT
        return Fault()

    served.fault = lambda number: Fault(cut_at=100_000) if number == 0 else replaced(number)
    assert fetch(catalogue_file(address), tmp_path).read_bytes() == CONTENT
    # The entity tag differs, so that the server sent everything at the second request already.
    assert served.requests == [None, "bytes=100000-"]


@pytest.mark.parametrize("kept", [CONTENT, CONTENT[:5000], bytes(5000), bytes(len(CONTENT) + 5)])
@pytest.mark.parametrize("size", [len(CONTENT), None])
def test_whatever_a_killed_process_left_is_continued_or_replaced(
    fault_server: FaultServer, tmp_path: Path, kept: bytes, size: int | None
) -> None:
    address, served = fault_server.put(NAME, CONTENT)
    file = catalogue_file(address, size=size)
    (tmp_path / f"{file.sha1}.part").write_bytes(kept)
    assert fetch(file, tmp_path).read_bytes() == CONTENT
    assert left_in(tmp_path) == [NAME]
    assert bool(served.requests) == (kept != CONTENT)


def test_a_right_file_is_not_fetched_again_and_a_wrong_one_is_replaced(
    fault_server: FaultServer, tmp_path: Path
) -> None:
    address, served = fault_server.put(NAME, CONTENT)
    (tmp_path / NAME).write_bytes(CONTENT)
    fetch(catalogue_file(address), tmp_path)
    assert served.requests == []
    (tmp_path / NAME).write_bytes(CONTENT[:-1] + b"?")
    assert fetch(catalogue_file(address), tmp_path).read_bytes() == CONTENT


def test_an_empty_file(fault_server: FaultServer, tmp_path: Path) -> None:
    address, _ = fault_server.put(NAME, b"")
    assert fetch(catalogue_file(address, content=b"", size=0), tmp_path).read_bytes() == b""


# Addresses


def test_all_addresses_are_tried_and_the_first_right_content_wins(
    fault_server: FaultServer, tmp_path: Path, unreachable: str
) -> None:
    wrong, _ = fault_server.put("wrong", bytes(len(CONTENT)))
    forbidden, _ = fault_server.put("forbidden", CONTENT, then=Fault(status=403))
    right, _ = fault_server.put("right", CONTENT)
    unused, served = fault_server.put("unused", CONTENT)
    fetch(catalogue_file(unreachable, wrong, forbidden, right, unused), tmp_path)
    assert served.requests == []


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        (Fault(status=403), "answered 403 (Forbidden)"),
        (Fault(status=404), "answered 404 (Not Found)"),
        (Fault(status=410), "answered 410 (Gone)"),
        (Fault(status=503), "answered 503 (Service Unavailable)"),
        (Fault(page=PAGE), "sent a web page in place of the file"),
        (Fault(page=b'{"message": "moved"}'), "sent other content than the catalogue's (20 bytes, SHA-1 differs)"),
        (Fault(corrupt_at=5), "sent other content than the catalogue's (300000 bytes, SHA-1 differs)"),
        (Fault(cut_at=0), "cut the connection at byte 0"),
        (Fault(hang_at=0), "sent nothing for 0 s at byte 0"),
        (Fault(hang_at=-1), "did not answer within 0 s"),
        (Fault(ignore_range=True, cut_at=0), "cut the connection at byte 0"),
    ],
)
def test_refusals_are_one_sentence_and_leave_nothing(
    fault_server: FaultServer, tmp_path: Path, fault: Fault, answer: str
) -> None:
    address, _ = fault_server.put(NAME, CONTENT, then=fault)
    message = sentence(lambda: fetch(catalogue_file(address), tmp_path))
    host = fault_server.address.removeprefix("http://")
    assert message == (
        f"{NAME} could not be fetched: {host} {answer}; try again later, or put a copy with SHA-1 "
        f"{catalogue_file().sha1} at {tmp_path / NAME}."
    )
    assert left_in(tmp_path) == []


def test_one_sentence_for_all_addresses(fault_server: FaultServer, tmp_path: Path, unreachable: str) -> None:
    forbidden, _ = fault_server.put("forbidden", CONTENT, then=Fault(status=403))
    again, _ = fault_server.put("again", CONTENT, then=Fault(status=403))
    missing = f"{fault_server.address}/missing"
    message = sentence(lambda: fetch(catalogue_file(forbidden, again, missing, unreachable), tmp_path))
    assert message.count("answered 403 (Forbidden)") == 1  # the same host twice
    assert "answered 404 (Not Found)" in message
    assert "could not be reached (Connection refused)" in message


def test_a_wrong_content_is_tried_twice(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT, then=Fault(corrupt_at=5))
    sentence(lambda: fetch(catalogue_file(address), tmp_path))
    assert served.requests == [None, None]


def test_a_web_page_does_not_cost_what_has_arrived(fault_server: FaultServer, tmp_path: Path) -> None:
    address, _ = fault_server.put(NAME, CONTENT, Fault(cut_at=200_000), Fault(page=PAGE))
    message = sentence(lambda: fetch(catalogue_file(address), tmp_path))
    assert "sent a web page in place of the file (200000 bytes are kept" in message
    fetch(catalogue_file(address), tmp_path)


def test_never_more_bytes_than_the_file_has(fault_server: FaultServer, tmp_path: Path) -> None:
    address, _ = fault_server.put(NAME, bytes(10_000_000))
    message = sentence(lambda: fetch(catalogue_file(address), tmp_path))
    assert "sent more than 300000 bytes" in message
    assert left_in(tmp_path) == []


def test_never_endless_bytes_where_the_size_is_unknown(
    fault_server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resumable_download, "LARGEST_FILE_BYTES", 200_000)
    address, _ = fault_server.put(NAME, CONTENT)
    assert "sent more than 200000 bytes" in sentence(lambda: fetch(catalogue_file(address, size=None), tmp_path))


def test_a_server_names_the_pause_but_not_without_end(
    fault_server: FaultServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "LONGEST_PAUSE_SECONDS", 1)
    busy = Fault(status=429, headers=(("Retry-After", "86400"),))
    address, _ = fault_server.put(NAME, CONTENT, busy)
    pauses: list[float] = []
    monkeypatch.setattr("urllib3.util.retry.time.sleep", pauses.append)
    fetch(catalogue_file(address), tmp_path)
    assert pauses == [1]


# Without a network


def test_without_a_network_only_the_first_file_costs_time(
    tmp_path: Path, unreachable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # RFC 2606: no name ends in .invalid.
    addresses = ("https://store.invalid/file", unreachable)
    message = sentence(lambda: fetch(catalogue_file(*addresses), tmp_path))
    assert "store.invalid could not be reached (" in message
    monkeypatch.setattr(requests.Session, "send", lambda *_, **__: pytest.fail("a host was asked again"))
    for number in range(60):
        file = catalogue_file(*addresses, content=str(number).encode())
        assert "could not be reached" in sentence(lambda: fetch(file, tmp_path))  # noqa: B023
    assert left_in(tmp_path) == []


def test_a_host_is_tried_again_after_a_while(fault_server: FaultServer, tmp_path: Path) -> None:
    address, _ = fault_server.put(NAME, CONTENT, *[Fault(hang_at=-1)] * 2)
    message = sentence(lambda: fetch(catalogue_file(address), tmp_path))
    assert message == sentence(lambda: fetch(catalogue_file(address), tmp_path))
    host, (since, reason) = resumable_download._unreachable.popitem()
    resumable_download._unreachable[host] = (since - resumable_download.UNREACHABLE_SECONDS, reason)
    fetch(catalogue_file(address), tmp_path)


# The disk


def test_a_folder_that_cannot_be_written_to(fault_server: FaultServer) -> None:
    address, served = fault_server.put(NAME, CONTENT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o555)
        root = os.geteuid() == 0
        if root:
            os.seteuid(65534)  # root may write everywhere
        try:
            message = sentence(lambda: fetch(catalogue_file(address), folder / "cache"))
        finally:
            if root:
                os.seteuid(0)
            folder.chmod(0o755)
    assert f"cannot be written to {folder / 'cache'} (Permission denied)" in message
    assert served.requests == []


def test_a_file_where_the_folder_should_be(fault_server: FaultServer, tmp_path: Path) -> None:
    address, _ = fault_server.put(NAME, CONTENT)
    (tmp_path / "cache").write_text("")
    assert "cannot be written to" in sentence(lambda: fetch(catalogue_file(address), tmp_path / "cache"))


def test_a_file_that_has_no_room_is_not_begun(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT)
    message = sentence(lambda: fetch(catalogue_file(address, size=10**18), tmp_path))
    assert "needs 1000000000.00 GB more and" in message
    assert served.requests == []
    assert left_in(tmp_path) == []


def test_a_disk_that_is_full_under_way(fault_server: FaultServer, tmp_path: Path) -> None:
    """A limit on the size of files stands in for the full disk: the same failing write, from the same system call."""
    address, served = fault_server.put(NAME, CONTENT)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, before[1]))
    try:
        message = sentence(lambda: fetch(catalogue_file(address), tmp_path))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert f"cannot be written to {tmp_path} (File too large); make room there" in message
    assert left_in(tmp_path) == [f"{catalogue_file().sha1}.part"]
    assert fetch(catalogue_file(address), tmp_path).read_bytes() == CONTENT
    assert served.requests[-1] == "bytes=150000-"


# Several processes, and interruptions


def test_processes_that_want_the_same_file_download_it_once(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT, Fault(cut_at=100_000, pause=0.02), then=Fault(pause=0.02))
    with ProcessPoolExecutor(4, mp_context=multiprocessing.get_context("spawn")) as processes:
        paths = list(processes.map(fetch, [catalogue_file(address)] * 8, [tmp_path] * 8))
    assert {path.read_bytes() for path in paths} == {CONTENT}
    assert served.requests == [None, "bytes=100000-"]


def test_a_killed_process_leaves_what_another_continues(fault_server: FaultServer, tmp_path: Path) -> None:
    address, served = fault_server.put(NAME, CONTENT, Fault(hang_at=200_000))
    file = catalogue_file(address)
    process = multiprocessing.get_context("spawn").Process(target=fetch, args=(file, tmp_path))
    part = tmp_path / f"{file.sha1}.part"
    process.start()
    while not part.exists() or part.stat().st_size < 100_000:
        time.sleep(0.01)
    process.kill()
    process.join()
    size = part.stat().st_size
    assert fetch(file, tmp_path).read_bytes() == CONTENT
    assert served.requests == [None, f"bytes={size}-"]


def test_progress_is_shown_only_when_asked_for(
    fault_server: FaultServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address, _ = fault_server.put(NAME, CONTENT)
    fetch(catalogue_file(address), tmp_path / "quiet")
    assert capsys.readouterr() == ("", "")
    fetch(catalogue_file(address), tmp_path / "shown", progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert NAME in err
    assert "100%" in err


def test_many_processes_and_a_misbehaving_server() -> None:
    """The performance script in small: it fails when a file is wrong or half-written, or fetched twice."""
    arguments = ["--files", "20", "--processes", "4", "--largest", "100000"]
    finished = subprocess.run([sys.executable, "-m", SCRIPT, *arguments], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "right" in finished.stdout
