# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Which clusters a command is about, and the command that does it again for some of them."""

from __future__ import annotations

import json
import re
import shlex

import pytest
from azure.cli.core.azclierror import MutuallyExclusiveArgumentError, RequiredArgumentMissingError
from knack.validators import DefaultStr

from azext_safeguards.cli.many import chosen as _many
from azext_safeguards.domain.cluster import ClusterRef
from azext_safeguards.domain.errors import InvalidValueError
from tests.unit.bodies import SUBSCRIPTION

CLUSTERS = [ClusterRef(SUBSCRIPTION, "rg", f"c{number}") for number in range(9)]
IDS = [cluster.id for cluster in CLUSTERS]
LISTED = [{"id": identifier, "name": "two  words"} for identifier in IDS]


@pytest.mark.parametrize(
    "texts",
    [
        IDS,
        ["\n".join(IDS)],
        ["\r\n".join(IDS) + "\r\n"],
        [json.dumps(IDS)],
        [json.dumps(LISTED)],
        json.dumps(LISTED, indent=2).split(),
        json.dumps(IDS, indent=2).split(),
        [json.dumps(item) for item in LISTED],
        [json.dumps(identifier) for identifier in IDS],
        [IDS[0], json.dumps(IDS[1:3]), *IDS[3:]],
        [*IDS, *(identifier.upper() for identifier in IDS)],
    ],
    ids=["several", "lines", "crlf", "json", "list", "list apart", "json apart", "objects", "quoted", "both", "twice"],
)
def test_ids(texts):
    assert [cluster.id for cluster in _many.clusters_of(texts)] == IDS


@pytest.mark.parametrize("texts", [[], ["  "], ["[]"], ["[not json"], ["c1"], [IDS[0] + "/x"], ['[{"name": "c1"}]']])
def test_ids_that_are_none(texts):
    with pytest.raises(InvalidValueError):
        _many.clusters_of(texts)


def test_all_ids_that_are_none_are_named_at_once():
    wrong = ["c1", "c1", IDS[1].replace(SUBSCRIPTION, "mine"), IDS[2] + "."]
    with pytest.raises(InvalidValueError) as raised:
        _many.clusters_of([IDS[0], *wrong])
    assert raised.value.message == (
        "3 of the ids can't be used: 'c1' is not the id of a managed cluster. 'mine' is not a subscription id. "
        "'c2.' is not a cluster name."
    )
    with pytest.raises(
        InvalidValueError, match=r"^7 of the ids .* 'n4' is not the id of a managed cluster. And 2 more."
    ):
        _many.clusters_of([f"n{number}" for number in range(7)])


COMMAND = "az aks safeguards resume"


@pytest.mark.parametrize(
    ("group", "name", "ids", "subscription"),
    [
        ("rg", "c1", None, None),
        ("rg", "c1", None, "s"),
        (DefaultStr("rg"), "c1", None, None),
        (None, None, IDS, None),
        (DefaultStr("rg"), DefaultStr("c1"), IDS, DefaultStr("s")),
    ],
)
def test_names_or_ids(group, name, ids, subscription):
    _many.check_choice(COMMAND, group, name, ids, subscription)


@pytest.mark.parametrize(
    ("group", "name", "missing"),
    [(None, None, "--resource-group --name"), ("rg", None, "--name"), (None, "c1", "--resource-group")],
)
def test_neither_names_nor_ids(group, name, missing):
    with pytest.raises(RequiredArgumentMissingError, match=re.escape(f"({missing} | --ids) are required")) as raised:
        _many.check_choice(COMMAND, group, name, None)
    assert raised.value.recommendations == [f"{COMMAND} -g GROUP -n NAME", f"{COMMAND} --ids ID ID"]


@pytest.mark.parametrize(
    ("group", "name", "subscription", "said"),
    [
        ("rg", "c1", None, "--resource-group and --name"),
        (DefaultStr("rg"), "c1", None, "so --name can't"),
        (None, None, "s", "so --subscription can't"),
    ],
)
def test_both_names_and_ids(group, name, subscription, said):
    with pytest.raises(MutuallyExclusiveArgumentError, match=said):
        _many.check_choice(COMMAND, group, name, IDS, subscription)


def test_the_command_to_repeat():
    options = {"--policy": ["a", "b"], "--reason": "it's down", "--all": True, "--dry-run": None, "--param": []}
    words = shlex.split(_many.repeated("aks safeguards x", options)(CLUSTERS[:2]))
    assert words == [
        *["az", "aks", "safeguards", "x", "--ids", IDS[0], IDS[1]],
        *["--policy", "a", "b", "--reason", "it's down", "--all"],
    ]
