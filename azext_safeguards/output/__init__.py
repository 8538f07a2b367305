# Copyright (c) the safeguards contributors.
# Licensed under the MIT License.
"""What leaves the program: files that are written whole, and text that stays text.

Imports nothing of the package, so that all may use it.
"""
