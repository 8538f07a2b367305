# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What of an assignment can be judged here, and what cannot: no policy is left out in silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from azext_safeguards.check.findings import UnjudgedPolicy
from azext_safeguards.check.mutations import NAMES as MUTATIONS
from azext_safeguards.check.policies.registry import NAMES
from azext_safeguards.check.rego.patterns import unclear_patterns
from azext_safeguards.check.settings import Settings


def judgeable(settings: Settings) -> tuple[Settings, list[UnjudgedPolicy]]:
    """The settings less the policies that cannot be judged, and those with the reasons."""
    unjudged = list(_unjudged(settings))
    names = {one.policy for one in unjudged}
    if not names:
        return settings, []
    effects = {short: effect for short, effect in settings.effects.items() if short not in names}
    mutations = tuple(short for short in settings.mutations if short not in names)
    return replace(settings, effects=effects, mutations=mutations), unjudged


def _unjudged(settings: Settings) -> Iterator[UnjudgedPolicy]:
    for short in settings.effects:
        if short not in NAMES:
            yield UnjudgedPolicy(short, "this version of safeguards does not know it; a newer one may")
            continue
        reason = next(unclear_patterns(short, settings.parameters), None)
        if reason:
            yield UnjudgedPolicy(short, reason)
    for short in settings.mutations:
        if short not in MUTATIONS:
            yield UnjudgedPolicy(short, "this version of safeguards does not know what it changes; a newer one may")
