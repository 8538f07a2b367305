# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import base64
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
import requests
import urllib3
from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)

from azext_safeguards.services.answers import UnusableAnswerError
from azext_safeguards.services.arm import SharedToken
from tests.unit.services.resource_manager import TOKEN, Answer, Credential, ResourceManager, client, error

PATH = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Test/things/one"
OK = Answer(200, {"name": "one"})
REFUSED = requests.exceptions.ConnectionError("connection refused")
DROPPED = requests.exceptions.ConnectionError(
    urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
)


def manager(method="GET", *answers):
    return ResourceManager().on(method, PATH, *answers)


class TestRequests:
    def test_a_read_is_a_get_with_the_api_version_and_the_query(self):
        service = manager("GET", OK)
        assert client(service).get(PATH, "2024-09-01", {"$expand": "x y"}) == {"name": "one"}
        (call,) = service.calls
        assert (call.method, call.path) == ("GET", PATH)
        assert call.query == {"api-version": "2024-09-01", "$expand": "x y"}
        assert call.url.startswith("https://management.azure.com/subscriptions/s/")
        assert call.headers["Accept"] == "application/json"
        assert call.headers["Authorization"] == f"Bearer {TOKEN}"
        assert call.body is None

    def test_a_path_that_is_already_quoted_is_sent_as_it_is(self):
        service = ResourceManager()
        with pytest.raises(ResourceNotFoundError):
            client(service).get("/subscriptions/s/resourceGroups/my%28rg%29", "2024-09-01")
        assert service.calls[0].url == (
            "https://management.azure.com/subscriptions/s/resourceGroups/my%28rg%29?api-version=2024-09-01"
        )

    def test_a_write_is_a_put_of_the_json(self):
        service = manager("PUT", Answer(201, {"name": "one", "unknownMember": [None, {"x": 1}]}))
        body = {"properties": {"a": [1, None, {"ü": True}]}}
        assert client(service).put(PATH, "2023-04-01", body) == {"name": "one", "unknownMember": [None, {"x": 1}]}
        assert service.calls[0].json == body
        assert service.calls[0].headers["Content-Type"] == "application/json"

    def test_a_delete_returns_what_was_deleted_or_nothing(self):
        assert client(manager("DELETE", OK)).delete(PATH, "2023-04-01") == {"name": "one"}
        assert client(manager("DELETE", Answer(204))).delete(PATH, "2023-04-01") is None

    def test_the_endpoint_of_another_cloud_is_used_with_its_own_scope(self):
        service, credential = manager("GET", OK), Credential()
        client(service, credential, base_url="https://management.chinacloudapi.cn/").get(PATH, "1")
        assert service.calls[0].url.startswith("https://management.chinacloudapi.cn/subscriptions/s/")
        assert credential.asked[0][0] == ("https://management.chinacloudapi.cn/.default",)

    def test_scopes_of_az_are_taken(self):
        service, credential = manager("GET", OK), Credential()
        client(service, credential, credential_scopes=["https://management.core.windows.net//.default"]).get(PATH, "1")
        assert credential.asked[0][0] == ("https://management.core.windows.net//.default",)

    def test_an_empty_answer_is_none(self):
        with pytest.raises(UnusableAnswerError, match="no body"):
            client(manager("GET", Answer(200))).get(PATH, "1")


class TestLists:
    def test_pages_are_followed_to_the_end_as_they_are_named(self):
        link = f"https://management.azure.com{PATH}?api-version=1&$skiptoken=a%2Fb"
        service = manager(
            "GET", Answer(200, {"value": [{"n": 1}], "nextLink": link}), Answer(200, {"value": [{"n": 2}, {"n": 3}]})
        )
        assert client(service).list_all(PATH, "1") == [{"n": 1}, {"n": 2}, {"n": 3}]
        assert service.calls[1].url == link

    def test_pages_that_have_no_end_are_given_up(self):
        link = f"https://management.azure.com{PATH}?page=2"
        service = manager("GET", *[Answer(200, {"value": [{"n": n}], "nextLink": link}) for n in range(9)])
        with pytest.raises(HttpResponseError, match="same next page twice"):
            client(service).list_all(PATH, "1")
        assert len(service.calls) == 2

    @pytest.mark.parametrize(
        "link",
        [
            "https://evil.example.com/x",
            "http://management.azure.com/x",
            "https://management.azure.com.evil.example.com/x",
            "https://management.azure.com@evil.example.com/x",
        ],
    )
    def test_the_token_never_goes_to_another_place(self, link):
        service = manager("GET", Answer(200, {"value": [], "nextLink": link}))
        with pytest.raises(HttpResponseError, match="another place"):
            client(service).list_all(PATH, "1")
        assert len(service.calls) == 1


class TestRetries:
    @pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
    def test_a_passing_failure_is_tried_again(self, status):
        service = manager("GET", error(status, "Busy"), error(status, "Busy"), OK)
        assert client(service).get(PATH, "1") == {"name": "one"}
        assert len(service.calls) == 3

    @pytest.mark.parametrize("method", ["get", "put", "delete"])
    def test_a_lasting_failure_is_given_up_after_a_few_requests_and_seconds(self, method):
        service = manager(method.upper(), error(503, "Busy"))
        with pytest.raises(HttpResponseError) as failed:
            getattr(client(service), method)(PATH, "1", *([{}] if method == "put" else []))
        assert failed.value.status_code == 503
        assert 3 <= len(service.calls) <= 5
        assert 0 < sum(service.sleeps) <= 12

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
    def test_a_refusal_is_not_tried_again(self, status):
        service = manager("PUT", error(status, "No"))
        with pytest.raises(HttpResponseError):
            client(service).put(PATH, "1", {})
        assert len(service.calls) == 1
        assert service.sleeps == []

    def test_a_time_that_the_service_names_is_waited_for(self):
        service = manager("GET", error(429, "SubscriptionRequestsThrottled", headers={"Retry-After": "10"}), OK)
        client(service).get(PATH, "1")
        assert service.sleeps == [10]

    def test_a_minute_is_still_waited_for(self):
        service = manager("GET", error(429, "SubscriptionRequestsThrottled", headers={"Retry-After": "60"}), OK)
        client(service).get(PATH, "1")
        assert service.sleeps == [60]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Retry-After": "61"},
            {"Retry-After": "3600"},
            {"Retry-After": formatdate(time.time() + 7200, usegmt=True)},
            {"retry-after-ms": "120000"},
            {"x-ms-retry-after-ms": "120000"},
        ],
    )
    @pytest.mark.parametrize("status", [429, 503])
    def test_more_than_a_minute_is_not_waited_for(self, headers, status):
        service = manager("GET", error(status, "SubscriptionRequestsThrottled", headers=headers), OK)
        with pytest.raises(HttpResponseError) as failed:
            client(service).get(PATH, "1")
        assert failed.value.status_code == status
        assert len(service.calls) == 1
        assert service.sleeps == []

    @pytest.mark.parametrize("failure", [REFUSED, DROPPED, requests.exceptions.ReadTimeout("slow")])
    def test_a_write_whose_connection_drops_is_sent_again_with_the_same_body(self, failure):
        service = manager("PUT", failure, failure, Answer(201, {"name": "one"}))
        assert client(service).put(PATH, "1", {"a": ["b"]}) == {"name": "one"}
        assert [call.body for call in service.calls] == [b'{"a": ["b"]}'] * 3
        assert {call.url for call in service.calls} == {f"https://management.azure.com{PATH}?api-version=1"}

    @pytest.mark.parametrize(
        ("failure", "kind"), [(REFUSED, ServiceRequestError), (DROPPED, (ServiceRequestError, ServiceResponseError))]
    )
    def test_a_connection_that_never_works_is_given_up(self, failure, kind):
        service = manager("GET", failure)
        with pytest.raises(kind):
            client(service).get(PATH, "1")
        assert 3 <= len(service.calls) <= 5
        assert 0 < sum(service.sleeps) <= 12

    def test_retries_can_be_turned_off(self):
        service = manager("GET", error(503, "Busy"))
        with pytest.raises(HttpResponseError):
            client(service, retry_total=0).get(PATH, "1")
        assert len(service.calls) == 1

    def test_a_provider_is_not_registered_behind_the_users_back(self):
        refusal = error(409, "MissingSubscriptionRegistration", "The subscription is not registered")
        service = manager("GET", refusal)
        with pytest.raises(ResourceExistsError):
            client(service).get(PATH, "1")
        assert [call.method for call in service.calls] == ["GET"]


class TestErrors:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (400, HttpResponseError),
            (401, ClientAuthenticationError),
            (403, HttpResponseError),
            (404, ResourceNotFoundError),
            (409, ResourceExistsError),
            (412, HttpResponseError),
            (500, HttpResponseError),
        ],
    )
    def test_the_class_follows_the_status_and_the_text_is_the_services(self, status, kind):
        service = manager("GET", error(status, "SomeCode", "What the service said."))
        with pytest.raises(HttpResponseError) as failed:
            client(service, retry_total=0).get(PATH, "1")
        assert type(failed.value) is kind
        assert failed.value.status_code == status
        assert failed.value.error.code == "SomeCode"
        assert "(SomeCode) What the service said." in failed.value.message

    @pytest.mark.parametrize(
        "answer",
        [
            Answer(200, b"<html>sign in to the proxy</html>", {"Content-Type": "text/html"}),
            Answer(200, b"<html>sign in to the proxy</html>"),
            Answer(200, b'{"cut": '),
            Answer(200, ["a", "list"]),
            Answer(200, b"null"),
            Answer(200, b'"text"', {"Content-Type": "text/plain"}),
        ],
    )
    @pytest.mark.parametrize("method", ["get", "put"])
    def test_a_success_that_is_no_json_object_is_an_error(self, answer, method):
        service = manager(method.upper(), answer)
        with pytest.raises(HttpResponseError):
            getattr(client(service), method)(PATH, "1", *([{}] if method == "put" else []))

    @pytest.mark.parametrize("content_type", ["text/html", "application/json"])
    def test_an_error_page_that_is_no_json_keeps_its_status(self, content_type):
        service = manager("GET", Answer(403, b"<html>Forbidden by proxy</html>", {"Content-Type": content_type}))
        with pytest.raises(AzureError) as failed:
            client(service).get(PATH, "1")
        assert failed.value.status_code == 403


class TestToken:
    def test_requests_at_the_same_time_share_one_token_call(self):
        service, credential = manager("GET", OK), Credential(patience=0.05)
        arm = client(service, credential)
        with ThreadPoolExecutor(5) as pool:
            list(pool.map(lambda _: arm.get(PATH, "1"), range(5)))
        assert len(service.calls) == 5
        assert len(credential.asked) == 1

    def test_a_token_about_to_expire_is_asked_for_again(self):
        credential = Credential(lifetime=60)
        shared = SharedToken(credential)
        shared.get_token("a")
        shared.get_token("a")
        assert len(credential.asked) == 2

    def test_each_scope_has_a_token_of_its_own(self):
        credential = Credential()
        shared = SharedToken(credential)
        for scope in ("a", "b", "a", "b"):
            shared.get_token(scope)
        assert [scopes for scopes, _ in credential.asked] == [("a",), ("b",)]

    def test_a_claims_challenge_asks_for_another_token(self):
        claims = base64.urlsafe_b64encode(b'{"access_token": {"nbf": {"essential": true}}}').decode().rstrip("=")
        challenge = f'Bearer realm="", error="insufficient_claims", claims="{claims}"'
        service = manager("GET", error(401, "InvalidAuthenticationToken", headers={"WWW-Authenticate": challenge}), OK)
        credential = Credential()
        assert client(service, credential).get(PATH, "1") == {"name": "one"}
        assert len(credential.asked) == 2
        assert credential.asked[1][1]["claims"] == '{"access_token": {"nbf": {"essential": true}}}'

    def test_a_revoked_token_is_replaced_once(self):
        service, credential = manager("PUT", error(401, "ExpiredAuthenticationToken"), Answer(201, {})), Credential()
        assert client(service, credential).put(PATH, "1", {"a": 1}) == {}
        assert len(credential.asked) == 2
        assert [call.json for call in service.calls] == [{"a": 1}, {"a": 1}]

    def test_a_token_that_stays_refused_is_given_up(self):
        service, credential = manager("GET", error(401, "InvalidAuthenticationToken")), Credential()
        with pytest.raises(ClientAuthenticationError):
            client(service, credential).get(PATH, "1")
        assert len(service.calls) == 2
        assert len(credential.asked) == 2

    def test_a_failed_login_is_raised_as_it_is_and_nothing_is_sent(self):
        class Broken:
            def get_token(self, *scopes, **kwargs):
                raise ClientAuthenticationError("az login")

        service = manager("GET", OK)
        with pytest.raises(ClientAuthenticationError, match="az login"):
            client(service, Broken()).get(PATH, "1")
        assert service.calls == []

    def test_the_token_is_in_no_log(self, caplog):
        caplog.set_level(logging.DEBUG)
        service = manager("PUT", error(503, "Busy"), DROPPED, error(403, "AuthorizationFailed"))
        with pytest.raises(HttpResponseError):
            client(service, logging_enable=True).put(PATH, "1", {})
        assert "Authorization" in caplog.text
        assert TOKEN not in caplog.text
