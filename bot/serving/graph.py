"""Loads the predicting half of a model and runs its graph node by node.

Dask would plan the same order anew for every call; the training half would import every component
Rasa has, TensorFlow among them.
"""

from pathlib import Path
from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import (
    MODEL_ARCHIVE_METADATA_FILE,
    LocalModelStorage,
)
from rasa.engine.storage.storage import ModelMetadata
from rasa.shared.utils.io import read_json_file

Step = tuple[str, tuple[str, ...]]
"""A node and the nodes or inputs it needs, in the order it takes them."""


class ServingStorage(LocalModelStorage):
    """A model archive from which only what predicts is read."""

    @staticmethod
    def _load_metadata(directory: Path) -> ModelMetadata:
        metadata = read_json_file(directory / MODEL_ARCHIVE_METADATA_FILE)
        return ModelMetadata.from_dict({**metadata, "train_schema": {"nodes": {}}})


class DirectGraphRunner(DaskGraphRunner):
    """The same nodes, the same inputs and outputs; the order is found once for each target."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """Run what the targets need.

        Raises:
            GraphRunError: an input value is called like a node, or a node failed unexpectedly.
        """
        wanted = tuple(targets or self._graph_schema.target_names)
        steps = self._steps(wanted)
        results: dict[str, Any] = {}
        for name, value in (inputs or {}).items():
            if isinstance(value, str) and value in self._instantiated_nodes:
                raise GraphRunError(f"input value '{value}' is also the name of a node")
            results[name] = (name, value)
        try:
            for name, needs in steps:
                given = [results.get(need, need) for need in needs]
                results[name] = self._instantiated_nodes[name](*given)
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: results[name][1] for name in wanted}

    def _steps(self, targets: tuple[str, ...]) -> tuple[Step, ...]:
        known: dict[tuple[str, ...], tuple[Step, ...]] = self.__dict__.setdefault("_orders", {})
        if targets not in known:
            known[targets] = _ordered(self._graph_schema.minimal_graph_schema(list(targets)))
        return known[targets]


def _ordered(schema: GraphSchema) -> tuple[Step, ...]:
    """Nodes so that each comes after what it needs."""
    done: dict[str, Step] = {}

    def visit(name: str) -> None:
        if name in done or name not in schema.nodes:
            return
        needs = tuple(schema.nodes[name].needs.values())
        for need in needs:
            visit(need)
        done[name] = (name, needs)

    for name in schema.nodes:
        visit(name)
    return tuple(done.values())
