# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""The built-in initiative, its versions and its members."""
