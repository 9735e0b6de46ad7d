"""Whether two records are about one network: weights to the bit, answers as far as machines agree."""

from __future__ import annotations

import pytest
from msgspec import structs

from pytest_brainscore.errors import ReportError
from pytest_brainscore.report.merge import merge
from pytest_brainscore.report.networks import joined, what_differs
from pytest_brainscore.report.record import ModelRecord
from tests.support.records import make_report


def model(weights: str | None = "a" * 64, **probe: list[float]) -> ModelRecord:
    return ModelRecord(identifier="net", specification="net.py:net", weights_sha256=weights, probe=probe)


@pytest.mark.parametrize(
    ("one", "other", "difference"),
    [
        (model(), model(), None),
        (model(), model("b" * 64), "weights"),
        (model(None), model(None), None),
        (model(V1=[100.0, -3.0]), model(V1=[100.0, -3.0]), None),
        (model(V1=[100.0, -3.0]), model(V1=[100.01, -3.01]), None),
        (model(V1=[100.0, -3.0]), model(V1=[100.0, 3.0]), "answers of V1 to the images of the probe"),
        (model(V1=[0.0, 0.0]), model(V1=[0.0, 0.0]), None),
        (model(V1=[1.0]), model(IT=[2.0]), None),
        (model(V1=[1.0], IT=[1.0]), model(V1=[1.0], IT=[2.0]), "answers of IT to the images of the probe"),
    ],
)
def test_what_differs(one: ModelRecord, other: ModelRecord, difference: str | None) -> None:
    assert what_differs(one, other) == what_differs(other, one) == difference


@pytest.mark.parametrize(
    ("devices", "change", "same"),
    [
        (("cpu", "cpu"), 1e-5, True),
        (("cpu", "cpu"), 5e-3, False),
        (("cuda:0", "cuda:0"), 5e-3, False),
        (("cuda:0", "cuda:1"), 1e-3, True),
        (("cuda:0", "cuda:1"), 5e-3, False),
        (("cpu", "cuda:0"), 5e-3, True),
    ],
)
def test_within_one_run_answers_agree_as_processes_on_one_machine_do(
    devices: tuple[str, str], change: float, *, same: bool
) -> None:
    one, other = (
        structs.replace(model(V1=[100.0 * factor]), device=device)
        for factor, device in zip((1.0, 1.0 + change), devices, strict=True)
    )
    assert (what_differs(one, other, in_one_run=True) is None) == same
    assert what_differs(one, other) is None  # two machines, for all that is known


def test_what_processes_know_is_put_together_in_one_order() -> None:
    one, other = model(V1=[1.0]), model(IT=[2.0])
    assert list(joined(one, other).probe.items()) == list(joined(other, one).probe.items())
    assert joined(one, other).probe == {"IT": [2.0], "V1": [1.0]}


def test_reports_of_two_networks_are_not_merged() -> None:
    def report(factor: float) -> object:
        made = make_report()
        models = [structs.replace(each, weights_sha256="a" * 64, probe={"V1": [factor]}) for each in made.models]
        return structs.replace(made, models=models, benchmarks=[])

    merge({"a.json": report(1.0), "b.json": report(1.001)}, [])  # type: ignore[dict-item]
    with pytest.raises(ReportError, match=r"has other answers of V1 .* in b\.json than in a\.json"):
        merge({"a.json": report(1.0), "b.json": report(2.0)}, [])  # type: ignore[dict-item]
