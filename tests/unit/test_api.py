# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import subprocess
import sys

import pytest
from azure.core.exceptions import ResourceNotFoundError

from azext_safeguards import api
from sandbox import Sandbox
from tests.unit.services.sandboxed import sandboxed

BAD = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\nspec:\n  selector: {matchLabels: {app: web}}\n"
BAD += "  template:\n    metadata: {labels: {app: web}}\n    spec:\n      containers: [{name: web, image: nginx}]\n"


@pytest.fixture
def ready():
    """A client, the id of a cluster that is ready for safeguards, and the sandbox."""
    box = Sandbox()
    box.features.set_state("SafeguardsPreview", "Registered")
    identifier = box.add_cluster("rg", "c1")
    return sandboxed(box), identifier, box


def test_a_change_is_planned_applied_and_read(ready):
    client, cluster, box = ready
    planned = api.plan(client, cluster, level="warning", version="2.0.0", excluded_namespaces=["ingress", "team-*"])
    assert planned.writes
    assert "level: - -> Warning" in map(str, planned.differences)
    assert planned.body["properties"]["metadata"]["safeguardsLevel"] == "Warning"
    assert not box.assignments
    written = api.apply(client, planned)
    assert (written.level, written.version) == (api.Level.WARNING, "v2.0.0")
    assert api.read(client, api.ClusterRef.from_id(cluster)) == written
    again = api.plan(client, cluster, level=api.Level.WARNING)
    assert not again.writes
    assert api.apply(client, again) == written


def test_what_is_not_given_stays_and_an_empty_list_clears(ready):
    client, cluster, _ = ready
    api.apply(client, api.plan(client, cluster, level="Warning", excluded_namespaces=["ingress"]))
    assert api.apply(client, api.plan(client, cluster, level="Enforcement")).excluded_namespaces == ("ingress",)
    assert api.apply(client, api.plan(client, cluster, excluded_namespaces=[])).excluded_namespaces == ()


def test_pod_security_is_planned_with_the_rest_and_alone(ready):
    client, cluster, _ = ready
    with pytest.raises(api.SafeguardsError, match="has no Pod Security policies") as refused:
        api.plan(client, cluster, level="Enforcement", pod_security="Baseline")
    assert "--safeguards-version v3.0.0" in " ".join(api.ways_on(refused.value))
    with pytest.raises(api.SafeguardsError, match="no deployment safeguards"):
        api.plan(client, cluster, pod_security="Baseline")
    with pytest.raises(api.SafeguardsError, match="without its level"):
        api.plan(client, cluster, level="Warning", pod_security_effect="Warn")
    with pytest.raises(api.SafeguardsError, match="'Strict' is no Pod Security level"):
        api.plan(client, cluster, level="Warning", pod_security="Strict")
    planned = api.plan(client, cluster, level="Enforcement", version="v3.0.0", pod_security="baseline")
    assert api.apply(client, planned).does["privileged"] == "deny"
    planned = api.plan(client, cluster, pod_security="Restricted", pod_security_effect="Warn")
    written = api.apply(client, planned)
    assert (written.does["privileged"], written.does["probes"]) == ("warn", "deny")
    assert str(written.choices.pod_security) == "Restricted:Warn"
    off = api.apply(client, api.plan(client, cluster, level="Off", pod_security="Off"))
    assert (off.level, off.choices.pod_security) == (api.Level.OFF, None)


def test_refusals_have_a_sentence_and_ways_on(ready):
    client, cluster, box = ready
    with pytest.raises(api.SafeguardsError, match="'High' is not a safeguards level") as refused:
        api.plan(client, cluster, level="High")
    assert api.ways_on(refused.value) == ("--safeguards-level Warning",)
    box.features.set_state("SafeguardsPreview", "NotRegistered")
    with pytest.raises(api.SafeguardsError, match="is not registered") as refused:
        api.plan(client, cluster, level="Warning")
    assert all(command.startswith("az ") for command in api.ways_on(refused.value))
    with pytest.raises(api.SafeguardsError, match="is not the id of a managed cluster"):
        api.read(client, "c1")


def test_what_does_not_exist_is_said_by_azure_core(ready):
    client, cluster, _ = ready
    with pytest.raises(ResourceNotFoundError):
        api.read(client, cluster)
    with pytest.raises(ResourceNotFoundError):
        api.plan(client, f"{cluster}x", level="Warning")


def test_manifests_are_checked_against_a_level_or_a_cluster(ready, tmp_path):
    client, cluster, _ = ready
    manifest = tmp_path / "web.yaml"
    manifest.write_text(BAD)
    denied = {finding.policy for finding in api.check([str(manifest)]).findings if finding.effect == "deny"}
    assert "probes" in denied
    assert {finding.effect for finding in api.check([str(manifest)], level="Warning").findings} == {"warn"}
    assert not api.check([str(manifest)], excluded_namespaces=["default"]).findings
    api.apply(client, api.plan(client, cluster, level="Warning"))
    found = api.check([str(manifest)], client=client, cluster=cluster).findings
    assert {finding.effect for finding in found} == {"warn"}


def test_the_door_opens_without_az_and_without_azure_core():
    code = (
        "import sys; import azext_safeguards.api; "
        "print([name for name in sys.modules if name.split('.')[0] in ('azure', 'knack', 'requests', 'yaml')])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_manifests_are_checked_against_aks_own_safeguards_of_a_cluster_or_of_none(ready, tmp_path):
    from azext_safeguards.check.readiness import readiness

    manifest = tmp_path / "web.yaml"
    manifest.write_text(BAD.replace("spec:\n      containers", "spec:\n      hostPID: true\n      containers"))
    client, cluster, box = ready
    box.add_deployment_safeguards(cluster, "Warn", ["shop"], "Baseline")
    on_cluster = api.check([str(manifest)], client=client, cluster=cluster)
    assert {one.effect for one in on_cluster.findings} == {"warn"}
    assert "aks-managed-baseline-host-namespaces" in {one.policy for one in on_cluster.findings}
    assert on_cluster.findings == api.check([str(manifest)], managed="warn", pod_security="Baseline").findings
    automatic = api.check([str(manifest)], automatic=True)
    assert {one.effect for one in automatic.findings} == {"deny"}
    (one,) = readiness(automatic, {}).objects
    assert (one.outcome, one.name) == ("denied", "web")
    assert not api.check([str(manifest)], automatic=True, excluded_namespaces=["default"]).findings
    with pytest.raises(api.SafeguardsError, match="is no level of AKS's own"):
        api.check([str(manifest)], managed="Off")


def test_a_cluster_with_nothing_has_nothing_to_check_against(ready, tmp_path):
    (tmp_path / "web.yaml").write_text(BAD)
    client, cluster, _ = ready
    with pytest.raises(ResourceNotFoundError):
        api.check([str(tmp_path)], client=client, cluster=cluster)
