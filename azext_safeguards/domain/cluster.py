# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""How a managed cluster is named, and how its name becomes part of a URL or of a command."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, unquote

from azext_safeguards.domain.errors import InvalidValueError
from azext_safeguards.domain.remedies import remedy
from azext_safeguards.domain.shapes import flag, map_of, optional, record, text
from azext_safeguards.domain.shell import quoted

_MEMBERS = {
    "id": text,
    "location": text,
    "sku": record({"name": text}),
    "properties": record(
        {
            "provisioningState": text,
            "powerState": record({"code": text}),
            "addonProfiles": map_of(optional(record({"enabled": flag}))),
        }
    ),
}
LISTED = record(_MEMBERS)
"""What is read of a cluster in a list, of Resource Manager or of Resource Graph."""
CLUSTER = record(_MEMBERS, required=("properties",))
"""The shape of a managed cluster as far as it is read here (Azure/azure-rest-api-specs, managedClusters)."""

_SUBSCRIPTION = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# Resource names and rules: learn.microsoft.com, "Naming rules and restrictions for Azure resources".
_GROUP = re.compile(r"[\w\-.()]{1,90}(?<!\.)")
_CLUSTER = re.compile(r"[a-zA-Z0-9]([\w\-]{0,61}[a-zA-Z0-9])?", re.ASCII)
_CLUSTER_ID = re.compile(
    r"/subscriptions/(?P<subscription>[^/]+)/resourceGroups/(?P<group>[^/]+)"
    r"/providers/Microsoft\.ContainerService/managedClusters/(?P<name>[^/]+)/?",
    re.IGNORECASE,
)

_BELOW = re.compile(rf"{_CLUSTER_ID.pattern.removesuffix('/?')}(?:/.*)?\Z", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class ClusterRef:
    """A managed cluster by subscription id, resource group and name.

    :raises InvalidValueError: when a part could not be a name in Azure, before it can reach a URL.
    """

    subscription: str
    resource_group: str
    name: str
    explicit_subscription: bool = False
    """Whether commands to paste must name the subscription, because it is not the one that az defaults to."""

    def __post_init__(self) -> None:
        if not _SUBSCRIPTION.fullmatch(self.subscription):
            raise InvalidValueError(
                f"{_shown(self.subscription)} is not a subscription id.", [remedy("list-subscriptions")]
            )
        if not _GROUP.fullmatch(self.resource_group):
            raise InvalidValueError(
                f"{_shown(self.resource_group)} is not a resource group name.",
                [remedy("list-groups", subscription=self._named_subscription)],
            )
        if not _CLUSTER.fullmatch(self.name):
            if _CLUSTER_ID.fullmatch(self.name):
                named = ClusterRef.from_id(self.name)
                raise InvalidValueError(
                    "A resource id was given for the name of the cluster.", [remedy("named-by-id", cluster=named)]
                )
            raise InvalidValueError(
                f"{_shown(self.name)} is not a cluster name.",
                [remedy("list-clusters", subscription=self._named_subscription)],
            )

    @classmethod
    def from_id(cls, resource_id: str) -> ClusterRef:
        """The cluster that a resource id names, as Azure writes it or as `id` does.

        :raises InvalidValueError: when it is not the id of a managed cluster.
        """
        match = _CLUSTER_ID.fullmatch(resource_id.strip())
        if not match:
            raise InvalidValueError(
                f"'{resource_id}' is not the id of a managed cluster.", [remedy("list-cluster-ids")]
            )
        return cls(match["subscription"], unquote(match["group"]), match["name"], explicit_subscription=True)

    def spelled(self, *ids: object) -> ClusterRef:
        """The same cluster with its names in the case that Azure has them in.

        :param ids: ids of the cluster, or of what is below it, from answers; any other value counts nothing.
        """
        for found in ids:
            match = _BELOW.match(found) if isinstance(found, str) else None
            group, name = (unquote(match["group"]), match["name"]) if match else ("", "")
            if (group.lower(), name.lower()) == (self.resource_group.lower(), self.name.lower()):
                return replace(self, resource_group=group, name=name)
        return self

    @property
    def group_id(self) -> str:
        """The resource id of the cluster's resource group, safe in a URL."""
        return f"/subscriptions/{self.subscription}/resourceGroups/{quote(self.resource_group)}"

    @property
    def id(self) -> str:
        """The cluster's resource id, safe in a URL."""
        return f"{self.group_id}/providers/Microsoft.ContainerService/managedClusters/{quote(self.name)}"

    @property
    def plain_id(self) -> str:
        """The cluster's resource id as Azure writes it: what ids in its answers can be compared with."""
        return unquote(self.id)

    @property
    def arguments(self) -> str:
        """The cluster as arguments of a command to paste: `-g GROUP -n NAME`."""
        return f"-g {quoted(self.resource_group)} -n {quoted(self.name)}{self.subscription_argument}"

    @property
    def subscription_argument(self) -> str:
        """` --subscription ID` where a command to paste needs it, else nothing."""
        return f" --subscription {self.subscription}" if self._named_subscription else ""

    @property
    def _named_subscription(self) -> str:
        return self.subscription if self.explicit_subscription else ""


def _shown(text: str) -> str:
    """A text in quotes, with what cannot be seen in it written out: a name from a file of Windows ends in `\\r`."""
    return f"'{text}'" if text.isprintable() else ascii(text)
