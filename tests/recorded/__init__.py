# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The real az replayed from recordings: every request that it sends is pinned, and there is no network."""
