# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes depends on what else the machine does; a test that hangs is ended by pytest-timeout.
settings.register_profile("safeguards", deadline=None)
settings.load_profile("safeguards")
