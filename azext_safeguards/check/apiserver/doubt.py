# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What is raised where an object is not quickly seen to be as it should be."""

from __future__ import annotations


class Doubt(Exception):
    """Something does not fit, or only might not; what is looked at word by word then tells what."""
