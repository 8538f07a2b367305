# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The texts of the policies, of all ages, and what they name: container, object, namespace, image, field, values.

Sources: Azure/draft, pkg/safeguards/lib; MicrosoftDocs/azure-aks-docs, articles/aks/deployment-safeguards.md and its
history; open-policy-agent/gatekeeper-library; output of clusters in public issues.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

# A name as Kubernetes has them, where nothing else says where it ends.
_NAME = r"[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?"


def _angled(group: str) -> str:
    """A value in angle brackets, which a web page may have taken for a tag and eaten."""
    return rf"(?: ?<(?P<{group}>[^<>]{{1,300}})>| ?<>)?"


_LIST = r"(?:(?P<list>[iI]nit|[eE]phemeral) )?"
_CTR = rf"{_LIST}[cC]ontainer(?: <?(?P<container>[^\s<>]{{1,300}}?)>?)??"
_JSON = r"\[[^\]]{0,500}\]"

# One or more patterns for each policy; where two match at one place the first wins, so the narrower come first.
# A blank stands for any white space, since terminals break lines where they like.
_PATTERNS: tuple[tuple[str, str], ...] = (
    (
        "probes",
        rf"Container{_angled('container')} in your (?P<kind>Pod){_angled('object')} has no{_angled('field')} ?\."
        rf"(?: Required probes: (?P<values>{_JSON}))?",
    ),
    ("probes", rf"Container{_angled('container')} in your (?P<kind>Pod){_angled('object')} has no <(?P<field>\w+)>"),
    ("resource-limits", rf"{_CTR} has no resource limits"),
    ("resource-limits", rf"{_CTR} has no (?P<field>cpu|memory) limit\b"),
    (
        "resource-limits",
        rf"{_CTR} (?P<field>cpu|memory) limit{_angled('given')} "
        rf"(?:could not be parsed|is higher than the maximum allowed of{_angled('maximum')})",
    ),
    ("resource-requests", rf"{_CTR} has no resource requests"),
    ("resource-requests", rf"{_CTR} has no (?P<field>cpu|memory) request\b"),
    (
        "resource-requests",
        rf"{_CTR} (?P<field>cpu|memory) request{_angled('given')} "
        rf"(?:could not be parsed|is higher than the maximum allowed of{_angled('maximum')})",
    ),
    (
        "anti-affinity",
        r"\b(?P<kind>[A-Z]\w{1,60}) with \S{1,40} replicas should have "
        r"(?:either podAntiAffinity or topologySpreadConstraints|(?P<field>pod anti-affinity) rules)"
        r"(?: set to avoid disruptions due to nodes crashing)?",
    ),
    ("no-aks-labels", r"Label(?: <(?P<values>[^>]{0,300})>)? is reserved for AKS use only"),
    (
        "allowed-images",
        r"Container image (?P<image>\S{1,500}) for container (?P<container>\S{1,300}) has not been allowed\.?",
    ),
    ("reserved-taints", rf"Taint with key{_angled('key')} is reserved for the system pool only"),
    (
        "no-node-edits",
        r"Tainting or labell?ing individual nodes is not recommended"
        r"(?:\. Please use \w{2,5} \w{3} to taint/label node ?pools instead)?",
    ),
    (
        "csi-storage",
        r"(?P<kind>Storage) class(?: <?(?P<object>[^\s<>]{1,253})>?)? use intree provisioner"
        r"(?: <?(?P<key>[^\s<>]{1,253}?)>? is not allowed)?",
    ),
    (
        "unique-selectors",
        rf"same selector as service{_angled('other')} in namespace{_angled('namespace')}(?: with overlapping ports)?",
    ),
    (
        "no-latest-tag",
        rf"Please specify an explicit[^<>\[\]]{{0,200}}? for container (?P<container>{_NAME})(?=[\s.,]|\Z)"
        r"(?: in Kubernetes is a best practice to ensure reproducibility, prevent unintended updates, and facilitate "
        r"easier debugging and rollbacks by using explicit and versioned container images\.?)?",
    ),
    ("no-latest-tag", rf"Avoiding the latest tag for container:? (?P<container>{_NAME})"),
    (
        "image-pull-secrets",
        r"(?<![^\s\[\]\"'])(?P<object>[^\s\[\]\"']{1,253}) in (?P<namespace>[^\s\[\]\"']{1,253}) "
        r"does not have imagePullSecrets\.?"
        r"(?: Unauthenticated image pulls are not recommended\.?)?",
    ),
    (
        "pod-disruption-budgets",
        r"(?P<kind>PodDisruptionBudget) <?(?P<object>[^\s<>]{1,253})>? (?:has maxUnavailable of 0, only positive "
        r"integers are allowed for maxUnavailable|specifies minAvailable of \S{1,80}, but matching \w{1,60} "
        r"\S{1,253} has \S{1,40} replicas\.(?: minAvailable should be less than [\w%.!()=-]{1,20})?)",
    ),
    (
        "pod-disruption-budgets",
        r"\b[A-Z]\w{1,60} <?(?P<other>[^\s<>]{1,253})>? has been selected by (?P<kind>PodDisruptionBudget) "
        r"<(?P<object>[^<>]{1,253})>(?: but has maxUnavailable of 0, only positive integers are allowed for "
        r"maxUnavailable)?",
    ),
    (
        "pod-disruption-budgets",
        r"\b[A-Z]\w{1,60} <?(?P<other>[^\s<>]{1,253})>? has \S{1,40} replica\(s\) but (?P<kind>PodDisruptionBudget) "
        r"<(?P<object>[^<>]{1,253})> has minAvailable of [^\s,]{1,80}(?:, only positive integers less than \S{1,20} "
        r"are allowed for minAvailable)?",
    ),
    ("pod-disruption-budgets", r"(?P<kind>PodDisruptionBudget) <?(?P<object>[^\s<>]{1,253})>? has maxUnavailable of 0"),
    (
        "pre-stop-hook",
        r"Container: (?P<container>\S{1,300}) does not include a Pre-stop hook"
        r"(?:\. Neglecting to use Pre-stop hooks can lead to abrupt termination of processes, potentially causing data "
        r"corruption, lost transactions, or degraded user experiences during pod shutdowns\. Please use Pre-stop hooks "
        r"in your manifests)?",
    ),
    ("mutation-notices", r"resource was mutated by \S{1,300} mutation"),
    ("host-namespaces", rf"Sharing the host namespace is not allowed: (?P<object>{_NAME})"),
    (
        "host-namespaces",
        r"Host (?P<field>network|PID|IPC) namespaces? (?:is|are) disallowed(?:: spec\.\w{1,40} is set to true)?",
    ),
    (
        "host-ports",
        rf"specified hostNetwork and hostPort are not allowed, pod: (?P<object>{_NAME})\."
        r"(?: Allowed values: \{[^}]{0,500}\})?",
    ),
    ("host-ports", r"HostPorts are forbidden under(?: \w{1,20} security policy)?"),
    (
        "sysctls",
        rf"sysctl (?P<key>\S{{1,253}}) is not (?:explicitly )?allowed, pod: (?P<object>{_NAME})\."
        rf"(?: Allowed sysctls: (?P<values>{_JSON}))?",
    ),
    (
        "sysctls",
        r"Disallowed sysctl detected(?:\. Only baseline Kubernetes pod security standard sysctls are permitted)?",
    ),
    (
        "users-groups",
        rf"{_CTR} is attempting to run (?:without a required securityContext/\w{{1,40}}"
        r"(?: or securityContext/runAsUser != 0)?|as disallowed (?:user|group) \S{1,40}"
        r"(?: Allowed \w{1,40}: \{[^}]{0,300}\})?|(?:as|with|without) )",
    ),
    ("users-groups", r"Containers must not run as root user(?: in spec\.\S{1,100})?"),
    (
        "windows-no-admin",
        rf"{_CTR} has disallowed runAsUsername(?:\. Disallowed users are {_JSON})?",
    ),
    ("no-privilege-escalation", rf"Privilege escalation container is not allowed: (?P<container>{_NAME})"),
    ("no-privilege-escalation", r"Privilege escalation must be set to false(?: under restricted policy)?"),
    (
        "host-paths",
        rf'HostPath volume [^\[]{{0,300}}?"name": "(?P<volumes>[^"]{{1,253}})"[^\[]{{0,300}}? is not allowed, pod: '
        rf"(?P<object>{_NAME})\.(?: Allowed path: {_JSON})?",
    ),
    ("host-paths", r"HostPath volumes detected: \[(?P<volumes>[^\]]{0,500})\]"),
    ("host-paths", r"HostPath volumes? [^\n]{0,200}?(?:detected|forbidden|not allowed)[^\n\[]{0,200}"),
    (
        "apparmor",
        rf"AppArmor profile is not allowed, pod: (?P<object>{_NAME}), container: (?P<container>{_NAME})\.?"
        rf"(?: Allowed profiles: {_JSON})?",
    ),
    ("apparmor", r"AppArmor profile type must be one of(?:: [\w/,. ]{0,120}Localhost)?"),
    (
        "selinux",
        rf"SELinux options is not allowed, pod: (?P<object>{_NAME})(?:, container:? (?P<container>{_NAME}))?\.?"
        rf"(?: Allowed options: {_JSON})?",
    ),
    ("selinux", r"SELinux type must be one of(?:: [\w/,. ]{0,200}container_engine_t)?"),
    ("windows-host-process", rf"HostProcess is not allowed at pod level: (?P<object>{_NAME})"),
    (
        "windows-host-process",
        rf"HostProcess container is not allowed: (?P<container>{_NAME})"
        r"(?:, securityContext\.windowsOptions\.hostProcess: \w{4,5})?",
    ),
    (
        "privileged",
        rf"Privileged container is not allowed: (?P<container>{_NAME})(?:, securityContext: \{{[\s\S]{{0,500}}?\}}"
        r"(?=\s*(?:\Z|\n|\[|\)|,|\"|\.)))?",
    ),
    (
        "privileged",
        r"Privileged(?: (?P<list>ephemeral|init|N/A))? containers are disallowed(?:: spec\.\S{1,100} is set to true)?",
    ),
    (
        "proc-mount",
        rf"ProcMount type is not allowed, container: (?P<container>{_NAME})\.?"
        r"(?: Allowed procMount types: \w{1,20})?",
    ),
    ("proc-mount", r"ProcMount must be undefined(?:/nil or 'Default' in spec\.\S{1,100})?"),
    (
        "capabilities",
        rf"{_CTR} has a disallowed (?P<field>capability)(?:\. Allowed capabilities are {_JSON})?",
    ),
    (
        "capabilities",
        rf"{_CTR} is not dropping all required capabilities"
        rf'(?:\. Container must drop all of (?P<values>{_JSON})(?: or "ALL")?)?',
    ),
    (
        "capabilities",
        rf'{_LIST}container "?(?P<container>[^"\s]{{1,300}}?)"? has disallowed (?P<field>capabilities): {_JSON}',
    ),
    ("capabilities", r"Disallowed capabilities detected|(?:All containers )?must drop ALL capabilities"),
    (
        "seccomp",
        r"Seccomp profile '(?P<given>[^']{0,253})'(?: with file '[^']{0,253}')? is not allowed for container "
        r"'(?P<container>[^']{1,300})'\.?(?: Found at: (?P<key>[^.]{1,80}(?:\.\S{1,80})?)\.)?"
        r"(?: Allowed profiles: \{[^}]{0,500}\})?",
    ),
    (
        "seccomp",
        r'Seccomp profile must (?:not )?be (?:explicitly set to Unconfined|"RuntimeDefault" or "Localhost")'
        r"(?:\. Allowed values are: [\w/]{1,30}, RuntimeDefault, or Localhost| under restricted policy)?",
    ),
    (
        "volume-types",
        rf"volume type (?P<key>\S{{1,100}}) is not allowed, pod: (?P<object>{_NAME})\."
        rf"(?: Allowed volume types: {_JSON})?",
    ),
)
_COMPILED = tuple(
    (short, re.compile(pattern.replace(" ?", r"\s{0,80}").replace(" ", r"\s{1,80}"))) for short, pattern in _PATTERNS
)

_LISTS = {"init": "initContainers", "ephemeral": "ephemeralContainers", "n/a": "containers"}
# A single message that is longer is cut before it is searched: it names what it names at its beginning.
_LONGEST = 4000
_WHITE = re.compile(r"\s+")


class Named(NamedTuple):
    """What a policy's text says."""

    policy: str
    """Short name."""

    container: str = ""
    list: str = ""
    """The list of the Pod that the container is in, where the text says so: containers, initContainers, ..."""

    object: str = ""
    """The name of the object; for a Pod that a workload implies, the Pod's."""

    kind: str = ""
    namespace: str = ""
    image: str = ""
    volumes: tuple[str, ...] = ()
    field: str = ""
    """The one field that is missing or wrong, such as livenessProbe or cpu."""

    given: str = ""
    """The value that was refused."""

    maximum: str = ""
    """The greatest value allowed, as printed."""

    key: str = ""
    """What else the text names: a taint's key, a sysctl, a type of volume, a provisioner, where a profile was found."""

    other: str = ""
    """The other object that the text is about."""

    values: tuple[str, ...] = ()
    """What is listed: required probes, capabilities to drop, reserved labels."""


class Found(NamedTuple):
    """A text of a policy at its place in a longer one."""

    start: int
    end: int
    named: Named


def find_all(text: str) -> list[Found]:
    """Every text of a policy in a longer text, in order; of two that overlap the one that begins first."""
    found = sorted(_matches(text), key=lambda one: (one[0].start, one[1]))
    kept: list[Found] = []
    for one, _ in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _matches(text: str) -> Iterator[tuple[Found, int]]:
    """All matches of all patterns, each with the pattern's rank."""
    for rank, (short, pattern) in enumerate(_COMPILED):
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), _named(short, match)), rank


def named(text: str, policy: str = "") -> Named | None:
    """What a text names, or None when no policy is known to say so.

    :param policy: the short name, where the constraint has told it already; only that policy's texts count then.
    """
    for short, pattern in _COMPILED:
        if policy and short != policy:
            continue
        match = pattern.search(text[:_LONGEST])
        if match:
            return _named(short, match)
    return Named(policy) if policy else None


def _named(short: str, match: re.Match[str]) -> Named:
    """The parts of a match."""
    groups: dict[str, Any] = {
        name: _WHITE.sub("" if name in ("container", "object", "image", "field") else " ", value).strip()
        for name, value in match.groupdict().items()
        if value
    }
    if groups.get("kind") == "Storage":
        groups["kind"] = "StorageClass"
    if "list" in groups:
        groups["list"] = _LISTS[groups["list"].lower()]
    if "volumes" in groups:
        groups["volumes"] = _listed(groups["volumes"])
    if "values" in groups:
        groups["values"] = _listed(groups["values"])
    return Named(short, **groups)


def _listed(text: str) -> tuple[str, ...]:
    """The members of a list as Rego or CEL prints it: JSON, a set in braces, or names with commas."""
    inner = text.strip().strip("[]{}")
    try:
        return tuple(str(value) for value in json.loads(f"[{inner}]"))
    except ValueError:
        return tuple(part.strip(" \"'") for part in inner.split(",") if part.strip(" \"'"))
