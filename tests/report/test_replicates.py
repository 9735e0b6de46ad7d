"""Bootstrap values beside a report: written once, read with a checksum, and missed by nobody who has none."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pytest_brainscore.inference.differences import score_error
from pytest_brainscore.inference.levels import Replicates
from pytest_brainscore.report.aggregates import as_reported, parents
from pytest_brainscore.report.assemble_report import assemble_report
from pytest_brainscore.report.json_files import write_json
from pytest_brainscore.report.reading import read_report
from pytest_brainscore.report.record import Report
from pytest_brainscore.report.replicates import read_replicates, replicates_of_reports, replicates_path
from pytest_brainscore.scoring.replicate_files import NotReplicates, packed, unpacked
from tests.support.records import make_record, make_report

KEY = ("net", "texture-index", 1)


def drawn(seed: int = 0, score: float = 0.5, count: int = 1000) -> Replicates:
    values = score + np.random.default_rng(seed).standard_normal(count).astype("f4").astype(float) / 64
    return Replicates(score, values.astype("f4").astype(float), np.zeros((1, 250)))


def written(folder: Path, report: Report | None = None) -> Path:
    path = folder / "report.json"
    write_json(report or make_report(), path, {KEY: drawn()})
    return path


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    report = read_report(path)
    content = (tmp_path / "report.replicates.npz").read_bytes()
    assert report.replicates is not None
    assert msgspec.structs.asdict(report.replicates) == {
        "file": "report.replicates.npz",
        "sha256": hashlib.sha256(content).hexdigest(),
        "count": 1,
    }
    found = read_replicates(path, report)
    assert list(found) == [KEY]
    assert found[KEY].score == 0.5
    np.testing.assert_array_equal(found[KEY].values, drawn().values)
    assert found[KEY].parts.shape == (1, 250)


def test_numpy_reads_the_file_without_this_package(tmp_path: Path) -> None:
    with np.load(replicates_path(written(tmp_path)), allow_pickle=False) as archive:
        numbers = archive["net/texture-index@1"]
    assert (numbers.dtype, numbers.shape) == (np.float32, (1250,))


def test_the_same_values_give_the_same_bytes_in_any_order() -> None:
    one, two = drawn(1), drawn(2)
    assert packed({"net/a@1": one, "net/b@1": two}) == packed({"net/b@1": two, "net/a@1": one})


def test_a_report_without_them_says_so_and_is_read(tmp_path: Path) -> None:
    write_json(make_report(), tmp_path / "report.json")
    report = read_report(tmp_path / "report.json")
    assert report.replicates is None
    assert read_replicates(tmp_path / "report.json", report) == {}
    assert not replicates_path(tmp_path / "report.json").exists()


def test_a_report_of_before_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    plain = msgspec.to_builtins(make_report())
    del plain["replicates"]
    path.write_bytes(msgspec.json.encode(plain))
    assert read_replicates(path, read_report(path)) == {}


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda file: file.unlink(), "cannot be read"),
        (lambda file: file.write_bytes(packed({"net/texture-index@1": drawn(1)})), "is not the file"),
        (lambda file: file.write_bytes(b""), "is not the file"),
    ],
)
def test_a_missing_or_another_file_is_one_warning(tmp_path: Path, damage: object, told: str) -> None:
    path = written(tmp_path)
    assert callable(damage)
    damage(replicates_path(path))
    with pytest.warns(UserWarning, match=told) as warned:
        assert read_replicates(path, read_report(path)) == {}
    assert len(warned) == 1


def test_only_a_file_beside_the_report_is_read(tmp_path: Path) -> None:
    path = written(tmp_path)
    (tmp_path / "in").mkdir()
    elsewhere = read_report(path)
    assert elsewhere.replicates is not None
    moved = msgspec.structs.replace(elsewhere.replicates, file="../report.replicates.npz")
    with pytest.warns(UserWarning, match="cannot be read"):
        assert (
            read_replicates(tmp_path / "in" / "report.json", msgspec.structs.replace(elsewhere, replicates=moved)) == {}
        )


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", packed({"a/b@1": drawn()})[:-40]])
def test_other_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(NotReplicates):
        unpacked(content)


def test_values_of_scores_that_are_not_in_the_report_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_json(make_report(), path, {KEY: drawn(), ("net", "texture-index", 2): drawn()})
    assert list(read_replicates(path, read_report(path))) == [KEY]


def test_those_of_several_reports_are_joined(tmp_path: Path) -> None:
    reports = {}
    for name in ("one", "two"):
        path = tmp_path / f"{name}.json"
        write_json(make_report(benchmarks=[make_record(identifier=name)]), path, {("net", name, 1): drawn()})
        reports[path] = read_report(path)
    assert sorted(replicates_of_reports(reports)) == [("net", "one", 1), ("net", "two", 1)]


def test_106_scores_of_five_models_take_less_than_two_megabytes() -> None:
    names = [f"net{model}/leaf{leaf}@1" for model in range(5) for leaf in range(106)]
    steps = 2.0**-20
    values = {name: drawn(seed) for seed, name in enumerate(names)}
    rounded = {name: each._replace(values=np.rint(each.values / steps) * steps) for name, each in values.items()}
    assert len(packed(rounded)) < 2e6


LEAVES = ("Marques2020_Ringach2002-circular_variance", "Marques2020_Ringach2002-or_bandwidth")


def assembled(replicates: dict[tuple[str, str, int], Replicates]) -> Report:
    made = make_report()
    return assemble_report(
        created=made.created,
        command=[],
        environment=made.environment,
        models=made.models,
        benchmarks=[make_record(identifier=name) for name in LEAVES],
        order=LEAVES,
        replicates=replicates,
    )


def test_parents_know_what_their_leaves_have_in_common() -> None:
    both = {("net", name, 1): drawn() for name in LEAVES}  # the same neurons, drawn alike
    together, alone = assembled(both).aggregates["net"], assembled({}).aggregates["net"]
    parent = "V1-orientation"
    assert together[parent].mean_of_what_ran == alone[parent].mean_of_what_ran == 0.5
    assert together[parent].mean_of_what_ran_error == pytest.approx(score_error(drawn()))
    assert together[parent].site_comparable_error == pytest.approx(score_error(drawn()) * 2 / 7)
    assert alone[parent].mean_of_what_ran_error == pytest.approx(0.01 / np.sqrt(2))


def test_what_failed_counts_as_0_in_the_error_of_what_was_attempted() -> None:
    failed = make_record(identifier="Marques2020_Ringach2002-or_selective", status="failed", score=None, error=None)
    records = [*(make_record(identifier=name) for name in LEAVES), failed]
    both = {("net", name, 1): drawn() for name in LEAVES}
    found = parents(records, "net", replicates=both)["V1-orientation"]
    assert (found.scored, found.failed) == (2, 1)
    assert found.mean_of_what_was_attempted == pytest.approx(0.5 * 2 / 3)
    assert found.mean_of_what_was_attempted_error == pytest.approx(score_error(drawn()) * 2 / 3)
    assert found.mean_of_what_ran_error == pytest.approx(score_error(drawn()))


def test_a_parent_with_a_leaf_that_has_none_keeps_its_error() -> None:
    one = assembled({("net", LEAVES[0], 1): drawn()}).aggregates["net"]
    assert one == assembled({}).aggregates["net"]


def test_a_page_shows_the_errors_that_the_report_has() -> None:
    report = assembled({("net", name, 1): drawn() for name in LEAVES})
    known = report.aggregates["net"]
    shown = as_reported(parents(report.benchmarks, "net"), known)
    assert {name: shown[name] for name in known} == known
