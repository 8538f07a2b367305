# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Microsoft.Authorization: policy assignments, built-in policy definitions, permissions."""
