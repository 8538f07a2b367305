# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The syntax of names, labels and ports (kubernetes/kubernetes, apimachinery/pkg/util/validation)."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

Messages = tuple[str, ...]
NameRule = Callable[[str], Messages]

_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_SUBDOMAIN = _LABEL + r"(\." + _LABEL + ")*"
_DNS1035 = "[a-z]([-a-z0-9]*[a-z0-9])?"
_SEARCH_LABEL = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_SEARCH_DOMAIN = _SEARCH_LABEL + r"(\." + _SEARCH_LABEL + ")*"
_QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
_LABEL_VALUE = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?"
_CONFIG_KEY = "[-._a-zA-Z0-9]+"


def _expected(message: str, pattern: str, *examples: str) -> str:
    """A rule with examples, as the API server puts it."""
    shown = " or ".join(f"'{example}', " for example in examples)
    return f"{message} (e.g. {shown}regex used for validation is '{pattern}')"


_LABEL_TEXT = _expected(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character",
    _LABEL,
    "my-name",
    "123-abc",
)
_SUBDOMAIN_TEXT = _expected(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character",
    _SUBDOMAIN,
    "example.com",
)
_WILDCARD_TEXT = _expected(
    "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
    "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
    r"\*\." + _SUBDOMAIN,
    "*.example.com",
)
_SEARCH_DOMAIN_TEXT = _expected(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must "
    "start and end with an alphanumeric character",
    _SEARCH_DOMAIN,
    "example.com",
)
_DNS1035_TEXT = _expected(
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character",
    _DNS1035,
    "my-name",
    "abc-123",
)
_QUALIFIED_TEXT = _expected(
    "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    _QUALIFIED,
    "MyName",
    "my.name",
    "123-abc",
)
_LABEL_VALUE_TEXT = _expected(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character",
    _LABEL_VALUE,
    "MyValue",
    "my_value",
    "12345",
)
_CONFIG_KEY_TEXT = _expected(
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
    _CONFIG_KEY,
    "key.name",
    "KEY_NAME",
    "key-name",
)

matches_label = re.compile(_LABEL + r"\Z").match
"""Whether a text is as a DNS label has to be, but for its length."""
_subdomain = re.compile(_SUBDOMAIN + r"\Z").match
_search_domain = re.compile(_SEARCH_DOMAIN + r"\Z").match
_dns1035 = re.compile(_DNS1035 + r"\Z").match
_qualified = re.compile(_QUALIFIED + r"\Z").match
matches_label_value = re.compile(_LABEL_VALUE + r"\Z").match
"""The same of the value of a label."""
_config_key = re.compile(_CONFIG_KEY + r"\Z").match


def _too_long(most: int) -> str:
    return f"must be no more than {most} characters"


def _checked(value: str, most: int, is_valid: bool, text: str) -> Messages:
    """What is wrong with a value by its length and by its pattern."""
    too_long = (_too_long(most),) if len(value.encode("utf-8", "replace")) > most else ()
    return too_long if is_valid else (*too_long, text)


@lru_cache(maxsize=4096)
def label(value: str) -> Messages:
    """A DNS label: names of containers, volumes, namespaces."""
    if len(value) < 64 and matches_label(value):
        return ()
    text = "must not contain dots" if _subdomain(value) else _LABEL_TEXT
    return _checked(value, 63, bool(matches_label(value)), text)


@lru_cache(maxsize=4096)
def subdomain(value: str) -> Messages:
    """A DNS subdomain: names of most objects."""
    if len(value) < 254 and _subdomain(value):
        return ()
    return _checked(value, 253, bool(_subdomain(value)), _SUBDOMAIN_TEXT)


def wildcard(value: str) -> Messages:
    """A DNS subdomain whose first label is an asterisk."""
    is_valid = value.startswith("*.") and bool(_subdomain(value[2:]))
    return _checked(value, 253, is_valid, _WILDCARD_TEXT)


def search_domain(value: str) -> Messages:
    """A domain in which names are searched for, which may have underscores."""
    return _checked(value, 253, bool(_search_domain(value)), _SEARCH_DOMAIN_TEXT)


def subdomain_prefix(value: str) -> Messages:
    """A DNS subdomain, or the beginning of one, which may end with a hyphen."""
    return subdomain(value[:-1] + "a" if value.endswith("-") and len(value) > 1 else value)


@lru_cache(maxsize=1024)
def dns1035(value: str) -> Messages:
    """A DNS label that begins with a letter: names of Services."""
    if len(value) < 64 and _dns1035(value):
        return ()
    return _checked(value, 63, bool(_dns1035(value)), _DNS1035_TEXT)


@lru_cache(maxsize=1024)
def path_segment(value: str) -> Messages:
    """A part of a path: names of roles."""
    if value in (".", ".."):
        return (f"may not be '{value}'",)
    return tuple(f"may not contain '{one}'" for one in "/%" if one in value)


@lru_cache(maxsize=4096)
def qualified(value: str) -> Messages:
    """A key of a label: a name, or a domain, a slash and a name."""
    parts = value.split("/")
    found: Messages = ()
    if len(parts) > 2:
        return (
            f"a qualified name {_QUALIFIED_TEXT} with an optional DNS subdomain prefix and '/' "
            "(e.g. 'example.com/MyName')",
        )
    if len(parts) == 2:
        if not parts[0]:
            found += ("prefix part must be non-empty",)
        else:
            found += tuple(f"prefix part {text}" for text in subdomain(parts[0]))
    name = parts[-1]
    if not name:
        found += ("name part must be non-empty",)
    elif len(name.encode("utf-8", "replace")) > 63:
        found += (f"name part {_too_long(63)}",)
    return found if _qualified(name) else (*found, f"name part {_QUALIFIED_TEXT}")


@lru_cache(maxsize=4096)
def label_value(value: str) -> Messages:
    """The value of a label."""
    if len(value) < 64 and matches_label_value(value):
        return ()
    return _checked(value, 63, bool(matches_label_value(value)), _LABEL_VALUE_TEXT)


def stateful_set(value: str) -> Messages:
    """The name of a StatefulSet: a label since Kubernetes 1.34; before it was a subdomain, which is taken here."""
    return label(value) if subdomain(value) else ()


@lru_cache(maxsize=4096)
def is_label(key: str, value: str) -> bool:
    """Whether a key and a value make a label."""
    return not qualified(key) and not label_value(value)


def config_key(value: str) -> Messages:
    """A key of a ConfigMap or Secret."""
    if _config_key(value) and len(value) < 254 and value[0] != ".":
        return ()
    found = _checked(value, 253, bool(_config_key(value)), _CONFIG_KEY_TEXT)
    if value in (".", ".."):
        return (*found, f"must not be '{value}'")
    return (*found, "must not start with '..'") if value.startswith("..") else found


def port_number(value: int) -> Messages:
    """A port."""
    return () if 1 <= value <= 65535 else ("must be between 1 and 65535, inclusive",)


@lru_cache(maxsize=1024)
def port_name(value: str) -> Messages:
    """The name of a port."""
    found: list[str] = []
    if len(value.encode("utf-8", "replace")) > 15:
        found.append(_too_long(15))
    if not re.fullmatch("[-a-z0-9]+", value):
        found.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    if not re.search("[a-z]", value):
        found.append("must contain at least one letter (a-z)")
    if "--" in value:
        found.append("must not contain consecutive hyphens")
    if value.startswith("-") or value.endswith("-"):
        found.append("must not begin or end with a hyphen")
    return tuple(found)
