# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The flags on `az aks create`, `update` and `show`."""
