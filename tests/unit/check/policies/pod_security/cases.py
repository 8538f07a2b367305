# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The shape of all tables in this folder: a Pod's spec, parameters, and what the policy says, with places."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from azext_safeguards.check.policies.policy import Policy, Violation
from azext_safeguards.domain.initiative.catalog import bundled

C0 = ("spec", "containers", 0)


@dataclass(frozen=True)
class Case:
    """One row."""

    id: str
    spec: Any
    says: list[tuple[str, tuple[str | int, ...]]] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    annotations: dict[str, str] | None = None


def containers(*items: dict[str, Any], **spec: Any) -> dict[str, Any]:
    """A spec with containers named c0, c1, ... that hold the items."""
    return {**spec, "containers": [{"name": f"c{index}", "image": "i", **item} for index, item in enumerate(items)]}


def defaults() -> dict[str, Any]:
    """The parameters of initiative 3.0.0 with the defaults that it declares."""
    return {name: spec.default for name, spec in bundled()["3.0.0"].parameters.items() if not spec.required}


def table(policy: Policy, cases: list[Case]) -> Callable[[Case], None]:
    """A parametrized test of a policy: each row's Pod, called p, gives exactly what the row says."""

    @pytest.mark.parametrize("case", cases, ids=lambda case: case.id)
    def test_says(case: Case) -> None:
        metadata = {"name": "p", **({"annotations": case.annotations} if case.annotations else {})}
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": case.spec}
        assert policy.rule
        found = list(policy.rule(pod, {**defaults(), **case.parameters}))
        assert found == [Violation(message, path) for message, path in case.says]

    return test_says
