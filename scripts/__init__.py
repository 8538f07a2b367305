# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What developers run by `make`; not part of the wheel."""
