# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Each request of each command of ours meets each fault; `pytest -s` prints the table."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import pytest

from .azcli import ASSIGNMENT
from .faulty import CONFLICTS, LASTING, PASSING, strike

UPDATE = "aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a"
CREATE = "aks create -g rg -n c2 --no-ssh-key --enable-addons azure-policy"
FLAGS = "--safeguards-level Enforcement --safeguards-excluded-ns a"
OURS = f"policyAssignments/{ASSIGNMENT}$"
FEATURE, MANAGED = "features/SafeguardsPreview$", "deploymentSafeguards/default$"
INITIATIVE, PERMISSIONS = "policySetDefinitions/[^/]+$", "Microsoft.Authorization/permissions$"
INSIGHTS = "providers/Microsoft.PolicyInsights$"
CONTAINER_SERVICE = "^/subscriptions/[^/]+/providers/Microsoft.ContainerService"
POD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: c, image: "nginx:latest"}]}
"""
# The service's own, new with every write.
STAMPS = ("createdOn", "createdBy", "updatedOn", "updatedBy")
READ_FIRST = {"403": "warned", "404": "ok"}
SOFT = {**dict.fromkeys(LASTING, "warned"), "404": "warned"}
# A write whose answers are all lost is found by reading.
WRITE = {**dict.fromkeys(CONFLICTS, "ok"), "dropped after always": "ok"}
# What the check of `diagnose` is called that a read is for.
DIAGNOSED = {
    FEATURE: "feature",
    f"{CONTAINER_SERVICE}$": "provider Microsoft.ContainerService",
    INSIGHTS: "provider Microsoft.PolicyInsights",
    MANAGED: "managed safeguards",
    OURS: "assignment",
    INITIATIVE: "definition version",
    "policyExemptions$": "exemptions",
    "policyAssignments$": "other assignments",
    "policyStates/latest/queryResults$": "compliance",
}


@dataclass(frozen=True)
class Row:
    """A request of a command, and how the command ends for the faults that it does not fail by."""

    command: str
    method: str
    path: str
    ends: dict[str, str] = field(default_factory=dict)
    """ok, warned or failed; of the passing faults: ok, of the others: failed, where nothing is said."""

    def __str__(self) -> str:
        return f"{self.command}: {self.method} {self.path}"


ROWS = [
    Row("update", "GET", "managedClusters/c1$"),
    Row("update", "GET", OURS),
    Row("update", "GET", FEATURE, READ_FIRST),
    Row("update", "GET", MANAGED, READ_FIRST),
    Row("update", "GET", INITIATIVE, {"403": "warned"}),
    Row("update", "GET", INSIGHTS, SOFT),
    Row("update", "GET", PERMISSIONS, {**SOFT, "404": "ok"}),
    # What others put beside the assignment is a courtesy: no fault of its reads fails, delays or even shows.
    Row("update", "GET", "policyExemptions$", dict.fromkeys(LASTING, "ok")),
    Row("update", "GET", "policyAssignments$", dict.fromkeys(LASTING, "ok")),
    Row("update", "PUT", OURS, WRITE),
    # A cluster that is yet to be made has no assignment and no group needs to be readable.
    Row("create", "GET", OURS, {"404": "ok"}),
    Row("create", "GET", FEATURE, READ_FIRST),
    Row("create", "GET", MANAGED, READ_FIRST),
    Row("create", "GET", INITIATIVE, {"403": "warned"}),
    Row("create", "GET", INSIGHTS, SOFT),
    Row("create", "GET", PERMISSIONS, {**SOFT, "404": "ok"}),
    Row("create", "PUT", OURS, WRITE),
    Row("show", "GET", OURS),
    Row("show", "GET", "policyExemptions$", dict.fromkeys(LASTING, "ok")),
    Row("delete", "GET", OURS),
    # What is gone when it is looked up was deleted, though no answer said so.
    Row("delete", "DELETE", OURS, {"dropped after always": "ok"}),
    Row("register", "GET", FEATURE, {"404": "ok"}),
    Row("register", "POST", "features/SafeguardsPreview/register$"),
    # It is seen to be Registering, whatever answered.
    Row("register", "POST", f"{CONTAINER_SERVICE}/register$", {"no JSON": "ok"}),
    Row("register", "GET", f"{CONTAINER_SERVICE}$"),
    Row("register", "GET", INSIGHTS),
    Row("register", "POST", "providers/Microsoft.PolicyInsights/register$"),
    Row("compliance", "POST", "/policyStates/latest/summarize$"),
    Row("compliance", "POST", "/policyStates/latest/queryResults$"),
    # The policies are shown all the same, and a cloud that does not have it (404) names objects elsewhere.
    Row("compliance", "POST", "/componentPolicyStates/latest/queryResults$", {**SOFT, "404": "ok"}),
    # What exemptions turn off is not told then, and that is.
    Row("compliance", "GET", "policyExemptions$", SOFT),
    Row("compliance", "POST", "/policyStates/latest/triggerEvaluation$"),
    Row("compliance", "GET", "/asyncOperationResults/"),
]
COMMANDS = {
    "update": (UPDATE, f"az {UPDATE}"),
    "create": (f"{CREATE} {FLAGS}", f"az aks update -g rg -n c2 {FLAGS}"),
    "show": ("aks safeguards profile show -g rg -n c1", "az aks safeguards profile show -g rg -n c1"),
    "delete": (
        "aks safeguards profile delete -g rg -n c1 --yes",
        "az aks safeguards profile delete -g rg -n c1 --yes",
    ),
    "register": ("aks safeguards register", "az aks safeguards register"),
    "compliance": (
        "aks safeguards compliance show -g rg -n c1 --scan",
        "az aks safeguards compliance show -g rg -n c1",
    ),
}


@pytest.fixture(scope="module")
def before(running, warm):
    """The assignment at level Warning, with settings of other people on it."""
    ready(running)
    warm("aks update -g rg -n c1 --safeguards-level Warning")
    ((name, body),) = running.assignments.items()
    body = copy.deepcopy(body)
    body["properties"]["displayName"] = "theirs"
    body["properties"]["notScopes"] = [f"{body['properties']['scope']}/theirs"]
    body["properties"]["metadata"]["team"] = "theirs"
    body["properties"]["parameters"]["cpuLimit"] = {"value": "2"}
    selector = {"kind": "policyDefinitionReferenceId", "in": ["uniqueServiceSelectors"]}
    body["properties"]["overrides"] = [{"kind": "policyEffect", "value": "Disabled", "selectors": [selector]}]
    return name, body


def ready(box):
    box.reset()
    box.features.set_state("SafeguardsPreview", "Registered")
    box.add_cluster("rg", "c1")


def prepare(box, command, before):
    ready(box)
    box.assignments[before[0]] = copy.deepcopy(before[1])
    box.compliance.scan_seconds = 0.02
    if command == "compliance":
        # A cluster without objects has nothing to judge, which is a warning of its own.
        box.load_manifests(next(iter(box.clusters)), POD)
    if command == "register":
        box.features.set_state("SafeguardsPreview", "NotRegistered")
        box.providers.set_state("Microsoft.ContainerService", "Registering")
        box.providers.set_state("Microsoft.PolicyInsights", "NotRegistered")
        for registry in (box.features, box.providers):
            registry.countdown.reads = 1
        box.providers.countdown.start("microsoft.containerservice", "Registered")


def state(box) -> Any:
    """The assignments without what the service itself puts on them, and the registrations."""
    found = {}
    for body in box.assignments.values():
        properties = {key: value for key, value in body["properties"].items() if key != "instanceId"}
        properties["metadata"] = {key: value for key, value in properties["metadata"].items() if key not in STAMPS}
        found[body["properties"]["scope"].rpartition("/")[2]] = properties
    return found


def registered(box):
    names = ("Microsoft.ContainerService", "Microsoft.PolicyInsights")
    return {box.features.read("Microsoft.ContainerService", "SafeguardsPreview")["properties"]["state"]} | {
        box.providers.state(name) for name in names
    }


def warns(done):
    """Whether there is a warning beside the one about the settings of other people, which is always there."""
    lines = [line for line in done.err.splitlines() if line.startswith("WARNING: ")]
    return any("Somebody else's overrides" not in line for line in lines)


def wrongs(box, az, row, name, before, wanted):
    """Runs one cell; returns how it ended and what is wrong with that."""
    prepare(box, row.command, before)
    old = state(box)
    line, repeat = COMMANDS[row.command]
    fault = strike(box, name, row.method, row.path)
    done = az.again(line)
    box.faults.clear()
    now = state(box)
    ended = "failed" if done.code else "warned" if warns(done) else "ok"
    usual = "ok" if name in PASSING else "failed"
    expected = row.ends.get(name, usual)
    written = sum(1 for item in done.sent if item == "PUT assignment")
    repeats = [repeat]
    if row.command == "create" and row.method == "GET":
        repeats = ["Run the same command again."]
    if name == "404" and row.method == "GET" and ended == "failed":
        # What is not there is not found by asking again.
        repeats = [text for text in done.err.splitlines()[1:] if text] or [done.err]
    rules = {
        f"ended {ended}, not {expected}: {done.err.strip()[-300:]}": ended == expected,
        f"traceback: {done.err}": "Traceback" not in done.err,
        "the fault did not strike": fault.hits > 0,
        f"asked {fault.hits} times": fault.hits <= (15 if row.method == "PUT" else 5),
        f"wrote {written} times": written <= 15,
        f"would have waited {done.slept:.0f} s": done.slept <= 200,
        f"no command to repeat: {done.err.strip()[-300:]}": not done.code or any(text in done.err for text in repeats),
        f"{len(done.errors)} errors: {done.err}": not done.code or len(done.errors) == 1,
        "printed a result and failed": not done.code or done.out == "",
        "neither the old assignments nor the new ones": now in (old, wanted) or row.command == "create",
        "c1 was touched by the creation of c2": row.command != "create" or now["c1"] == old["c1"],
        "success without the assignment": bool(done.code) or now == wanted or row.command == "show",
        "half an assignment": row.command != "create" or now.get("c2") in (None, wanted["c2"]),
        "nothing created was said, and there is a cluster": not (
            "Nothing was created" in done.err and len(box.clusters) > 1
        ),
        "success without the registrations": bool(done.code)
        or row.command != "register"
        or name == "404"
        or registered(box) == {"Registered"},
    }
    return ended, [text for text, holds in rules.items() if not holds]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_a_request_meets_every_fault(running, warm, before, row):
    prepare(running, row.command, before)
    warm(COMMANDS[row.command][0])
    wanted = state(running)
    faults = [*PASSING, *LASTING, *(CONFLICTS if row.method == "PUT" else ())]
    if row.command == "create" and row.method == "GET":
        # The reads are those of update; what differs is how create ends.
        faults = ["429 once", "503 once", "dropped before once", "401 once", *LASTING]
    cells = {name: wrongs(running, warm, row, name, before, wanted) for name in faults}
    table = [f"{name:24}{ended:8}{'; '.join(wrong)}" for name, (ended, wrong) in cells.items()]
    print("", row, *table, sep="\n    ")
    deviating = [line for line, (_, wrong) in zip(table, cells.values(), strict=True) if wrong]
    assert not deviating, "\n".join([str(row), *deviating])
    assert running.crashes == []


@pytest.mark.parametrize("path", ["managedClusters/c1$", *DIAGNOSED])
def test_diagnose_goes_on_without_what_it_cannot_read(running, warm, before, path):
    wrong = []
    for name in [*PASSING, *LASTING]:
        prepare(running, "diagnose", before)
        running.assignments[before[0]]["properties"]["overrides"] = []
        fault = strike(running, name, "*", path)
        done = warm.again("aks safeguards diagnose -g rg -n c1")
        running.faults.clear()
        ended = "failed" if done.code else "ok"
        # Without a cluster, an assignment or an initiative there is a cause to report; all else may be unreadable.
        essential = path == "managedClusters/c1$" or (name == "404" and path in (OURS, INITIATIVE))
        expected = "failed" if essential and name in LASTING else "ok"
        status = {check["check"]: check["status"] for check in done.json} if done.out else {}
        unknown = name in LASTING and path in DIAGNOSED and name != "404"
        fits = ended == expected and fault.hits and "Traceback" not in done.err and done.slept <= 200
        fits = fits and (not unknown or status.get(DIAGNOSED[path]) == "unknown")
        fits = fits and (name not in PASSING or "unknown" not in status.values())
        if path == "managedClusters/c1$" and done.code and name != "404":
            fits = fits and "az aks safeguards diagnose -g rg -n c1" in done.err
        print(f"    {name:24}{ended}")
        if not fits:
            wrong.append(f"{name:24}{ended:8}{status.get(DIAGNOSED.get(path, ''))} {done.err.strip()[-200:]}")
        assert [item for item in done.sent if item.startswith(("PUT", "DELETE"))] == []
    assert not wrong, "\n".join([f"diagnose: {path}", *wrong])


def test_an_operation_that_fails_is_the_error_of_the_installed_command(running, warm, before):
    prepare(running, "create", before)
    running.faults.add("PUT", "managedClusters/c2$", operation="Failed")
    failed = warm(COMMANDS["create"][0], code=None)
    assert len(failed.errors) == 1
    assert "InternalOperationError" in failed.err
