# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The API server of each managed cluster, for the real kubectl and helm. It stores and judges; it runs nothing."""
