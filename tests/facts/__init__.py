# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Facts that were recorded from real clusters and services, for tests to compare with."""
