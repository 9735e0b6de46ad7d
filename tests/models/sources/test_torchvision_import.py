"""torchvision is imported without PyTorch's compiler, which is there as soon as somebody uses it."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
from pytest_brainscore.models.sources.torchvision_import import import_torchvision
import_torchvision()
assert "torchvision.models" in sys.modules
assert "torch._dynamo" not in sys.modules, "imported"
import torch, torchvision
asked = getattr(torchvision.ops.roi_align, "__globals__", {}).get("is_compile_supported")
assert asked is None or asked("cpu") in (True, False)
double = torch.compile(lambda x: 2 * x, backend="eager")
assert double(torch.ones(1)).item() == 2
assert "torch._dynamo" in sys.modules
import torch._dynamo.utils
assert torch._dynamo.utils.__file__ and torch._dynamo.config is not None
import_torchvision()
"""


@pytest.mark.walkthrough
def test_the_compiler_is_imported_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
