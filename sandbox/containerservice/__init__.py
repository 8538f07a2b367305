# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Microsoft.ContainerService: managed clusters and their managed deployment safeguards."""
