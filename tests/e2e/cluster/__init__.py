# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The clusters of the sandbox, with the real kubectl and helm."""
