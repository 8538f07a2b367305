# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is asked about the objects of a kind: found out once for each kind, not for each object."""

from __future__ import annotations

from collections.abc import Iterable

from azext_safeguards.check.findings import Effect
from azext_safeguards.check.judging.expansion import TEMPLATES
from azext_safeguards.check.judging.mutated import Mutator
from azext_safeguards.check.policies.policy import POD, Path, Policy, Rule
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.policies.registry import policy as policy_named
from azext_safeguards.check.settings import Settings

Kind = tuple[str, str]
"""Group and kind."""


class Acting:
    """What acts on the objects of one kind."""

    __slots__ = ("comparing", "is_mutated", "members", "places", "rules", "template")

    def __init__(self, template: Path | None, is_mutated: bool) -> None:
        self.rules: list[tuple[Policy, Effect, Rule]] = []
        """The policies that look at one object."""
        self.comparing: list[Policy] = []
        """Those that compare it with others."""
        self.members: tuple[str, ...] = ()
        """The members of `spec` that they read."""
        self.places: tuple[Path, ...] = ()
        """Where they find violations."""
        self.template = template
        """Where the Pod is that the object implies; None where nothing acts on Pods."""
        self.is_mutated = is_mutated


class Asked:
    """All that some settings ask of objects."""

    __slots__ = ("by_kind", "mutator", "parameters", "pod", "wants_diffs")

    def __init__(self, settings: Settings, kinds: Iterable[Kind]) -> None:
        """Takes the settings, and kinds about which something else is asked."""
        self.parameters = settings.parameters
        self.wants_diffs = settings.want_diffs
        self.mutator = Mutator(settings.mutations, None if settings.want_diffs else frozenset(settings.effects))
        self.by_kind = _by_kind(settings, self.mutator, kinds)
        """What acts on each kind on which anything does."""
        self.pod = self.by_kind.get(POD) or Acting(None, False)
        """The same for the Pods that workloads imply."""


def _by_kind(settings: Settings, mutator: Mutator, asked: Iterable[Kind]) -> dict[Kind, Acting]:
    policies = [(policy_named(short), effect) for short, effect in settings.effects.items() if short in NAMES]
    alone = {kind for one, _ in policies if one.rule for kind in one.kinds}
    comparing = {kind for one, _ in policies if one.rule_among for kind in one.kinds | one.among}
    has_pods = POD in alone or mutator.acts_on(POD)
    kinds = {*alone, *comparing, *(TEMPLATES if has_pods else ()), *mutator.kinds, *asked}
    found = {kind: Acting(TEMPLATES.get(kind) if has_pods else None, mutator.acts_on(kind)) for kind in kinds}
    for one, effect in policies:
        if one.rule:
            for kind in one.kinds:
                found[kind].rules.append((one, effect, one.rule))
        if one.rule_among:
            for kind in one.kinds:
                found[kind].places = tuple({*found[kind].places, *one.places})
            for kind in one.kinds | one.among:
                found[kind].members = tuple({*found[kind].members, *one.keep})
                found[kind].comparing.append(one)
    return found
