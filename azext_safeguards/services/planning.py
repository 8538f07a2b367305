# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Planning and applying a change of the safeguards of one cluster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from azext_safeguards.domain.acting.assigned import acting_by
from azext_safeguards.domain.acting.beginning import limits_filled_in
from azext_safeguards.domain.assignment.differences import Difference, differences
from azext_safeguards.domain.assignment.intent import Change
from azext_safeguards.domain.assignment.overrides import needs_location
from azext_safeguards.domain.assignment.profile import Profile, profile_of
from azext_safeguards.domain.assignment.reading import Assignment, outgrows, pins_to_know, read_assignment
from azext_safeguards.domain.assignment.render import Rendering, render, target_intent
from azext_safeguards.domain.choices.changing import PodSecuritySet
from azext_safeguards.domain.choices.pod_security import OFF, POD_SECURITY_VERSION
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import LevelRequiredError, NoPodSecurityError, PinUnavailableError
from azext_safeguards.domain.initiative.catalog import Definitions
from azext_safeguards.domain.initiative.definition import from_arm
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.owners import beside
from azext_safeguards.domain.preflight import check
from azext_safeguards.domain.read import Read
from azext_safeguards.domain.remedies import Caution, Note, Remedy, remedy
from azext_safeguards.services import resources
from azext_safeguards.services.arm import ArmClient
from azext_safeguards.services.around import AroundReading, nothing_acts
from azext_safeguards.services.owners import aks_side
from azext_safeguards.services.snapshot import Snapshot, outcome, says_absent


@dataclass(frozen=True)
class Plan:
    """What a change would do: the rendering to write, if any, and what to tell the user."""

    change: Change
    assignment: Assignment | None
    """What is there now."""
    rendering: Rendering | None
    """None when there is nothing to turn off."""
    definitions: Definitions
    warnings: tuple[str, ...]
    location: str | None = None
    """Where the cluster is, where it is known."""
    read_at: float = 0.0
    """When the reading began that it was planned on, by the monotonic clock; 0 where that does not matter."""
    around: AroundReading | None = None
    """What others put beside the assignment, where it was not told among the warnings: Off waits for nothing."""

    def named(self, cluster: ClusterRef) -> ClusterRef:
        """The cluster with its names in Azure's case, as far as the assignment has them."""
        return cluster.spelled(self.assignment.body.get("id")) if self.assignment else cluster

    def told_last(self) -> list[str]:
        """What is to be told of other assignments of the initiative once nothing is waiting any more.

        That it is not known is told, too: somebody may rely on Off.
        """
        return nothing_acts(self.around.result(), self.definitions, self.location) if self.around else []

    @property
    def writes(self) -> bool:
        """Whether applying it sends a request."""
        return self.rendering is not None and self.rendering.changes

    @property
    def differences(self) -> list[Difference]:
        """What applying it changes, field by field and policy by policy."""
        if self.rendering is None or not self.rendering.changes:
            return []
        return differences(self.assignment, self.rendering.body, self.definitions, self.location)

    @property
    def consequences(self) -> tuple[str, ...]:
        """What is to be known before it is applied, beside what it changes: what begins to turn objects away."""
        if not self.writes or self.rendering is None:
            return ()
        after = read_assignment(self.rendering.body, self.definitions, self.location)
        said = limits_filled_in(acting_by(self.assignment) if self.assignment else None, acting_by(after))
        if not said:
            return ()
        if self.change.policies is not None:
            # What is chosen for single policies, no option of a check says.
            return (said,)
        intent = self.rendering.intent
        asked = Change(intent.level, self.change.version or intent.version, self.change.excluded_namespaces)
        way = remedy("check-manifests", change=asked)
        return (Caution(said, "To see which, before", way) if intent.level else said,)


def plan_change(
    arm: ArmClient, cluster: ClusterRef, snapshot: Snapshot, change: Change, enables_addon: bool | None = None
) -> Plan:
    """What a change would write, after every check has passed.

    Costs a request only when a pin selects a version that is not bundled.

    :param enables_addon: for a cluster yet to be created, whether the command line enables the azure-policy add-on.
    :raises SafeguardsError: for everything that is refused.
    :raises azure.core.exceptions.AzureError: when a read failed that must not.
    """
    body = _found(snapshot)
    warnings: list[str] = []
    off = change.level is Level.OFF
    definitions = Definitions() if off else _definitions(snapshot, warnings)
    if body is not None and not off:
        for pin in pins_to_know(body):
            fetch_definition(arm, definitions, pin, must_exist=False)
    location = (snapshot.cluster.value or {}).get("location")
    assignment = read_assignment(body, definitions, location) if body is not None else None
    if assignment is None and off:
        nothing = Note(f"The cluster '{cluster.name}' has no deployment safeguards; nothing was written.")
        return Plan(change, None, None, definitions, (nothing,), location, around=snapshot.around)
    try:
        intent, pin = target_intent(assignment, change)
    except LevelRequiredError as error:
        if snapshot.managed is not None and snapshot.managed.value is not None:
            # A level is no way on where AKS sets it.
            check(snapshot.facts, Level.WARNING, change, cluster, enables_addon).raise_problems(cluster)
        raise LevelRequiredError(error.message, [remedy("set-level-too", cluster=cluster, change=change)]) from error
    # An assignment at no known level acts all the same, so it is held to what a level that is on needs.
    finding = check(snapshot.facts, intent.level or Level.WARNING, change, cluster, enables_addon)
    if assignment is not None and change.level is None:
        # A second owner is there already; whoever relaxes one policy of ours, excludes a namespace or ends a suspension
        # that was possible beside it, must be able to, and is told of the other.
        finding = finding.without_second_owner()
    finding.raise_problems(cluster)
    if intent.level is not Level.OFF:
        _raise_failure(snapshot.initiative)
        fetch_definition(arm, definitions, pin, must_exist=True)
    try:
        rendering = render(assignment, change, definitions)
    except NoPodSecurityError as error:
        raise NoPodSecurityError(error.message, _ways_to_pod_security(cluster, change)) from error
    side = aks_side(snapshot.managed, snapshot.cluster.value) if snapshot.managed is not None else None
    if side is not None and (side.acts or intent.level is Level.OFF):
        # No reason to refuse what was not refused; but that only this acts would not be true.
        warnings += filter(None, [beside(side, cluster)])
    said = [*finding.warnings, *warnings, *rendering.warnings]
    around = snapshot.around
    if around is not None and not off:
        beside_it = around.result().that_matters(intent.level, definitions, location)
        said += [found.caution for found in beside_it]
        around = None
    return Plan(change, assignment, rendering, definitions, tuple(said), location, snapshot.read_at, around)


def plan_again(arm: ArmClient, plan: Plan, body: Mapping[str, Any] | None) -> Plan:
    """The same change on what another write left, which may be pinned to a version that nobody has read yet.

    :param body: the assignment as it is now; None for none.
    :raises SafeguardsError: when that refuses the change.
    :raises azure.core.exceptions.AzureError: when a definition could not be read.
    """
    for pin in pins_to_know(body) if body is not None else ():
        fetch_definition(arm, plan.definitions, pin, must_exist=False)
    assignment = read_assignment(body, plan.definitions, plan.location) if body is not None else None
    if plan.change.suspension is None:
        intent, pin = target_intent(assignment, plan.change)
        if intent.level is not Level.OFF:
            fetch_definition(arm, plan.definitions, pin, must_exist=True)
    return replace(plan, assignment=assignment, rendering=render(assignment, plan.change, plan.definitions))


def _ways_to_pod_security(cluster: ClusterRef, change: Change) -> list[Remedy]:
    """The two commands that give a cluster Pod Security, whatever version it is at."""
    wanted = change.policies.wanted if isinstance(change.policies, PodSecuritySet) else None
    effect = wanted.effect.value if wanted and wanted.effect else None
    level = wanted.level if wanted else OFF
    return [
        remedy("set-version", cluster=cluster, version=POD_SECURITY_VERSION),
        remedy("pod-security", cluster=cluster, level=level, effect=effect),
    ]


def read_profile(arm: ArmClient, cluster: ClusterRef) -> tuple[Profile, dict[str, Any]]:
    """The profile of a cluster and the assignment that it was read from; requests and errors of `load_assignment`."""
    assignment, definitions = load_assignment(arm, cluster)
    return profile_of(assignment, definitions), dict(assignment.body)


def load_assignment(arm: ArmClient, cluster: ClusterRef) -> tuple[Assignment, Definitions]:
    """The assignment of a cluster with what is known of its definition.

    One request, and one more each where the pin is not bundled or this cloud's version of it is seen to be newer, and
    where an override or a resource selector depends on where the cluster is.

    :raises azure.core.exceptions.ResourceNotFoundError: when there is no assignment.
    :raises ForeignDefinitionError: when the assignment of that name assigns something else.
    """
    body = resources.get_assignment(arm, cluster)
    definitions = Definitions()
    is_newer = outgrows(body, definitions)
    for pin in pins_to_know(body):
        if is_newer or definitions.get(pin) is None:
            _fetch_offered(arm, definitions)
            fetch_definition(arm, definitions, pin, must_exist=False)
    location = None
    properties = body.get("properties") or {}
    if needs_location([*(properties.get("overrides") or ()), *(properties.get("resourceSelectors") or ())]):
        location = resources.get_cluster(arm, cluster).get("location")
    return read_assignment(body, definitions, location), definitions


def _definitions(snapshot: Snapshot, warnings: list[str]) -> Definitions:
    """What the cloud was seen to offer; only the bundled catalog where the initiative could not be read."""
    initiative = snapshot.initiative
    if initiative is None or initiative.failed:
        if initiative is not None and initiative.status == 403:
            warnings.append(
                "May not read the safeguards initiative; going on with the versions known to this extension."
            )
        return Definitions()
    return offered_definitions(initiative.value)


def offered_definitions(initiative: Mapping[str, Any] | None) -> Definitions:
    """What a cloud offers, from its answer for the initiative; nothing where it has none (None).

    :param initiative: the newest version as `get_initiative` returns it.
    """
    if initiative is None:
        return Definitions(offered=())
    newest = from_arm(initiative)
    listed = (initiative.get("properties") or {}).get("versions") or [newest.version]
    return Definitions(tuple(str(version) for version in listed), {newest.version: newest})


def _fetch_offered(arm: ArmClient, definitions: Definitions) -> None:
    if definitions.offered is None:
        read = outcome(lambda: resources.get_initiative(arm))
        if not read.failed:
            offered = offered_definitions(read.value)
            definitions.offered = offered.offered
            definitions.fetched.update(offered.fetched)


def fetch_definition(arm: ArmClient, definitions: Definitions, pin: str, *, must_exist: bool) -> None:
    """Reads the definition that a pin selects, unless it is known.

    :raises PinUnavailableError: when it selects nothing and must exist.
    """
    try:
        version = definitions.missing(pin)
    except PinUnavailableError:
        if must_exist:
            raise
        return
    if version is None:
        return
    read = outcome(lambda: resources.get_initiative_version(arm, version))
    if read.value is not None:
        definitions.fetched[version] = from_arm(read.value)
    elif must_exist:
        _raise_failure(read)
        raise PinUnavailableError(f"This cloud lists version {version} of the initiative but does not have it.")


def _raise_failure(read: Read[Any] | None) -> None:
    """Raises the failure of a read, unless it is a permission that is merely missing."""
    if read is not None and read.failed and read.raised and read.status != 403:
        raise read.raised


def _found(snapshot: Snapshot) -> Mapping[str, Any] | None:
    """The assignment that is there, or None where there surely is none.

    On a cluster that exists only a 404 about the assignment says so: taking another one for absence would write a
    first assignment over what somebody put there.

    :raises azure.core.exceptions.AzureError: when it is not known.
    """
    read = snapshot.assignment
    if read.raised and (read.failed or not (snapshot.creating or says_absent(read.raised))):
        raise read.raised
    return read.value
