# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""From bytes to nodes with places, as kubectl reads them."""
