# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What a server makes of the objects of some kinds: what it fills in, what may not change, what becomes of them."""
