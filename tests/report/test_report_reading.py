"""Reading reports: whole ones, and the lines of a run that was killed; damaged bytes end in one sentence."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pytest_brainscore.errors import BaselineError, ReportError
from pytest_brainscore.report.json_files import JsonLines, write_json
from pytest_brainscore.report.merge import merge
from pytest_brainscore.report.reading import read_json_lines, read_report, read_reports
from pytest_brainscore.report.record import BenchmarkRecord
from pytest_brainscore.scoring.baseline import BaselineScore, read_baseline, update_baseline
from tests.support.records import make_record, make_report

DEEP = 100_000


def lines(path: Path, *records: BenchmarkRecord) -> Path:
    written = JsonLines(path)
    for record in records:
        written.append(record)
    written.close()
    return path


def whole(path: Path) -> Path:
    write_json(make_report(), path)
    return path


def baseline(path: Path) -> Path:
    score = BaselineScore(score=0.5, error=0.01, raw=0.4, ceiling=0.8, fingerprint={"version": 1, "weights": "0a1b"})
    update_baseline(path.parent, path.stem, {"texture-index": score})
    return path


class TestLines:
    def test_they_are_an_incomplete_report(self, tmp_path: Path) -> None:
        away = make_record(identifier="another", status="unavailable", score=None, fingerprint={}, comparison=None)
        report = read_report(lines(tmp_path / "run.jsonl", away, make_record()))
        assert not report.complete
        assert [record.identifier for record in report.benchmarks] == ["another", "texture-index"]
        (model,) = report.models
        assert (model.identifier, model.weights_sha256) == ("net", "0a1b")

    def test_half_a_line_at_the_end_is_left_out(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "run.jsonl", make_record(), make_record(identifier="another"))
        path.write_bytes(path.read_bytes()[:-40])
        assert [record.identifier for record in read_report(path).benchmarks] == ["texture-index"]

    def test_of_a_repeated_test_the_last_line_counts(self, tmp_path: Path) -> None:
        path = lines(tmp_path / "run.jsonl", make_record(score=0.1), make_record(score=0.2))
        assert [record.score for record in read_report(path).benchmarks] == [0.2]

    def test_none_at_all_are_a_report_of_nothing(self, tmp_path: Path) -> None:
        report = read_report(lines(tmp_path / "run.jsonl"))
        assert (report.benchmarks, report.models, report.complete) == ([], [], False)

    def test_they_can_be_merged_with_reports_of_known_packages(self, tmp_path: Path) -> None:
        cut = read_report(lines(tmp_path / "cut.jsonl", make_record(identifier="another")))
        for reports in ({"a": cut, "b": make_report()}, {"a": make_report(), "b": cut}):
            merged = merge(reports, [])
            assert (len(merged.benchmarks), merged.complete) == (2, False)
            assert merged.environment.packages == {"numpy": "2.0.0"}


class TestAFolder:
    def test_lines_count_where_their_report_is_not(self, tmp_path: Path) -> None:
        lines(whole(tmp_path / "done.json").with_suffix(".jsonl"), make_record())
        lines(tmp_path / "killed.jsonl", make_record())
        (tmp_path / "others.jsonl").write_text('{"epoch": 1}\n')
        assert [path.name for path in read_reports(tmp_path)] == ["done.json", "killed.jsonl"]

    def test_a_folder_that_is_called_like_a_report_is_none(self, tmp_path: Path) -> None:
        whole(tmp_path / "x.json").rename(tmp_path / "y.json")
        (tmp_path / "x.json").mkdir()
        (tmp_path / "x.jsonl").mkdir()
        (tmp_path / "dangling.json").symlink_to(tmp_path / "nowhere")
        assert [path.name for path in read_reports(tmp_path)] == ["y.json"]

    def test_a_report_in_utf_16_is_an_error_and_not_left_out(self, tmp_path: Path) -> None:
        path = whole(tmp_path / "report.json")
        path.write_text(path.read_text(), encoding="utf-16")
        with pytest.raises(ReportError, match=r"report\.json is not in the format .*UTF-16; save it as UTF-8"):
            read_reports(tmp_path)


READERS: dict[str, tuple[Callable[[Path], Path], Callable[[Path], object], type[Exception]]] = {
    "net.json": (whole, read_report, ReportError),
    "net.jsonl": (lambda path: lines(path, make_record(), make_record(identifier="b")), read_json_lines, ReportError),
    "baselines/net.json": (baseline, lambda path: read_baseline(path.parent, path.stem), BaselineError),
}
"""By file: what writes it, what reads it, and the one kind of error that may come of reading."""


@pytest.fixture(params=READERS)
def reader(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Callable[[Path], object], type[Exception]]:
    """Return a good file, its reader, and the error of the reader."""
    write, read, error = READERS[request.param]
    path = tmp_path / request.param
    path.parent.mkdir(exist_ok=True)
    return write(path), read, error


Reader = tuple[Path, Callable[[Path], object], type[Exception]]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff", b"\x00" * 50, b"[" * DEEP, b'{"a":' * DEEP, b"[" * 400 + b"]" * 400, b'"\xff"', b"1" * 5000, b"null",
        "{}".encode("utf-16"), "{}".encode("utf-32"), b"\xef\xbb\xbf", b'{"schema": 1e999}', b'{"schema": -1}', b"[]",
        b'{"schema": 1, "schema": 1}', b'"\\ud800"', b"NaN", b"{" + b'"a": 1,' * 1000, b"<!DOCTYPE html>", b"\r\n\r\n",
    ],
    ids=range(20),
)  # fmt: skip
def test_what_is_no_report_is_one_sentence(reader: Reader, content: bytes) -> None:
    path, read, error = reader
    path.write_bytes(content + b"\n")
    with pytest.raises(error) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert str(caught.value).isprintable()
    assert str(caught.value).endswith(".")


def test_a_folder_in_place_of_the_file_is_one_sentence(reader: Reader) -> None:
    path, read, error = reader
    path.unlink()
    path.mkdir()
    with pytest.raises(error, match="cannot be read"):
        read(path)


def test_a_byte_order_mark_is_no_damage(reader: Reader) -> None:
    path, read, _ = reader
    before = read(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read(path) == before


def test_a_key_that_stands_twice_is_refused(reader: Reader) -> None:
    path, read, error = reader
    path.write_bytes(path.read_bytes().replace(b'"score"', b'"score": 0.9, "score"', 1))
    with pytest.raises(error, match="the key 'score' stands twice"):
        read(path)


@pytest.mark.parametrize("word", [b"NaN", b"Infinity", b"-1e999", b"1" * 400, b'"0.5"', b"null", b"[]", b"true"])
def test_a_score_that_is_no_finite_number_is_refused(reader: Reader, word: bytes) -> None:
    path, read, error = reader
    path.write_bytes(path.read_bytes().replace(b"0.5", word, 1))
    with pytest.raises(error):
        read(path)


def test_integers_of_any_length_survive(tmp_path: Path) -> None:
    entropy = 2**127 + 1  # of numpy.random.SeedSequence
    write_json(make_report(benchmarks=[make_record(seed=entropy)]), tmp_path / "report.json")
    assert read_report(tmp_path / "report.json").benchmarks[0].seed == entropy


@pytest.mark.parametrize("created", ["2026-99-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T25:00:00+00:00"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, created: str) -> None:
    path = whole(tmp_path / "report.json")
    path.write_text(path.read_text().replace("2026-01-31T12:00:00+00:00", created))
    with pytest.raises(ReportError, match=r"\$\.created"):
        read_report(path)


@pytest.mark.parametrize("seed", range(2))
def test_damaged_bytes_are_read_or_end_in_one_sentence(reader: Reader, seed: int) -> None:
    path, read, error = reader
    good = path.read_bytes()
    chance = random.Random(seed)
    reasons = []
    for _ in range(60):
        path.write_bytes(damaged(good, chance))
        try:
            read(path)
        except error as caught:
            reasons.append(str(caught))
    assert len(reasons) > 20
    assert all(reason.isprintable() for reason in reasons)


@pytest.mark.parametrize("seed", range(2))
def test_values_of_other_types_are_read_or_end_in_one_sentence(reader: Reader, seed: int) -> None:
    path, read, error = reader
    separator = b"\n" if path.suffix == ".jsonl" else b"\0"
    plain = [msgspec.json.decode(part) for part in path.read_bytes().split(separator) if part.strip()]
    chance = random.Random(seed)
    reasons = []
    for _ in range(60):
        path.write_bytes(separator.join(msgspec.json.encode(twisted(part, chance)) for part in plain))
        try:
            read(path)
        except error as caught:
            reasons.append(str(caught))
    assert reasons
    assert all(reason.isprintable() for reason in reasons)


def damaged(content: bytes, chance: random.Random) -> bytes:
    """Return bytes with a few replaced, left out, doubled or cut off."""
    found = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(found)), chance.randint(1, 8)
        match chance.randrange(4):
            case 0:
                found[at : at + length] = chance.randbytes(length)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = found[at : at + length]
            case _:
                found[at] ^= 1 << chance.randrange(8)
        found = found or bytearray(b" ")
    return bytes(found)


def twisted(value: Any, chance: random.Random) -> Any:
    """Return a JSON value with some of its parts replaced by values of other types."""
    if chance.random() < 0.02:
        return chance.choice([None, True, -1, 2**70, 1e300, "", "\x1b[31m\n::error::", [], {}, [[]], {"a": 1}])
    if isinstance(value, dict):
        return {key: twisted(each, chance) for key, each in value.items()}
    return [twisted(each, chance) for each in value] if isinstance(value, list) else value
