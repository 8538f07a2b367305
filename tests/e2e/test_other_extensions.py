# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Beside an extension that replaces `aks create` and `aks update`, as aks-preview does."""

from __future__ import annotations

import pytest

from .wheels import az_with, build

UPDATE = "aks update -g rg -n c1"

OVERRIDING = """
from azure.cli.core.profiles import ResourceType


class Loader(AzCommandsLoader):
    def __init__(self, cli_ctx=None):
        kind = CliCommandType(operations_tmpl="azext_aks_preview.custom#{}")
        super().__init__(cli_ctx=cli_ctx, custom_command_type=kind, resource_type=ResourceType.MGMT_CONTAINERSERVICE)

    def load_command_table(self, args):
        with self.command_group("aks") as group:
            group.custom_command("update", "fancy")
            # With a validator for the command, az leaves out those of the arguments.
            group.custom_command("create", "fancy", validator=lambda namespace: None)
        return self.command_table

    def load_arguments(self, command):
        for scope in ("aks update", "aks create"):
            with self.argument_context(scope) as context:
                context.argument("name", options_list=["--name", "-n"], id_part="name")
                context.argument("fancy", options_list=["--enable-fancy"], action="store_true", help="Be fancy.")
"""
FANCY = """
def fancy(cmd, resource_group_name, name, fancy=False, enable_addons=None, no_wait=False):
    from azure.cli.command_modules.acs._client_factory import cf_managed_clusters
    from azure.cli.core.util import sdk_no_wait

    client = cf_managed_clusters(cmd.cli_ctx)
    cluster = client.get(resource_group_name, name)
    cluster.tags = {"fancy": str(fancy).lower()}
    return sdk_no_wait(no_wait, client.begin_create_or_update, resource_group_name, name, cluster)
"""

NATIVE = """
class Loader(AzCommandsLoader):
    def __init__(self, cli_ctx=None):
        kind = CliCommandType(operations_tmpl="azext_aks_preview.custom#{}")
        super().__init__(cli_ctx=cli_ctx, custom_command_type=kind)

    def load_command_table(self, args):
        with self.command_group("aks") as group:
            group.custom_command("update", "native")
        return self.command_table

    def load_arguments(self, command):
        with self.argument_context("aks update") as context:
            context.argument("safeguards_level", options_list=["--safeguards-level"], help="The native one.")
            context.argument("safeguards_version", options_list=["--safeguards-version"])
            context.argument("safeguards_excluded_ns", options_list=["--safeguards-excluded-ns"])
"""
NATIVE_HANDLER = """
def native(
    cmd, resource_group_name, name, safeguards_level=None, safeguards_version=None, safeguards_excluded_ns=None
):
    return {"native": safeguards_level}
"""

ODD = """
from azure.cli.core.commands import AzCliCommand


class Odd(AzCliCommand):
    def __call__(self, *args, **kwargs):
        return {"odd": True}


class Loader(AzCommandsLoader):
    def __init__(self, cli_ctx=None):
        kind = CliCommandType(operations_tmpl="azext_odd.custom#{}")
        super().__init__(cli_ctx=cli_ctx, custom_command_type=kind)

    def load_command_table(self, args):
        with self.command_group("aks") as group:
            group.custom_command("update", "odd")
        command = self.command_table["aks update"]
        # What commands written with az's newer framework look like from outside.
        command.__class__, command.handler = Odd, True
        return self.command_table

    def load_arguments(self, command):
        pass
"""
ODD_HANDLER = """
def odd(cmd, resource_group_name, name):
    raise AssertionError
"""


@pytest.fixture(scope="module")
def _fancy(installed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("fancy")
    return az_with(installed, folder, build(folder, "aks-preview", OVERRIDING, FANCY))


@pytest.fixture
def fancy(_fancy, box):
    """az with a fake aks-preview that replaces both commands and adds a flag."""
    return _fancy


@pytest.fixture
def native(installed, box, tmp_path):
    """az with a fake aks-preview that has the flags itself."""
    return az_with(installed, tmp_path, build(tmp_path, "aks-preview", NATIVE, NATIVE_HANDLER))


@pytest.fixture
def odd(installed, box, tmp_path):
    """az with an `aks update` whose handler cannot be called."""
    return az_with(installed, tmp_path, build(tmp_path, "odd", ODD, ODD_HANDLER))


def test_the_flags_attach_to_the_command_that_replaced_core_s(fancy, box, cluster, stored):
    both = fancy(f"{UPDATE} --enable-fancy --safeguards-level Enforcement")
    assert both.writes == ["PUT cluster", "PUT assignment"]
    assert box.clusters[cluster]["tags"] == {"fancy": "true"}
    assert (both.profile["level"], both.json["tags"]) == ("Enforcement", {"fancy": "true"})
    alone = fancy(f"{UPDATE} --safeguards-level Warning")
    assert alone.writes == ["PUT assignment"]
    assert (alone.profile["level"], alone.json["name"]) == ("Warning", "c1")
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_the_other_extension_is_as_it_was_without_our_flags(fancy, box, cluster, stored):
    done = fancy(f"{UPDATE} --enable-fancy")
    assert done.writes == ["PUT cluster"]
    assert "safeguardsProfile" not in done.json
    assert stored() is None


def test_help_holds_the_flags_of_both(fancy):
    text = fancy("aks update -h").out
    assert "--enable-fancy" in text
    assert "Deployment Safeguards Arguments" in text


def test_create_of_the_other_extension_is_followed_by_the_assignment(fancy, box, cluster, stored):
    done = fancy("aks create -g rg -n c1 --enable-fancy --enable-addons azure-policy --safeguards-level Warning")
    assert done.writes == ["PUT cluster", "PUT assignment"]
    assert done.profile["level"] == "Warning"


@pytest.mark.parametrize("flags", ["--safeguards-version v9.0.0", "--safeguards-excluded-ns a,,b"])
def test_bad_values_are_refused_where_a_command_s_validator_takes_the_place_of_ours(fancy, box, cluster, flags):
    line = f"aks create -g rg -n c1 --enable-addons azure-policy --safeguards-level Warning {flags}"
    refused = fancy(line, code=None)
    assert len(refused.errors) == 1
    assert len(box.journal) == 0


def test_several_clusters_by_ids(fancy, box, cluster, stored):
    second = box.add_cluster("rg", "c2")
    done = fancy(f"aks update --ids {cluster} {second} --safeguards-level Enforcement")
    assert sorted(done.writes) == ["PUT assignment", "PUT assignment"]
    assert sorted(item["name"] for item in done.json) == ["c1", "c2"]
    assert {item["safeguardsProfile"]["level"] for item in done.json} == {"Enforcement"}
    assert stored("rg", "c2")


def test_a_command_that_has_the_flags_itself_is_left_alone_until_told_otherwise(native, cluster, stored):
    left = native(f"{UPDATE} --safeguards-level Whatever --debug -o json")
    assert left.json == {"native": "Whatever"}
    assert "left alone" in left.err
    assert stored() is None
    quiet = native(f"{UPDATE} --safeguards-level Whatever --only-show-errors")
    assert quiet.err == ""
    native("config set safeguards.take_over=true --only-show-errors")
    ours = native(f"{UPDATE} --safeguards-level Warning")
    assert ours.writes == ["PUT assignment"]
    assert (ours.profile["level"], ours.json["name"]) == ("Warning", "c1")
    assert stored()["properties"]["metadata"]["safeguardsLevel"] == "Warning"


def test_a_command_that_cannot_be_wrapped_is_left_as_it_is_and_az_says_so(odd, cluster, stored):
    plain = odd(UPDATE)
    assert plain.json == {"odd": True}
    refused = odd(f"{UPDATE} --safeguards-level Warning", code=2)
    assert "unrecognized arguments: --safeguards-level Warning" in refused.err
    assert "safeguards" in next(line for line in refused.err.splitlines() if line.startswith("WARNING: "))
    assert (refused.requests, stored()) == ([], None)
    assert odd("aks show -g rg -n c1").json["name"] == "c1"
    assert odd("aks safeguards version list --query [].name -o tsv").out.split() == ["v1.0.0", "v2.0.0", "v3.0.0"]
