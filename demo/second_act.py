# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The second act: a team's workloads meet the safeguards, from the first warning to the fixed manifest and to code."""

from __future__ import annotations

from collections import Counter
from typing import Any

import yaml

from demo.stage import ASSIGNMENT, CLUSTER, GROUP, ON_CLUSTER, Stage

# What is wrong in shop.yaml: namespace, Deployment, policy.
FINDINGS = {
    ("shop", "web", "anti-affinity"),
    ("shop", "web", "no-latest-tag"),
    ("shop", "web", "probes"),
    ("shop", "web", "resource-limits"),
    ("catalog", "search", "resource-limits"),
}
SWITCHED_OFF = "anti-affinity"
# At Enforcement the cluster fills limits in, so that their absence is denied to nobody.
MUTATED = "resource-limits"


def play(stage: Stage) -> None:
    """Plays the whole act, on the cluster that the first act leaves."""
    stage.introduce(
        "Second act: workloads",
        "What does not comply, one policy different from the rest, a plan, a denial explained, and a check without\n"
        "a cluster.",
    )
    _warn(stage)
    _comply(stage)
    _choose(stage)
    plan = _plan(stage)
    _enforce(stage, plan)
    _explain(stage)
    _check(stage)
    _export(stage, plan)


def _warn(stage: Stage) -> None:
    stage.say("Begin gently: back to Warning, for all namespaces, and three Deployments come in")
    stage.run(
        f"az aks update {ON_CLUSTER} --safeguards-level Warning --safeguards-excluded-ns '' "
        "--query safeguardsProfile.level -o tsv"
    )
    for name in ("shop", "catalog"):
        stage.run(f"kubectl create namespace {name}")
    done = stage.run("kubectl apply -f shop.yaml")
    stage.check("three Deployments are on the cluster", done.out.count("deployment.apps/"), 3)
    stage.check("with warnings", done.err.count("Warning: "), 6)


def _comply(stage: Stage) -> None:
    stage.say(
        "What does not comply?",
        "Azure Policy scans first; then policy by policy, and object by object with the cluster's own messages.",
    )
    stage.run(f"az aks safeguards compliance show {ON_CLUSTER} --scan -o table")
    print()
    stage.run(f"az aks safeguards compliance show {ON_CLUSTER} --details -o table")
    found = stage.look(f"az aks safeguards compliance show {ON_CLUSTER} --details -o json")
    counts = {item["name"]: item["objects"]["nonCompliant"] for item in found["policies"] if item["objects"]}
    wanted = Counter(policy for _, _, policy in FINDINGS)
    stage.check("the counts are those of what was put in", {k: n for k, n in counts.items() if n}, dict(wanted))
    details = [(item["namespace"], item["name"], item["policy"]) for item in found["details"]]
    stage.check("so is each object", sorted(details), sorted(FINDINGS))


def _choose(stage: Stage) -> None:
    stage.say(
        "Switch one policy off, and leave the others alone",
        "The initiative stays assigned; the choice is recorded, and kept when level or version change.",
    )
    stage.run(f"az aks safeguards policy set {ON_CLUSTER} --policy {SWITCHED_OFF} --effect Off -o table")
    policies = stage.look(f"az aks safeguards policy list {ON_CLUSTER} -o json")
    chosen = {item["name"]: item["does"] for item in policies if item["origin"] != "level"}
    stage.check("it is off, and the level decides about all others", chosen, {SWITCHED_OFF: "off"})


def _plan(stage: Stage) -> dict[str, Any]:
    """Returns the properties of the body that the dry run announces."""
    stage.say("What would Enforcement change?", "A dry run sends nothing that writes. The file gets the exact body.")
    plan = stage.run(
        f"az aks update {ON_CLUSTER} --safeguards-level Enforcement --dry-run -o json", into="plan.json"
    ).json
    changes = Counter(change["after"] for change in plan["changes"])
    stage.check("12 policies would deny, 6 would mutate", changes, {"Enforcement": 1, "Deny": 12, "Mutate": 6})
    touched = [change for change in plan["changes"] if SWITCHED_OFF in change["field"]]
    stage.check(f"{SWITCHED_OFF} would stay off", touched, [])
    stage.check("nothing was written", _assignment(stage)["metadata"]["safeguardsLevel"], "Warning")
    properties: dict[str, Any] = plan["body"]["properties"]
    return properties


def _enforce(stage: Stage, plan: dict[str, Any]) -> None:
    stage.say("Enforce")
    stage.run(f"az aks update {ON_CLUSTER} --safeguards-level Enforcement --query safeguardsProfile.level -o tsv")
    stage.show("Enforcement", {"Deny": 12, "Disabled": 1})
    held = _assignment(stage)
    found = {name: held[name] for name in plan}
    # Azure adds who wrote it and when.
    found["metadata"] = {name: held["metadata"].get(name) for name in plan["metadata"]}
    stage.check("the assignment is the one that was planned", found, plan)


def _explain(stage: Stage) -> None:
    stage.say("Somebody's Deployment is denied, and they paste what kubectl printed")
    denied = stage.run("kubectl rollout restart deployment web --namespace shop", code=1)
    (stage.folder / "denial.txt").write_text(denied.err, "utf-8")
    stage.run("az aks safeguards explain -o table", stdin="denial.txt")
    print()
    query = "\"[?policy=='probes'].patch\""
    patches = yaml.safe_load(stage.run(f"az aks safeguards explain --query {query} -o yamlc", stdin="denial.txt").out)
    container = yaml.safe_load(patches[0])["spec"]["template"]["spec"]["containers"][0]
    wanted = {"name", "readinessProbe", "livenessProbe"}
    stage.check("the patch adds both probes to the container", (container["name"], set(container)), ("web", wanted))


def _check(stage: Stage) -> None:
    stage.say(
        "Find it before the cluster does",
        f"Offline, with file and line. Without -g and -n it does not know that {SWITCHED_OFF} was switched off.",
    )
    before = _requests(stage)
    stage.run("az aks safeguards check -f shop.yaml --format text", code=1)
    found = stage.look("az aks safeguards check -f shop.yaml -o json", code=1)["findings"]
    denied = {(item["namespace"], item["name"], item["policy"]) for item in found if item["effect"] == "deny"}
    stage.check("exit code 1, and these are the findings", denied, {one for one in FINDINGS if one[2] != MUTATED})
    print()
    stage.run("az aks safeguards check -f fixed.yaml --format text --show-mutations", code=0)
    stage.check("fixed: exit code 0; and Azure was not asked", _requests(stage), before)


def _export(stage: Stage, plan: dict[str, Any]) -> None:
    stage.say("Keep it as code", "The assignment with all that is on it, for Bicep, ARM, Terraform or a shell.")
    bicep = stage.run(f"az aks safeguards export {ON_CLUSTER} --format bicep", most=16).out
    members = [name for one in plan["overrides"] for selector in one["selectors"] for name in selector["in"]]
    missing = [text for text in [*members, f"'Off:{SWITCHED_OFF}'", ASSIGNMENT] if text not in bicep]
    stage.check(f"all {len(members)} overridden policies and the choice are in it", missing, [])
    stage.check("it is for this cluster", f"'{CLUSTER}'" in bicep and GROUP not in bicep, True)


def _assignment(stage: Stage) -> dict[str, Any]:
    """The assignment as Azure Policy holds it."""
    found: dict[str, Any] = stage.look(f"az policy assignment show --name {ASSIGNMENT} --scope {stage.cluster_id}")
    return found


def _requests(stage: Stage) -> int:
    """How many requests the sandbox has had."""
    return int(stage.look("python -m sandbox state")["requests"])
