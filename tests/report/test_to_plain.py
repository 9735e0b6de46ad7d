"""Values become plain where they enter a record: what other processes and JSON cannot take is refused there."""

from __future__ import annotations

import enum
import json
import math
import subprocess
import sys
from collections import OrderedDict
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
import xarray
from hypothesis import given
from hypothesis import strategies as st

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.plain import to_plain
from pytest_brainscore.scoring.comparison import Comparison


class Colour(str, enum.Enum):  # noqa: UP042 - the kind that passes for text
    RED = "red"


class Number(enum.IntEnum):
    ONE = 1


class Point(NamedTuple):
    x: int
    y: int


class Text(str):
    __slots__ = ()


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(PLAIN)
def test_plain_values_survive_json_unchanged(value: Any) -> None:
    assert json.loads(json.dumps(to_plain(value))) == value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (np.float64(0.5), 0.5),
        (np.float32(0.5), 0.5),
        (np.float16(0.5), 0.5),
        (np.array(0.5), 0.5),
        (np.int64(3), 3),
        (np.array(3), 3),
        (np.bool_(True), True),
        (np.str_("V1"), "V1"),
        (torch.tensor(0.5), 0.5),
        (xarray.DataArray(0.5), 0.5),
    ],
    ids=repr,
)
def test_numbers_of_array_libraries_become_python_numbers(value: object, expected: object) -> None:
    for plain, wanted in ((to_plain(value), expected), (to_plain({"a": [value]})["a"][0], expected)):
        assert plain == wanted
        assert type(plain) is type(wanted)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ((1, 2), [1, 2]),
        (Point(1, 2), [1, 2]),
        (OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        (MappingProxyType({"a": (1,)}), {"a": [1]}),
        (
            Comparison(verdict="new"),
            {
                "verdict": "new",
                "baseline": None,
                "delta": None,
                "tolerance": None,
                "reason": None,
                "paired": None,
                "accepted": None,
            },
        ),
    ],
    ids=repr,
)
def test_containers_become_lists_and_dicts(value: object, expected: object) -> None:
    plain = to_plain(value)
    assert plain == expected
    assert type(plain) is type(expected)


@pytest.mark.parametrize(
    "value",
    [
        np.array([0.5]),
        np.array([[1, 2], [3, 4]]),
        np.longdouble(0.5),
        np.complex128(1j),
        np.datetime64("2026-01-01"),
        Colour.RED,
        Number.ONE,
        Path("weights.pth"),
        Decimal("0.5"),
        Text("text"),
        b"bytes",
        1j,
        {1, 2},
        object(),
        int,
    ],
    ids=lambda value: type(value).__name__,
)
def test_anything_else_is_refused_with_its_place(value: object) -> None:
    with pytest.raises(ReportError) as refused:
        to_plain({"models": [{"layers": {"V1": value}}]})
    assert str(refused.value).startswith("The value at $.models[0].layers.V1 of a record is of type ")
    assert str(refused.value).endswith("recorded.")


@pytest.mark.parametrize("key", [1, None, Path("a"), Colour.RED, np.str_("a")], ids=repr)
def test_keys_must_be_text(key: object) -> None:
    with pytest.raises(ReportError, match=r"at \$\.n of a record"):
        to_plain({"n": {key: 1}})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, np.float64("nan"), np.array(np.inf)], ids=repr)
def test_nan_and_infinities_are_refused_unless_none_will_do(number: object) -> None:
    with pytest.raises(ReportError, match=r"at \$\.seconds of a record"):
        to_plain({"seconds": number})
    assert to_plain({"error": [number, 1.0]}, nan_as_none=True) == {"error": [None, 1.0]}


def test_text_that_is_not_unicode_is_escaped() -> None:
    assert to_plain({"command": ["caf\udce9.pth"]}) == {"command": [r"caf\udce9.pth"]}


def test_array_libraries_are_not_imported() -> None:
    code = (
        "from pytest_brainscore.report.plain import to_plain; to_plain({'a': [1.0]}); import sys; "
        "assert not {'numpy', 'torch', 'xarray'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
