# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What `az aks create --sku automatic` sets up beside the cluster: workspaces and data collection."""
