# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The two Pod Security levels of Kubernetes, in members and parameters of the initiative.

How AKS turns a Pod Security level into parameters of the initiative is not published; the initiative's own defaults
block every volume and every added capability. So the levels here are those of Kubernetes (Pod Security Standards),
said with the names of the initiative's parameters.
"""

from __future__ import annotations

from typing import Any

from azext_safeguards.domain.initiative.records import RECORDS
from azext_safeguards.domain.initiative.records.record import BASELINE, RESTRICTED

LEVELS = (BASELINE, RESTRICTED)

# The capabilities that Baseline lets a container add.
_BASELINE_CAPABILITIES = (
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
)
_RESTRICTED_VOLUMES = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
_SECCOMP = ("RuntimeDefault", "Localhost", "localhost/*")


def parameters_for(level: str) -> dict[str, Any]:
    """The initiative's parameters that make its Pod Security members a level of Kubernetes.

    :param level: `Baseline` or `Restricted`.
    :returns: parameter name -> value; those that are not named keep the initiative's default.
    :raises ValueError: for any other level.
    """
    if level not in LEVELS:
        raise ValueError(f"no Pod Security level: {level}")
    common = {
        "allowedHostPorts": [],
        "allowedHostPaths": {"paths": []},
        "windowsAllowedHostPaths": {"paths": []},
        "allowedAppArmorProfiles": ["runtime/default", "localhost/*"],
    }
    if level == BASELINE:
        # "not configured" is what the seccomp template calls an absent profile, which Baseline allows.
        return {
            **common,
            "allowedCapabilities": list(_BASELINE_CAPABILITIES),
            "requiredDropCapabilities": [],
            "allowedSeccompProfiles": [*_SECCOMP, "not configured"],
        }
    return {
        **common,
        "allowedCapabilities": ["NET_BIND_SERVICE"],
        "requiredDropCapabilities": ["ALL"],
        "allowedSeccompProfiles": list(_SECCOMP),
        "allowedVolumeTypes": list(_RESTRICTED_VOLUMES),
        "forcePrivilegeEscalationToBeFalse": True,
        "runAsUserRule": "MustRunAsNonRoot",
    }


def members_of(level: str) -> frozenset[str]:
    """The reference ids of the members that make a level; Restricted is Baseline and more.

    :param level: `Baseline` or `Restricted`.
    """
    return frozenset(record.reference_id for record in RECORDS.values() if record.pod_security in (BASELINE, level))
