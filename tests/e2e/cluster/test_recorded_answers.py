# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""172 manifests, each one step away from a good one, to which a real cluster's answers were recorded."""

from __future__ import annotations

import re

import pytest

from tests.facts.cluster import Answer, answers

from .tooling import Tools, plain

pytestmark = pytest.mark.tools
#: Two readings of the recorded rules are older than those of today's policies, see tests/facts/cluster/README.md.
_DENIED = re.compile(r"Error from server \(Forbidden\): (?!.*\nError).*", re.S)
_TOPOLOGY = {"affinity-2-node-one.yaml", "affinity-3-antinull-one.yaml"}


def test_kubectl_says_what_it_says_of_a_real_cluster(tools: Tools):
    tools.assign("Deny")
    found = [answer for answer in answers() if answer.file not in _TOPOLOGY]
    # Many in one go where the output is that of each, one behind the other.
    taken = [answer for answer in found if not answer.exit and not answer.stderr]
    denied = [answer for answer in found if _DENIED.fullmatch(answer.stderr)]
    others = [answer for answer in found if answer not in taken and answer not in denied]
    assert len(taken) > 50
    assert len(denied) > 50
    for group in (taken, denied, *([answer] for answer in others)):
        assert _applied(tools, group) == _recorded(group)


def test_topology_spread_constraints_are_enough_today(tools: Tools):
    found = [answer for answer in answers() if answer.file in _TOPOLOGY]
    assert len(found) == len(_TOPOLOGY)
    for answer in found:
        assert "created (server dry run)" in _applied(tools, [answer])[1]


def _applied(tools: Tools, group: list[Answer]) -> tuple[int, str, str]:
    words = ["kubectl", "apply", "--dry-run=server"]
    for answer in group:
        (tools.folder / answer.file).write_text(answer.manifest, "utf-8")
        words += ["-f", answer.file]
    done = tools.together(words)
    return done.code, plain(done.out), plain(done.err)


def _recorded(group: list[Answer]) -> tuple[int, str, str]:
    # The mock Pod of a CronJob was named for the Job in between there.
    err = "".join(plain(answer.stderr).replace("-job-pod", "-pod") for answer in group)
    return max(answer.exit for answer in group), "".join(plain(answer.stdout) for answer in group), err
