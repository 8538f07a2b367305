# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Azure Resource Graph, as far as listing safeguards needs it."""
