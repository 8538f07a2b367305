# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes sandbox/data/protobuf.json: the numbers under which Kubernetes' own types send their fields as protobuf.

`python -m scripts.protobuf_table FOLDER...`, with the unpacked Go modules k8s.io/api, k8s.io/apimachinery and
k8s.io/apiextensions-apiserver: their types.go name each field's number, its JSON name and its type. Numbers never
change once given, so that one version serves all older ones.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TABLE = Path(__file__).resolve().parents[1] / "sandbox" / "data" / "protobuf.json"
#: What kubectl and helm send with typed clients: its packages by the end of their path, and what refers to them.
ROOTS = (
    "core/v1", "apps/v1", "batch/v1", "autoscaling/v1", "autoscaling/v2", "networking/v1", "policy/v1", "rbac/v1",
    "scheduling/v1", "storage/v1", "authorization/v1", "authentication/v1", "coordination/v1", "discovery/v1",
    "meta/v1", "admissionregistration/v1", "certificates/v1", "node/v1",
)  # fmt: skip
_STRUCT = re.compile(r"^type (\w+) struct \{\n(.*?)^\}", re.M | re.S)
_NAMED = re.compile(r"^type (\w+) ([\w.\[\]*]+)$", re.M)
_IMPORT = re.compile(r'^\s*(?:(\w+)\s+)?"([\w./-]+)"$', re.M)
_FIELD = re.compile(r"^\s*(?:(\w+)\s+)?(\*?[\w.\[\]*]+)\s+`([^`]*)`", re.M)
_PLAIN = {"string": "s", "bool": "b", "int32": "i", "int64": "i", "int": "i", "uint32": "i", "int16": "i",
          "float64": "f", "[]byte": "y", "types.UID": "s", "byte": "i"}  # fmt: skip
_SPECIAL = {"meta/v1.Time": "time", "meta/v1.MicroTime": "microtime", "api/resource.Quantity": "quantity",
            "util/intstr.IntOrString": "intstr", "pkg/runtime.RawExtension": "raw", "meta/v1.FieldsV1": "raw",
            "meta/v1.Duration": "duration"}  # fmt: skip


class Types:
    """The structs and the named types of all packages given."""

    def __init__(self, folders: list[Path]) -> None:
        self.structs: dict[str, list[tuple[int, str, str]]] = {}
        self._named: dict[str, str] = {}
        for folder in folders:
            for file in sorted(folder.rglob("types*.go")):
                if "swagger" not in file.name:
                    self._read(file)

    def table(self) -> dict[str, list[list[object]]]:
        """Return the fields of each struct that is reachable from the roots: number, JSON name, type."""
        waiting = [name for name in self.structs if name.rpartition(".")[0] in ROOTS]
        found: dict[str, list[list[object]]] = {}
        while waiting:
            name = waiting.pop()
            if name in found or name not in self.structs:
                continue
            fields = [(number, json_name, self._resolved(kind)) for number, json_name, kind in self.structs[name]]
            found[name] = [list(field) for field in sorted(fields)]
            waiting += [kind.lstrip("*[]{}") for _, _, kind in fields if "." in kind]
        return dict(sorted(found.items()))

    def _read(self, file: Path) -> None:
        text = file.read_text("utf-8")
        package = "/".join(file.parent.parts[-2:])
        imports = {alias or path.rpartition("/")[2]: "/".join(path.split("/")[-2:])
                   for alias, path in _IMPORT.findall(text)}  # fmt: skip
        for name, kind in _NAMED.findall(text):
            self._named[f"{package}.{name}"] = _qualified(kind, package, imports)
        for name, body in _STRUCT.findall(text):
            self.structs[f"{package}.{name}"] = list(_fields(body, package, imports))

    def _resolved(self, kind: str) -> str:
        """A type in the words of the table."""
        prefix = re.match(r"[*\[\]{}]*", kind)[0]  # type: ignore[index]
        bare = kind[len(prefix) :]
        if bare in self._named:
            return self._resolved(prefix + self._named[bare])
        return prefix + _SPECIAL.get(bare, bare)


def _fields(body: str, package: str, imports: dict[str, str]) -> Iterator[tuple[int, str, str]]:
    for name, kind, tags in _FIELD.findall(body):
        number = re.search(r'protobuf:"\w+,(\d+),', tags)
        json_name = re.search(r'json:"([^",]*)', tags)
        if number and json_name and (name or kind):
            yield int(number[1]), json_name[1], _qualified(kind, package, imports)


def _qualified(kind: str, package: str, imports: dict[str, str]) -> str:
    """A Go type: ``*`` a pointer, ``[]`` a list, ``{}`` a map with text as keys; then its package and name."""
    if kind.startswith("*"):
        return "*" + _qualified(kind[1:], package, imports)
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind.startswith("[]"):
        return "[]" + _qualified(kind[2:], package, imports)
    if kind.startswith("map["):
        return "{}" + _qualified(kind.partition("]")[2], package, imports)
    alias, dot, name = kind.partition(".")
    return f"{imports.get(alias, alias)}.{name}" if dot else f"{package}.{kind}"


def main() -> None:
    """Reads the modules and writes the table."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    table = Types([Path(name) for name in sys.argv[1:]]).table()
    TABLE.write_text(json.dumps(table, separators=(",", ":")) + "\n", "utf-8")
    print(f"{TABLE}: {len(table)} types")


if __name__ == "__main__":
    main()
