# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A report that has something of everything, policies for it, and hostile texts."""

from hypothesis import strategies as st

from azext_safeguards.check.findings import Finding, ObjectDiff, Report, UnjudgedPolicy, UnreadableFile
from azext_safeguards.check.policies.policy import POD, Policy

PROBES = Policy(
    short="probes",
    reference_id="ensureProbesConfiguredInKubernetesCluster",
    constraint="k8sazurev2containerenforceprob",
    title="Containers have probes",
    why="Without probes traffic goes to Pods that are not ready.",
    fix="Give every container a livenessProbe.",
    patch="livenessProbe:\n  tcpSocket:\n    port: 80\n",
    docs="https://kubernetes.io/probes",
    kinds=frozenset({POD}),
)
LIMITS = Policy(
    short="resource-limits",
    reference_id="memoryAndCPULimitsInKubernetesCluster",
    constraint="",
    title="Containers have limits",
    why="One container can take a whole node.",
    fix="Set limits.",
    patch="resources: {}\n",
    docs="",
    kinds=frozenset({POD}),
)
POLICIES = {"probes": PROBES, "resource-limits": LIMITS}

NO_PROBE = "Container <web> in your Pod <web-pod> has no <livenessProbe>"
FULL = Report(
    findings=[
        Finding("deploy/web app.yaml", 12, 9, "Deployment", "web", "team-a", "probes", NO_PROBE, "deny", True),
        Finding("deploy/web app.yaml", 7, 3, "Pod", "one", "team-a", "resource-limits", "no limit", "warn", False),
        Finding("b.yaml", 1, 1, "Node", "n", "", "other", "100% a|b", "deny", False),
    ],
    unreadable=[UnreadableFile("bad.yaml", 3, 4, "no YAML: odd"), UnreadableFile("gone.yaml", 0, 0, "no such file")],
    diffs=[
        ObjectDiff(
            "deploy/web app.yaml",
            2,
            "Deployment",
            "web",
            "team-a",
            ("mutate-cpu-limits",),
            "--- web-pod\n+++ web-pod\n@@ -1,2 +1,2 @@\n kind: Pod\n-cpu: 1\n+cpu: 500m\n",
        )
    ],
    notes=["groups are not known offline"],
    files=35,
    objects=120,
    excluded=1,
    ignored=2,
    level="Enforcement",
    version="v2.0.0",
)
CLEAN = Report(files=1, objects=3)

ATTACKS = (
    "\n::error file=x::pwned",
    "\r\n::set-output name=a::b",
    "##vso[task.setvariable variable=a]b",
    "\n##vso[task.complete result=Succeeded;]",
    "##[command]x",
    "####vso[a]",
    "\x1b[2K\x1b[31m\x9b",
    "\u202e\u2028\u2029\u200b\ufeff\ud800\udcff\ufffe\x00\x0b\x85",
    "]]></failure></testcase></testsuite><script>alert(1)</script>",
    '" onload="x',
    "a | b | c\n| d |",
    "`code` **bold** <img src=x> [a](javascript:x) ![b](http://x) @team #1 www.x.y http://x",
    "](file:///etc) {0} %0A %25 %AZP0A ; ] , :",
    "\\",
    "</code>",
    "-->",
)
hostile = st.one_of(st.sampled_from(ATTACKS), st.text(max_size=20), st.characters().map(lambda c: f"a{c}b"))


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """Reports with hostile words wherever words of a manifest or a path can be."""
    texts = st.lists(hostile, min_size=2, max_size=3).map("".join)
    effects = st.sampled_from(["deny", "warn"])
    finding = st.builds(
        Finding, texts, st.integers(1, 9), st.integers(1, 9), texts, texts, texts, texts, texts, effects, st.booleans()
    )
    diffs = st.builds(ObjectDiff, texts, st.just(1), texts, texts, texts, st.just(("m",)), texts.map(" {}\n".format))
    return Report(
        findings=draw(st.lists(finding, max_size=3)),
        unreadable=draw(st.lists(st.builds(UnreadableFile, texts, st.integers(0, 2), st.just(1), texts), max_size=2)),
        unjudged=draw(st.lists(st.builds(UnjudgedPolicy, texts, texts), max_size=2)),
        diffs=draw(st.lists(diffs, max_size=2)),
        notes=draw(st.lists(texts, max_size=1)),
    )
