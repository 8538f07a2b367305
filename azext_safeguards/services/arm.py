# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A client for Azure Resource Manager that keeps JSON as it came and registers nothing behind the user's back.

Why not the management SDKs: their models drop fields that they do not know, four of them cost four pipelines, and
each of their pipelines answers MissingSubscriptionRegistration by registering the provider, which would be a write
before preflight. The transport, retries, authentication and logging are azure-core's all the same.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from azure.core.pipeline.policies import RetryPolicy

from azext_safeguards.services.answers import Pending, error_of, json_of, lost, pause_of

if TYPE_CHECKING:
    from azure.core.credentials import AccessToken, TokenCredential
    from azure.core.rest import HttpRequest

PUBLIC_CLOUD = "https://management.azure.com"

# A request that keeps failing is given up after about 10 seconds of waiting, unless the service names a time itself.
_RETRIES = 4
_BACKOFF_SECONDS = 0.6
_LONGEST_WAIT_SECONDS = 60
# POST, too: what we post registers or queries, and may be said twice.
_REPEATED = frozenset({"GET", "PUT", "DELETE", "POST"})
_READ_TIMEOUT_SECONDS = 30
_CONNECT_TIMEOUT_SECONDS = 20
# A token is asked for again when it has less than this left.
_TOKEN_MARGIN_SECONDS = 120


class BoundedRetryPolicy(RetryPolicy):
    """Retries as azure-core does, but also what is posted, and without waiting longer than a minute for a header."""

    def configure_retries(self, options: dict[str, Any]) -> dict[str, Any]:
        """The settings of one request; azure-core takes methods from there alone."""
        options.setdefault("retry_on_methods", _REPEATED)
        settings: dict[str, Any] = super().configure_retries(options)
        return settings

    def is_retry(self, settings: dict[str, Any], response: Any) -> bool:
        """Whether to try again; a Retry-After beyond the bound means no."""
        wait = self.get_retry_after(response)
        if wait is not None and wait > _LONGEST_WAIT_SECONDS:
            return False
        return bool(super().is_retry(settings, response))


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
    :param kwargs: azure-core settings (`headers`, `user_agent_policy`, `logging_policy`, `connection_verify`,
        `credential_scopes`, `retry_total` ...), as az prepares them for every management client.
    """

    def __init__(
        self, credential: TokenCredential, subscription_id: str, base_url: str = PUBLIC_CLOUD, **kwargs: Any
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
        policies = _policies(self._token, scopes, kwargs)
        self._client = PipelineClient(self._base_url, policies=policies, **kwargs)

    def get(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The resource at a path.

        :raises azure.core.exceptions.HttpResponseError: for an answer of 400 and above; ResourceNotFoundError for 404.
        :raises azure.core.exceptions.AzureError: when no answer came.
        """
        return self._send("GET", path, api_version, query=query) or {}

    def list_all(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """All elements of a list, its pages followed to the end; errors as `get`."""
        return [item for page in self.list_pages(path, api_version, query) for item in page]

    def list_pages(
        self, path: str, api_version: str, query: Mapping[str, str] | None = None
    ) -> Iterator[list[dict[str, Any]]]:
        """The elements of a list, page by page, each read when it is asked for; errors as `get`."""
        page = self.get(path, api_version, query)
        yield list(page.get("value") or ())
        seen: set[str] = set()
        while link := str(page.get("nextLink") or ""):
            page = self._follow(_new(link, seen))
            yield list(page.get("value") or ())

    def put(self, path: str, api_version: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Creates or replaces the resource at a path; errors as `get`."""
        return self._send("PUT", path, api_version, body=body) or {}

    def post(
        self,
        path: str,
        api_version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Runs an action; errors as `get`."""
        return self._send("POST", path, api_version, body=body, query=query) or {}

    def post_all(self, path: str, api_version: str, query: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        """All elements of a list that is asked for by POST, its pages followed to the end; errors as `get`."""
        page = self.post(path, api_version, query=query)
        elements = list(page.get("value") or ())
        seen: set[str] = set()
        while link := str(page.get("@odata.nextLink") or ""):
            page = self._follow(_new(link, seen), "POST")
            elements.extend(page.get("value") or ())
        return elements

    def begin(self, path: str, api_version: str) -> Pending | None:
        """Starts an action that goes on after its answer; None when it is done already. Errors as `get`."""
        from azure.core.rest import HttpRequest

        return self._pending(HttpRequest("POST", f"{self._base_url}{path}", params={"api-version": api_version}))

    def follow_up(self, pending: Pending) -> Pending | None:
        """Asks how an action goes that `begin` started; None when it is done. Errors as `get`, and for its failure."""
        from azure.core.rest import HttpRequest

        return self._pending(HttpRequest("GET", self._on_endpoint(pending.link)), pending.link)

    def delete(self, path: str, api_version: str) -> dict[str, Any] | None:
        """Deletes the resource at a path.

        :returns: the deleted resource where the service returns it (200), None where there was none (204).
        """
        return self._send("DELETE", path, api_version)

    def _follow(self, link: str, method: str = "GET") -> dict[str, Any]:
        """The page behind a nextLink; errors as `_on_endpoint`."""
        from azure.core.rest import HttpRequest

        return self._answer(HttpRequest(method, self._on_endpoint(link), headers={"Accept": "application/json"})) or {}

    def _on_endpoint(self, link: str) -> str:
        """A link that the service gave, which must stay on the endpoint: the token goes with it.

        :raises azure.core.exceptions.HttpResponseError: for a link to elsewhere.
        """
        if not link.lower().startswith(f"{self._base_url.lower()}/"):
            raise lost(f"The service named a next page at another place: {link}")
        return link

    def _pending(self, request: HttpRequest, known_link: str = "") -> Pending | None:
        """Sends a request about an action; where to ask next, None when there is nothing more to ask."""
        response = self._checked(request)
        body = json_of(response) or {}
        if str(body.get("status") or "").lower() in ("failed", "canceled"):
            raise lost(f"The action ended as {body['status']}.")
        link = response.headers.get("Location") or response.headers.get("Azure-AsyncOperation") or known_link
        if response.status_code != 202 or not link:
            return None
        return Pending(link, pause_of(response.headers))

    def _send(
        self,
        method: str,
        path: str,
        api_version: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any] | None:
        from azure.core.rest import HttpRequest

        request = HttpRequest(
            method,
            f"{self._base_url}{path}",
            params={**(query or {}), "api-version": api_version},
            headers={"Accept": "application/json"},
            json=body,
        )
        return self._answer(request)

    def _answer(self, request: HttpRequest) -> dict[str, Any] | None:
        return json_of(self._checked(request))

    def _checked(self, request: HttpRequest) -> Any:
        """The answer to a request, which is no error."""
        response = self._client.send_request(request)
        if response.status_code == 401:
            # A token may be revoked before its time; one new one is worth a try, a second would not be.
            self._token.forget()
            response = self._client.send_request(request)
        if response.status_code >= 400:
            raise error_of(response)
        return response


def _new(link: str, seen: set[str]) -> str:
    """The link of a next page, noted as seen.

    :raises azure.core.exceptions.HttpResponseError: when it was seen before, so that the pages have no end.
    """
    if link in seen:
        raise lost(f"The service named the same next page twice: {link}")
    seen.add(link)
    return link


def _policies(credential: Any, scopes: list[str], kwargs: Mapping[str, Any]) -> list[Any]:
    """The pipeline of a management SDK, less the policy that registers resource providers."""
    from azure.core.pipeline import policies
    from azure.mgmt.core.policies import ARMChallengeAuthenticationPolicy

    return [
        policies.RequestIdPolicy(**kwargs),
        policies.HeadersPolicy(**kwargs),
        kwargs.get("user_agent_policy") or policies.UserAgentPolicy(sdk_moniker="safeguards", **kwargs),
        policies.ProxyPolicy(**kwargs),
        policies.ContentDecodePolicy(**kwargs),
        BoundedRetryPolicy(
            # azure-core counts each kind of failure apart, with limits of its own.
            **dict.fromkeys(
                ("retry_total", "retry_connect", "retry_read", "retry_status"), kwargs.get("retry_total", _RETRIES)
            ),
            retry_backoff_factor=_BACKOFF_SECONDS,
            retry_backoff_max=_LONGEST_WAIT_SECONDS,
        ),
        ARMChallengeAuthenticationPolicy(credential, *scopes),
        *([kwargs["custom_hook_policy"]] if kwargs.get("custom_hook_policy") else []),
        kwargs.get("logging_policy") or policies.HttpLoggingPolicy(**kwargs),
    ]
