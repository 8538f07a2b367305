# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""An object on its way in: received, changed by mutating policies, filled in, validated, judged."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.apiserver.receiving import Change
from azext_safeguards.check.apiserver.warnings.asking import warn
from azext_safeguards.check.policies.policy import POD
from sandbox.cluster.add_on.acting import Acting
from sandbox.cluster.add_on.judging import judge, mutated
from sandbox.cluster.add_on.own import ask_admission_policies, mutators_of
from sandbox.cluster.core.failures import denied, forbidden
from sandbox.cluster.core.kinds import Kind
from sandbox.cluster.objects import custom
from sandbox.cluster.objects.filling import counts_generations
from sandbox.cluster.objects.immutable import forbidden_changes
from sandbox.cluster.objects.statuses import status_of
from sandbox.cluster.objects.updates import as_new, with_made
from sandbox.cluster.receiving import check_valid, missing_namespace, received, received_custom
from sandbox.cluster.state import State

Json = dict[str, Any]
_SECRET = ("", "Secret")
#: What else the server ignores of a body: its own bookkeeping.
_IGNORED = ("resourceVersion", "uid", "selfLink")


class Admission:
    """Lets objects into one cluster."""

    def __init__(self, state: State) -> None:
        self._state = state

    def admit_new(
        self, kind: Kind, item: Json, acting: tuple[Acting, ...], validation: str, warnings: list[str]
    ) -> Json:
        """Return an object as it would be stored. Raises Failure; texts for the client are added to ``warnings``."""
        state = self._state
        taken, errors = self._received(kind, _plain(item), validation, warnings, mutators_of(acting, kind))
        self._check_namespace(kind, taken)
        if not errors:
            taken, errors = self._mutated(kind, taken, acting)
        if not errors:
            taken = state.filling.new(kind, taken, state.stamp())
            errors = _own_errors(kind, taken)
        check_valid(kind, taken, errors)
        self._judge(kind, taken, acting, warnings)
        return self._with_status(kind, taken, None)

    def admit_changed(
        self, kind: Kind, item: Json, before: Json, acting: tuple[Acting, ...], validation: str, warnings: list[str]
    ) -> Json:
        """Return an object as it would replace another. Raises Failure."""
        state = self._state
        managed = item["metadata"].get("managedFields")
        # On which operations AKS's mutators are asked is not published. What they set of a Pod can't be changed once it
        # is there, so they leave that alone.
        change = None if kind.identity == POD else mutators_of(acting, kind)
        given = _plain(item)
        taken, errors = self._received(kind, as_new(kind, given, before), validation, warnings, change)
        if not errors:
            taken, errors = self._mutated(kind, taken, acting)
        if not errors:
            taken = state.filling.changed(kind, with_made(kind, taken, given, before), before)
            errors = [*forbidden_changes(kind, taken, before), *_own_errors(kind, taken)]
        elif kind.identity == _SECRET:
            # What may not change is told first; of other kinds that would need their defaults.
            errors = [*forbidden_changes(kind, {"type": "Opaque", **given}, before), *errors]
        check_valid(kind, taken, errors)
        self._judge(kind, taken, acting, warnings)
        if managed is not None:
            taken = {**taken, "metadata": {**taken["metadata"], "managedFields": managed}}
        return self._with_status(kind, taken, before)

    def _received(
        self, kind: Kind, item: Json, validation: str, warnings: list[str], change: Change | None = None
    ) -> tuple[Json, list[str]]:
        if not kind.custom:
            return received(kind, item, validation, warnings, change)
        version = custom.version_of(self._state.definition_of(kind), kind.version)
        return received_custom(kind, version, self._state.type_of(kind), item, validation, warnings)

    def _mutated(self, kind: Kind, item: Json, acting: tuple[Acting, ...]) -> tuple[Json, list[str]]:
        """The object after mutating policies: what they set is defaulted and validated like all else (recorded)."""
        changed = mutated(acting, kind, item)
        return (item, []) if changed is item else self._received(kind, changed, "Ignore", [])

    def _check_namespace(self, kind: Kind, item: Json) -> None:
        namespace = str(item["metadata"].get("namespace") or "")
        if not kind.namespaced:
            return
        if not self._state.has_namespace(namespace):
            raise missing_namespace(namespace)
        if self._state.is_ending(namespace):
            reason = f"unable to create new content in namespace {namespace} because it is being terminated"
            raise forbidden(kind, str(item["metadata"].get("name") or ""), reason)

    def _judge(self, kind: Kind, item: Json, acting: tuple[Acting, ...], warnings: list[str]) -> None:
        warnings += (one.text for one in warn(item, kind.group, kind.kind))
        # Admission policies are asked before webhooks, which see nothing of what one of them denies (recorded).
        said = ask_admission_policies(acting, kind, item)
        warnings += said.warnings
        if said.denial:
            raise forbidden(kind, str(item["metadata"].get("name") or ""), said.denial)
        verdict = judge(acting, kind, item, self._state.neighbours)
        # Warnings are sent with a denial, too (gatekeeper, pkg/webhook/policy.go).
        warnings += verdict.warnings
        if verdict.denials:
            raise denied(verdict.denials)

    def _with_status(self, kind: Kind, item: Json, before: Json | None) -> Json:
        """The object with its generation, and with the status that belongs to its spec."""
        now = self._state.stamp()
        if before is not None and "status" in kind.subresources:
            item = {name: value for name, value in item.items() if name != "status"}
            if "status" in before:
                item["status"] = before["status"]
        if before is not None and counts_generations(kind) and _spec(item) != _spec(before):
            generation = int(before["metadata"].get("generation") or 1) + 1
            item = {**item, "metadata": {**item["metadata"], "generation": generation}}
        if kind.identity == custom.DEFINITION:
            return {**item, "status": custom.established(item, now)}
        made = status_of(kind.group, kind.kind, item, now)
        if made is None or (before is not None and _spec(item) == _spec(before) and "status" in before):
            return item
        return {**item, "status": made}


def _plain(item: Json) -> Json:
    """The object without the server's bookkeeping, which is no part of what is judged."""
    metadata = {name: value for name, value in item["metadata"].items() if name not in _IGNORED}
    metadata.pop("managedFields", None)
    return {**item, "metadata": metadata}


def _spec(item: Json) -> Json:
    return {name: value for name, value in item.items() if name not in ("metadata", "status", "apiVersion", "kind")}


def _own_errors(kind: Kind, item: Json) -> list[str]:
    if kind.identity != custom.DEFINITION:
        return []
    spec = item.get("spec") or {}
    wanted = f"{(spec.get('names') or {}).get('plural')}.{spec.get('group')}"
    name = item["metadata"].get("name")
    if name == wanted:
        return []
    return [f'metadata.name: Invalid value: "{name}": must be spec.names.plural+"."+spec.group']
