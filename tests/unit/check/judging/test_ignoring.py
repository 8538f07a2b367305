# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Annotations that let a finding pass."""

from __future__ import annotations

import pytest

from azext_safeguards.check.judging.ignoring import PREFIX, ignored_policies


def test_an_annotation_with_a_reason_names_a_policy():
    annotations = {f"{PREFIX}probes": "ends at once", "owner": "me", f"{PREFIX}no-latest-tag": "in a lab"}
    assert ignored_policies(annotations) == (("probes", "no-latest-tag"), ())


@pytest.mark.parametrize("reason", ["", "  ", None, True, 1, ["x"]])
def test_without_a_reason_it_is_not_obeyed_and_said(reason):
    names, notes = ignored_policies({f"{PREFIX}probes": reason, f"{PREFIX}host-ports": "known"})
    assert names == ("host-ports",)
    (note,) = notes
    assert f"{PREFIX}probes" in note


@pytest.mark.parametrize("annotations", [None, [], "text", [f"{PREFIX}probes"], {}])
def test_what_is_no_annotation_is_no_matter(annotations):
    assert ignored_policies(annotations) == ((), ())
