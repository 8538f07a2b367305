# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Patterns in Gatekeeper's dialect."""
