# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""One object after the other: kinds, namespaces, Lists, places, mutations, annotations."""

from __future__ import annotations

import textwrap
from dataclasses import replace

import pytest

from azext_safeguards.check.documents.problem import Problem
from azext_safeguards.check.documents.reading import Document, read_text
from azext_safeguards.check.judging.engine import Engine, Raw
from azext_safeguards.check.settings import Settings

PARAMETERS = {
    "requiredProbes": ["livenessProbe"],
    "excludedContainers": [],
    "excludedImages": [],
    "labels": ["kubernetes.azure.com"],
    "allowedUsers": [],
    "allowedGroups": [],
    "cpuLimit": "1",
    "memoryLimit": "1Gi",
}
PROBES = Settings({"probes": "deny"}, parameters=PARAMETERS, excluded_namespaces=("kube-system", "*-dev"))
SELECTED = "selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}"
WORKLOAD = (
    f"apiVersion: apps/v1, kind: Deployment, spec: {{{SELECTED}, spec: {{containers: [{{name: c, image: i}}]}}}}}}"
)
POD = "apiVersion: v1, kind: Pod, spec: {containers: [{name: c, image: i}]}"


def judged(text, settings=PROBES):
    """What each object of a text gave; None for those that nobody looks at."""
    engine = Engine(settings)
    results = []
    for document in read_text(textwrap.dedent(text).encode()):
        assert isinstance(document, Document)
        for content, at in engine.objects(document):
            results.append(engine.judge(document, content, at, len(results) + 1, "a.yaml"))
    return results


def raws(text, settings=PROBES):
    return [Raw(*raw) for one in judged(text, settings) if one for raw in one.raws]


def test_a_finding_has_all_that_a_report_needs():
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: team}\nspec:\n  containers:\n  - name: c\n"
    text += "    image: i\n"
    assert raws(text) == [
        Raw(
            object_number=1,
            implied=False,
            spokesman="gatekeeper",
            message='Container <c> in your Pod <p> has no <livenessProbe>. Required probes: ["livenessProbe"]',
            line=6,
            column=5,
            kind="Pod",
            name="p",
            namespace="team",
            policy="probes",
            effect="deny",
        )
    ]


def test_a_workload_s_pod_is_judged_and_the_finding_is_the_workload_s():
    text = """        # a comment
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec:
          schedule: "@daily"
          jobTemplate:
            spec:
              template:
                spec:
                  restartPolicy: Never
                  containers:
                  - name: c
                    image: i
        """
    (raw,) = raws(text)
    assert (raw.kind, raw.name, raw.namespace, raw.line, raw.column, raw.implied) == (
        "CronJob",
        "nightly",
        "default",
        13,
        13,
        True,
    )
    assert "<nightly-pod>" in raw.message


@pytest.mark.parametrize(
    ("namespace", "excluded"),
    [("kube-system", True), ("team-dev", True), ("dev", False), ("kube-systems", False), ("default", False)],
)
def test_excluded_namespaces_are_left_alone_and_counted(namespace, excluded):
    for text in (
        f"{{{POD}, metadata: {{name: p, namespace: {namespace}}}}}",
        f"{{{WORKLOAD}, metadata: {{name: w, namespace: {namespace}}}}}",
    ):
        (one,) = judged(text)
        assert (one.excluded, len(one.raws)) == (excluded, 0 if excluded else 1)


def test_an_object_without_namespace_goes_to_the_default_one():
    settings = replace(PROBES, default_namespace="team-dev")
    (one,) = judged(f"{{{POD}, metadata: {{name: p}}}}", settings)
    assert one.excluded
    (raw,) = raws(f"{{{POD}, metadata: {{name: p, namespace: ''}}}}")
    assert raw.namespace == "default"


def test_what_has_no_namespace_is_never_excluded():
    labels = replace(PROBES, effects={"no-aks-labels": "warn"})
    text = (
        "{apiVersion: v1, kind: Node, metadata: {name: x, namespace: kube-system, labels: {kubernetes.azure.com/a: b}}}"
    )
    (raw,) = raws(text, labels)
    assert (raw.namespace, raw.effect, raw.name) == ("", "warn", "x")


def test_a_list_is_unwrapped_with_the_lines_of_its_items():
    text = f"""        apiVersion: v1
        kind: List
        items:
        - {{{POD}, metadata: {{name: a}}}}
        - {{{POD}, metadata: {{name: b, namespace: kube-system}}}}
        - {{{POD}, metadata: {{name: c}}}}
        """
    assert [(raw.name, raw.line, raw.object_number) for raw in raws(text)] == [("a", 4, 1), ("c", 6, 3)]


def test_generate_name_is_not_for_apply():
    (one,) = judged(f"{{{POD}, metadata: {{generateName: job-}}}}")
    ((line, _, kind, name, _, stage, reason, cluster),) = one.refused
    assert (line, kind, name, stage, "kubectl create" in reason) == (1, "Pod", "job-", "read", True)
    assert cluster == "from job-: cannot use generate name with apply"


@pytest.mark.parametrize(
    "text",
    [
        "[1]",
        "text",
        "kind: Pod",
        "apiVersion: v1",
        "{apiVersion: v1, kind: [Pod]}",
        "{apiVersion: 1, kind: Pod}",
        "{apiVersion: v1, kind: List, items: text}",
        "{apiVersion: v1, kind: Pod, metadata: [], spec: []}",
        "{apiVersion: v1, kind: Pod, metadata: text, spec: {containers: text}}",
        "{apiVersion: v1, kind: Pod, spec: {containers: [null, 1, [a], {name: {}}]}}",
        "{apiVersion: apps/v1, kind: Deployment, metadata: {annotations: [a]}, spec: {template: 1}}",
    ],
)
def test_what_has_the_wrong_shape_is_no_error(text):
    everything = replace(PROBES, effects=dict.fromkeys(("probes", "resource-limits", "unique-selectors"), "deny"))
    assert not any(raw.line < 1 for raw in raws(text, everything))


@pytest.mark.parametrize(
    ("api_version", "count", "refused"),
    [("apps/v1", 1, 0), ("apps/v1beta1", 0, 1), ("v1", 0, 1), ("other.example.com/v1", 0, 0)],
)
def test_a_kind_that_no_cluster_has_is_refused_and_one_of_somebody_is_not_judged(api_version, count, refused):
    (one,) = judged(f"{{{WORKLOAD}, metadata: {{name: w}}}}".replace("apps/v1", api_version))
    assert (len(one.raws) if one else 0, len(one.refused) if one else 0) == (count, refused)


def test_a_kind_that_no_policy_judges_is_none():
    assert judged("{apiVersion: v1, kind: ConfigMap, metadata: {name: x}}") == [None]
    assert judged(f"{{{POD}, metadata: {{name: p}}}}", replace(PROBES, effects={"unique-selectors": "deny"})) == [None]


def test_an_annotation_of_the_object_lets_its_findings_pass_and_one_of_the_template_does_not():
    text = """        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: w, annotations: {ignore-safeguards.aks/probes: a lab}}
        spec: {%s, spec: {containers: [{name: a, image: i}, {name: b, image: i}]}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: v}
        spec:
          selector: {matchLabels: {a: b}}
          template:
            metadata: {labels: {a: b}, annotations: {ignore-safeguards.aks/probes: a lab}}
            spec: {containers: [{name: a, image: i}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: p, annotations: {ignore-safeguards.aks/probes: ""}}
        spec: {containers: [{name: a, image: i}]}
        """
    first, second, third = judged(text % SELECTED)
    assert (first.ignored, first.raws, first.notes) == (2, [], ())
    assert (second.ignored, len(second.raws)) == (0, 1)
    assert (third.ignored, len(third.raws), len(third.notes)) == (0, 1, 1)


LIMITS = replace(PROBES, effects={"resource-limits": "deny"})


def test_what_is_mutated_is_mutated_before_it_is_judged():
    text = f"{{{POD}, metadata: {{name: p}}}}"
    assert len(raws(text, LIMITS)) == 1
    one = replace(LIMITS, mutations=("mutate-cpu-limits",))
    assert [raw.message for raw in raws(text, one)] == ["container <c> has no memory limit"]
    assert raws(text, replace(LIMITS, mutations=("mutate-cpu-limits", "mutate-memory-limits"))) == []


def test_a_diff_is_shown_when_it_is_wanted():
    mutating = replace(LIMITS, mutations=("mutate-cpu-limits", "mutate-memory-limits"))
    text = f"{{{WORKLOAD}, metadata: {{name: w}}}}"
    assert judged(text, mutating)[0].diff is None
    diff = judged("# one\n# two\n" + text, replace(mutating, want_diffs=True))[0].diff
    assert diff[:6] == ("a.yaml", 3, "Deployment", "w", "default", ("mutate-cpu-limits", "mutate-memory-limits"))
    added = [line for line in diff.diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert added == ["+    resources:", "+      limits:", "+        cpu: 500m", "+        memory: 500Mi"]
    # Nothing to change, no diff; the same where the object is excluded.
    full = f"{{{POD}, metadata: {{name: p}}}}".replace("image: i", "image: i, resources: {limits: {cpu: 1, memory: 1}}")
    assert judged(full, replace(mutating, want_diffs=True))[0].diff is None


def test_a_field_that_a_merge_or_an_alias_brings_in_has_the_place_where_it_is_written():
    text = """        apiVersion: v1
        kind: Pod
        metadata: {name: p}
        spec:
          containers:
          - &base
            resources:
              limits: {cpu: 2, memory: 1Gi}
            name: b
            image: i
          - <<: *base
            name: c
        """
    assert [(raw.message, raw.line) for raw in raws(text, LIMITS)] == [
        (f"container <{name}> cpu limit <2> is higher than the maximum allowed of <1>", 8) for name in "bc"
    ]


def test_the_reader_and_the_engine_agree_on_a_broken_document_in_between():
    text = f"{{{POD}, metadata: {{name: a}}}}\n---\n{{\n---\n{{{POD}, metadata: {{name: b}}}}\n"
    items = list(read_text(text.encode()))
    assert [isinstance(item, Problem) for item in items] == [False, True, False]
    engine = Engine(PROBES)
    last = items[2]
    (found,) = [engine.judge(last, content, at, 1, "a.yaml") for content, at in engine.objects(last)]
    assert Raw(*found.raws[0]).line == 5
