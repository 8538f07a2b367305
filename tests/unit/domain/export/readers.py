# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Reads exported code back into the body that it sends, by parsers and rules that the export does not share."""

from __future__ import annotations

import json
import re
from typing import Any

import hcl2
import tree_sitter
import tree_sitter_bicep

_BICEP = tree_sitter.Language(tree_sitter_bicep.language())
_SIMPLE = {"n": "\n", "r": "\r", "t": "\t"}


def read_arm(text: str) -> dict[str, Any]:
    """The body that an ARM template sends."""
    (resource,) = json.loads(text)["resources"]
    return {key: _evaluated(value) for key, value in resource.items() if key in ("properties", "identity", "location")}


def _evaluated(value: Any) -> Any:
    if isinstance(value, dict):
        return {_evaluated(key): _evaluated(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_evaluated(item) for item in value]
    if not isinstance(value, str) or not (value.startswith("[") and value.endswith("]")):
        # How a string with two first brackets and no last one is read is not documented.
        assert not str(value).startswith("[["), value
        return value
    if value.startswith("[["):
        return value[1:]
    called = re.fullmatch(r"\[concat\('((?:[^']|'')*)'\)\]", value)
    assert called, value
    return called[1].replace("''", "'")


def read_bicep(text: str) -> tuple[dict[str, Any], str]:
    """The body that a Bicep file sends, and the name of the assignment."""
    lines = [line for line in text.splitlines() if not line.startswith("//")]
    # The grammar takes these for comments in strings, too; the language does not.
    code = re.sub(r"/(?=[/*])", lambda _: r"\u{2f}", "\n".join(lines))
    tree = tree_sitter.Parser(_BICEP).parse(code.encode())
    assert not tree.root_node.has_error, text
    resources = [node for node in tree.root_node.children if node.type == "resource_declaration"]
    assert len(resources) == 2
    (value,) = [node for node in resources[1].children if node.type == "object"]
    found = _bicep_value(value)
    assert found.pop("scope") == ("name", "cluster")
    return found, found.pop("name")


def _bicep_value(node: Any) -> Any:
    text = node.text.decode()
    parts = [child for child in node.named_children if child.type != "comment"]
    if node.type == "object":
        pairs = [(_bicep_key(item.named_children[0]), _bicep_value(item.named_children[1])) for item in parts]
        assert len(dict(pairs)) == len(pairs)
        return dict(pairs)
    if node.type == "array":
        return _bicep_items(parts)
    if node.type == "string":
        assert "interpolation" not in {part.type for part in parts}, text
        return _bicep_string(text)
    if node.type in ("boolean", "null") or text in ("true", "false", "null"):
        return json.loads(text)
    if node.type == "call_expression":
        return _called(text)
    if re.fullmatch(r"-?[0-9]+", text):
        assert abs(int(text)) < 2**63
        return int(text)
    return ("name", text)


def _bicep_items(parts: list[Any]) -> list[Any]:
    """The items of an array; the grammar reads a call in one as two items, its name and what is in parentheses."""
    values: list[Any] = []
    for part in parts:
        value = _bicep_value(part)
        if values and values[-1] == ("name", "json"):
            values[-1] = _called(f"json{part.text.decode()}")
        else:
            values.append(value)
    return values


def _called(text: str) -> Any:
    called = re.fullmatch(r"json\('([0-9eE.+-]+)'\)", text)
    assert called, text
    return json.loads(called[1])


def _bicep_key(node: Any) -> str:
    return _bicep_string(node.text.decode()) if node.type == "string" else node.text.decode()


def _bicep_string(text: str) -> str:
    assert re.fullmatch(r"'(?:[^'\\\n]|\\.)*'", text), text

    def character(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        assert match[2] in "nrt\\'$", text
        return _SIMPLE.get(match[2], match[2])

    return re.sub(r"\\(?:u\{([0-9a-f]+)\}|(.))", character, text[1:-1])


def read_terraform(text: str) -> tuple[dict[str, Any], str]:
    """The body that a Terraform file has the azapi provider send, and the name of the assignment."""
    document = hcl2.loads(text)
    resource = document["resource"][0]['"azapi_resource"']['"deployment_safeguards"']
    assert resource["parent_id"] == "${var.cluster_id}"
    body = _hcl_value(resource["body"])
    if "location" in resource:
        body["location"] = _hcl_string(resource["location"])
    for block in resource.get("identity", []):
        identity = {"type": _hcl_string(block["type"])}
        named = {_hcl_string(name): {} for name in block.get("identity_ids", [])}
        body["identity"] = {**identity, "userAssignedIdentities": named} if named else identity
    return body, _hcl_string(resource["name"])


def _hcl_value(value: Any) -> Any:
    if isinstance(value, dict):
        found = {_hcl_string(key) if key.startswith('"') else key: _hcl_value(item) for key, item in value.items()}
        assert len(found) == len(value)
        return found
    if isinstance(value, list):
        return [_hcl_value(item) for item in value]
    if isinstance(value, str) and (number := re.fullmatch(r"\$\{(-?[0-9.]+e[+-][0-9]+)\}", value)):
        # How the parser returns a number with an exponent.
        return json.loads(number[1])
    return _hcl_string(value) if isinstance(value, str) else value


def _hcl_string(text: str) -> str:
    assert text[0] == text[-1] == '"', text
    parts = re.findall(r'\\(?:u[0-9a-f]{4}|U[0-9a-f]{8}|.)|[$%]\{|[^\\"\n]', text[1:-1])
    assert "".join(parts) == text[1:-1], text
    return "".join(_hcl_part(part) for part in parts)


def _hcl_part(part: str) -> str:
    if part[0] == "\\":
        if part[1] in "uU":
            return chr(int(part[2:], 16))
        assert part[1] in 'nrt\\"', part
        return _SIMPLE.get(part[1], part[1])
    # A sign before a brace begins a template, and a doubled one is read differently by different parsers.
    assert part in "$%" or part[0] not in "$%", part
    return part


def read_script(text: str) -> dict[str, Any]:
    """The body that a shell script sends; running it is for the tests with az."""
    head, _, rest = text.partition(" --body @- <<'ASSIGNMENT'\n")
    body, end, after = rest.partition("\nASSIGNMENT\n")
    assert (bool(head), end, after) == (True, "\nASSIGNMENT\n", "")
    return json.loads(body)
