# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Nothing goes anywhere but to Resource Manager and the sign-in, and no secret is printed."""

from __future__ import annotations

import pytest

from .azcli import AzCli

HOSTS = {"management.azure.com", "login.microsoftonline.com"}


@pytest.fixture
def fresh(installed, box, tmp_path):
    """az that has not signed in yet, so that its first command fetches a token."""
    return AzCli(box, tmp_path, installed.extensions)


@pytest.mark.parametrize(
    "line",
    [
        "aks update -g rg -n c1 --safeguards-level Enforcement --debug",
        "aks show -g rg -n c1 --debug",
        "aks safeguards profile show -g rg -n c1 --debug",
    ],
)
def test_debug_output_holds_no_token(fresh, az, box, cluster, line):
    az("aks update -g rg -n c1 --safeguards-level Warning")
    box.journal.clear()
    done = fresh(line)
    assert [record for record in box.journal if record.path.endswith("/token")]
    assert "GET" in done.err
    assert "policyAssignments" in done.err
    secrets = {box.token(), box.token().split(".")[1]}
    assert not [secret for secret in secrets if secret in done.out + done.err]
    assert "eyJ" not in done.err
    assert "Bearer " not in done.err.replace("Bearer ***", "")


def test_only_resource_manager_and_the_sign_in_are_reached(fresh, box, cluster):
    fresh("aks update -g rg -n c1 --safeguards-level Enforcement")
    fresh("aks safeguards profile show -g rg -n c1")
    fresh("aks safeguards profile delete -g rg -n c1 --yes")
    assert {record.host for record in box.journal} == HOSTS
    assert box.refused_hosts == []


def test_one_token_serves_all_requests_of_a_run(fresh, box, cluster):
    fresh("aks update -g rg -n c1 --safeguards-level Warning")
    assert len([record for record in box.journal if record.path.endswith("/token")]) == 1


def test_requests_carry_the_name_of_az_and_of_the_command(az, box, cluster):
    done = az("aks update -g rg -n c1 --safeguards-level Warning")
    for record in done.requests:
        headers = {name.lower(): value for name, value in record.headers.items()}
        assert headers["commandname"] == "aks update"
        assert "AZURECLI/" in headers["user-agent"]


def test_a_sovereign_cloud_is_served_by_its_own_hosts(fresh, box, cluster, tmp_path):
    government = fresh
    government("cloud set -n AzureUSGovernment")
    box.write_login(tmp_path / "azure", cloud="AzureUSGovernment")
    government("aks update -g rg -n c1 --safeguards-level Warning")
    assert {record.host for record in box.journal} == {"login.microsoftonline.us", "management.usgovcloudapi.net"}
    assert [record.method for record in box.journal if record.path.endswith("-assignment")] == ["GET", "PUT"]
