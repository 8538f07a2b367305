# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.

import gc
import subprocess
import sys
from contextlib import suppress

import pytest
from yaml.nodes import Node

from azext_safeguards.check.documents.reading import read_text
from azext_safeguards.check.workers.garbage import seldom_collected

pytestmark = pytest.mark.exhaustive

ITEMS = 60_000
KNOT = b"a: &a\n  - *a\n" + b"  - item\n" * ITEMS
SMALL_KNOTS = 1000
SMALL_KNOT = b"a: &a [*a, 1, 2, 3]\n---\n"


def test_thresholds_come_back_even_after_an_error():
    before = gc.get_threshold()
    with suppress(KeyError), seldom_collected():
        assert gc.isenabled()
        assert gc.get_threshold() > before
        raise KeyError
    assert gc.get_threshold() == before
    assert not gc.get_freeze_count()


@pytest.mark.parametrize(
    ("text", "nodes", "repeats"), [(KNOT, ITEMS, 6), (SMALL_KNOT * SMALL_KNOTS, 6 * SMALL_KNOTS, 60)]
)
def test_knots_of_aliases_do_not_pile_up(text, nodes, repeats):
    with seldom_collected():
        for _ in range(repeats):
            problems = list(read_text(text))
            assert all("alias of itself" in problem.reason for problem in problems)
            assert problems
        alive = sum(isinstance(one, Node) for one in gc.get_objects())
    assert alive < nodes * repeats / 4


def test_a_process_does_not_look_through_what_is_left_at_its_end():
    code = (
        "import atexit, gc; from azext_safeguards.check.workers.garbage import left_to_the_end as end; "
        "atexit.register(lambda: print(gc.get_freeze_count() > 0)); end(); end(); print(gc.get_freeze_count())"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["0", "True"]
