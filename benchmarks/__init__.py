# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Measurements of whole az commands; run with `make bench`. Nothing here is a test: times are printed, not asserted."""
