"""Networks in ONNX files, run by onnxruntime. Every array between two operations is a layer, by its name in the file.

Nothing is fused or folded: which operations are depends on which layers are read, and would change their last digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from pytest_brainscore.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

TYPES: Final = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(double)": np.float64}
"""Types of numbers that the input may have."""
COLOURS: Final = (1, 3)


class OnnxFunction:
    """A network in an ONNX file.

    Parameters
    ----------
    path
        The file. Weights in files beside it are found there.

    Raises
    ------
    ModelError
        onnx or onnxruntime is not installed, the file is none, or its one input is no images.

    """

    def __init__(self, path: Path) -> None:
        try:
            import onnx
            import onnxruntime
        except ImportError as error:
            raise ModelError(
                f"{path.name} needs the package {error.name}, which is not installed; pip install "
                '"pytest-brainscore[onnx]".'
            ) from error
        self.path = path
        try:
            self._model: Any = onnx.load(path)
            onnx.checker.check_model(self._model)
        except Exception as error:  # protobuf's and onnx's own
            raise ModelError(
                f"{path} cannot be read as an ONNX network ({_line(error)}); export it again, with its weights."
            ) from error
        given = {each.name for each in self._model.graph.initializer}
        inputs = [each for each in self._model.graph.input if each.name not in given]
        dims = [each.dim_value or None for each in inputs[0].type.tensor_type.shape.dim] if len(inputs) == 1 else []
        places = [place for place in (1, 3) if len(dims) == 4 and dims[place] in COLOURS]
        if not places:
            told = ", ".join(f"{each.name} {_shape(each)}" for each in inputs)
            raise ModelError(
                f"{path} takes in {told}; it must have one input, images x channels x rows x columns with 1 or 3 "
                "channels, or channels last."
            )
        self.coarse = inputs[0].type.tensor_type.elem_type == onnx.TensorProto.FLOAT16
        """Whether it takes in numbers of 16 bits, and computes with such."""
        self._channels_last = places == [3]
        self._input = inputs[0].name
        self._batch: int | None = dims[0]
        self.channels = int(dims[places[0]] or 0)
        """1 or 3."""
        rows, columns = dims[1:3] if self._channels_last else dims[2:4]
        if rows != columns:
            raise ModelError(f"{path} takes in images of {rows} x {columns} pixels; export it for square ones.")
        self.image_size: int | None = rows
        """Side of the images, in pixels; None where any will do."""
        self._version = onnxruntime.__version__
        self._sessions: dict[tuple[str, ...], onnxruntime.InferenceSession] = {}

    @cached_property
    def layers(self) -> list[str]:
        """Names of all arrays of real numbers with one row an image, as far as is known without running."""
        import onnx

        real = {onnx.TensorProto.FLOAT, onnx.TensorProto.FLOAT16, onnx.TensorProto.DOUBLE}
        try:
            graph = onnx.shape_inference.infer_shapes(self._model).graph
        except Exception:  # what cannot be inferred is left to the run
            graph = self._model.graph
        known = {each.name: each.type.tensor_type for each in [*graph.value_info, *graph.output]}
        batch = next(each for each in graph.input if each.name == self._input).type.tensor_type.shape.dim[0]

        def one_row_an_image(name: str) -> bool:
            kind = known.get(name)
            if kind is None or not kind.HasField("shape"):
                return True
            first = kind.shape.dim[0] if kind.shape.dim else None
            named = first is not None and (first.dim_param or not first.dim_value)
            return kind.elem_type in real and first is not None and bool(named or first.dim_value == batch.dim_value)

        computed = [
            name for node in self._model.graph.node for name in node.output if name and node.op_type != "Constant"
        ]
        return [name for name in dict.fromkeys(computed) if one_row_an_image(name)]

    @property
    def output(self) -> str:
        """Name of the first output."""
        return str(self._model.graph.output[0].name)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the network: of the file, and of its weights wherever they are."""
        return hashlib.sha256(self._model.SerializeToString(deterministic=True)).hexdigest()

    def ingredients(self) -> dict[str, object]:
        """Return what answers depend on besides the network."""
        return {"onnxruntime": self._version}

    def __call__(self, images: NDArray[np.float32], layers: tuple[str, ...]) -> Mapping[str, object]:
        """Return what layers answer.

        Parameters
        ----------
        images
            Images x rows x columns x channels.
        layers
            Names of arrays.

        """
        session = self._session(layers)
        given = images if self._channels_last else np.ascontiguousarray(images.transpose(0, 3, 1, 2))
        typed = given.astype(TYPES.get(session.get_inputs()[0].type, np.float32), copy=False)
        batch = self._batch or len(typed)
        parts: list[list[Any]] = []
        for start in range(0, len(typed), batch):
            part = typed[start : start + batch]
            kept = len(part)
            if kept < batch:
                part = np.concatenate([part, part[-1:].repeat(batch - kept, axis=0)])
            parts.append([np.asarray(each)[:kept] for each in session.run(list(layers), {self._input: part})])
        return {layer: np.concatenate([part[number] for part in parts]) for number, layer in enumerate(layers)}

    def _session(self, layers: tuple[str, ...]) -> onnxruntime.InferenceSession:
        """Return a session that gives out some layers."""
        if layers in self._sessions:
            return self._sessions[layers]
        import onnx
        import onnxruntime

        model = onnx.ModelProto()
        model.CopyFrom(self._model)
        del model.graph.output[:], model.graph.node[:]
        model.graph.output.extend(onnx.ValueInfoProto(name=layer) for layer in layers)
        model.graph.node.extend(_needed(self._model.graph, layers))
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = 1  # processes share the cores
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        self._sessions = {layers: session}  # one: each holds the weights
        return session


def _needed(graph: Any, layers: tuple[str, ...]) -> list[Any]:
    """Return the operations that layers depend on, in their order; all of them where some hold graphs of their own."""
    if any(attribute.HasField("g") or attribute.graphs for node in graph.node for attribute in node.attribute):
        return list(graph.node)
    wanted, nodes = set(layers), []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            nodes.append(node)
    return nodes[::-1]


def _shape(value: Any) -> str:
    dims = value.type.tensor_type.shape.dim
    return "(" + ", ".join(str(dim.dim_param or dim.dim_value) for dim in dims) + ")"


def _line(error: BaseException) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
