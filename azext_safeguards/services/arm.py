# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A client for Azure Resource Manager that keeps JSON as it came and registers nothing behind the user's back.

Why not the management SDKs: their models drop fields that they do not know, four of them cost four pipelines, and
each of their pipelines answers MissingSubscriptionRegistration by registering the provider, which would be a write
before preflight. The transport, retries, authentication and logging are azure-core's all the same.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from azext_safeguards.services.answers import (
    ACTION,
    CREATION,
    DELETION,
    READ,
    Documented,
    Pending,
    UnusableAnswerError,
    error_of,
    object_of,
    pause_of,
    unusable,
)
from azext_safeguards.services.paging import Pages
from azext_safeguards.services.retries import (
    BACKOFF_SECONDS,
    LONGEST_WAIT_SECONDS,
    RETRIES,
    BoundedRetryPolicy,
    Waiting,
)

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.rest import HttpRequest

PUBLIC_CLOUD = "https://management.azure.com"

_READ_TIMEOUT_SECONDS = 30
_CONNECT_TIMEOUT_SECONDS = 20
# A token is asked for again when it has less than this left.
_TOKEN_MARGIN_SECONDS = 120


class SharedToken:
    """A credential that asks the one it wraps once per scope, however many threads start at the same time."""

    def __init__(self, credential: TokenCredential) -> None:
        self._credential = credential
        self._lock = threading.Lock()
        self._tokens: dict[tuple[str, ...], AccessToken] = {}

    def get_token(self, *scopes: str, **kwargs: Any) -> AccessToken:
        """The token for some scopes; a claims challenge always asks anew.

        :raises azure.core.exceptions.ClientAuthenticationError: as the wrapped credential does.
        """
        import time

        with self._lock:
            token = self._tokens.get(scopes)
            if token is None or kwargs.get("claims") or token.expires_on - time.time() < _TOKEN_MARGIN_SECONDS:
                token = self._credential.get_token(*scopes, **kwargs)
                self._tokens[scopes] = token
            return token

    def forget(self) -> None:
        """Has the next request ask for a new token."""
        with self._lock:
            self._tokens.clear()


class ArmClient:
    """Requests to Azure Resource Manager: paths and JSON in, JSON out.

    :param credential: any azure-core credential.
    :param subscription_id: the subscription that subscription-level paths use.
    :param base_url: the Resource Manager endpoint of the cloud.
    :param waiting: is told of a long wait that the service asks for: its seconds and the status.
    :param kwargs: azure-core settings (`headers`, `user_agent_policy`, `logging_policy`, `connection_verify`,
        `credential_scopes`, `retry_total` ...), as az prepares them for every management client.
    """

    def __init__(
        self,
        credential: TokenCredential,
        subscription_id: str,
        base_url: str = PUBLIC_CLOUD,
        waiting: Waiting | None = None,
        **kwargs: Any,
    ) -> None:
        from azure.core import PipelineClient

        self.subscription_id = subscription_id
        self._base_url = base_url.rstrip("/")
        scopes = kwargs.pop("credential_scopes", None) or [f"{self._base_url}/.default"]
        kwargs.setdefault("connection_timeout", _CONNECT_TIMEOUT_SECONDS)
        kwargs.setdefault("read_timeout", _READ_TIMEOUT_SECONDS)
        # az passes an authentication policy of its own, bound to the bare credential; ours shares one token.
        kwargs.pop("authentication_policy", None)
        self._token = SharedToken(credential)
        policies = _policies(self._token, scopes, waiting, kwargs)
        self._client = PipelineClient(self._base_url, policies=policies, **kwargs)
        self._options: dict[str, Any] = {}

    def once(self) -> ArmClient:
        """The same client, whose requests are sent once: for what is not waited for while it is tried again."""
        found = copy.copy(self)
        found._options = dict.fromkeys(("retry_total", "retry_connect", "retry_read", "retry_status"), 0)
        return found

    def get(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The resource at a path.

        :raises azure.core.exceptions.HttpResponseError: for an answer of 400 and above; ResourceNotFoundError for 404;
            UnusableAnswerError for an answer that is none.
        :raises azure.core.exceptions.AzureError: when no answer came.
        """
        return self._object("GET", path, api_version, READ, query=query)

    def list_all(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """All elements of a list, its pages followed to the end; errors as `get`."""
        return [item for page in self.list_pages(path, api_version, query) for item in page]

    def list_pages(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The elements of a list, page by page, each read when it is asked for; errors as `get`, also for no end."""
        pages = Pages(path.rpartition("/")[2])
        page = self.get(path, api_version, query)
        yield pages.elements(page)
        while link := pages.next(page.get("nextLink")):
            page = self._follow(link)
            yield pages.elements(page)

    def put(self, path: str, api_version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Creates or replaces the resource at a path; errors as `get`."""
        return self._object("PUT", path, api_version, CREATION, body=body)

    def post(
        self,
        path: str,
        api_version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Runs an action; errors as `get`."""
        return self._object("POST", path, api_version, READ, body=body, query=query)

    def post_all(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """All elements of a list that is asked for by POST, its pages followed to the end; errors as `get`."""
        pages = Pages(path.rpartition("/latest/")[0].rpartition("/")[2] or path)
        page = self.post(path, api_version, query=query)
        elements = pages.elements(page)
        while link := pages.next(page.get("@odata.nextLink")):
            page = self._follow(link, "POST")
            elements.extend(pages.elements(page))
        return elements

    def begin(self, path: str, api_version: str) -> Pending | None:
        """Starts an action that goes on after its answer; None when it is done already. Errors as `get`."""
        from azure.core.rest import HttpRequest

        return self._pending(HttpRequest("POST", f"{self._base_url}{path}", params={"api-version": api_version}))

    def follow_up(self, pending: Pending) -> Pending | None:
        """Asks how an action goes that `begin` started; None when it is done. Errors as `get`, and for its failure."""
        from azure.core.rest import HttpRequest

        return self._pending(HttpRequest("GET", self._on_endpoint(pending.link)), pending.link)

    def delete(self, path: str, api_version: str, documented: Documented = DELETION) -> dict[str, Any] | None:
        """Deletes the resource at a path.

        :param documented: what the service answers for this sort of resource.
        :returns: the deleted resource where the service returns it, None where it returns none.
        """
        return self._answer(self._request("DELETE", path, api_version), documented)

    def _follow(self, link: str, method: str = "GET") -> dict[str, Any]:
        """The page behind a nextLink; errors as `_on_endpoint`."""
        from azure.core.rest import HttpRequest

        request = HttpRequest(method, self._on_endpoint(link), headers={"Accept": "application/json"})
        return self._answer(request, READ) or {}

    def _on_endpoint(self, link: str) -> str:
        """A link that the service gave, which must stay on the endpoint: the token goes with it.

        :raises UnusableAnswerError: for a link to elsewhere.
        """
        if not link.lower().startswith(f"{self._base_url.lower()}/") or not link.isprintable():
            raise UnusableAnswerError("The service named a next page at another place, which was not followed.")
        return link

    def _pending(self, request: HttpRequest, known_link: str = "") -> Pending | None:
        """Sends a request about an action; where to ask next, None when there is nothing more to ask."""
        response = self._checked(request)
        body = object_of(response, ACTION) or {}
        state = str(body.get("status") or "").lower()
        if state in ("failed", "canceled"):
            raise UnusableAnswerError(f"The action ended as {state}.", int(response.status_code))
        link = response.headers.get("Location") or response.headers.get("Azure-AsyncOperation") or known_link
        if response.status_code != 202:
            return None
        if not link:
            raise unusable(request, "status 202 and no word about where to ask how it goes", 202)
        return Pending(link, pause_of(response.headers))

    def _object(
        self,
        method: str,
        path: str,
        api_version: str,
        documented: Documented,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The object that a request is answered with, where every answer that counts has one."""
        return self._answer(self._request(method, path, api_version, body, query), documented) or {}

    def _request(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> HttpRequest:
        from azure.core.rest import HttpRequest

        return HttpRequest(
            method,
            f"{self._base_url}{path}",
            params={**(query or {}), "api-version": api_version},
            headers={"Accept": "application/json"},
            json=body,
        )

    def _answer(self, request: HttpRequest, documented: Documented) -> dict[str, Any] | None:
        return object_of(self._checked(request), documented)

    def _checked(self, request: HttpRequest) -> Any:
        """The answer to a request, which is no error."""
        response = self._sent(request)
        if response.status_code == 401:
            # A token may be revoked before its time; one new one is worth a try, a second would not be.
            self._token.forget()
            response = self._sent(request)
        if response.status_code >= 400:
            raise error_of(response)
        return response

    def _sent(self, request: HttpRequest) -> Any:
        """What comes back for a request, as it is."""
        try:
            return self._client.send_request(request, **self._options)
        except (ValueError, LookupError, RecursionError) as error:
            # What parts of azure-core raise for headers and challenges that are none.
            raise unusable(request, f"something that can't be read ({type(error).__name__})") from error


def _policies(credential: Any, scopes: list[str], waiting: Waiting | None, kwargs: Mapping[str, Any]) -> list[Any]:
    """The pipeline of a management SDK, less the policies that register resource providers and that parse bodies:
    those are read in one place, which takes nothing for granted."""
    from azure.core.pipeline import policies
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

    return [
        policies.RequestIdPolicy(**kwargs),
        policies.HeadersPolicy(**kwargs),
        kwargs.get("user_agent_policy") or policies.UserAgentPolicy(sdk_moniker="safeguards", **kwargs),
        policies.ProxyPolicy(**kwargs),
        BoundedRetryPolicy(
            waiting,
            # azure-core counts each kind of failure apart, with limits of its own.
            **dict.fromkeys(
                ("retry_total", "retry_connect", "retry_read", "retry_status"), kwargs.get("retry_total", RETRIES)
            ),
            retry_backoff_factor=BACKOFF_SECONDS,
            retry_backoff_max=LONGEST_WAIT_SECONDS,
        ),
        ARMChallengeAuthenticationPolicy(credential, *scopes),
        *([kwargs["custom_hook_policy"]] if kwargs.get("custom_hook_policy") else []),
        kwargs.get("logging_policy") or policies.HttpLoggingPolicy(**kwargs),
    ]
