# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The policy add-on of a cluster: what is assigned, as its admission webhook acts on it."""
