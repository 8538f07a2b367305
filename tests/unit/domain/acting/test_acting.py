# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.check.judging.against import planned
from azext_safeguards.domain.acting.assigned import acting_by, exempted_from
from azext_safeguards.domain.acting.managed import acting_by_aks
from azext_safeguards.domain.acting.records import ADMISSION, MUTATORS
from azext_safeguards.domain.level import Level
from azext_safeguards.domain.managed import Managed
from azext_safeguards.domain.namespaces import SYSTEM_NAMESPACES
from azext_safeguards.domain.owners import Owner

TEN = {
    "no-node-edits",
    "resource-requests",
    "anti-affinity",
    "no-aks-labels",
    "allowed-images",
    "reserved-taints",
    "probes",
    "csi-storage",
    "unique-selectors",
    "no-latest-tag",
}


def doing(acting, does):
    return {one.short for one in acting.members if one.does == does}


@pytest.mark.parametrize(("level", "does", "mutates"), [("Enforce", "deny", True), ("Warn", "warn", False)])
def test_a_managed_cluster_has_the_ten_policies_and_at_enforce_the_mutators(level, does, mutates):
    acting = acting_by_aks(Managed(level, ("team-a",)))
    assert (acting.owner, acting.level, acting.automatic, acting.pod_security) == (Owner.MANAGED, level, False, "")
    assert doing(acting, does) == TEN
    assert {one.does for one in acting.members} == {does, "off"}
    assert [one.name for one in acting.mutators] == (list(MUTATORS) if mutates else [])
    assert acting.admission == ()
    assert acting.excluded_namespaces == ("team-a", *SYSTEM_NAMESPACES)
    assert acting.user_namespaces == ("team-a",)


@pytest.mark.parametrize(
    ("security", "prefixes"),
    [
        ("", set()),
        ("Privileged", set()),
        ("baseline", {"baseline"}),
        ("Restricted", {"baseline", "restricted"}),
    ],
)
def test_pod_security_is_a_matter_of_admission_policies(security, prefixes):
    acting = acting_by_aks(Managed("Warn", (), security))
    assert {one.name.split("-")[2] for one in acting.admission} == prefixes
    assert {one.does for one in acting.admission} <= {"warn"}


@pytest.mark.parametrize("managed", [None, Managed(""), Managed("Enforce", (), "Privileged")])
def test_automatic_has_enforce_and_baseline_at_least(managed):
    acting = acting_by_aks(managed, is_automatic=True)
    assert (acting.level, acting.pod_security, acting.automatic) == ("Enforce", "Baseline", True)
    assert len(acting.admission) == 12
    assert acting.does("aks-managed-baseline-sysctls") == "deny"
    assert acting.does("probes") == "deny"
    assert acting.does("mutate-cpu-limits") == "off"


def test_automatic_may_be_restricted():
    acting = acting_by_aks(Managed("Enforce", ("a",), "Restricted"), is_automatic=True)
    assert (acting.pod_security, len(acting.admission), acting.user_namespaces) == ("Restricted", 17, ("a",))


def test_an_assignment_has_no_mutators_of_aks_and_no_admission_policies():
    acting = acting_by(planned(Level.ENFORCEMENT, "v2.0.0", ("x",)).assignment)
    assert (acting.owner, acting.level, acting.version) == (Owner.ASSIGNMENT, "Enforcement", "v2.0.0")
    assert (acting.mutators, acting.admission) == ((), ())
    assert {"probes", "resource-limits"} <= doing(acting, "deny")
    assert "mutate-cpu-limits" in doing(acting, "mutate")
    assert acting.user_namespaces == ("x",)


def test_what_is_exempted_is_off():
    acting = acting_by(planned(Level.ENFORCEMENT, "v2.0.0", ()).assignment)
    probes = next(one.reference_id for one in acting.members if one.short == "probes")
    assert doing(acting, "deny") - doing(exempted_from(acting, {probes.lower()}), "deny") == {"probes"}
    assert doing(exempted_from(acting, {"*"}), "off") == {one.short for one in acting.members}
    assert exempted_from(acting, frozenset()) is acting


def test_records_say_what_they_are():
    for one in (*MUTATORS.values(), *ADMISSION.values()):
        assert one.title
        assert one.why
        assert one.fix
        assert one.docs.startswith("https://")
        assert not one.title.endswith(".")
