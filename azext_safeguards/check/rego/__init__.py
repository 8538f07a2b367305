# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""Values, quantities and patterns as the policies' own language has them."""
