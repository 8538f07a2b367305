# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What reports say about a policy beside its findings, and the page on which a reader finds more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import quote, urlsplit

from azext_safeguards.check.admission.prose import policies as admission_policies
from azext_safeguards.check.errors import CheckError
from azext_safeguards.check.judging.consequences import WITHOUT_PODS
from azext_safeguards.check.mutations import REGISTRY as MUTATIONS
from azext_safeguards.check.policies.policy import Confidence, Policy
from azext_safeguards.check.policies.registry import REGISTRY
from azext_safeguards.domain.initiative.records import RECORDS

_HOST = re.compile(r"[\w.-]+")
_EXAMPLE = "--docs-url https://github.com/OWNER/REPOSITORY/blob/main/docs/policies.md"


def described(address: str | None = None) -> dict[str, Policy]:
    """Everything that a finding can be of, by its short name.

    :param address: where docs/policies.md is published. Its anchors then are the pages on which reports say more; AKS's
        own admission policies have none there and keep theirs. Without it, it is what Kubernetes or Microsoft say about
        the subject: the project itself has no published address.
    :raises CheckError: for an address that is none.
    """
    ours = {**REGISTRY, **{short: _of_a_mutation(short) for short in MUTATIONS}}
    return {**(_at(address, ours) if address else ours), **admission_policies()}


def _at(address: str, policies: Mapping[str, Policy]) -> dict[str, Policy]:
    page = _page(address)
    return {short: replace(policy, docs=f"{page}#{quote(short)}") for short, policy in policies.items()}


def _page(address: str) -> str:
    """An address that can stand in a report as it is, without an anchor.

    :raises CheckError: for one that cannot.
    """
    # Brackets and blanks would end a link in Markdown.
    page = quote(address.strip().partition("#")[0], safe="/:?&=%~+,;@!$*")
    parts = urlsplit(page)
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(parts.hostname or ""):
        raise CheckError(
            f"'{address}' is not the address of a page, which begins with https:// and names a host.", [_EXAMPLE]
        )
    return page


def _of_a_mutation(short: str) -> Policy:
    """A mutation, as whose finding a report tells that the Pods of a workload become invalid by it."""
    record = RECORDS[short]
    return Policy(
        short=short,
        reference_id=record.reference_id,
        title=WITHOUT_PODS.title,
        kinds=record.kinds,
        why=WITHOUT_PODS.why,
        fix=WITHOUT_PODS.fix,
        patch=RECORDS["resource-limits"].patch,
        docs=WITHOUT_PODS.docs,
        confidence=Confidence.DESCRIPTION,
    )
