"""What a factory may return: a network, or an object with the members of a model, however it comes by them."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.interface import MEMBERS, lacking_members
from pytest_brainscore.models.sources.factories import call_factory
from tests.support.table_models import TableModel


class Wrapper:
    """Passes on what it does not have."""

    def __init__(self, model: object) -> None:
        self.model = model

    def __getattr__(self, name: str) -> Any:
        return getattr(self.model, name)


class Half:
    """Lacks most."""

    identifier = "half"

    def look_at(self) -> None:
        """Look at nothing."""


def returning(value: object) -> ModuleType:
    """Return a module with a factory."""
    module = ModuleType("net")
    module.__file__ = "net.py"
    module.__dict__["build"] = lambda: value
    return module


def test_the_members_are_those_of_the_interface() -> None:
    assert MEMBERS == ("identifier", "visual_degrees", "start_task", "start_recording", "look_at")


def test_a_wrapper_that_passes_members_on_is_a_model() -> None:
    # isinstance() says so only before Python 3.12.
    wrapped = Wrapper(TableModel({}))
    assert lacking_members(wrapped) == []
    assert call_factory("net.py:build", returning(wrapped), "build") is wrapped


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (None, "returned a NoneType; return a torch.nn.Module or an object with the members of a BrainModel: identif"),
        (Half(), "returned a Half without visual_degrees, start_task, start_recording; return"),
        (TableModel, "returned a type; return"),
    ],
)
def test_what_is_no_model_is_told_with_what_it_lacks(value: object, told: str) -> None:
    with pytest.raises(ModelError, match=told):
        call_factory("net.py:build", returning(value), "build")
