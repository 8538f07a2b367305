# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What nobody should send: it is refused with a Status, and nothing of it is believed."""

from __future__ import annotations

import http.client
import json
import ssl
from urllib.parse import urlsplit

import pytest

from sandbox import Sandbox

NAMESPACES = "/api/v1/namespaces"
MAPS = "/api/v1/namespaces/default/configmaps"
MAP = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"a": "b"}}


@pytest.mark.parametrize(
    "path",
    [
        "/", "/nope", "/api/v2", "/api/v1/nope", "/apis/nope/v1/x", "/apis/apps/v9/deployments", "/metrics",
        "/api/v1/namespaces/default/../../secrets", "/api/v1/namespaces/default/pods/..%2f..%2fx",
        "/api/v1/namespaces/default/pods/%00", "/api/v1/namespaces/default/pods/a/b/c/d", "//api/v1/pods",
        "/api/v1/namespaces/default/nodes", "/api/v1/pods/nameless", "/openapi/v3/apis/nope/v1", "/openapi/v9",
        "/apis/" + "a" * 9000, "/api/v1/namespaces/default/pods/\u00e4",
    ],
)  # fmt: skip
def test_paths_that_lead_nowhere(client, path):
    said = client("GET", path)
    assert (said.status, said.body["kind"], said.body["reason"]) == (404, "Status", "NotFound")


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nope", "Basic dTpw", "Bearer \u00e4", "bearer"])
def test_wrong_tokens(client, header):
    said = client("GET", NAMESPACES, authorization=header)
    assert (said.status, said.body["message"]) == (401, "Unauthorized")


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", "nonsense"])
def test_content_that_is_not_taken(client, kind):
    assert client("POST", MAPS, MAP, kind).status == 415
    client.ok("POST", MAPS, MAP)
    assert client("PATCH", MAPS + "/a", MAP, kind).status == 415
    assert client("PATCH", MAPS + "/a", MAP, "application/json").status == 415
    assert client("GET", MAPS, accept="text/html").status == 406


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"1", b"null", b'"x"', b"\xff\xfe", b'{"a":NaN}', b"[" * 100_000, b'{"a":' * 100_000,
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","labels":' + b'{"a":' * 600 + b"1" + b"}" * 602,
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":[]}', b'{"apiVersion":"v1","kind":"ConfigMap"}x',
        b'{"kind":"ConfigMap","metadata":{"name":"a"}}', b'{"apiVersion":"v1","metadata":{"name":"a"}}',
        b'{"apiVersion":7,"kind":{},"metadata":{"name":"a"}}', b'{"apiVersion":"v1","kind":"Secret","metadata":{}}',
        b'{"apiVersion":"v2","kind":"ConfigMap","metadata":{"name":"a"}}',
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":["a"]}}',
        b'{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"other"}}',
    ],
)  # fmt: skip
def test_bodies_that_are_no_objects(client, body):
    for kind in ("application/json", "application/yaml"):
        said = client("POST", MAPS, body, kind)
        assert (said.status, said.body["kind"]) == (400, "Status"), said.body
    assert client.ok("GET", MAPS)["items"] == []
    assert client.box.crashes == []


def test_yaml_that_grows(client):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 12)]
    said = client("POST", MAPS, "\n".join(lines).encode(), "application/yaml")
    assert (said.status, "aliases" in said.body["message"]) == (400, True)


def test_names_that_are_none(client):
    for name in ("A", "a_b", "-a", "a" * 300, "../x", "", "a/b", "\u00e4", "a\n"):
        said = client("POST", MAPS, {**MAP, "metadata": {"name": name}})
        assert (said.status, said.body["reason"]) == (422, "Invalid"), name


@pytest.mark.parametrize(
    "query",
    [
        "labelSelector=a==b==c", "labelSelector=(", "labelSelector=a%20in%20b", "fieldSelector=x", "continue=nope",
        "continue=W10=", "watch=1&resourceVersion=x", "labelSelector=a>b",
    ],
)  # fmt: skip
def test_queries_that_make_no_sense(client, query):
    said = client("GET", f"{MAPS}?{query}")
    assert (said.status, said.body["reason"]) == (400, "BadRequest")


def test_methods_that_a_path_has_not(client):
    for method, target in (
        ("POST", MAPS + "/a"), ("PUT", MAPS), ("PATCH", MAPS), ("DELETE", "/version"), ("POST", "/apis"),
        ("BREW", MAPS), ("POST", "/api/v1/configmaps"),
        ("GET", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"),
        ("POST", "/apis/constraints.gatekeeper.sh/v1beta1/k8sazurev3containerlimits"),
        ("DELETE", "/apis/templates.gatekeeper.sh/v1/constrainttemplates/x"),
    ):  # fmt: skip
        assert client(method, target, {}).status == 405, (method, target)


@pytest.mark.parametrize(
    ("kind", "patch"),
    [
        ("json", b"{}"), ("json", b'[{"op":"nope"}]'), ("json", b'[{"op":"remove","path":"/nope"}]'),
        ("json", b'[{"op":"replace","path":"/metadata/name","value":"b"}]'), ("json", b'[{"op":"remove","path":""}]'),
        ("json", b'[{"op":"replace","path":"","value":1}]'), ("merge", b"[]"), ("merge", b'{"metadata":null}'),
        ("merge", b'{"kind":"Secret"}'), ("merge", b'{"metadata":{"uid":"x"}}'), ("strategic-merge", b"7"),
        ("merge", b'{"metadata":{"namespace":"kube-system"}}'), ("strategic-merge", b'{"$patch":"delete"}'),
        ("merge", b'{"data":{"a":1}}'), ("json", b'[{"op":"copy","from":"/data","path":"/data/a"}]'),
    ],
)  # fmt: skip
def test_patches_that_lead_nowhere(client, kind, patch):
    client.ok("POST", MAPS, MAP)
    said = client("PATCH", MAPS + "/a", patch, f"application/{kind}-patch+json")
    assert said.status in (400, 409, 422), said.body
    assert client.ok("GET", MAPS + "/a")["data"] == {"a": "b"}
    assert client.box.crashes == []


def test_apply_patches_that_lead_nowhere(client):
    target, kind = MAPS + "/a?fieldManager=me", "application/apply-patch+yaml"
    assert client("PATCH", MAPS + "/a", MAP, kind).status == 400
    for body in ({}, {**MAP, "metadata": {"name": "b"}}, {**MAP, "kind": "Secret"}, {**MAP, "metadata": 7},
                 {**MAP, "metadata": {"name": "a", "managedFields": [{}]}}):  # fmt: skip
        assert client("PATCH", target, body, kind).status == 400, body
    managed = {
        "name": "a",
        "managedFields": [{"manager": "x", "fieldsV1": 7}, 7, {"manager": "y", "fieldsV1": {"": 1}}],
    }
    made = client.ok("POST", MAPS, {**MAP, "metadata": managed})
    assert [one["manager"] for one in made["metadata"]["managedFields"]] == ["test"]
    odd = [{"manager": "x", "operation": "Update", "apiVersion": "v1", "fieldsV1": {"f:data": {"k:nope": {}, "z": {}}}}]
    client.ok("PATCH", MAPS + "/a", {"metadata": {"managedFields": odd}}, "application/merge-patch+json")
    assert client("PATCH", target, {**MAP, "data": {"a": "c"}}, kind).status == 200


@pytest.mark.parametrize("body", [b"k8s\x00", b"k8s\x00\xff\xff\xff", b"k8s", b"k8s\x00\x0a\x05\x0a\x02v1\x12", b""])
def test_protobuf_that_is_none(client, body):
    assert client("POST", MAPS, body, "application/vnd.kubernetes.protobuf").status == 400
    assert client.box.crashes == []


def test_warnings_cannot_smuggle_headers(client):
    body = {**MAP, "x\r\nSet-Cookie: a=b": 1, 'q"uote\\': 1}
    said = client("POST", MAPS + "?fieldValidation=Warn", body)
    assert said.status == 201
    assert all("\n" not in text and "\r" not in text for text in said.warnings)
    assert any('q\\"uote\\\\' in text or "uote" in text for text in said.warnings)


def test_over_the_wire(box: Sandbox):
    cluster = box.add_cluster("rg", "aks")
    config = json.loads(box.backends.api_servers.kubeconfig(box.clusters[cluster]))
    address = urlsplit(config["clusters"][0]["cluster"]["server"])
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    headers = {"Authorization": f"Bearer {config['users'][0]['user']['token']}", "Content-Type": "application/json"}

    def ask(method: str, path: str, body: bytes | None = None, **more: str) -> tuple[int, bytes]:
        connection = http.client.HTTPSConnection(str(address.hostname), address.port, context=context, timeout=30)
        try:
            connection.request(method, path, body, {**headers, **more})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    assert address.hostname == "127.0.0.1"
    assert ask("GET", NAMESPACES)[0] == 200
    assert ask("HEAD", NAMESPACES) == (200, b"")
    assert ask("GET", NAMESPACES, Authorization="Bearer nope")[0] == 401
    large = json.dumps({**MAP, "data": {"a": "x" * (3 * 1024 * 1024)}}).encode()
    status, said = ask("POST", MAPS, large)
    assert (status, json.loads(said)["reason"]) == (413, "RequestEntityTooLarge")
    assert ask("GET", NAMESPACES)[0] == 200
    # A certificate of another authority is not accepted, nor is plain HTTP answered.
    stranger = http.client.HTTPSConnection("127.0.0.1", address.port, context=ssl.create_default_context(), timeout=10)
    with pytest.raises(ssl.SSLError):
        stranger.request("GET", "/")
    plain = http.client.HTTPConnection("127.0.0.1", address.port, timeout=10)
    plain.request("GET", "/")
    with pytest.raises((http.client.HTTPException, OSError)):
        plain.getresponse()
    assert box.crashes == []
