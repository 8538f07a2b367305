# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values for pages, of any size and of any malice, for tests with and without a browser."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from azext_safeguards.pages.values import Context, Guide, Way

ID = (
    "/subscriptions/5a4dbc00-1111-4000-8000-000000000000/resourceGroups/rg-shop"
    "/providers/Microsoft.ContainerService/managedClusters/aks-shop"
)
_MESSAGES = {
    "probes": 'Container <{c}> in your Pod <{o}> has no <livenessProbe>. Required probes: ["livenessProbe"]',
    "resource-limits": "Container <{c}> has no resource limits",
    "no-latest-tag": "Please specify an explicit, non-latest image tag for container {c}.",
    "image-pull-secrets": "{o} in {n} does not have imagePullSecrets. Unauthenticated pulls are not recommended.",
}
POLICIES = tuple(_MESSAGES)
HOSTILE = (
    "<script>window.broken=1</script>",
    "</script><script>window.broken=1</script>",
    "<!--<script>",
    '"><img src=x onerror=window.broken=1>',
    "javascript:window.broken=1",
    "' autofocus onfocus=window.broken=1 x='",
    '=HYPERLINK("https://example.org")',
    "\u202egnp.exe",
    "\u0645\u062d\u0645\u062f",
    "a\u0000b\u001b[31mred\u2028\u2029",
    "\ud800lone",
    "x" * 300,
    "w" * 63 + "/" + "&amp;&#60;",
    "{{constructor.constructor('window.broken=1')()}}",
    "https://example.org/track.png",
)

CONTEXT = Context(
    command="az aks safeguards check -f deploy/ -g rg-shop -n aks-shop --format html --report-file page.html",
    tool="safeguards 0.1.0",
    evaluated="2026-11-27T16:20:00Z",
    evaluated_by="the newest change among the files",
    cluster_id=ID,
    level="Enforcement",
    version="v2.0.0",
    excluded_namespaces=["legacy", "team-*"],
    system_namespaces=["kube-system"],
    named=["deploy/"],
    guides={
        name: Guide(
            title=f"What {name} wants",
            why=f"Why {name} is there.",
            fix=f"How {name} is fixed.",
            patch="spec: {}\n",
            docs="https://learn.microsoft.com/azure/aks/deployment-safeguards",
            prefix=f"[azurepolicy-{name}] ",
            ways=[
                Way("Only warn", f"az aks safeguards policy set -g rg-shop -n aks-shop --policy {name} --effect Warn")
            ],
        )
        for name in (*POLICIES, "pre-stop-hook")
    },
    namespace_ways={
        f"team-{number}": [Way("Leave the namespace out", f"az aks leave-out -g rg-shop -n aks-shop team-{number}")]
        for number in range(37)
    },
    ways=[Way("Check first", "az aks safeguards check -f deploy/ -g rg-shop -n aks-shop")],
)


def findings(count: int) -> list[dict[str, Any]]:
    """Findings of several policies, three for each object."""
    made = []
    for number in range(count):
        of, which = divmod(number, 3)
        name, namespace = f"service-{of:05d}", f"team-{of % 37}"
        policy = POLICIES[(of + which) % len(POLICIES)]
        container = ("web", "app", "sidecar")[of % 3]
        made.append(
            {
                "file": f"deploy/{namespace}/{name}.yaml",
                "line": 10 + which,
                "column": 9,
                "kind": "Deployment",
                "name": name,
                "namespace": namespace,
                "policy": policy,
                "message": _MESSAGES[policy].format(c=container, o=name, n=namespace),
                "effect": "warn" if (of + which) % 3 == 0 else "deny",
                "implied": True,
                "patch": f"metadata:\n  name: {name}\nspec:\n  containers:\n    - name: {container}\n",
            }
        )
    return made


def check(count: int = 40) -> dict[str, Any]:
    """The values of a page about manifests, with a row of every state."""
    listed = findings(count)
    place = {"line": 12, "column": 11, "kind": "Deployment", "namespace": "team-1"}
    return {
        "findings": listed,
        "refused": [
            {
                "file": "typo.yaml",
                **place,
                "name": "typo",
                "stage": "decode",
                "reason": "unknown field",
                "cluster": "strict decoding error",
            }
        ],
        "unreadable": [{"file": "broken.yaml", "line": 3, "column": 1, "reason": "no mapping"}],
        "odd": [{"file": "odd.yaml", "line": 2, "column": 1, "reason": "the key a is given twice"}],
        "apiserverWarnings": [{"file": "old.yaml", **place, "name": "old", "text": "spec.x: deprecated"}],
        "unjudged": [{"policy": "allowed-images", "reason": "The pattern is none."}],
        "mutations": [
            {"file": "m.yaml", **place, "name": "mutated", "policies": ["cpu"], "diff": "--- a\n+++ b\n+cpu: 500m\n"}
        ],
        "ignored": [{**findings(1)[0], "name": "batch", "reason": "ends within seconds"}],
        "excluded": [{"file": "k.yaml", **place, "name": "agent", "namespace": "kube-system", "reason": "Excluded."}],
        "leftOut": [{"policy": "pre-stop-hook", "reason": "Left out by --skip."}],
        "notes": ["What an offline check cannot know."],
        "summary": {"objects": 120, "files": 35},
    }


def hostile() -> dict[str, Any]:
    """The values of a page about manifests in which every text is hostile."""
    members = ("file", "kind", "name", "namespace", "message")
    listed = [
        {**findings(1)[0], **dict.fromkeys(members, text), "policy": policy, "patch": text}
        for text in HOSTILE
        for policy in (POLICIES[0], text)
    ]
    return {
        "findings": listed,
        "unreadable": [{"file": text, "line": 1, "column": 1, "reason": text} for text in HOSTILE],
        "notes": list(HOSTILE),
        "summary": {"objects": len(HOSTILE), "files": len(HOSTILE)},
    }


def compliance(count: int = 40) -> dict[str, Any]:
    """The values of a page about a cluster."""
    states = ("NonCompliant", "NonCompliant", "NonCompliant", "Exempt", "Unknown")
    return {
        "cluster": "aks-shop",
        "complianceState": "NonCompliant",
        "enforcementMode": "Default",
        "objects": {"compliant": 80, "nonCompliant": 14, "exempt": 2, "unknown": 1},
        "policies": [
            {"name": name, "kind": "validator", "complianceState": "NonCompliant", "objects": {}, "action": "warns"}
            for name in POLICIES
        ]
        + [{"name": "cpu", "kind": "mutator", "complianceState": "Unknown", "objects": None, "action": "mutates"}],
        "details": [
            {
                **{key: item[key] for key in ("kind", "namespace", "name", "policy", "message")},
                "complianceState": states[number % len(states)],
                "timestamp": "2026-11-27T15:00:00Z",
            }
            for number, item in enumerate(findings(count))
        ],
        "leftOut": [{"policy": "pre-stop-hook", "reason": "Off here."}],
    }


SUSPENDED = {"by": "ops@contoso.com", "at": "2026-11-26T22:10:00Z", "reason": "INC-1234"}


def cluster_context() -> Context:
    """The context of a page about a cluster whose safeguards are suspended."""
    return replace(CONTEXT, level="Warning", suspended=SUSPENDED)


def fleet(count: int = 24) -> dict[str, Any]:
    """The values of a page about a fleet."""
    rows: list[dict[str, Any]] = []
    levels = ("Enforcement", "Warning", "Warning", None, "Off", "Enforcement")
    for number in range(count):
        name, group = f"aks-{number:02d}", f"rg-{number % 5}"
        subscription = f"0000000{number % 3}-2222-4000-8000-555555555555"
        level = levels[number % 6]
        rows.append(
            {
                "id": f"/subscriptions/{subscription}/resourceGroups/{group}"
                f"/providers/Microsoft.ContainerService/managedClusters/{name}",
                "cluster": name,
                "resourceGroup": group,
                "subscription": subscription,
                "subscriptionName": ("Production", "Staging", "Research")[number % 3],
                "location": "westeurope",
                "azurePolicyAddon": number % 9 != 0,
                "owner": "Assignment" if level else (None if number % 2 else "Managed"),
                "level": level,
                "version": ("v3.0.0", "v2.0.0")[number % 2] if level else None,
                "enforcementMode": "Default" if level else None,
                "suspended": SUSPENDED if number == 7 else None,
                "excludedNamespaces": number % 4,
                "choices": ["probes=Audit"] if number % 5 == 0 else [],
                "drift": ["parameters.effect"] if number % 8 == 1 else [],
                "nonCompliantPolicies": (number * 3) % 5 if level else None,
            }
        )
    judged = [row for row in rows if row["level"]]
    return {
        "clusters": rows,
        "unread": [{"subscription": "99999999-2222-4000-8000-555555555555", "reason": "AuthorizationFailed: no right"}],
        "newest": "v3.0.0",
        "readiness": {row["id"].lower(): {"shop": 3, "data": 1} if at % 3 else {} for at, row in enumerate(judged)},
        "pages": {row["id"].lower(): f"clusters/{row['cluster']}.html" for row in judged},
        "commands": {row["id"].lower(): [("Show it", f"az show {row['cluster']}")] for row in rows},
        "notes": ["Resource Graph did not answer."],
    }
