# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What the Pod Security members ask of a Pod."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from azext_safeguards.check.policies.containers import ALL_LISTS, containers, is_excluded_image, is_excluded_name
from azext_safeguards.check.policies.pod_security.fields import under
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Rule, Violation
from azext_safeguards.check.rego.values import show


def pod_name(pod: Object) -> str:
    """The name of a Pod as messages print it."""
    name = under(pod, "metadata", "name")
    return name if isinstance(name, str) else ""


def is_windows(pod: Object) -> bool:
    """Whether the Pod is bound to Windows nodes, which is how the templates tell (Azure/draft, lib/v2.1.0)."""
    return bool(under(pod, "spec", "nodeSelector", "kubernetes.io/os") == "windows")


def judged_containers(
    pod: Object, parameters: Parameters, *, by_name: bool = True
) -> Iterator[tuple[Mapping[str, Any], Path, str]]:
    """The containers of all three lists that are not excluded, each with its path and its name as printed.

    One without a name is passed over: a template that prints the name says nothing then.

    :param by_name: whether `excludedContainers` counts; `excludedImages` always does.
    """
    for container, path in containers(pod, *ALL_LISTS):
        name = container.get("name")
        if name is None or (by_name and is_excluded_name(container, parameters)):
            continue
        if not is_excluded_image(container, parameters):
            yield container, path, show(name)


def said_once(rule: Rule) -> Rule:
    """A rule that says each message once, at the first place: what a template finds is a set."""

    def once(pod: Object, parameters: Parameters) -> Iterable[Violation]:
        found: dict[str, Violation] = {}
        for violation in rule(pod, parameters):
            found.setdefault(violation.message, violation)
        return found.values()

    return once
