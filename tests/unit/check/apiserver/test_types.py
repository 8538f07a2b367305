# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The table of types is what the script makes of the published schemas."""

from __future__ import annotations

import pytest

from azext_safeguards.check.apiserver.scopes import CLUSTER_SCOPED
from azext_safeguards.check.apiserver.types import ListOf, Struct, table
from scripts import kubernetes_types


def test_the_table_is_what_the_script_writes() -> None:
    assert kubernetes_types.TARGET.read_text(encoding="utf-8") == kubernetes_types.text()
    assert kubernetes_types.SCHEMAS.read_text(encoding="utf-8") == kubernetes_types.schemas_text()


def test_the_table_is_small_and_says_where_it_is_from() -> None:
    assert kubernetes_types.TARGET.stat().st_size < 150_000
    assert "kubernetes-validate 1.37.0" in table().source


def test_every_type_of_the_table_can_be_read() -> None:
    seen: set[int] = set()

    def walk(struct: Struct) -> None:
        if id(struct) in seen:
            return
        seen.add(id(struct))
        for shape in struct.fields.values():
            while not isinstance(shape, str | Struct):
                shape = shape.item
            if isinstance(shape, Struct):
                walk(shape)

    deployment = table().kind("apps/v1", "Deployment")
    assert deployment
    walk(deployment)
    assert len(seen) > 100


def test_older_and_newer_fields_are_known() -> None:
    pod = table().kind("v1", "Pod")
    assert pod
    spec = pod.fields["spec"]
    assert isinstance(spec, Struct)
    containers = spec.fields["containers"]
    assert isinstance(containers, ListOf)
    assert isinstance(containers.item, Struct)
    assert "livenessProbe" in containers.item.fields
    assert table().kind("resource.k8s.io/v1alpha2", "ResourceClass")
    assert not table().kind("batch/v1beta1", "CronJob")


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("resource.k8s.io", "DeviceClass"),
        ("resource.k8s.io", "ResourceSlice"),
        ("certificates.k8s.io", "ClusterTrustBundle"),
        ("storagemigration.k8s.io", "StorageVersionMigration"),
    ],
)
def test_newer_kinds_are_in_no_namespace_either(group: str, kind: str) -> None:
    assert (group, kind) in CLUSTER_SCOPED
