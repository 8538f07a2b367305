# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""AKS's own mutators and admission policies around the judging of one object."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from azext_safeguards.check.admission import KINDS, Said, judge
from azext_safeguards.check.apiserver.defaults import fill_in
from azext_safeguards.check.apiserver.refusals import field_path
from azext_safeguards.check.findings import Effect
from azext_safeguards.check.judging.mutated import Mutated, by_webhooks
from azext_safeguards.check.policies.policy import POD
from azext_safeguards.check.settings import Settings
from azext_safeguards.check.webhooks.requests import memory_alone
from azext_safeguards.domain.acting.records import REQUESTS

Object = dict[str, Any]
Kind = tuple[str, str]

FIRST_ONLY = (
    "AKS's admission policies (aks-managed-...) are asked first, and the cluster prints only the first text that "
    "denies; the other findings of such an object come up once that is fixed."
)
MEMORY_ALONE = (
    f"{REQUESTS}: a memory limit without a request is left as it is in the template of a workload, as AKS documents "
    "it; a published specification of AKS's has the request set to the limit. To have one yourself settles it."
)


class Own:
    """What AKS does beside the initiative."""

    def __init__(self, settings: Settings) -> None:
        self.mutators = settings.mutators
        self.admission = settings.admission
        self.kinds = KINDS

    def hook(self, kind: Kind) -> Hook | None:
        """AKS's part in what becomes of an object; None for a kind that it is not asked about."""
        return Hook(self, kind) if kind in self.kinds else None


class Hook:
    """AKS's part in what becomes of one object: called to change it, then asked what is said of it."""

    def __init__(self, own: Own, kind: Kind) -> None:
        self._own = own
        self._kind = kind
        self.result: Mutated | None = None
        self.notes: list[str] = []

    def __call__(self, content: Object) -> Object:
        """The object as the mutators leave it, with defaults for what is new."""
        self.result = by_webhooks(self._own.mutators, content, self._kind)
        if REQUESTS in self._own.mutators and self._kind != POD and memory_alone(self.result.content, self._kind):
            self.notes.append(MEMORY_ALONE)
        if not self.result.names:
            return content
        after = self.result.content
        fill_in(after, *self._kind)
        return after

    @property
    def names(self) -> tuple[str, ...]:
        """The mutators that changed the object."""
        return self.result.names if self.result else ()

    @property
    def changes(self) -> tuple[tuple[str, Any], ...]:
        """What they set, path and value."""
        return tuple((field_path(one.path), one.value) for one in self.result.changes) if self.result else ()

    def said(self, content: Object) -> Iterator[tuple[Effect, Said]]:
        """What the admission policies say of the object as it is now, in their order."""
        for number, one in enumerate(judge(self._own.admission, content, self._kind)):
            effect = self._own.admission[one.policy]
            if effect == "deny" and not number:
                self.notes.append(FIRST_ONLY)
            yield effect, one
