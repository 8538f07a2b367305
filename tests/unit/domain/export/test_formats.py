# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Exported code, read back by parsers of its language, is the body that was exported."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from azext_safeguards.domain.assignment.comparison import says_the_same
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.export import FORMATS, Content, content_of
from azext_safeguards.domain.initiative.catalog import PROFILE_VERSIONS
from azext_safeguards.domain.level import Level
from tests.unit.bodies import CLUSTER_ID, NAME, SUBSCRIPTION, profile, stored, updated
from tests.unit.domain.export.readers import read_arm, read_bicep, read_script, read_terraform

CLUSTER = ClusterRef(SUBSCRIPTION, "rg", "c1")

# The shape that learn.microsoft.com documents for a template and for Microsoft.Authorization/policyAssignments,
# written down by hand: the published schemas are in no package that the tests could install.
TEMPLATE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["$schema", "contentVersion", "resources"],
    "properties": {
        "$schema": {"pattern": r"^https://schema\.management\.azure\.com/schemas/.+/deploymentTemplate\.json#$"},
        "contentVersion": {"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+$"},
        "metadata": {"type": "object"},
        "parameters": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"enum": ["string", "int", "bool", "object", "array"]}},
            },
        },
        "resources": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["type", "apiVersion", "name", "scope", "properties"],
                "properties": {
                    "type": {"const": "Microsoft.Authorization/policyAssignments"},
                    "apiVersion": {"pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
                    "name": {"type": "string", "maxLength": 128},
                    "scope": {"type": "string"},
                    "location": {"type": "string"},
                    "identity": {"type": "object", "required": ["type"]},
                    "properties": {
                        "type": "object",
                        "required": ["policyDefinitionId"],
                        "properties": {
                            "displayName": {"type": "string"},
                            "description": {"type": "string"},
                            "definitionVersion": {"type": "string"},
                            "enforcementMode": {"enum": ["Default", "DoNotEnforce", "Enroll"]},
                            "metadata": {"type": "object"},
                            "notScopes": {"type": "array", "items": {"type": "string"}},
                            "parameters": {
                                "type": "object",
                                "additionalProperties": {"type": "object", "required": ["value"]},
                            },
                            "overrides": {"type": "array", "items": {"type": "object", "required": ["kind", "value"]}},
                            "resourceSelectors": {"type": "array", "items": {"type": "object"}},
                            "nonComplianceMessages": {
                                "type": "array",
                                "items": {"type": "object", "required": ["message"]},
                            },
                        },
                    },
                },
            },
        },
    },
}

NASTY = [
    "${", "$${", "$$${", "%{", "%%{", "$", "%", "{", "}", "'", "''", "'''", '"', "\\", "\\u0041", "`", "$(id)", "!",
    "[", "]", "[[", "[concat('a')]", "[[b]", "\n", "\r\n", "\t", "\0", "\x7f", "\u2028", "\u202e", "\u00e9", "e\u0301",
    "\U0001f600", "\nASSIGNMENT\n", "//", "/*", "*/", "#", "null", "true", "for", "in", "if",
]  # fmt: skip
texts = st.lists(st.one_of(st.sampled_from(NASTY), st.characters(exclude_categories=["Cs"])), max_size=8).map("".join)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.floats(allow_nan=False, allow_infinity=False)
    | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)
levels = st.builds(Change, st.sampled_from(Level), st.sampled_from(list(PROFILE_VERSIONS)))
identities = st.none() | st.sampled_from(
    [
        {"type": "None"},
        {"type": "SystemAssigned", "principalId": "p", "tenantId": "t"},
        {
            "type": "UserAssigned",
            "userAssignedIdentities": {"/subscriptions/s/x": {"principalId": "p", "clientId": "c"}},
        },
    ]
)


@st.composite
def bodies(draw: st.DrawFn) -> dict[str, Any]:
    """An assignment as the service returns it, with settings of all kinds by somebody with a strange taste."""
    body = updated(None, draw(levels))
    properties = body["properties"]
    properties["displayName"], properties["description"] = draw(texts), draw(texts)
    properties["parameters"].update({name: {"value": draw(values)} for name in draw(st.lists(texts, max_size=2))})
    properties["metadata"].update(draw(st.dictionaries(texts.map(lambda text: f"x{text}"), values, max_size=2)))
    properties["notScopes"] = draw(st.lists(texts, max_size=2))
    properties["nonComplianceMessages"] = [{"message": text} for text in draw(st.lists(texts, max_size=2))]
    properties["resourceSelectors"] = [
        {"name": draw(texts), "selectors": [{"kind": "resourceLocation", "in": [draw(texts)]}]}
    ]
    body["identity"] = draw(identities)
    body["location"] = draw(st.none() | st.just("westeurope"))
    return body


def exported(body: dict[str, Any]) -> Content:
    return content_of(CLUSTER, profile(body), body, "2023-04-01")


def read_back(content: Content) -> dict[str, Any]:
    """What each format gives back: format -> body."""
    bicep, bicep_name = read_bicep(FORMATS["bicep"](content))
    terraform, terraform_name = read_terraform(FORMATS["terraform"](content))
    assert bicep_name == terraform_name == NAME
    return {
        "arm": read_arm(FORMATS["arm"](content)),
        "azcli": read_script(FORMATS["azcli"](content)),
        "bicep": bicep,
        "terraform": terraform,
    }


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies())
def test_every_format_gives_the_body_back(body):
    content = exported(body)
    for name, found in read_back(content).items():
        assert json.dumps(found, sort_keys=True) == json.dumps(content.body, sort_keys=True), name
        # Identities come back without what the service says about them.
        assert says_the_same(stored(found), {**body, "identity": found.get("identity")}), name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies())
def test_every_format_is_ascii_without_control_characters(body):
    for name, render in FORMATS.items():
        text = render(exported(body))
        assert {character for character in text if not " " <= character <= "~"} == {"\n"}, name
        assert text.endswith("\n"), name
        assert not text.endswith("\n\n"), name


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=bodies())
def test_the_template_has_the_documented_shape(body):
    jsonschema.validate(json.loads(FORMATS["arm"](exported(body))), TEMPLATE_SCHEMA)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("[a]", "[[a]"),
        ("[[a]", "[[[a]"),
        ("[]", "[[]"),
        ("[a] b", "[a] b"),
        ("a[b]", "a[b]"),
        ("[", "["),
        ("[['a", "[concat('[[''a')]"),
    ],
)
def test_brackets_in_a_template(text, written):
    body = updated(None, Change(Level.WARNING))
    body["properties"]["displayName"] = text
    template = json.loads(FORMATS["arm"](exported(body)))
    assert template["resources"][0]["properties"]["displayName"] == written


@pytest.mark.parametrize(
    ("text", "bicep", "terraform"),
    [
        ("it's", r"'it\'s'", '"it\'s"'),
        ('"a"', "'\"a\"'", r'"\"a\""'),
        ("${a} $b", r"'\${a} $b'", r'"\u0024{a} $b"'),
        ("%{if} 5%", "'%{if} 5%'", r'"\u0025{if} 5%"'),
        ("$${a}", r"'$\${a}'", r'"$\u0024{a}"'),
        ("a\\b\n", r"'a\\b\n'", r'"a\\b\n"'),
        ("é😀\0", r"'\u{e9}\u{1f600}\u{0}'", r'"\u00e9\U0001f600\u0000"'),
    ],
)
def test_strings_in_bicep_and_terraform(text, bicep, terraform):
    body = updated(None, Change(Level.WARNING))
    body["properties"]["displayName"] = text
    assert f"    displayName: {bicep}\n" in FORMATS["bicep"](exported(body))
    assert f"      displayName = {terraform}\n" in FORMATS["terraform"](exported(body))


def test_the_cluster_is_a_parameter_with_the_exported_one_as_default():
    content = exported(updated(None, Change(Level.ENFORCEMENT)))
    template = json.loads(FORMATS["arm"](content))
    assert template["parameters"]["clusterName"]["defaultValue"] == "c1"
    assert (
        template["resources"][0]["scope"]
        == "[format('Microsoft.ContainerService/managedClusters/{0}', parameters('clusterName'))]"
    )
    assert "param clusterName string = 'c1'\n" in FORMATS["bicep"](content)
    assert f'  default     = "{CLUSTER_ID}"\n' in FORMATS["terraform"](content)
    assert f"cluster={CLUSTER_ID}\n" in FORMATS["azcli"](content)


def test_a_group_whose_name_is_not_ascii_is_escaped_in_each_language():
    cluster = ClusterRef(SUBSCRIPTION, "größe(1)", "c1")
    content = replace(exported(updated(None, Change(Level.ENFORCEMENT))), cluster=cluster)
    for render in FORMATS.values():
        assert render(content).isascii()
    assert r"/resourceGroups/gr\u00f6\u00dfe(1)/" in FORMATS["terraform"](content)
    assert "/resourceGroups/gr%C3%B6%C3%9Fe%281%29/" in FORMATS["azcli"](content)


@pytest.mark.parametrize("name", FORMATS)
def test_level_and_version_are_in_a_comment(name):
    text = FORMATS[name](exported(updated(None, Change(Level.ENFORCEMENT))))
    assert "AKS cluster 'c1': level Enforcement, version v2.0.0, initiative 2.1.*." in text.split("parameters", 1)[0]
