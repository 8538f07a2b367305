# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a denial or a warning of a cluster means, and what to do about it."""
