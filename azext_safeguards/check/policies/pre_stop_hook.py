# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""pre-stop-hook: containers finish their work before they are stopped.

Source of rule and text: Azure/draft, pkg/safeguards/lib/v2.1.0/container-enforce-pre-stop-hook/template.yaml at
cc007591. It looks at init containers too, to which Kubernetes allows no hooks unless they restart always.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from azext_safeguards.check.policies.containers import CONTAINERS, INIT_CONTAINERS
from azext_safeguards.check.policies.policy import Object, Parameters, Path, Policy, Violation
from azext_safeguards.check.rego.values import elements, get, show
from azext_safeguards.domain.initiative.records import members

_POD_SPECS: tuple[tuple[str, ...], ...] = (("spec", "template", "spec"), ("spec",))


def _rule(workload: Object, parameters: Parameters) -> Iterable[Violation]:
    del parameters
    found: dict[str, Path] = {}
    for at in _POD_SPECS:
        spec = get(workload, *at)
        for name in (CONTAINERS, INIT_CONTAINERS) if isinstance(spec, dict) else ():
            # Asked of every workload, of which few have init containers.
            for index, container in elements(spec[name]) if name in spec else ():
                if isinstance(container, dict) and "name" in container and not _has_hook(container):
                    name_of_it = container["name"]
                    text = _message(name_of_it) if name_of_it.__class__ is str else _text(name_of_it)
                    found.setdefault(text, (*at, name, index, "lifecycle", "preStop"))
    return [Violation(message, path) for message, path in found.items()]


def _has_hook(container: Object) -> bool:
    """Whether the key is there; its value does not count."""
    hooks = container.get("lifecycle")
    return isinstance(hooks, dict) and "preStop" in hooks


def _text(name: Any) -> str:
    """The text about one container."""
    return (
        f"Container: {show(name)} does not include a Pre-stop hook. Neglecting to use Pre-stop hooks can "
        "lead to abrupt termination of processes, potentially causing data corruption, lost transactions, or degraded "
        "user experiences during pod shutdowns. Please use Pre-stop hooks in your manifests"
    )


_message = lru_cache(maxsize=1024)(_text)


POLICY = Policy(
    **members("pre-stop-hook"),
    rule=_rule,
)
