# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from azext_safeguards.check.explain.patches import filled_in
from azext_safeguards.check.policies.registry import REGISTRY


@pytest.mark.parametrize("policy", REGISTRY.values(), ids=REGISTRY)
def test_every_patch_is_yaml_as_it_is_and_filled_in(policy):
    assert filled_in(policy) == policy.patch
    assert isinstance(yaml.safe_load(policy.patch), dict)
    wrapped = filled_in(policy, ["a", "b"], (), ["v"], "web", implied=True)
    assert isinstance(yaml.safe_load(wrapped), dict)


def test_a_container_each_below_the_template():
    patch = filled_in(REGISTRY["privileged"], ["app", "app", "side"], object_name="web", implied=True)
    entries = [{"name": name, "securityContext": {"privileged": False}} for name in ("app", "side")]
    assert yaml.safe_load(patch) == {
        "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": entries}}},
    }


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        (["livenessProbe"], {"livenessProbe"}),
        (["livenessProbe", "readinessProbe"], {"livenessProbe", "readinessProbe"}),
        ([], {"livenessProbe", "readinessProbe"}),
        (["startupProbe"], {"livenessProbe", "readinessProbe"}),
    ],
)
def test_only_what_is_missing(fields, kept):
    container = yaml.safe_load(filled_in(REGISTRY["probes"], ["c"], fields))["spec"]["containers"][0]
    assert set(container) == {"name", *kept}


def test_only_the_resource_that_is_missing():
    patch = yaml.safe_load(filled_in(REGISTRY["resource-limits"], ["c"], ["memory"]))
    assert set(patch["spec"]["containers"][0]["resources"]["limits"]) == {"memory"}


def test_metadata_of_a_patch_stays_the_only_one():
    patch = filled_in(REGISTRY["no-aks-labels"], object_name="web")
    assert patch == REGISTRY["no-aks-labels"].patch


@given(name=st.text(st.characters(blacklist_categories=["Cs"]), min_size=1))
def test_whatever_a_name_is_the_patch_says_it(name):
    patch = yaml.safe_load(filled_in(REGISTRY["privileged"], [name], object_name=name))
    assert patch["metadata"]["name"] == name
    assert [item["name"] for item in patch["spec"]["containers"]] == [name]
