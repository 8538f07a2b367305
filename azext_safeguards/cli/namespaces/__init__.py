# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""`az aks safeguards namespace`: single namespaces that are left alone."""
