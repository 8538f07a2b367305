# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Clouds other than the public one: no request leaves the cloud that az is set to."""

from __future__ import annotations

import pytest

from .azcli import AzCli

COMMANDS = [
    "aks update -g rg -n c1 --safeguards-level Enforcement --safeguards-excluded-ns a",
    "aks safeguards profile show -g rg -n c1",
    "aks safeguards diagnose -g rg -n c1 --fail-on never",
    "aks safeguards register",
]


@pytest.fixture
def elsewhere(installed, box, tmp_path):
    """az with a configuration of its own."""
    box.add_cluster("rg", "c1")
    return AzCli(box, tmp_path, installed.extensions)


def test_the_us_government(elsewhere, box, tmp_path):
    elsewhere("cloud set -n AzureUSGovernment")
    box.write_login(tmp_path / "azure", cloud="AzureUSGovernment")
    for line in COMMANDS:
        elsewhere(line)
    assert {record.host for record in box.journal} == {"login.microsoftonline.us", "management.usgovcloudapi.net"}
    assert [record.method for record in box.journal if "-assignment" in record.path][:2] == ["GET", "PUT"]
    tokens = [record for record in box.journal if record.path.endswith("/token")]
    assert {record.body["scope"].split()[0] for record in tokens} == {
        "https://management.core.usgovcloudapi.net//.default"
    }


def test_a_custom_cloud(elsewhere, box):
    host = f"localhost:{box.port}"
    custom = {"AZURE_CORE_INSTANCE_DISCOVERY": "false"}
    elsewhere(f"cloud register -n local --endpoint-resource-manager https://{host}", **custom)
    elsewhere("cloud set -n local", **custom)
    elsewhere("login --service-principal -u any -p any --tenant anytenant", **custom)
    box.journal.clear()
    for line in COMMANDS:
        elsewhere(line, **custom)
    hosts = {record.host for record in box.journal}
    assert all(name.partition(":")[0] == "localhost" for name in hosts), hosts
    assert [record.method for record in box.journal if "-assignment" in record.path][:2] == ["GET", "PUT"]
    assert box.refused_hosts == []


def test_a_cloud_that_lags_behind_says_what_it_has(elsewhere, box, tmp_path):
    elsewhere("cloud set -n AzureChinaCloud")
    box.write_login(tmp_path / "azure", cloud="AzureChinaCloud")
    for version in [name for name in box.initiative.versions if name.startswith(("2.1", "3."))]:
        del box.initiative.versions[version]
    failed = elsewhere(COMMANDS[0], code=None)
    assert "2.1.*" in failed.errors[0]
    assert "2.0.1" in failed.err
    assert all(record.host.endswith(".cn") for record in box.journal)
    assert not box.assignments


def test_no_module_names_a_host_of_the_public_cloud_but_as_a_default(installed):
    sources = [path for path in (installed.extensions / "safeguards").rglob("*.py") if "azext_safeguards" in str(path)]
    assert len(sources) > 20
    # The schema of ARM templates is named by that address in every cloud; it is not a host that is asked.
    naming = {
        path.name
        for path in sources
        if "management.azure.com" in path.read_text("utf-8").replace("https://schema.management.azure.com/", "")
    }
    assert naming == {"arm.py"}
