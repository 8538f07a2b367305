# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is on the clusters: objects that were applied with kubectl or helm, or loaded by a test or a script.

There are no controllers: no ReplicaSet or Pod comes of a Deployment, which stands for its Pods.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from sandbox.core.ids import ById

Json = dict[str, Any]
Identity = tuple[str, str, str, str]
"""API group, kind, namespace, name."""
#: Of the checker alone; nothing on a cluster reads it, so that it must silence nothing here either.
_IGNORE = "ignore-safeguards.aks/"
_CLUSTER_SCOPED = frozenset(
    {("", "Node"), ("", "Namespace"), ("", "PersistentVolume"), ("storage.k8s.io", "StorageClass")}
)


class Held(Protocol):
    """What the API servers of the clusters hold."""

    def applied(self, cluster_id: str) -> dict[Identity, Json]:
        """Return what was applied to a cluster."""

    def seed(self, cluster_id: str, item: Json) -> bool:
        """Put an object on a cluster without asking anybody; False when its server would not take it."""

    def clear(self, cluster_id: str) -> None:
        """Remove what was applied to a cluster."""


class Workloads:
    """The objects of every cluster."""

    def __init__(self) -> None:
        self._objects: ById[dict[Identity, Json]] = ById()
        """What was loaded and would be refused by the cluster's own API server."""
        self.held: Held | None = None

    def of(self, cluster_id: str) -> dict[Identity, Json]:
        """Return the objects of a cluster."""
        return {**self._objects.get(cluster_id, {}), **(self.held.applied(cluster_id) if self.held else {})}

    def load(self, cluster_id: str, text: str | bytes, name: str = "manifest") -> int:
        """Put the objects of a YAML or JSON text on a cluster, as `kubectl apply` does, and return how many.

        Raises ValueError for what cannot be read; then nothing of it is loaded.
        """
        found = dict(_read(text.encode() if isinstance(text, str) else text, name))
        refused = {key: item for key, item in found.items() if not (self.held and self.held.seed(cluster_id, item))}
        self._objects[cluster_id] = {**self._objects.get(cluster_id, {}), **refused}
        return len(found)

    def clear(self, cluster_id: str) -> None:
        """Remove all objects of a cluster."""
        self._objects.pop(cluster_id, None)
        if self.held:
            self.held.clear(cluster_id)


def texts(sources: str | Path | Iterable[str | Path]) -> list[tuple[str, bytes]]:
    """Return (name, content) of what is given: a text with newlines, a file, a folder, or several of them.

    Raises OSError when a file cannot be read.
    """
    if isinstance(sources, str) and "\n" in sources:
        return [("manifest", sources.encode())]
    if isinstance(sources, (str, Path)):
        path = Path(sources)
        files = [path]
        if path.is_dir():
            files = sorted(item for item in path.rglob("*") if item.suffix in (".yaml", ".yml", ".json"))
        return [(str(file), file.read_bytes()) for file in files]
    return [item for source in sources for item in texts(source)]


def _read(content: bytes, name: str) -> list[tuple[Identity, Json]]:
    # The checker's own reading, so that a cluster here holds exactly what the checker would see; it needs yaml, which
    # the sandbox alone does not.
    from azext_safeguards.check.documents.problem import Problem
    from azext_safeguards.check.documents.streaming import read_stream
    from azext_safeguards.check.judging.engine import Engine
    from azext_safeguards.check.settings import Settings

    engine = Engine(Settings({}))
    found = []
    for document in read_stream(io.BytesIO(content)):
        problems = [document] if isinstance(document, Problem) else document.problems
        if problems:
            raise ValueError(f"{name}: line {problems[0].line}: {problems[0].reason}")
        for item, _ in engine.objects(document):  # type: ignore[arg-type]
            found.append(_identified(item, name))
    return found


def _identified(item: Json, name: str) -> tuple[Identity, Json]:
    group, kind = item["apiVersion"].rpartition("/")[0], item["kind"]
    metadata = item.get("metadata")
    if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
        raise ValueError(f"{name}: a {kind} has no name")
    own = {key: value for key, value in metadata.items() if key != "namespace"}
    namespace = ""
    if (group, kind) not in _CLUSTER_SCOPED:
        namespace = own["namespace"] = metadata.get("namespace") or "default"
    if isinstance(metadata.get("annotations"), dict):
        own["annotations"] = {k: v for k, v in metadata["annotations"].items() if not str(k).startswith(_IGNORE)}
    return (group, kind, namespace, metadata["name"]), {**item, "metadata": own}
