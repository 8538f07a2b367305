# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The environment in which az, kubectl and helm talk to the sandbox and to nothing else."""

from __future__ import annotations

import importlib.metadata
import json
import os
import subprocess
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from sandbox import tools
from sandbox.entra.models import Principal

#: Dropped from the caller's environment: az settings, other sign-ins, other proxies.
_DROPPED_PREFIXES = ("AZURE_", "ARM_", "IDENTITY_", "MSI_")
#: Dropped as well: what leads kubectl and helm to the user's own clusters, settings and caches.
_CLUSTER_PREFIXES = ("HELM_", "KUBE", "XDG_")
#: The user's own programs, which lead nowhere.
_KEPT = ("KUBE_EDITOR", "KUBECTL_EXTERNAL_DIFF", "XDG_RUNTIME_DIR", "XDG_SESSION_TYPE")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
_QUIET = {
    "AZURE_CORE_COLLECT_TELEMETRY": "false",
    "AZURE_CORE_SURVEY_MESSAGE": "false",
    "AZURE_CORE_LOGIN_EXPERIENCE_V2": "off",
    "AZURE_CORE_ENCRYPT_TOKEN_CACHE": "false",
    # Otherwise az asks the public extension index about every command that it does not know.
    "AZURE_EXTENSION_USE_DYNAMIC_INSTALL": "no",
}


def build(
    proxy: str, bundle: Path, config_dir: Path, extension_dir: Path | None, base: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return a complete environment for az: the caller's, without what could lead az, kubectl or helm elsewhere.

    The pinned kubectl and helm come before those of the machine.
    NO_PROXY variables are set rather than left out, so that merging over another environment isolates too.
    """
    source = os.environ if base is None else base
    kept = {
        name: value
        for name, value in source.items()
        if name.upper() in _KEPT
        or (not name.upper().startswith((*_DROPPED_PREFIXES, *_CLUSTER_PREFIXES)) and name.upper() not in _PROXIES)
    }
    ours = {
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
        # Where the clusters' API servers are; az itself reaches nothing there but a sandbox.
        **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1"),
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), str(bundle)),
        "AZURE_CONFIG_DIR": str(config_dir),
        "PATH": tools.before(source.get("PATH", os.defpath)),
        **cluster_variables(config_dir / "kubernetes"),
        **_QUIET,
    }
    if extension_dir is not None:
        ours["AZURE_EXTENSION_DIR"] = str(extension_dir)
    return {**kept, **ours}


def sdk_sign_in(principal: Principal, subscription: str) -> dict[str, str]:
    """The variables by which azure-identity signs in, and where scripts look for their subscription.

    az does not read them: it is logged in by the files of `write_login`.
    """
    return {
        "AZURE_TENANT_ID": principal.tenant_id,
        "AZURE_CLIENT_ID": principal.client_id,
        "AZURE_CLIENT_SECRET": "any",
        "AZURE_SUBSCRIPTION_ID": subscription,
    }


def cluster_variables(folder: Path) -> dict[str, str]:
    """Return the variables that keep kubeconfig, settings, caches and charts of kubectl and helm in a folder.

    `az aks get-credentials` writes into the first file of KUBECONFIG, whatever HOME is (azure-cli, acs/custom.py).
    """
    return {
        "KUBECONFIG": str(folder / "config"),
        "KUBECACHEDIR": str(folder / "cache"),
        # kubectl 1.34 reads preferences from ~/.kube/kuberc, unless told otherwise.
        "KUBERC": "off",
        "HELM_CACHE_HOME": str(folder / "helm" / "cache"),
        "HELM_CONFIG_HOME": str(folder / "helm" / "config"),
        "HELM_DATA_HOME": str(folder / "helm" / "data"),
    }


def log_in(config_dir: Path, principal: Principal, az: str, variables: dict[str, str]) -> None:
    """Run `az login --service-principal` once. Raises subprocess.CalledProcessError with az's own words."""
    skip_version_check(config_dir)
    command = [az, "login", "--service-principal", "--username", principal.client_id, "--password", "any"]
    subprocess.run(
        [*command, "--tenant", principal.tenant_id, "--output", "none"],
        env=variables,
        check=True,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def skip_version_check(config_dir: Path) -> None:
    """Let az believe that it has looked for a newer az: else its first command asks a public host.

    Only when az runs under this Python; a file about another version of az would make it look elsewhere too.
    """
    try:
        version = importlib.metadata.version("azure-cli-core")
    except importlib.metadata.PackageNotFoundError:
        return
    config_dir.mkdir(parents=True, exist_ok=True)
    now = str(datetime.now())
    checked = {"versions": {"core": {"local": version}}, "update_time": now, "check_time": now}
    (config_dir / "versionCheck.json").write_text(json.dumps(checked), "utf-8")


def write_login(
    config_dir: Path, principal: Principal, subscriptions: Mapping[str, str], cloud: str = "AzureCloud"
) -> None:
    """Write what `az login --service-principal` leaves behind, without running az.

    The files are azure-cli's: azureProfile.json (the subscriptions by id with their names, the first one the default)
    and service_principal_entries.json, from which az gets its first token when it needs one.
    """
    config_dir.mkdir(parents=True, exist_ok=True)
    skip_version_check(config_dir)
    accounts = [
        {
            "id": identifier,
            "name": name,
            "state": "Enabled",
            "user": {"name": principal.client_id, "type": "servicePrincipal"},
            "isDefault": number == 0,
            "tenantId": principal.tenant_id,
            "environmentName": cloud,
            "homeTenantId": principal.tenant_id,
            "managedByTenants": [],
        }
        for number, (identifier, name) in enumerate(subscriptions.items())
    ]
    profile = {"installationId": accounts[0]["id"], "subscriptions": accounts}
    entry = {"client_id": principal.client_id, "tenant": principal.tenant_id, "client_secret": "any"}
    (config_dir / "azureProfile.json").write_text(json.dumps(profile), "utf-8")
    secrets = config_dir / "service_principal_entries.json"
    secrets.touch(mode=0o600)
    secrets.write_text(json.dumps([entry]), "utf-8")
