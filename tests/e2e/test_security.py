# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Nothing secret is said, no name becomes part of a path, the token goes nowhere else, and TLS stays on."""

from __future__ import annotations

import certifi
import pytest

from sandbox.core.http import Response
from sandbox.front import gateway

from .azcli import AzCli


@pytest.mark.parametrize(
    "line",
    [
        "aks update -g rg -n c1 --safeguards-level Enforcement --debug",
        "aks safeguards register --debug",
        "aks safeguards diagnose -g rg -n c1 --fail-on never --debug",
    ],
)
def test_debug_output_holds_no_token(installed, box, cluster, tmp_path, line):
    fresh = AzCli(box, tmp_path, installed.extensions)
    done = fresh(line)
    assert "GET" in done.err
    assert "/features/SafeguardsPreview" in done.err
    token = box.token()
    assert len(token) > 40
    assert not [part for part in (token, *token.split(".")[1:2]) if part in done.out + done.err]
    assert "eyJ" not in done.out + done.err
    assert "Bearer " not in done.err.replace("Bearer ***", "")


HOSTILE = ["../x", "..", "a/b", "%2e", "%2e%2e%2fx", "x?y=1", "x#y", "x y", "x\ny", "ünïcode", "x;y", "$(x)", "a" * 91]


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize(
    "command",
    [
        "aks update --safeguards-level Warning",
        "aks create --no-ssh-key --enable-addons azure-policy --safeguards-level Warning",
        "aks safeguards profile show",
        "aks safeguards profile delete --yes",
        "aks safeguards diagnose",
    ],
)
def test_a_name_that_could_be_none_is_refused_before_any_request(warm, box, command, name):
    refused = warm(command, "-g", "rg", "-n", name, code=None)
    assert (len(refused.errors), refused.out) == (1, "")
    assert refused.requests == []
    # A group may have letters of any language.
    if name != "ünïcode":
        refused = warm(command, "-g", name, "-n", "c1", code=None)
        assert (len(refused.errors), refused.out) == (1, "")
        assert refused.requests == []


@pytest.mark.parametrize("text", ["../x", "00000000-0000-0000-0000-000000000000/../y", "%2e%2e"])
def test_a_subscription_that_could_be_none_is_refused_before_any_request(warm, box, cluster, text):
    refused = warm("aks safeguards profile show -g rg -n c1 --subscription", text, code=None)
    assert refused.requests == []


@pytest.mark.parametrize("identifier", ["/subscriptions/x/resourceGroups/rg", "c1", "/../.."])
def test_an_id_of_something_else_is_refused_before_any_request(warm, box, identifier):
    refused = warm("aks safeguards diagnose --ids", identifier, code=None)
    assert refused.requests == []


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/next",
        "https://management.azure.com.example.com/next",
        "https://management.azure.com@example.com/next",
        "http://management.azure.com/next",
        "//example.com/next",
    ],
)
def test_a_next_page_elsewhere_is_not_followed(warm, box, cluster, monkeypatch, link):
    handle = gateway.handle

    def answer(state, request):
        if request.path.endswith("/permissions"):
            return Response(200, {"value": [{"actions": ["*"], "notActions": []}], "nextLink": link})
        return handle(state, request)

    monkeypatch.setattr(gateway, "handle", answer)
    done = warm("aks update -g rg -n c1 --safeguards-level Warning")
    assert "Could not read your permissions" in done.err
    assert done.profile["level"] == "Warning"
    assert done.sent.count("GET permissions") == 1
    assert box.refused_hosts == []
    assert {record.host for record in box.journal} <= {"management.azure.com", "login.microsoftonline.com"}


@pytest.mark.parametrize(
    "line",
    [
        "aks update -g rg -n c1 --safeguards-level Warning",
        "aks safeguards register",
        "aks safeguards diagnose -g rg -n c1",
    ],
)
def test_a_certificate_that_nobody_vouches_for_is_refused(warm, box, cluster, line):
    failed = warm(line, code=None, REQUESTS_CA_BUNDLE=certifi.where(), CURL_CA_BUNDLE="", SSL_CERT_FILE="")
    assert "certificate" in failed.err.lower()
    assert failed.requests == []
    assert not box.assignments


def test_no_source_turns_tls_verification_off(installed):
    sources = [path for path in (installed.extensions / "safeguards").rglob("*.py") if "azext_safeguards" in str(path)]
    assert len(sources) > 20
    for path in sources:
        text = path.read_text("utf-8").replace(" ", "")
        for forbidden in ("verify=False", "connection_verify=False", "CERT_NONE", "_create_unverified"):
            assert forbidden not in text, path
