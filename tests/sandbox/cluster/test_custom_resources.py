# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Kinds that definitions on the cluster add."""

from __future__ import annotations

import pytest

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
WIDGETS = "/apis/example.com/v1/namespaces/default/widgets"
SCHEMA = {
    "type": "object",
    "properties": {
        "spec": {
            "type": "object",
            "required": ["size"],
            "properties": {
                "size": {"type": "integer", "minimum": 1, "maximum": 9},
                "color": {"type": "string", "enum": ["red", "green"], "default": "red"},
                "tags": {"type": "array", "items": {"type": "string"}},
                "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
            },
        }
    },
}
DEFINITION = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"plural": "widgets", "kind": "Widget", "shortNames": ["wd"], "categories": ["all"]},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {"openAPIV3Schema": SCHEMA},
                "subresources": {"status": {}},
                "additionalPrinterColumns": [{"name": "Size", "type": "integer", "jsonPath": ".spec.size"}],
            },
            {"name": "v1beta1", "served": True, "storage": False, "schema": {"openAPIV3Schema": SCHEMA}},
        ],
    },
}


def widget(**spec):
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}, "spec": spec}


@pytest.fixture
def defined(client):
    made = client.ok("POST", CRDS, DEFINITION)
    conditions = {one["type"]: one["status"] for one in made["status"]["conditions"]}
    assert conditions == {"NamesAccepted": "True", "Established": "True"}
    return client


def test_they_are_found_kept_and_gone(defined):
    found = defined.ok("GET", "/apis/example.com/v1")["resources"]
    assert [one["name"] for one in found] == ["widgets", "widgets/status"]
    assert (found[0]["shortNames"], found[0]["categories"]) == (["wd"], ["all"])
    made = defined.ok("POST", WIDGETS, widget(size=3))
    assert made["spec"] == {"size": 3, "color": "red"}
    assert made["metadata"]["generation"] == 1
    other = defined.ok("GET", WIDGETS.replace("/v1/", "/v1beta1/") + "/w")
    assert (other["apiVersion"], other["spec"]) == ("example.com/v1beta1", made["spec"])
    table = defined("GET", WIDGETS, accept="application/json;as=Table;v=v1;g=meta.k8s.io").body
    assert [one["name"] for one in table["columnDefinitions"]] == ["Name", "Size"]
    assert table["rows"][0]["cells"] == ["w", "3"]
    document = defined.ok("GET", "/openapi/v3/apis/example.com/v1")
    assert "com.example.v1.Widget" in document["components"]["schemas"]
    defined.ok("DELETE", CRDS + "/widgets.example.com")
    assert defined("GET", WIDGETS).status == 404
    defined.ok("POST", CRDS, DEFINITION)
    assert defined.ok("GET", WIDGETS)["items"] == []


@pytest.mark.parametrize(
    ("spec", "text"),
    [
        ({"size": "x"}, 'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"'),
        ({}, "spec.size: Required value"),
        ({"size": 0}, "spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1"),
        ({"size": 1, "color": "blue"}, 'spec.color: Unsupported value: "blue": supported values: "red", "green"'),
        (
            {"size": 1, "tags": [1]},
            'spec.tags[0]: Invalid value: "integer": spec.tags[0] in body must be of type string',
        ),
    ],
)
def test_what_the_schema_does_not_allow(defined, spec, text):
    said = defined("POST", WIDGETS, widget(**spec))
    assert (said.status, said.body["reason"]) == (422, "Invalid")
    assert said.body["message"].startswith(f'Widget.example.com "w" is invalid: {text}')


def test_unknown_fields(defined):
    body = widget(size=1, nope=1, free={"any": {"thing": 1}})
    said = defined("POST", WIDGETS + "?fieldValidation=Strict", body)
    assert (said.status, said.body["message"]) == (
        400,
        'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.nope"',
    )
    said = defined("POST", WIDGETS, body)
    assert said.warnings == ['299 - "unknown field \\"spec.nope\\""']
    assert said.body["spec"] == {"size": 1, "color": "red", "free": {"any": {"thing": 1}}}


def test_strategic_merge_is_not_for_them(defined):
    defined.ok("POST", WIDGETS, widget(size=1))
    assert defined("PATCH", WIDGETS + "/w", {}, "application/strategic-merge-patch+json").status == 415
    patched = defined.ok("PATCH", WIDGETS + "/w", {"spec": {"size": 2}}, "application/merge-patch+json")
    assert (patched["spec"]["size"], patched["metadata"]["generation"]) == (2, 2)
    status = defined.ok("PATCH", WIDGETS + "/w/status", {"status": {"ready": True}}, "application/merge-patch+json")
    assert status["status"] == {"ready": True}


def test_a_definition_is_called_after_its_names(client):
    said = client("POST", CRDS, {**DEFINITION, "metadata": {"name": "gadgets.example.com"}})
    assert (said.status, "must be spec.names.plural" in said.body["message"]) == (422, True)


def test_the_built_in_kinds_cannot_be_taken_over(client):
    spec = {**DEFINITION["spec"], "group": "apps", "names": {"plural": "deployments", "kind": "Deployment"}}
    client("POST", CRDS, {**DEFINITION, "metadata": {"name": "deployments.apps"}, "spec": spec})
    kind = client.server.state.kinds.find("apps", "v1", "deployments")
    assert not kind.custom
