# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Writes azext_safeguards/check/apiserver/types.json: the fields of Kubernetes' own kinds and what each of them takes.

And schemas.json beside it: the whole names of the types, and the fields that kubectl requires in lists.

Boiled down from the JSON schemas that PyPI's `kubernetes-validate` carries: the newest version joined with the older
ones, so that a field which any supported version knows is known. `python -m scripts.kubernetes_types` writes the file.
"""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parents[1] / "azext_safeguards" / "check" / "apiserver" / "types.json"
SCHEMAS = TARGET.with_name("schemas.json")

# AKS supports the three newest minor versions, and with long-term support each for two years.
OLDEST = (1, 30)

# What Go reads by a method of its own. The keys are the last parts of the definitions' names.
_SPECIAL = {
    "Quantity": "q",
    "IntOrString": "x",
    "Time": "t",
    "MicroTime": "u",
    "JSON": "j",
    "JSONSchemaPropsOrArray": "j",
    "JSONSchemaPropsOrBool": "j",
    "JSONSchemaPropsOrStringArray": "j",
    "FieldsV1": "j",
    "RawExtension": "j",
    "Patch": "j",
}
_PLAIN = {
    ("string", None): "s",
    ("string", "byte"): "y",
    ("string", "date-time"): "t",
    ("boolean", None): "b",
    ("integer", "int32"): "i",
    ("integer", "int64"): "l",
    ("integer", None): "l",
    ("number", "double"): "f",
    ("number", None): "f",
}
# Kinds that nobody creates as objects: parameters and answers of the API itself, and subresources.
_NO_OBJECTS = re.compile(r"List\Z|\A(?:DeleteOptions|WatchEvent|Status|Scale|API.*(?<!APIService)|.*Options)\Z")


def schema_versions() -> list[tuple[int, int]]:
    """The Kubernetes versions that the package carries and the table takes in, oldest first."""
    found = []
    for folder in files("kubernetes_validate").joinpath("kubernetes-json-schema").iterdir():
        match = re.fullmatch(r"v(\d+)\.(\d+)\.\d+-local-strict", folder.name)
        if match and (int(match[1]), int(match[2])) >= OLDEST:
            found.append((int(match[1]), int(match[2])))
    return sorted(found)


def definitions(of: tuple[int, int]) -> dict[str, Any]:
    """The definitions of one version by their names."""
    folder = files("kubernetes_validate").joinpath("kubernetes-json-schema", f"v{of[0]}.{of[1]}.0-local")
    whole: dict[str, Any] = json.loads(folder.joinpath("_definitions.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = whole["$defs"] if "$defs" in whole else whole["definitions"]
    return found


class Table:
    """The table as it grows; versions are added from the oldest to the newest."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.types: dict[str, dict[str, str]] = {}
        self.required: dict[str, list[str]] = {}

    def add(self, found: dict[str, Any]) -> None:
        """Adds the kinds of one version with all types below them."""
        for name, schema in found.items():
            for kind in schema.get("x-kubernetes-group-version-kind", ()):
                if not _NO_OBJECTS.search(kind["kind"]) and "properties" in schema:
                    self.kinds["/".join(filter(None, (kind["group"], kind["version"], kind["kind"])))] = name
                    self._add_type(name, found, set())

    def _add_type(self, name: str, found: dict[str, Any], done: set[str]) -> None:
        if name in done:
            return
        done.add(name)
        fields = self.types.setdefault(name, {})
        required = found[name].get("required", [])
        before = self.required.get(name, required)
        self.required[name] = [field for field in required if field in before]
        for field, schema in found[name].get("properties", {}).items():
            fields[field] = self._code(schema, found, done)

    def _code(self, schema: dict[str, Any], found: dict[str, Any], done: set[str]) -> str:
        """The code of what a field takes; [X a list of X, {X a map of X, @NAME a type."""
        reference = schema.get("$ref")
        if reference:
            name = reference.rpartition("/")[2]
            last = name.rpartition(".")[2]
            if last in _SPECIAL:
                return _SPECIAL[last]
            self._add_type(name, found, done)
            return f"@{name}"
        kinds = schema.get("type")
        kind = kinds if isinstance(kinds, str) else next((one for one in kinds or () if one != "null"), None)
        if kind == "array":
            return "[" + self._code(schema["items"], found, done)
        if kind == "object":
            return "{" + self._code(schema["additionalProperties"], found, done)
        return _PLAIN[str(kind), schema.get("format")] if kind else "j"

    def compact(self) -> dict[str, Any]:
        """The table with numbers in the place of names.

        A type is [Go's name of it, its fields]; the fields are one string, `name:code` with blanks between.
        """
        numbers = {name: number for number, name in enumerate(sorted(self.types))}
        types = []
        for name in numbers:
            fields = (f"{field}:{_numbered(code, numbers)}" for field, code in sorted(self.types[name].items()))
            types.append([".".join(name.split(".")[-2:]), " ".join(fields)])
        return {"kinds": {kind: numbers[name] for kind, name in sorted(self.kinds.items())}, "types": types}

    def schemas(self) -> dict[str, Any]:
        """What kubectl prints of types: from which number on their names begin with what, and the required fields."""
        begins: list[tuple[int, str]] = []
        required = {}
        for number, name in enumerate(sorted(self.types)):
            prefix = ".".join(name.split(".")[:-2])
            if not begins or begins[-1][1] != prefix:
                begins.append((number, prefix))
            if self.required[name]:
                required[number] = " ".join(self.required[name])
        return {"names": begins, "required": required}


def _numbered(code: str, numbers: dict[str, int]) -> str:
    """A code with the number of its type."""
    before, at, name = code.partition("@")
    return f"{before}{numbers[name]}" if at else before


def built() -> Table:
    """The table of all versions."""
    found = Table()
    for one in schema_versions():
        found.add(definitions(one))
    return found


def table() -> dict[str, Any]:
    """The whole table, with where it is from."""
    versions = schema_versions()
    oldest, newest = (f"{major}.{minor}" for major, minor in (versions[0], versions[-1]))
    return {
        "source": f"the JSON schemas of Kubernetes {oldest} to {newest} in kubernetes-validate "
        f"{version('kubernetes-validate')} (PyPI), boiled down by scripts/kubernetes_types.py",
        **built().compact(),
    }


def text() -> str:
    """The file's content."""
    parts = table()
    kinds = json.dumps(parts["kinds"], separators=(",", ":"))
    types = ",\n".join(json.dumps(one, separators=(",", ":")) for one in parts["types"])
    return f'{{"source":{json.dumps(parts["source"])},\n"kinds":{kinds},\n"types":[\n{types}\n]}}\n'


def schemas_text() -> str:
    """The content of the other file."""
    return json.dumps(built().schemas(), separators=(",", ":")) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    SCHEMAS.write_text(schemas_text(), encoding="utf-8")
    print(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes")
