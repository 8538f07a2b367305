# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The four kinds of patches but one: server-side apply is in sandbox.cluster.ownership."""
