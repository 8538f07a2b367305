# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What was chosen for single policies."""
