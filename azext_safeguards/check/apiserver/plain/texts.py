# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Names, labels and annotations of plain objects: a text that has been looked at once is known from then on.

What is not as the rules want it, or only might not be, raises `Doubt`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from azext_safeguards.check.apiserver.doubt import Doubt
from azext_safeguards.check.apiserver.validation import addresses, names

Object = dict[str, Any]

_MOST_KNOWN = 8192
_MOST_ANNOTATION_CHARACTERS = 50_000
_MOST_ANNOTATIONS = 100

# DNS labels, which are subdomains, values of labels, keys of data and parts of paths, too.
_labels: set[str] = set()
# Keys and values of labels, hosts of Ingresses, keys of data, names of variables, annotations without a meaning.
_keys: set[str] = set()
_values: set[str] = set()
_hosts: set[str] = set()
_data_keys: set[str] = set()
known_variables: set[str] = set()
_annotations: set[str] = set()


def _remember(known: set[str], text: str) -> None:
    if len(known) >= _MOST_KNOWN:
        known.clear()
    known.add(text)


def _remember_label(text: str) -> None:
    _remember(_labels, text)
    # It will be one of the values of labels.
    _remember(_values, text)


def label(text: Any) -> Any:
    """A DNS label."""
    if text not in _labels:
        if text.__class__ is not str or len(text) > 63 or not names.matches_label(text):
            raise Doubt
        _remember_label(text)
    return text


def subdomain(text: Any) -> Any:
    """A DNS subdomain: the name of most objects."""
    if text not in _labels:
        if text.__class__ is not str:
            raise Doubt
        if len(text) <= 63 and names.matches_label(text):
            _remember_label(text)
        elif names.subdomain(text):
            raise Doubt
    return text


def service_name(text: Any) -> Any:
    """A DNS label that begins with a letter."""
    if label(text)[0] <= "9":
        raise Doubt
    return text


def path_segment(text: Any) -> Any:
    """A part of a path: names of roles and what refers to objects."""
    if text not in _labels and (text.__class__ is not str or not text or names.path_segment(text)):
        raise Doubt
    return text


def label_key(text: Any) -> Any:
    """A key of a label."""
    if text not in _keys:
        if text.__class__ is not str or names.qualified(text):
            raise Doubt
        _remember(_keys, text)
    return text


def label_value(text: Any) -> Any:
    """The value of a label."""
    if text not in _values:
        if text.__class__ is not str or len(text) > 63 or not names.matches_label_value(text):
            raise Doubt
        _remember(_values, text)
    return text


_are_known_keys, _are_known_values = _keys.issuperset, _values.issuperset


def labels(found: Any) -> Any:
    """Labels, of which there are some."""
    if found.__class__ is not dict or not found:
        raise Doubt
    if not _are_known_keys(found):
        for key in found:
            label_key(key)
    if not _are_known_values(found.values()):
        for value in found.values():
            if value not in _values:
                label_value(value)
    return found


# Annotations that something looks at; so are all of alpha and beta, and those of containers.
_WITH_A_MEANING = frozenset(
    {"kubernetes.io/ingress.class", "service.kubernetes.io/topology-aware-hints", "kubernetes.io/service-account.name"}
    | {"kubernetes.io/enforce-mountable-secrets", "controller.kubernetes.io/pod-deletion-cost"}
)
_MEANING = ("container.", "volume.beta.", "service.beta.kubernetes.io/load-balancer-source-ranges")


def plain_annotations(found: Any) -> Any:
    """Annotations, of which there are some, and which mean nothing to the API server."""
    if found.__class__ is not dict or not 0 < len(found) < _MOST_ANNOTATIONS:
        raise Doubt
    size = 0
    for key, value in found.items():
        if value.__class__ is not str:
            raise Doubt
        size += len(value)
        if key not in _annotations:
            _new_annotation(key)
    if size > _MOST_ANNOTATION_CHARACTERS:
        raise Doubt
    return found


def _new_annotation(key: str) -> None:
    if names.qualified(key.lower()) or key in _WITH_A_MEANING or key.startswith(_MEANING):
        raise Doubt
    if ".alpha." in key or ("security." in key and "kubernetes.io/" in key):
        raise Doubt
    _remember(_annotations, key)


def metadata(found: Any) -> Any:
    """The metadata of an object whose name is a subdomain, copied."""
    subdomain(found["name"])
    return _metadata(found)


def metadata_of_service(found: Any) -> Any:
    """The same of a Service."""
    service_name(found["name"])
    return _metadata(found)


def metadata_of_workload(found: Any) -> Any:
    """The same of a workload, whose name ends up in those of its Pods."""
    label(found["name"])
    return _metadata(found)


def metadata_of_role(found: Any) -> Any:
    """The same of a Role or a binding."""
    path_segment(found["name"])
    return _metadata(found)


def _metadata(found: Any) -> Any:
    if found.__class__ is not dict:
        raise Doubt
    for field, value in found.items():
        if field == "name":
            continue
        if field == "labels":
            labels(value)
        elif field == "namespace":
            if value not in _labels:
                label(value)
        elif field == "annotations":
            plain_annotations(value)
        else:
            raise Doubt
    return found.copy()


def inner_metadata(found: Any) -> Any:
    """The metadata of a template, which may have no name."""
    if found.__class__ is not dict:
        raise Doubt
    for field, value in found.items():
        if field == "labels":
            labels(value)
        elif field == "annotations":
            plain_annotations(value)
        else:
            raise Doubt
    return found


def selector(found: Any) -> Any:
    """A selector of labels."""
    if found.__class__ is not dict:
        raise Doubt
    for field, value in found.items():
        if field == "matchLabels":
            labels(value)
        elif field == "matchExpressions":
            for one in some(value):
                requirement(one)
        else:
            raise Doubt
    return found


_EXPRESSION = frozenset({"key", "operator", "values"})


def requirement(one: Any) -> Any:
    """What a label has to be like."""
    if one.__class__ is not dict or not one.keys() <= _EXPRESSION:
        raise Doubt
    label_key(one["key"])
    operator = one["operator"]
    if operator == "In" or operator == "NotIn":
        for value in some(one["values"]):
            label_value(value)
    elif (operator != "Exists" and operator != "DoesNotExist") or "values" in one:
        raise Doubt
    return one


def host(text: Any) -> Any:
    """The host of a rule of an Ingress."""
    if text not in _hosts:
        if text.__class__ is not str or addresses.address(text) is not None:
            raise Doubt
        if names.wildcard(text) if "*" in text else names.subdomain(text):
            raise Doubt
        _remember(_hosts, text)
    return text


def data_key(text: Any) -> Any:
    """A key of a ConfigMap or Secret."""
    if text not in _data_keys:
        if text.__class__ is not str or names.config_key(text):
            raise Doubt
        _remember(_data_keys, text)
    return text


def variable(text: Any) -> Any:
    """The name of an environment variable."""
    if text not in known_variables:
        if text.__class__ is not str or not text or len(text) > 253:
            raise Doubt
        if not text.isascii() or not text.isprintable() or "=" in text:
            raise Doubt
        _remember(known_variables, text)
    return text


def some(found: Any) -> Any:
    """A list of something."""
    if found.__class__ is not list or not found:
        raise Doubt
    return found


def texts(found: Any) -> Any:
    """A list of texts, of which there are some."""
    for one in some(found):
        if one.__class__ is not str:
            raise Doubt
    return found


def all_in(found: Iterable[Any], known: frozenset[str]) -> None:
    """Raises `Doubt` where something is none of a few texts."""
    for one in found:
        if one not in known:
            raise Doubt
