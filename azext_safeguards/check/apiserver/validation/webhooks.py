# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Webhooks of a cluster, and the rules by which admission is asked (pkg/apis/admissionregistration/validation).

What a CEL expression says is not looked at, only whether there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from azext_safeguards.check.apiserver.refusals import Path
from azext_safeguards.check.apiserver.validation import names
from azext_safeguards.check.apiserver.validation.errors import Errors
from azext_safeguards.check.apiserver.validation.selectors import label_selector

Object = dict[str, Any]

FAILURE_POLICIES = ("Fail", "Ignore")
MATCH_POLICIES = ("Equivalent", "Exact")
_NO_SIDE_EFFECTS = ("None", "NoneOnDryRun")
_OPERATIONS = ("*", "CONNECT", "CREATE", "DELETE", "UPDATE")
_SCOPES = ("*", "Cluster", "Namespaced")
_VERSIONS = "v1, v1beta1"
_MOST_CONDITIONS = 64
_FORM = "; desired format: https://host[/path]"


def validating(errors: Errors, content: Object) -> None:
    """Checks a ValidatingWebhookConfiguration."""
    _webhooks(errors, content, mutating=False)


def mutating(errors: Errors, content: Object) -> None:
    """Checks a MutatingWebhookConfiguration."""
    _webhooks(errors, content, mutating=True)


def _webhooks(errors: Errors, content: Object, *, mutating: bool) -> None:
    seen: set[str] = set()
    for index, hook in enumerate(content.get("webhooks") or ()):
        at, name = ("webhooks", index), hook.get("name", "")
        _webhook(errors, hook, at, mutating=mutating)
        versions, place = hook.get("admissionReviewVersions") or [], (*at, "admissionReviewVersions")
        if not versions:
            errors.required(place, f"must specify one of {_VERSIONS}")
        else:
            review_versions(errors, versions, place)
        if name and name in seen:
            errors.duplicate((*at, "name"), name)
        seen.add(name)


def _webhook(errors: Errors, hook: Object, path: Path, *, mutating: bool) -> None:
    _full_name(errors, hook.get("name", ""), (*path, "name"))
    for index, rule in enumerate(hook.get("rules") or ()):
        operations_and_rule(errors, rule, (*path, "rules", index))
    errors.one_of(hook.get("failurePolicy", "Fail"), FAILURE_POLICIES, (*path, "failurePolicy"))
    errors.one_of(hook.get("matchPolicy", "Exact"), MATCH_POLICIES, (*path, "matchPolicy"))
    if "sideEffects" not in hook:
        errors.required((*path, "sideEffects"), f"must specify one of {', '.join(_NO_SIDE_EFFECTS)}")
    else:
        errors.one_of(hook["sideEffects"], _NO_SIDE_EFFECTS, (*path, "sideEffects"))
    seconds = hook.get("timeoutSeconds", 10)
    if not 1 <= seconds <= 30:
        errors.invalid((*path, "timeoutSeconds"), seconds, "the timeout value must be between 1 and 30 seconds")
    label_selector(errors, hook.get("namespaceSelector"), (*path, "namespaceSelector"))
    label_selector(errors, hook.get("objectSelector"), (*path, "objectSelector"))
    if mutating:
        errors.one_of(hook.get("reinvocationPolicy", "Never"), ("IfNeeded", "Never"), (*path, "reinvocationPolicy"))
    client(errors, hook.get("clientConfig") or {}, (*path, "clientConfig"), (*path, "clientConfig"))
    match_conditions(errors, hook.get("matchConditions") or (), (*path, "matchConditions"))


def _full_name(errors: Errors, name: str, path: Path) -> None:
    if not name:
        errors.required(path)
    elif names.subdomain(name):
        errors.invalid(path, name, ",".join(names.subdomain(name)))
    elif name.count(".") < 2:
        errors.invalid(path, name, "should be a domain with at least three segments separated by dots")


def review_versions(errors: Errors, versions: list[str], path: Path) -> None:
    """Checks versions of what is sent to a webhook, of which there is one at least."""
    seen: set[str] = set()
    for index, version in enumerate(versions):
        if version in seen:
            errors.invalid((*path, index), version, "duplicate version")
            continue
        seen.add(version)
        for message in names.dns1035(version):
            errors.invalid((*path, index), version, message)
    if not seen & {"v1", "v1beta1"}:
        errors.invalid(path, versions, f"must include at least one of {_VERSIONS}")


def client(errors: Errors, found: Object, path: Path, at: Path) -> None:
    """Checks where a webhook is: behind a URL or a Service; `at` is where this stands, if not at the path told."""
    url, service = found.get("url"), found.get("service")
    if (url is None) == (service is None):
        errors.required(path, "exactly one of url or service is required", at=at)
    elif url is not None:
        _url(errors, url, (*path, "url"), (*at, "url"))
    elif service is not None:
        _service(errors, service, (*path, "service"), (*at, "service"))


def _url(errors: Errors, text: str, path: Path, at: Path) -> None:
    from urllib.parse import urlsplit

    try:
        found = urlsplit(text)
    except ValueError:
        # Nor can the API server read it, for reasons of its own.
        errors.required(path, f"url must be a valid URL{_FORM}", at=at, reason=f"'{text}' is no URL")
        return
    user, is_user, host = found.netloc.rpartition("@")
    if found.scheme != "https":
        errors.invalid(path, found.scheme, f"'https' is the only allowed URL scheme{_FORM}", at=at)
    if not host:
        errors.invalid(path, "", f"host must be specified{_FORM}", at=at)
    if is_user:
        errors.invalid(path, user, "user information is not permitted in the URL", at=at)
    if found.fragment:
        errors.invalid(path, found.fragment, "fragments are not permitted in the URL", at=at)
    if found.query:
        errors.invalid(path, found.query, "query parameters are not permitted in the URL", at=at)


def _service(errors: Errors, service: Object, path: Path, at: Path) -> None:
    # The API server takes the one for the other in what it tells.
    for told, field in (("name", "namespace"), ("namespace", "name")):
        if not service.get(field):
            reason = f"the Service of the webhook has no {field}"
            errors.required((*path, told), at=at, reason=reason)
    port, route = service.get("port", 443), service.get("path", "")
    if names.port_number(port):
        detail = f"port is not valid: {', '.join(names.port_number(port))}"
        errors.invalid((*path, "port"), port, detail, at=(*at, "port"))
    place, where = (*path, "path"), (*at, "path")
    if route in ("", "/"):
        return
    if route == "//":
        errors.invalid(place, route, "segment[0] may not be empty", at=where)
        return
    if not route.startswith("/"):
        errors.invalid(place, route, "must start with a '/'", at=where)
    for number, step in enumerate(route[1:].removesuffix("/").split("/")):
        if not step:
            errors.invalid(place, route, f"segment[{number}] may not be empty", at=where)
            continue
        for message in names.subdomain(step):
            errors.invalid(place, route, f"segment[{number}]: {message}", at=where)


def match_conditions(errors: Errors, found: Sequence[Object], path: Path) -> None:
    """Checks the conditions under which admission is asked at all."""
    if len(found) > _MOST_CONDITIONS:
        errors.too_many(path, len(found), _MOST_CONDITIONS)
    seen: set[str] = set()
    for index, one in enumerate(found):
        at, name = (*path, index), one.get("name", "")
        if not one.get("expression", "").strip():
            errors.required((*at, "expression"))
        if not name:
            errors.required((*at, "name"))
            continue
        for message in names.qualified(name):
            errors.invalid((*at, "name"), name, message)
        if name in seen:
            errors.duplicate((*at, "name"), name)
        seen.add(name)


def operations_and_rule(errors: Errors, rule: Object, path: Path) -> None:
    """Checks what requests admission is asked for."""
    operations = rule.get("operations") or []
    if not operations:
        errors.required((*path, "operations"))
    _alone(errors, operations, (*path, "operations"), "operations")
    for index, operation in enumerate(operations):
        errors.one_of(operation, _OPERATIONS, (*path, "operations", index))
    groups, versions = rule.get("apiGroups") or [], rule.get("apiVersions") or []
    if not groups:
        errors.required((*path, "apiGroups"))
    _alone(errors, groups, (*path, "apiGroups"), "API groups")
    if not versions:
        errors.required((*path, "apiVersions"))
    _alone(errors, versions, (*path, "apiVersions"), "API versions")
    for index, version in enumerate(versions):
        if not version:
            errors.required((*path, "apiVersions", index))
    _resources(errors, rule.get("resources") or [], (*path, "resources"))
    errors.one_of(rule.get("scope", "*"), _SCOPES, (*path, "scope"))


def _alone(errors: Errors, found: list[str], path: Path, what: str) -> None:
    if len(found) > 1 and "*" in found:
        errors.invalid(path, found, f"if '*' is present, must not specify other {what}")


def _resources(errors: Errors, found: list[str], path: Path) -> None:
    if not found:
        errors.required(path)
    all_of, of_all = set(), set()
    last_is_whole = False
    for index, text in enumerate(found):
        if not text:
            errors.required((*path, index))
            continue
        resource, slash, part = text.partition("/")
        if not slash:
            # The last of them counts.
            last_is_whole = text != "*"
            continue
        if resource in all_of:
            errors.invalid((*path, index), text, f"if '{resource}/*' is present, must not specify {text}")
        if part in of_all:
            errors.invalid((*path, index), text, f"if '*/{part}' is present, must not specify {text}")
        if part == "*":
            all_of.add(resource)
        if resource == "*":
            of_all.add(part)
    if len(found) > 1 and "*/*" in found:
        errors.invalid(path, found, "if '*/*' is present, must not specify other resources")
    if "*" in found and last_is_whole:
        errors.invalid(path, found, "if '*' is present, must not specify other resources without subresources")
