# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Policies over several objects, across files."""

from __future__ import annotations

from typing import Any

from azext_safeguards.check.documents.reading import read_text
from azext_safeguards.check.judging import among as among_module
from azext_safeguards.check.judging.among import MOST_MESSAGES, judge_among
from azext_safeguards.check.judging.engine import Engine, Kept
from azext_safeguards.check.settings import Settings

BOTH = Settings({"unique-selectors": "deny", "pod-disruption-budgets": "warn"})


def service(name: str, selector: str = "{app: web}", ports: str = "[{port: 80}]", **metadata: str) -> str:
    more = "".join(f", {key}: {value}" for key, value in metadata.items())
    return (
        f"apiVersion: v1\nkind: Service\nmetadata: {{name: {name}{more}}}\n"
        f"spec:\n  selector: {selector}\n  ports: {ports}\n"
    )


def kept(*files: str, settings: Settings = BOTH) -> list[tuple[int, Kept]]:
    """What is kept of files, each with the number of its file."""
    engine = Engine(settings)
    found = []
    for number, text in enumerate(files):
        count = 0
        for document in read_text(text.encode()):
            for content, at in engine.objects(document):
                count += 1
                one = engine.judge(document, content, at, count, f"{number}.yaml")
                if one and one.kept:
                    found.append((number, Kept(*one.kept)))
    return found


def among(*files: str, settings: Settings = BOTH, notes: list[str] | None = None) -> list[Any]:
    return list(judge_among(kept(*files, settings=settings), settings, [] if notes is None else notes))


def said(*files: str) -> list[tuple[int, str, str]]:
    """File, object and the object that is named, for each finding of unique-selectors."""
    return [(number, raw.name, raw.message.split("<")[1].split(">")[0]) for number, raw in among(*files)]


WARN = Settings({"unique-selectors": "warn"})


def test_of_alike_services_the_later_is_denied():
    ((number, one),) = among(service("a"), "# comment\n" + service("b"))
    assert number == 1
    assert one[1:] == (
        False,
        "gatekeeper",
        "same selector as service <a> in namespace <default> with overlapping ports",
        6,
        3,
        "Service",
        "b",
        "default",
        "unique-selectors",
        "deny",
    )


def test_what_is_denied_is_not_stored_and_what_is_warned_of_is():
    assert said(service("a"), service("b"), service("c")) == [(1, "b", "a"), (2, "c", "a")]
    warned = among(service("a"), service("b"), service("c"), settings=WARN)
    assert [(number, raw.message.split("<")[1][0]) for number, raw in warned] == [(1, "a"), (2, "a"), (2, "b")]


def test_namespace_selector_and_port_must_be_the_same():
    assert not among(service("a"), service("b", namespace="team"))
    assert not among(service("a"), service("b", selector="{app: web, tier: x}"))
    assert not among(service("a"), service("b", ports="[{port: 81}]"))
    assert not among(
        service("a", namespace="kube-system"), service("b", namespace="kube-system"), settings=_excluding()
    )
    assert said(service("a"), service("b", ports="[{port: 81, name: a}, {port: 80, name: b}]")) == [(1, "b", "a")]
    assert len(among(service("a", namespace="default"), service("b"))) == 1


def _excluding() -> Settings:
    return Settings(BOTH.effects, excluded_namespaces=("kube-system",))


def test_the_same_object_given_twice_is_one():
    assert not among(service("a"), service("a"))
    # A third one names the name once.
    assert said(service("a"), service("a"), service("b")) == [(2, "b", "a")]


def test_an_ignored_finding_is_counted_and_another_object_is_still_found():
    ignoring = service("b", annotations="{ignore-safeguards.aks/unique-selectors: known}")
    (number, apart), (_, raw) = among(service("a"), ignoring, service("c"))
    assert (number, apart.state, apart.name, apart.reason, raw.name) == (1, "ignored", "b", "known", "c")


def test_many_that_are_alike_do_not_give_a_message_for_each_pair():
    count = MOST_MESSAGES + 2
    notes: list[str] = []
    found = among(*(service(f"s{number}") for number in range(count)), settings=WARN, notes=notes)
    assert len(found) == sum(range(MOST_MESSAGES + 1)) + MOST_MESSAGES
    assert notes == [f"unique-selectors: only the first {MOST_MESSAGES} messages about Service/s{count - 1} are shown."]
    notes.clear()
    assert among(*(service(f"s{number}") for number in range(MOST_MESSAGES + 1)), settings=WARN, notes=notes)
    assert notes == []


def test_services_with_ports_of_their_own_are_not_compared_at_all(monkeypatch):
    monkeypatch.setattr(among_module, "MOST_COMPARISONS", 0)
    notes: list[str] = []
    assert not among(*(service(f"s{port}", ports=f"[{{port: {port}}}]") for port in range(1, 500)), notes=notes)
    assert notes == []


def test_too_many_comparisons_end_with_a_note(monkeypatch):
    monkeypatch.setattr(among_module, "MOST_COMPARISONS", 4)
    notes: list[str] = []
    found = among(*(service(f"s{number}") for number in range(4)), settings=WARN, notes=notes)
    assert [raw.name for _, raw in found] == ["s1", "s2", "s2"]
    (note,) = notes
    assert note.startswith("unique-selectors: there are too many alike")


BUDGET = """apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: pdb}
spec:
  selector: {matchLabels: {app: web}}
  minAvailable: 2
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: i}]}
"""


def test_a_budget_is_compared_with_the_workloads_of_all_files():
    ((number, raw),) = among(DEPLOYMENT, BUDGET)
    assert (number, raw.name, raw.line, raw.column, raw.effect) == (1, "pdb", 6, 3, "warn")
    assert raw.message == (
        "PodDisruptionBudget pdb specifies minAvailable of 2, but matching Deployment web has 2 replicas. "
        "minAvailable should be less than 2"
    )
    assert not among(DEPLOYMENT.replace("replicas: 2", "replicas: 3"), BUDGET)
    assert not among(DEPLOYMENT.replace("app: web", "app: else"), BUDGET)
    assert not among(DEPLOYMENT.replace("name: web", "name: web, namespace: team"), BUDGET)


def test_a_policy_that_is_left_out_keeps_nothing():
    only = Settings({"pod-disruption-budgets": "deny"})
    assert not kept(service("a"), settings=only)
    assert [one.kind for _, one in kept(service("a"), BUDGET, DEPLOYMENT, settings=only)] == [
        "PodDisruptionBudget",
        "Deployment",
    ]
    assert not among(service("a"), service("b"), settings=Settings({"probes": "deny"}))


def test_only_what_the_policies_read_is_kept():
    ((_, one),) = kept(service("a", labels="{x: z}"))
    assert one.content == {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "a", "namespace": "default"},
        "spec": {"selector": {"app": "web"}, "ports": [{"port": 80, "protocol": "TCP", "targetPort": 80}]},
    }


def test_a_finding_stands_at_the_nearest_place_that_is_known():
    selectorless = "apiVersion: v1\nkind: Service\nmetadata:\n  name: {}\nspec:\n  ports: [{{port: 80}}]\n"
    found = among(selectorless.format("a"), "# comment\n" + selectorless.format("b"))
    assert [(raw.line, raw.column) for _, raw in found] == [(6, 1)]
    nothing = "apiVersion: v1\nkind: Service\nmetadata: {{name: {}}}\nspec: {{ports: [{{port: 80}}]}}\n"
    assert {(raw.line, raw.column) for _, raw in among(nothing.format("a"), nothing.format("b"))} == {(4, 1)}


def test_budgets_and_workloads_of_odd_shape_are_no_error():
    for odd in ("[]", "text", "{matchLabels: []}", "{matchLabels: {app: [a]}}", "null"):
        among(
            DEPLOYMENT.replace("{matchLabels: {app: web}}", odd),
            BUDGET.replace("{matchLabels: {app: web}}", odd),
            service("a", selector=odd),
            service("b", selector=odd, ports="text"),
            "apiVersion: v1\nkind: Service\nmetadata: {name: c}\nspec: text\n",
        )


def test_a_service_that_is_changed_is_compared_as_it_is_then():
    """Recorded with `kubectl apply`: created, configured, and what was there before is in nobody's way."""
    first, second = "{app: a}", "{app: b}"
    assert said(service("s1", first), service("s1", second), service("s2", first)) == []
    assert said(service("s1", first), service("s1", second), service("s2", second)) == [(2, "s2", "s1")]
    assert said(service("s1", first), service("s2", second), service("s2", first)) == [(2, "s2", "s1")]
    changed = (service("s1", first), service("s1", second), service("s2", first), service("s1", first))
    assert said(*changed) == [(3, "s1", "s2")]
