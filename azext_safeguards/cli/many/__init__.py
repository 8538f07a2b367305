# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Commands that work on several clusters."""
