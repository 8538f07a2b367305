# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What would the cluster say? Manifests in, findings out; offline, and without az, Azure or Kubernetes libraries."""
