# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The constraints and templates that the add-on keeps on a cluster: one constraint for each validating member."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.cluster.add_on.acting import Acting, Member, templates
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.showing.columns import CONSTRAINTS

Json = dict[str, Any]
TEMPLATE = Kind("templates.gatekeeper.sh", "v1", "constrainttemplates", "ConstraintTemplate", False, read_only=True)
_NAMESPACE = uuid.UUID("6d1f3e0a-2b5c-4c1d-9d5e-8f0a7b6c5d4e")


def kinds() -> list[Kind]:
    """Return the kinds of all constraints that there can be, and of their templates.

    All are known from the start: clients remember for hours what kinds a cluster has.
    """
    found = [TEMPLATE]
    for template in templates():
        name = template.lower()
        categories = ("constraint", "constraints")
        found.append(Kind(CONSTRAINTS, "v1beta1", name, template, False, (), categories, read_only=True))
    return found


def constraints(acting: tuple[Acting, ...], kind: Kind, since: str) -> list[Json]:
    """Return the objects of one constraint kind, or the templates that are in use, by name."""
    at_work = [(one, member) for one in acting for member in one.with_action("deny", "warn", "dryrun")
               if member.template]  # fmt: skip
    if kind.key == TEMPLATE.key:
        names = sorted({member.template for _, member in at_work})
        return [_template(name, since) for name in names]
    found = [_constraint(one, member, kind, since) for one, member in at_work if member.template == kind.kind]
    return sorted(found, key=lambda item: str(item["metadata"]["name"]))


def _constraint(one: Acting, member: Member, kind: Kind, since: str) -> Json:
    from azext_safeguards.check.policies.registry import policy

    groups: dict[str, list[str]] = {}
    for group, name in sorted(policy(member.short).kinds):
        groups.setdefault(group, []).append(name)
    matched = [{"apiGroups": [group], "kinds": names} for group, names in groups.items()]
    wanted = policy(member.short).parameters
    parameters = {name: one.parameters[name] for name in wanted if name in one.parameters}
    return {
        "apiVersion": kind.api_version,
        "kind": kind.kind,
        "metadata": {
            "name": member.constraint,
            "uid": str(uuid.uuid5(_NAMESPACE, member.constraint)),
            "creationTimestamp": since,
            "annotations": {
                "azure-policy-assignment-id": one.owner,
                "azure-policy-definition-reference-id": member.reference,
            },
            "labels": {"managed-by": "azure-policy-addon"},
        },
        "spec": {
            "enforcementAction": member.action,
            "match": {"excludedNamespaces": list(one.excluded), "kinds": matched, "source": one.source},
            **({"parameters": parameters} if parameters else {}),
        },
    }


def _template(name: str, since: str) -> Json:
    return {
        "apiVersion": TEMPLATE.api_version,
        "kind": TEMPLATE.kind,
        "metadata": {
            "name": name.lower(),
            "uid": str(uuid.uuid5(_NAMESPACE, name)),
            "creationTimestamp": since,
            "labels": {"managed-by": "azure-policy-addon"},
        },
        # The rules themselves are not published: what judges here is the checker.
        "spec": {"crd": {"spec": {"names": {"kind": name}}}, "targets": []},
    }
