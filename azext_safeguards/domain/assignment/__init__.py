# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The policy assignment: read, rendered and compared."""
