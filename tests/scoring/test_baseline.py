"""Baseline files: what is stored, what is read back, and what is refused."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from filelock import FileLock

from pytest_brainscore.errors import BaselineError
from pytest_brainscore.scoring import baseline as baseline_module
from pytest_brainscore.scoring.baseline import LOCK_NAME, Baseline, BaselineScore, read_baseline, update_baseline


def make(score: float = 0.5, **changes: Any) -> BaselineScore:
    fields: dict[str, Any] = {
        "score": score,
        "error": 0.01,
        "raw": 0.45,
        "ceiling": 0.9,
        "fingerprint": {"version": 1, "weights": "0a"},
    }
    return BaselineScore(**(fields | changes))


def write(folder: Path, changes: dict[str, Any], **score: Any) -> Path:
    """Write a baseline by hand, with some fields changed and one score whose fields are changed."""
    entry = msgspec.to_builtins(make()) | score
    path = folder / "net.json"
    path.write_text(json.dumps({"schema": 1, "model": "net", "scores": {"a": entry}} | changes))
    return path


class TestReading:
    def test_without_a_file_the_baseline_is_empty(self, tmp_path: Path) -> None:
        assert read_baseline(tmp_path / "absent", "net") == Baseline(model="net", scores={})

    def test_what_was_stored_is_read(self, tmp_path: Path) -> None:
        scores = {"a": make(0.25), "b": make(error=None, fingerprint={"seed": 1, "degrees": 8.5, "layer": "conv1"})}
        assert update_baseline(tmp_path, "net", scores) == tmp_path / "net.json"
        assert read_baseline(tmp_path, "net") == Baseline(schema=1, model="net", scores=scores)

    @pytest.mark.parametrize(
        "text",
        ["", "{", '{"schema": 1,', "<<<<<<< HEAD\n{}", '{"a": 1}}'],
        ids=["empty", "open", "cut", "merge", "tail"],
    )
    def test_malformed_json_is_refused(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "net.json").write_text(text)
        with pytest.raises(
            BaselineError, match=r"net\.json is not valid JSON at \$ .*; restore .*--brainscore-update new"
        ):
            read_baseline(tmp_path, "net")

    def test_bytes_that_are_no_text_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / "net.json").write_bytes(b"\xff\xfe{}")
        with pytest.raises(BaselineError, match="not valid JSON"):
            read_baseline(tmp_path, "net")

    @pytest.mark.parametrize(
        ("changes", "score", "place"),
        [
            ({"scores": []}, {}, "$.scores"),
            ({"model": 3}, {}, "$.model"),
            ({"schema": 0}, {}, "$.schema"),
            ({"schema": "1"}, {}, "$.schema"),
            ({"extra": 1}, {}, "$"),
            ({"scores": {"a": 0.5}}, {}, '$.scores["a"]'),
            ({}, {"score": "high"}, '$.scores["a"].score'),
            ({}, {"score": None}, '$.scores["a"].score'),
            ({}, {"error": -0.1}, '$.scores["a"].error'),
            ({}, {"unknown": 1}, '$.scores["a"]'),
            ({}, {"fingerprint": {"seed": None}}, '$.scores["a"].fingerprint'),
        ],
    )
    def test_wrong_fields_are_refused_with_their_place(
        self, tmp_path: Path, changes: dict[str, Any], score: dict[str, Any], place: str
    ) -> None:
        path = write(tmp_path, changes, **score)
        with pytest.raises(BaselineError) as refused:
            read_baseline(tmp_path, "net")
        message = str(refused.value)
        assert message.startswith(f"The baseline {path} is not valid at {place}")
        assert message.endswith(".")
        assert "; restore" in message

    def test_a_missing_field_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "net.json").write_text('{"model": "net", "scores": {"a": {"score": 0.5}}}')
        with pytest.raises(BaselineError, match=r'\$\.scores\["a"\] \(Object missing required field `error`\)'):
            read_baseline(tmp_path, "net")

    @pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
    @pytest.mark.parametrize("field", ["score", "error", "raw", "ceiling"])
    def test_nan_and_infinities_are_refused_with_their_place(self, tmp_path: Path, field: str, number: str) -> None:
        path = write(tmp_path, {}, **{field: 123.25})
        path.write_text(path.read_text().replace("123.25", number))
        with pytest.raises(BaselineError, match=rf'at .*\$\.scores\["a"\]\.{field}.*;'):
            read_baseline(tmp_path, "net")

    def test_nan_in_a_fingerprint_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, {}, fingerprint={"degrees": float("nan")})
        with pytest.raises(BaselineError, match=r'\$\.scores\["a"\]\.fingerprint\["degrees"\]'):
            read_baseline(tmp_path, "net")

    def test_a_newer_schema_asks_for_an_upgrade_even_if_its_fields_are_unknown(self, tmp_path: Path) -> None:
        write(tmp_path, {"schema": 2, "new": True})
        with pytest.raises(BaselineError, match=r"newer pytest-brainscore \(\$\.schema is 2, .*; upgrade"):
            read_baseline(tmp_path, "net")

    def test_the_baseline_of_another_model_is_refused(self, tmp_path: Path) -> None:
        write(tmp_path, {"model": "other"})
        with pytest.raises(BaselineError, match=r"'other' according to \$\.model, not to 'net'; rename"):
            read_baseline(tmp_path, "net")

    def test_a_folder_in_its_place_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "net.json").mkdir()
        with pytest.raises(BaselineError, match="cannot be read"):
            read_baseline(tmp_path, "net")

    @pytest.mark.parametrize("model", ["", "../net", "a/b"])
    def test_a_model_cannot_name_a_file_elsewhere(self, tmp_path: Path, model: str) -> None:
        with pytest.raises(BaselineError, match="identifier"):
            read_baseline(tmp_path, model)


class TestUpdating:
    def test_the_file_is_made_for_review(self, tmp_path: Path) -> None:
        fingerprint = {"weights": "0a1b", "version": 1}
        path = update_baseline(tmp_path / "new" / "folder", "net", {"b": make(1 / 3, fingerprint=fingerprint)})
        assert path.read_text() == (
            "{\n"
            '  "model": "net",\n'
            '  "schema": 1,\n'
            '  "scores": {\n'
            '    "b": {\n'
            '      "ceiling": 0.9,\n'
            '      "error": 0.01,\n'
            '      "fingerprint": {\n'
            '        "version": 1,\n'
            '        "weights": "0a1b"\n'
            "      },\n"
            '      "raw": 0.45,\n'
            '      "score": 0.333333\n'
            "    }\n"
            "  }\n"
            "}\n"
        )

    def test_only_the_given_scores_change(self, tmp_path: Path) -> None:
        update_baseline(tmp_path, "net", {"c": make(0.3), "a": make(0.1)})
        path = update_baseline(tmp_path, "net", {"b": make(0.2), "c": make(0.4)})
        scores = json.loads(path.read_text())["scores"]
        assert list(scores) == ["a", "b", "c"]
        assert [entry["score"] for entry in scores.values()] == [0.1, 0.2, 0.4]

    def test_nothing_is_written_when_nothing_changed(self, tmp_path: Path) -> None:
        path = update_baseline(tmp_path, "net", {"a": make(1 / 3), "b": make(2 / 3, error=float("nan"))})
        content, time = path.read_bytes(), path.stat().st_mtime_ns
        update_baseline(tmp_path, "net", {"b": make(2 / 3 + 1e-9, error=None)})
        update_baseline(tmp_path, "net", {})
        assert (path.read_bytes(), path.stat().st_mtime_ns) == (content, time)

    def test_the_same_scores_in_another_order_give_the_same_bytes(self, tmp_path: Path) -> None:
        first = update_baseline(tmp_path / "1", "net", {"a": make(fingerprint={"x": 1, "y": 2}), "b": make()})
        update_baseline(tmp_path / "2", "net", {"b": make()})
        second = update_baseline(tmp_path / "2", "net", {"a": make(fingerprint={"y": 2, "x": 1})})
        assert first.read_bytes() == second.read_bytes()

    def test_a_score_without_error_raw_or_ceiling_is_stored_without(self, tmp_path: Path) -> None:
        nothing = float("nan")
        update_baseline(tmp_path, "net", {"a": make(error=nothing, raw=nothing, ceiling=nothing)})
        stored = read_baseline(tmp_path, "net").scores["a"]
        assert (stored.score, stored.error, stored.raw, stored.ceiling) == (0.5, None, None, None)

    def test_fingerprints_are_stored_exactly(self, tmp_path: Path) -> None:
        update_baseline(tmp_path, "net", {"a": make(fingerprint={"degrees": 1 / 3})})
        assert read_baseline(tmp_path, "net").scores["a"].fingerprint == {"degrees": 1 / 3}

    def test_numpy_numbers_are_stored_as_numbers(self, tmp_path: Path) -> None:
        update_baseline(tmp_path, "net", {"a": make(np.float64(0.25), error=np.float32(0.5))})
        assert read_baseline(tmp_path, "net").scores["a"].score == 0.25

    @pytest.mark.parametrize(
        "changes",
        [
            {"score": float("nan")},
            {"score": float("inf")},
            {"score": None},
            {"raw": float("-inf")},
            {"fingerprint": {"degrees": float("nan")}},
            {"fingerprint": {"weights": None}},
            {"fingerprint": {"path": Path("a")}},
        ],
        ids=str,
    )
    def test_what_cannot_be_compared_later_is_not_stored(self, tmp_path: Path, changes: dict[str, Any]) -> None:
        with pytest.raises(BaselineError, match=r'\$\.scores\["a"\]\.(score|raw|fingerprint)'):
            update_baseline(tmp_path, "net", {"a": make(**changes)})
        assert not (tmp_path / "net.json").exists()

    def test_a_malformed_baseline_is_not_overwritten(self, tmp_path: Path) -> None:
        (tmp_path / "net.json").write_text("{")
        with pytest.raises(BaselineError, match="not valid JSON"):
            update_baseline(tmp_path, "net", {"a": make()})
        assert (tmp_path / "net.json").read_text() == "{"

    def test_no_other_file_than_the_lock_stays(self, tmp_path: Path) -> None:
        update_baseline(tmp_path, "net", {"a": make()})
        assert {path.name for path in tmp_path.iterdir()} <= {"net.json", LOCK_NAME}


class TestUnwritable:
    def test_a_file_in_place_of_the_folder(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(BaselineError, match=r"cannot be written .*; make the folder writable"):
            update_baseline(tmp_path / "file", "net", {"a": make()})

    def test_a_read_only_folder(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o555)
        if os.access(tmp_path, os.W_OK):
            pytest.skip("this user may write into read-only folders")
        with pytest.raises(BaselineError, match=r"cannot be written .*; make the folder writable"):
            update_baseline(tmp_path, "net", {"a": make()})

    def test_a_failed_write_leaves_the_old_baseline_and_no_rubbish(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = update_baseline(tmp_path, "net", {"a": make()})
        before = path.read_bytes()

        def full(_: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(BaselineError, match="No space left on device"):
            update_baseline(tmp_path, "net", {"a": make(0.9)})
        assert path.read_bytes() == before
        assert not list(tmp_path.glob("*.tmp"))
        assert not list(tmp_path.glob(".*.tmp"))

    def test_a_lock_held_for_too_long_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(baseline_module, "LOCK_TIMEOUT", 0.05)
        held = FileLock(tmp_path / LOCK_NAME)
        with held, pytest.raises(BaselineError) as refused:
            update_baseline(tmp_path, "net", {"a": make()})
        assert str(tmp_path / LOCK_NAME) in str(refused.value)
        assert not (tmp_path / "net.json").exists()


def test_scoring_does_not_import_numpy() -> None:
    modules = ["baseline", "comparison", "tolerance", "score"]
    imports = "; ".join(f"import pytest_brainscore.scoring.{module}" for module in modules)
    subprocess.run([sys.executable, "-c", f"{imports}; import sys; assert 'numpy' not in sys.modules"], check=True)


def test_a_score_that_cannot_be_stored_costs_no_other(tmp_path: Path) -> None:
    good = BaselineScore(score=0.5, error=0.01, raw=None, ceiling=None, fingerprint={})
    odd = {"negative": {"error": -0.01}, "infinite": {"raw": math.inf}, "nan": {"score": math.nan}}
    scores = {name: msgspec.structs.replace(good, **changes) for name, changes in odd.items()}
    with pytest.raises(BaselineError, match=r"negative.*infinite.*nan.* The 2 other scores are stored\.") as caught:
        update_baseline(tmp_path, "net", {"one": good, **scores, "two": good})
    assert '["one"]' not in str(caught.value)
    assert set(read_baseline(tmp_path, "net").scores) == {"one", "two"}
