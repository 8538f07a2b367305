# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Everything that az sees of us: one folder per feature, and what they share."""
