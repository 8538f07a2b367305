# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Planning a change of single namespaces on the list of those that are left alone."""

from __future__ import annotations

from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.render import render
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.namespaces import NamespaceEdit
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import AroundReading
from azext_safeguards.services.planning import Plan, load_assignment


def plan_namespaces(arm: ArmClient, cluster: ClusterRef, edit: NamespaceEdit) -> Plan:
    """What adding or removing namespaces would write.

    It needs the assignment and nothing else, so that a namespace can be left out while everything else is broken. A
    write that meets another one is planned anew on the list that the other one left.

    :raises azure.core.exceptions.ResourceNotFoundError: when there is no assignment.
    :raises SafeguardsError: for everything that is refused.
    """
    reading = AroundReading(arm, cluster)
    assignment, definitions = load_assignment(arm, cluster)
    change = Change(namespaces=edit)
    rendering = render(assignment, change, definitions)
    remarks = edit.remarks(assignment.excluded_namespaces)
    location = assignment.location
    # Namespaces of ours are none of another assignment's.
    found = reading.result().that_matters(assignment.intent.level, definitions, location)
    said = (*remarks, *rendering.warnings, *(one.caution for one in found))
    return Plan(change, assignment, rendering, definitions, said, location)
