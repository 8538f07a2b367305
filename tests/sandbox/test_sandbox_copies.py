# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
import copy

from hypothesis import given
from hypothesis import strategies as st

from sandbox.core.copies import copied

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


def spoil(value):
    """Changes every object and array in place."""
    for item in list(value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()):
        spoil(item)
    if isinstance(value, dict):
        value["spoiled"] = True
    elif isinstance(value, list):
        value.append("spoiled")


@given(JSON)
def test_a_copy_is_equal_and_shares_nothing_that_can_change(value):
    before = copy.deepcopy(value)
    copy_of_it = copied(value)
    assert copy_of_it == before
    spoil(copy_of_it)
    assert value == before
