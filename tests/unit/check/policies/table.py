# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The shape of all tables in this folder: a manifest, parameters, and what the policy says, with places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
import yaml

from azext_safeguards.check.policies.policy import Policy

Says = list[tuple[str, tuple[str | int, ...]]]


@dataclass(frozen=True)
class Case:
    """One row."""

    id: str
    manifest: str
    """YAML. A Pod's may leave out all but its spec."""

    says: Says = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    others: str = ""
    """YAML documents: the other objects of the namespace."""


def table(policy: Policy, defaults: dict[str, Any], cases: list[Case]) -> Callable[[Case], None]:
    """A test of a policy with a table of cases.

    :param defaults: parameters of the cases that name no others.
    """

    @pytest.mark.parametrize("case", cases, ids=[case.id for case in cases])
    def test(case: Case) -> None:
        parameters = {**defaults, **case.parameters}
        one = _object(yaml.safe_load(case.manifest))
        others = [_object(document) for document in yaml.safe_load_all(case.others)] if case.others else []
        alike = [other for other in others if set(policy.likenesses(other)) & set(policy.likenesses(one))]
        found = list(policy.rule(one, parameters)) if policy.rule else []
        found += list(policy.rule_among(one, parameters, alike)) if policy.rule_among else []
        assert [(message, path) for message, path in found] == case.says

    return test


def containers(*items: str, key: str = "containers") -> str:
    """A Pod's manifest with containers in YAML's flow style, such as `{name: a, image: b}`."""
    return f"spec: {{{key}: [{', '.join(items)}]}}"


def _object(document: Any) -> dict[str, Any]:
    """A document with a name and a namespace where it has no metadata."""
    return {"metadata": {"name": "my-pod", "namespace": "default"}, **document}
