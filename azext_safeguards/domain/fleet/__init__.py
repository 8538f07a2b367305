# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Many clusters: what the safeguards of each amount to, and one's settings for others."""
