# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Microsoft.Features: preview feature registration."""
