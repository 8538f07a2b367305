# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.csi_storage import POLICY
from tests.unit.check.policies.table import Case, table


def storage_class(provisioner):
    return f"{{metadata: {{name: fast}}, provisioner: {provisioner}}}"


def says(provisioner):
    return [(f"Storage class fast use intree provisioner {provisioner} is not allowed", ("provisioner",))]


test_csi_storage = table(
    POLICY,
    {},
    [
        Case("disk", storage_class("kubernetes.io/azure-disk"), says("kubernetes.io/azure-disk")),
        Case("file", storage_class("kubernetes.io/azure-file"), says("kubernetes.io/azure-file")),
        Case("CSI disk", storage_class("disk.csi.azure.com")),
        Case("CSI file", storage_class("file.csi.azure.com")),
        Case("another built-in one", storage_class("kubernetes.io/no-provisioner")),
        Case("longer", storage_class("kubernetes.io/azure-disk2")),
        Case("none", "{metadata: {name: fast}}"),
        Case("a list", storage_class("[kubernetes.io/azure-disk]")),
    ],
)
