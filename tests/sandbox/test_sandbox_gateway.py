# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What Resource Manager itself checks, and the front end before it."""

from __future__ import annotations

import http.client
import socket
import ssl

import pytest
import requests

FEATURE = "/providers/Microsoft.Features/providers/Microsoft.ContainerService/features/SafeguardsPreview"


def error(answer):
    return answer.status_code, answer.json()["error"]["code"]


def test_a_token_is_needed(send, cluster):
    for header in ("", "Bearer ", "Bearer not.a.token", "Basic abc"):
        assert error(send("GET", cluster, headers={"Authorization": header})) == (401, "AuthenticationFailed")


@pytest.mark.parametrize("version", ["1999-01-01", "2099-01-01", "latest", "2023-4-1"])
def test_unknown_api_versions(send, cluster, version):
    assert error(send("GET", cluster, api=version)) == (400, "InvalidApiVersionParameter")


def test_missing_api_version(send, cluster):
    assert error(send("GET", cluster, api=None)) == (400, "MissingApiVersionParameter")
    assert error(send("GET", "/nowhere", api=None)) == (400, "MissingApiVersionParameter")


def test_unknown_routes(send, cluster):
    answer = send("GET", f"{cluster}/nothing/here")
    assert error(answer) == (404, "InvalidResourceType")
    assert answer.headers["x-ms-failure-cause"] == "gateway"
    assert error(send("POST", cluster)) == (405, "HttpMethodNotSupported")


def test_headers(send, box, cluster):
    headers = send("GET", cluster, api="2026-06-01").headers
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["x-ms-request-id"] == headers["x-ms-correlation-request-id"]
    assert headers["x-ms-ratelimit-remaining-subscription-reads"]


def test_permissions(send, box, cluster, path, body):
    box.permissions.set([{"actions": ["*"], "notActions": ["microsoft.authorization/*/Write"]}])
    answer = send("PUT", path, body)
    assert error(answer) == (403, "AuthorizationFailed")
    message = answer.json()["error"]["message"]
    assert f"perform action 'Microsoft.Authorization/policyAssignments/write' over scope '{cluster}'" in message
    assert send("GET", cluster, api="2026-06-01").status_code == 200
    shown = send("GET", f"{cluster}/providers/Microsoft.Authorization/permissions", api="2022-05-01-preview").json()
    assert shown["value"][0]["notActions"] == ["microsoft.authorization/*/Write"]
    box.permissions.set([])
    group = f"/subscriptions/{box.subscription_id}/resourceGroups/rg"
    assert send("GET", group).status_code == 403
    assert send("GET", f"{group}/providers/Microsoft.Authorization/permissions").json() == {"value": []}


def test_unregistered_provider(send, box, cluster):
    box.providers.set_state("Microsoft.ContainerService", "NotRegistered")
    answer = send("GET", cluster)
    assert error(answer) == (409, "MissingSubscriptionRegistration")
    assert answer.json()["error"]["details"][0]["target"] == "Microsoft.ContainerService"
    provider = f"/subscriptions/{box.subscription_id}/providers/Microsoft.ContainerService"
    assert send("POST", f"{provider}/register").json()["registrationState"] == "Registering"
    states = [send("GET", provider).json()["registrationState"] for _ in range(4)]
    assert states == ["Registering", "Registering", "Registered", "Registered"]


def test_features(send, box):
    path = f"/subscriptions/{box.subscription_id}{FEATURE}"

    def state():
        return send("GET", path, api="2021-07-01").json()["properties"]["state"]

    assert state() == "NotRegistered"
    answer = send("POST", f"{path}/register", api="2021-07-01").json()
    assert answer == {
        "properties": {"state": "Registering"},
        "id": path,
        "type": "Microsoft.Features/providers/features",
        "name": "Microsoft.ContainerService/SafeguardsPreview",
    }
    assert [state() for _ in range(4)] == ["Registering", "Registering", "Registered", "Registered"]
    box.features.set_state("SafeguardsPreview", "Pending")
    assert [state() for _ in range(4)] == ["Pending"] * 4
    box.features.set_state("SafeguardsPreview", None)
    assert error(send("GET", path, api="2021-07-01")) == (404, "FeatureNotFound")
    with pytest.raises(ValueError, match="unknown feature state"):
        box.features.set_state("SafeguardsPreview", "On")


def test_hosts_that_are_not_served(box):
    for url in ("https://example.com/", "http://management.azure.com/", "https://management.azure.com:8443/"):
        with requests.Session() as session:
            session.trust_env = False
            session.proxies = {"http": box.proxy_url, "https": box.proxy_url}
            if url.startswith("https"):
                with pytest.raises(requests.exceptions.ProxyError):
                    session.get(url, timeout=5)
            else:
                assert session.get(url, timeout=5).status_code == 502
    assert box.refused_hosts == [
        "example.com:443",
        "http://management.azure.com/",
        "management.azure.com:8443",
    ]
    assert len(box.journal) == 0


def test_direct_tls_for_a_custom_cloud(box):
    context = ssl.create_default_context(cafile=str(box.ca_bundle))
    connection = http.client.HTTPSConnection("localhost", box.port, context=context, timeout=5)
    connection.request("GET", "/metadata/endpoints?api-version=2022-09-01")
    assert connection.getresponse().status == 200
    connection.close()


def test_nonsense_on_the_port_does_no_harm(box, send):
    with socket.create_connection(("127.0.0.1", box.port), timeout=5) as stream:
        stream.sendall(b"\0\0\0 nonsense\r\n\r\n")
        stream.settimeout(5)
        assert stream.recv(100) == b""
    assert send("GET", "/subscriptions").status_code == 200


def test_the_journal(send, box, path, body):
    send("PUT", path, body)
    send("GET", path)
    first, second = box.journal
    assert (first.method, first.host, first.status) == ("PUT", "management.azure.com", 201)
    assert first.path == path
    assert first.query == {"api-version": "2023-04-01"}
    assert first.body == body
    assert "authorization" not in first.headers
    assert second.started >= first.finished
    assert box.journal.matching("get", "policyassignments") == [second]
    box.journal.clear()
    assert len(box.journal) == 0


def test_the_clock(send, box, path, body):
    before = send("PUT", path, body).json()["properties"]["metadata"]["createdOn"]
    box.clock.advance(seconds=86_400 * 400)
    after = send("PUT", path, body).json()["properties"]["metadata"]["updatedOn"]
    assert int(after[:4]) > int(before[:4])


def test_reset_keeps_the_port(send, box, cluster):
    port = box.port
    box.latency, box.polls, box.page_size = 0.01, 9, 1
    box.reset()
    assert (box.port, box.latency, box.polls, box.page_size) == (port, 0.0, 3, None)
    assert not box.clusters
    assert send("GET", cluster).json()["error"]["code"] == "ResourceGroupNotFound"
