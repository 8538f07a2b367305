# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import pytest

from azext_safeguards.domain.initiative.names import SHORT_NAMES
from azext_safeguards.domain.nearest import did_you_mean, nearest

NAMES = sorted(SHORT_NAMES.values())


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("probe", "probes"),
        ("prbes", "probes"),
        ("Probes ", "probes"),
        ("resource_limits", "resource-limits"),
        ("resourcelimit", "resource-limits"),
        ("latest-tag", "no-latest-tag"),
        ("pre-stop", "pre-stop-hook"),
        ("affinity", "anti-affinity"),
        ("hostports", "host-ports"),
        ("zzz", ""),
        ("", ""),
        # Part of several, and near to none.
        ("containers", ""),
    ],
)
def test_nearest(given, meant):
    assert nearest(given, NAMES) == meant
    assert did_you_mean(given, NAMES) == (f"; did you mean {meant}?" if meant else ".")
