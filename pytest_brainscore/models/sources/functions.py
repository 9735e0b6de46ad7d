"""Models that are no PyTorch networks: functions of users, ONNX files, files of features, pixels."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from pytest_brainscore.errors import ModelError
from pytest_brainscore.models.activations.activation_store import ActivationStore
from pytest_brainscore.models.activations.layer_reader import LayerReader
from pytest_brainscore.models.activations.pixels_reader import PixelsReader
from pytest_brainscore.models.commitment.commitment import LayerCommitment
from pytest_brainscore.models.functions.features_reader import FeaturesReader
from pytest_brainscore.models.functions.function_reader import FunctionReader, function_reader
from pytest_brainscore.models.functions.image_function import ImageFunction
from pytest_brainscore.models.functions.onnx_function import OnnxFunction
from pytest_brainscore.models.networks.preprocessing import committed_preprocessing
from pytest_brainscore.models.sources.specification import ModelSpecification


def reader_without_network(
    made: object,
    specification: ModelSpecification,
    commitment: LayerCommitment,
    identifier: str,
    store: ActivationStore,
    sources: Sequence[Path] = (),
) -> LayerReader | None:
    """Return what reads a model that is no PyTorch network; None for networks.

    Parameters
    ----------
    made
        What the user's factory returned; None where there is none.
    specification, commitment, identifier
        The model as named, what is committed for it, and its name.
    store
        Where responses are kept.
    sources
        Files of the factory.

    Raises
    ------
    ModelError
        A file cannot be read, or does not go with what is committed.

    """
    if isinstance(made, ImageFunction):
        return function_reader(
            identifier,
            made,
            preprocessing=committed_preprocessing(commitment.preprocessing, None, identifier),
            store=store,
            sources=sources,
        )
    if made is None and commitment.source == "pixels":
        return PixelsReader(identifier, store)
    if specification.kind == "stored":
        path = Path(specification.source).expanduser().resolve()
        if path.suffix == ".npz":
            return FeaturesReader(identifier, path, store)
        if path.suffix == ".onnx":
            return _onnx_reader(path, commitment, identifier, store)
    return None


def _onnx_reader(path: Path, commitment: LayerCommitment, identifier: str, store: ActivationStore) -> FunctionReader:
    function = OnnxFunction(path)
    committed = commitment.preprocessing
    for field, own in (("image_size", function.image_size), ("channels", function.channels)):
        given = getattr(committed, field)
        if own is not None and given not in (None, own):
            raise ModelError(
                f"{path.name} takes in {own} as {field}, and {given} is committed; mend {field} in its "
                "layer commitment."
            )
        committed = replace(committed, **{field: own or given})
    return FunctionReader(
        identifier,
        function,
        preprocessing=committed_preprocessing(committed, None, identifier),
        store=store,
        layers=function.layers,
        output=function.output,
        identity=function.digest,
        ingredients=function.ingredients(),
        coarse=function.coarse,
    )
