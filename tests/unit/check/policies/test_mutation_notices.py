# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
from azext_safeguards.check.policies.mutation_notices import POLICY


def test_there_is_nothing_to_check_and_it_says_why():
    assert POLICY.rule is None
    assert POLICY.rule_among is None
    assert "annotation" in POLICY.offline
