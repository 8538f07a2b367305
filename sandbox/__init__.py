# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""A local, strict Azure Resource Manager for the commands of this project. See sandbox.box.Sandbox."""

from __future__ import annotations

from sandbox.box import Sandbox

__all__ = ["Sandbox"]
