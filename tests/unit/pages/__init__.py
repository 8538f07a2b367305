# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Tests of azext_safeguards.pages without a browser."""
