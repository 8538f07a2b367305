# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Pages in a real Chromium."""
