# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.cli.az.remedies import commands
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError

SUB = "00000000-0000-0000-0000-000000000001"


def test_the_id_is_the_resource_id():
    assert ClusterRef(SUB, "rg", "c1").id == (
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg"
        "/providers/Microsoft.ContainerService/managedClusters/c1"
    )


@pytest.mark.parametrize(
    ("group", "in_url"),
    [
        ("rg", "rg"),
        ("RG_1.x-y", "RG_1.x-y"),
        ("my(test)rg", "my%28test%29rg"),
        ("gruppe-ä", "gruppe-%C3%A4"),
        ("資源", "%E8%B3%87%E6%BA%90"),
        ("a..b", "a..b"),
        ("g" * 90, "g" * 90),
    ],
)
def test_every_group_name_that_azure_allows_is_safe_in_a_url(group, in_url):
    assert ClusterRef(SUB, group, "c1").group_id == f"/subscriptions/{SUB}/resourceGroups/{in_url}"


@pytest.mark.parametrize(
    "group",
    [
        "",
        ".",
        "..",
        "rg.",
        "a/b",
        "a\\b",
        "../rg",
        "a%2Fb",
        "a b",
        " rg",
        "rg ",
        "a?b",
        "a#b",
        "a&b",
        "a:b",
        "rg\n",
        "g" * 91,
    ],
)
def test_a_group_that_could_not_exist_never_reaches_a_url(group):
    with pytest.raises(InvalidValueError) as refused:
        ClusterRef(SUB, group, "c1")
    assert (f"'{group}'" if group.isprintable() else ascii(group)) in refused.value.message
    assert commands(refused.value.remedies) == ("az group list -o table",)


@pytest.mark.parametrize("name", ["c", "c1", "My-Cluster_1", "0", "a" * 63])
def test_cluster_names_that_azure_allows(name):
    assert ClusterRef(SUB, "rg", name).id.endswith(f"/managedClusters/{name}")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-a",
        "a-",
        "_a",
        "a_",
        "a.b",
        "a/b",
        "..",
        "a%2Fb",
        "a b",
        "ä",
        "aäb",
        "a?api-version=1",
        "a#b",
        "c1\n",
        "a" * 64,
    ],
)
def test_a_cluster_name_that_could_not_exist_never_reaches_a_url(name):
    with pytest.raises(InvalidValueError) as refused:
        ClusterRef(SUB, "rg", name)
    assert (f"'{name}'" if name.isprintable() else ascii(name)) in refused.value.message


def test_a_resource_id_for_a_name_is_answered_with_the_arguments_that_are_meant():
    ref = ClusterRef(SUB, "my(rg)", "c1")
    with pytest.raises(InvalidValueError, match="A resource id was given for the name") as refused:
        ClusterRef(SUB, "rg", ref.plain_id)
    assert commands(refused.value.remedies) == (f"Name it so: -g 'my(rg)' -n c1 --subscription {SUB}",)


@pytest.mark.parametrize(
    "subscription", ["", "my subscription", SUB + "/x", SUB[:-1], SUB + "0", "..", SUB.replace("0", "g")]
)
def test_a_subscription_must_be_an_id(subscription):
    with pytest.raises(InvalidValueError, match="is not a subscription id"):
        ClusterRef(subscription, "rg", "c1")


@pytest.mark.parametrize(
    "resource_id",
    [
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1",
        f"/subscriptions/{SUB}/resourcegroups/rg/providers/Microsoft.ContainerService/managedClusters/c1",
        f"/SUBSCRIPTIONS/{SUB}/RESOURCEGROUPS/rg/PROVIDERS/microsoft.containerservice/MANAGEDCLUSTERS/c1",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1/",
        f"  /subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1\n",
    ],
)
def test_a_cluster_is_read_from_its_id_in_any_case(resource_id):
    cluster = ClusterRef.from_id(resource_id)
    assert (cluster.subscription, cluster.resource_group, cluster.name) == (SUB, "rg", "c1")
    assert cluster.explicit_subscription


@pytest.mark.parametrize(
    "resource_id",
    [
        "",
        "c1",
        f"/subscriptions/{SUB}",
        f"/subscriptions/{SUB}/resourceGroups/rg",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/c1",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/MicrosoftXContainerService/managedClusters/c1",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1/agentPools/p",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1?x=y",
        f"/subscriptions/{SUB}/resourceGroups/../providers/Microsoft.ContainerService/managedClusters/c1",
        f"/subscriptions/{SUB}/resourceGroups/a%2Fb/providers/Microsoft.ContainerService/managedClusters/c1",
        f"/subscriptions/{SUB}/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/..%2Fc1",
        "/subscriptions/other/resourceGroups/rg/providers/Microsoft.ContainerService/managedClusters/c1",
        f"https://management.azure.com/subscriptions/{SUB}/resourceGroups/rg"
        "/providers/Microsoft.ContainerService/managedClusters/c1",
    ],
)
def test_what_is_no_cluster_id_is_refused(resource_id):
    with pytest.raises(InvalidValueError):
        ClusterRef.from_id(resource_id)


def test_commands_name_the_subscription_only_where_it_is_not_the_default():
    assert ClusterRef(SUB, "rg", "c1").arguments == "-g rg -n c1"
    assert ClusterRef(SUB, "rg", "c1", explicit_subscription=True).arguments == f"-g rg -n c1 --subscription {SUB}"


def test_arguments_are_quoted_for_a_shell():
    assert ClusterRef(SUB, "my(test)rg", "c1").arguments == "-g 'my(test)rg' -n c1"


@pytest.mark.parametrize("group", ["rg", "my(test)rg", "gruppe-ä"])
def test_an_id_names_its_cluster_as_azure_writes_it_and_as_a_url_does(group):
    cluster = ClusterRef(SUB, group, "c1", explicit_subscription=True)
    assert f"/resourceGroups/{group}/" in cluster.plain_id
    assert ClusterRef.from_id(cluster.plain_id) == ClusterRef.from_id(cluster.id) == cluster


def test_what_an_id_escapes_reaches_no_url():
    with pytest.raises(InvalidValueError, match="not a resource group name"):
        ClusterRef.from_id(ClusterRef(SUB, "rg", "c1").id.replace("/rg/", "/a%2Fb/"))


NAMED = ClusterRef("00000000-0000-0000-0000-000000000001", "MY(RG)", "C-1", explicit_subscription=True)
AZURE = "/subscriptions/00000000-0000-0000-0000-000000000001/resourcegroups/My(Rg)/providers/Microsoft.ContainerService"


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        ([f"{AZURE}/managedClusters/c-1"], ("My(Rg)", "c-1")),
        ([f"{AZURE}/managedclusters/c-1/providers/Microsoft.Authorization/policyAssignments/a"], ("My(Rg)", "c-1")),
        ([None, 5, "", f"{AZURE}/managedClusters/c-1/"], ("My(Rg)", "c-1")),
        ([f"{AZURE}/managedClusters/c-2"], ("MY(RG)", "C-1")),
        ([f"{AZURE}/managedClusters/c-1x/a"], ("MY(RG)", "C-1")),
        ([f"{AZURE}/managedClusters/c-1\n"], ("MY(RG)", "C-1")),
        ([], ("MY(RG)", "C-1")),
    ],
)
def test_names_are_spelled_as_azure_has_them(ids, names):
    spelled = NAMED.spelled(*ids)
    assert (spelled.resource_group, spelled.name) == names
    assert spelled.explicit_subscription
