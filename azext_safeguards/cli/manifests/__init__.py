# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards check` and `explain`."""
