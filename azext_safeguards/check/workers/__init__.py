# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Several processes that check at once."""
