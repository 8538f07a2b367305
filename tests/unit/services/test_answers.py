# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The door: which answers count, what is said of the others, and when pages end."""

from __future__ import annotations

from email.utils import formatdate

import pytest
from azure.core.exceptions import AzureError, ClientAuthenticationError, HttpResponseError

from azext_safeguards.services import resources
from azext_safeguards.services.answers import UnusableAnswerError, pause_of
from azext_safeguards.services.paging import MOST_PAGES
from azext_safeguards.services.refused import is_conflict, refused
from azext_safeguards.services.resource_graph import cluster_pages
from azext_safeguards.services.snapshot import outcome
from sandbox.core.oddities import ODDITIES
from tests.unit.bodies import CLUSTER_ID, SUBSCRIPTION
from tests.unit.services.ready import ASSIGNMENT, CLUSTER, FEATURE, MANAGED, PROVIDER
from tests.unit.services.resource_manager import Answer, ResourceManager, client, error

PATH = "/subscriptions/s/things/one"
REQUESTS = {
    "GET": lambda arm: arm.get(PATH, "1"),
    "PUT": lambda arm: arm.put(PATH, "1", {}),
    "POST": lambda arm: arm.post(PATH, "1"),
    "GET list": lambda arm: arm.list_all(PATH, "1"),
    "POST list": lambda arm: arm.post_all(PATH, "1"),
}
# An object is an answer; which members it must have, only those know who asked for it.
OBJECTS = ("object", "wrong-types", "bom", "error-that-is-ok")


def answering(method, answer):
    return client(ResourceManager().on(method, PATH, answer), retry_total=0)


def odd(name):
    status, headers, content = ODDITIES[name]
    return Answer(status, content, headers)


@pytest.mark.parametrize("request_", list(REQUESTS))
@pytest.mark.parametrize("name", [name for name in ODDITIES if name not in OBJECTS])
def test_what_is_no_answer_is_an_error_of_one_line(request_, name):
    with pytest.raises(UnusableAnswerError) as caught:
        REQUESTS[request_](answering(request_.split()[0], odd(name)))
    assert "\n" not in caught.value.message
    assert "html" not in str(caught.value)
    assert "guest-token" not in str(caught.value)


@pytest.mark.parametrize("name", [name for name in ODDITIES if name not in ("no-content", *OBJECTS)])
def test_no_deletion_is_believed_without_an_answer(name):
    with pytest.raises(UnusableAnswerError):
        answering("DELETE", odd(name)).delete(PATH, "1")


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize(
    ("path", "read"),
    [
        (CLUSTER_ID, lambda arm: resources.get_cluster(arm, CLUSTER)),
        (ASSIGNMENT, lambda arm: resources.get_assignment(arm, CLUSTER)),
        (MANAGED, lambda arm: resources.get_managed_safeguards(arm, CLUSTER)),
        (FEATURE, resources.get_feature_state),
        (PROVIDER, lambda arm: resources.get_provider_state(arm, "Microsoft.PolicyInsights")),
        (resources.INITIATIVE_ID, resources.get_initiative),
        (f"{CLUSTER_ID}/providers/Microsoft.Authorization/policyExemptions",
         lambda arm: resources.list_exemptions(arm, CLUSTER)),
        (f"{CLUSTER_ID}/providers/Microsoft.Authorization/permissions",
         lambda arm: resources.get_permissions(arm, CLUSTER_ID)),
    ],
)  # fmt: skip
def test_an_object_of_another_shape_is_no_resource(name, path, read):
    arm = client(ResourceManager().on("GET", path, odd(name)), retry_total=0)
    found = outcome(lambda: read(arm))
    assert found.failed
    assert found.value is None
    assert "Azure does not document" in found.error


@pytest.mark.parametrize("answer", [odd("page-not-found"), odd("error-without-code"), Answer(404), Answer(404, [])])
def test_a_404_of_something_on_the_way_is_no_absence(answer):
    arm = client(ResourceManager().on("GET", MANAGED, answer), retry_total=0)
    assert outcome(lambda: resources.get_managed_safeguards(arm, CLUSTER)).failed


@pytest.mark.parametrize("code", ["SubscriptionNotFound", "InvalidSubscriptionId"])
def test_a_subscription_that_is_not_seen_says_nothing_about_what_is_in_it(code):
    arm = client(ResourceManager().on("GET", MANAGED, error(404, code)), retry_total=0)
    assert outcome(lambda: resources.get_managed_safeguards(arm, CLUSTER)).failed


def test_a_403_of_something_on_the_way_is_no_lack_of_a_permission():
    arm = client(ResourceManager().on("GET", MANAGED, odd("forbidden-page")), retry_total=0)
    assert outcome(lambda: resources.get_managed_safeguards(arm, CLUSTER)).status == 0


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "X", "message": 5, "details": "no"}},
        {"error": {"code": "X", "message": "m", "details": [1, None, {"code": 2}]}},
        {"error": {"code": "X", "message": "m", "additionalInfo": {"a": 1}}},
        {"error": {"code": "X", "message": "m", "additionalInfo": [{"type": 1}]}},
        {"error": {"code": "X", "message": {"deep": [1]}, "innererror": 7}},
    ],
)
def test_an_error_with_odd_members_keeps_its_code(body):
    with pytest.raises(HttpResponseError) as caught:
        answering("GET", Answer(400, body)).get(PATH, "1")
    found = refused(caught.value)
    assert found is not None
    assert (found.code, found.status) == ("X", 400)
    assert isinstance(found.message, str)


@pytest.mark.parametrize(
    "challenge", ['Bearer error=insufficient_claims, claims="////"', "Bearer", ",,=", 'Bearer a="']
)
def test_a_challenge_that_is_none_is_a_sign_in_that_failed(challenge):
    answer = Answer(401, b"<html>", {"WWW-Authenticate": challenge})
    with pytest.raises((ClientAuthenticationError, UnusableAnswerError)):
        answering("GET", answer).get(PATH, "1")


@pytest.mark.parametrize("encoding", ["gzip", "br", "x"])
def test_a_body_that_is_not_packed_as_it_says(encoding):
    with pytest.raises(AzureError):
        answering("GET", Answer(200, b"{}not", {"Content-Encoding": encoding})).get(PATH, "1")


class TestPages:
    def test_links_for_ever_new_end(self):
        class Endless(ResourceManager):
            def send(self, request, **options):
                number = len(self.calls)
                link = f"https://management.azure.com{PATH}?page={number}"
                self.on("GET", PATH, Answer(200, {"value": [{"n": number}], "nextLink": link}))
                return super().send(request, **options)

        service = Endless()
        with pytest.raises(UnusableAnswerError, match="no end"):
            client(service).list_all(PATH, "1")
        assert len(service.calls) == MOST_PAGES + 1

    @pytest.mark.parametrize("value", [[], [{"same": 1}]])
    def test_pages_that_say_nothing_new_end_soon(self, value):
        class Same(ResourceManager):
            def send(self, request, **options):
                link = f"https://management.azure.com{PATH}?page={len(self.calls)}"
                self.on("GET", PATH, Answer(200, {"value": value, "nextLink": link}))
                return super().send(request, **options)

        service = Same()
        with pytest.raises(UnusableAnswerError, match="no end"):
            client(service).list_all(PATH, "1")
        assert len(service.calls) < 25

    def test_a_token_of_resource_graph_that_repeats_ends(self):
        rows = [Answer(200, {"data": [{"id": f"{CLUSTER_ID}{n}"}], "$skipToken": "again"}) for n in range(9)]
        service = ResourceManager().on("POST", "/providers/Microsoft.ResourceGraph/resources", *rows)
        with pytest.raises(UnusableAnswerError, match="twice"):
            list(cluster_pages(client(service), [SUBSCRIPTION]))
        assert len(service.calls) == 2

    @pytest.mark.parametrize("page", [{}, {"value": None}, {"value": {}}, {"value": [1]}, {"value": [], "nextLink": 5}])
    def test_what_is_no_page_is_told(self, page):
        with pytest.raises(UnusableAnswerError, match="does not document"):
            answering("GET", Answer(200, page)).list_all(PATH, "1")


class TestWaiting:
    @pytest.mark.parametrize(
        ("text", "seconds"), [("3", 3), ("0.5", 0.5), ("soon", None), ("", None), ("nan", None), ("inf", None),
                              ("-4", 0), ("1e999", None), (formatdate(0, usegmt=True), 0), ("Mon, 99 Foo", None)],
    )  # fmt: skip
    def test_what_a_retry_after_says(self, text, seconds):
        assert pause_of({"Retry-After": text}) == seconds

    @pytest.mark.parametrize("text", ["soon", "nan", "-1", "\u00b2"])
    def test_a_retry_after_that_is_no_time_is_as_none(self, text):
        busy = error(429, "TooManyRequests", headers={"Retry-After": text})
        service = ResourceManager().on("GET", PATH, busy, Answer(200, {"a": 1}))
        assert client(service).get(PATH, "1") == {"a": 1}

    def test_a_long_wait_is_told_once(self):
        told = []
        busy = error(429, "TooManyRequests", headers={"Retry-After": "30"})
        service = ResourceManager().on("GET", PATH, busy, busy, Answer(200, {"a": 1}))
        client(service, waiting=lambda seconds, status: told.append((seconds, status))).get(PATH, "1")
        assert told == [(30, 429)]
        assert service.sleeps == [30, 30]

    @pytest.mark.parametrize("status", [400, 403, 404, 409, 412])
    def test_a_refusal_is_not_repeated_because_of_a_header(self, status):
        service = ResourceManager().on("GET", PATH, error(status, "No", headers={"Retry-After": "1"}))
        with pytest.raises(HttpResponseError):
            client(service).get(PATH, "1")
        assert len(service.calls) == 1


class TestRegistering:
    @pytest.mark.parametrize("state", ["Registering", "Registered", "Pending"])
    def test_a_lost_answer_is_looked_up(self, state):
        service = ResourceManager().on("POST", f"{FEATURE}/register", odd("page"))
        service.on("GET", FEATURE, Answer(200, {"properties": {"state": state}}))
        assert resources.register_feature(client(service)) == state

    def test_a_refresh_is_not_shown_by_what_was_registered_before(self):
        service = ResourceManager().on("POST", f"{PROVIDER}/register", odd("page"))
        service.on("GET", PROVIDER, Answer(200, {"registrationState": "Registered"}))
        arm = client(service)
        assert resources.register_provider(arm, "Microsoft.PolicyInsights") == "Registered"
        with pytest.raises(UnusableAnswerError):
            resources.register_provider(arm, "Microsoft.PolicyInsights", is_refresh=True)

    def test_nothing_begun_is_told(self):
        service = ResourceManager().on("POST", f"{PROVIDER}/register", odd("redirect"))
        service.on("GET", PROVIDER, Answer(200, {"registrationState": "NotRegistered"}))
        with pytest.raises(UnusableAnswerError, match=r"redirect \(status 302\) to login.guest.example"):
            resources.register_provider(client(service), "Microsoft.PolicyInsights")


@pytest.mark.parametrize(
    ("status", "code", "meets"),
    [(409, "Conflict", True), (412, "PreconditionFailed", True), (409, "ScopeLocked", False),
     (409, "MissingSubscriptionRegistration", False), (409, "ReadOnlyDisabledSubscription", False),
     (409, "QuotaExceeded", False), (403, "Conflict", False)],
)  # fmt: skip
def test_what_is_worth_another_try(status, code, meets):
    with pytest.raises(HttpResponseError) as caught:
        answering("GET", error(status, code)).get(PATH, "1")
    assert is_conflict(caught.value) is meets
